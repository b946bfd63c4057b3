import csv
import dataclasses
import json
import math

import pytest

from rehue.errors import RecipeError
from rehue.learning.training import plots
from rehue.learning.training.rates import find_rate, sweep
from rehue.learning.training.start import RUN_FILE

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def options(decoded):
    return {"cache_root": decoded, "device": "cpu", "workers": 0}


@pytest.fixture
def short(recipe):
    return dataclasses.replace(recipe, phases=recipe.phases[:1])


def test_a_range_test_walks_the_rates_and_leaves_nothing(short, photos, tmp_path, options):
    before = set(tmp_path.iterdir())
    test = find_rate(short, photos, **options, lowest=1e-4, highest=1e-1, steps=20)
    assert 10 < len(test.rates) == len(test.losses)
    assert list(test.rates) == sorted(test.rates)
    assert 1e-4 <= test.rates[0] < test.rates[-1] <= 0.11
    lowest = test.losses.index(min(test.losses))
    assert test.suggestion == (pytest.approx(test.rates[lowest] / 10) if lowest else None)
    assert all(math.isfinite(loss) for loss in test.losses)
    assert set(tmp_path.iterdir()) == before
    path = tmp_path / "plot.png"
    plots.range_test(test).savefig(path)
    assert path.stat().st_size > 1000


def test_a_range_test_ends_where_the_loss_diverges(short, photos, options):
    wild = dataclasses.replace(
        short,
        average=0.0,
        phases=(dataclasses.replace(short.phases[0], batch=4),),
        loss=dataclasses.replace(short.loss, penalty="mse"),
    )
    test = find_rate(wild, photos, **options, lowest=1e-4, highest=1e30, steps=40)
    assert len(test.rates) == len(test.losses) < 40
    assert all(math.isfinite(loss) for loss in test.losses)


@pytest.mark.parametrize(("lowest", "highest", "steps"), [(1, 0.1, 50), (0, 1, 50), (0.1, 1, 3)])
def test_a_range_that_is_none(short, photos, options, lowest, highest, steps):
    with pytest.raises(RecipeError, match="give rising rates above 0 and 20 steps or more"):
        find_rate(short, photos, **options, lowest=lowest, highest=highest, steps=steps)


def test_a_sweep_compares_runs_on_what_was_held_back(short, photos, tmp_path, options):
    folder = tmp_path / "sweep"
    rows = sweep(short, [1e-3, 1e-2], photos, folder, **options)
    assert [row.rate for row in rows] == [1e-3, 1e-2]
    for row in rows:
        facts = json.loads((folder / f"rate-{row.rate:g}" / RUN_FILE).read_text("utf-8"))
        assert facts["recipe"]["optimizer"]["rate"] == row.rate
        heads = ("regression", "expected")
        errors = [facts["validation"][f"val/{head}_over_grey"] for head in heads]
        assert row.error == pytest.approx(min(errors))
    with (folder / "sweep.csv").open() as file:
        assert [float(line["rate"]) for line in csv.DictReader(file)] == [1e-3, 1e-2]
    # Finished runs are not done again.
    checkpoints = [path.stat().st_mtime_ns for path in folder.glob("*/last.ckpt")]
    assert sweep(short, [1e-3, 1e-2], photos, folder, **options) == rows
    assert [path.stat().st_mtime_ns for path in folder.glob("*/last.ckpt")] == checkpoints
    plots.sweep(rows).savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000


def test_a_rate_at_which_the_loss_explodes_is_a_row_like_others(short, photos, tmp_path, options):
    (row,) = sweep(short, [1e30], photos, tmp_path / "sweep", **options)
    assert math.isnan(row.error)
    plots.sweep([row]).savefig(tmp_path / "plot.png")


@pytest.mark.parametrize("rates", [[], [0.1, 0.0], [-1.0]])
def test_rates_that_are_none(short, photos, tmp_path, options, rates):
    with pytest.raises(RecipeError, match="give one or more above 0"):
        sweep(short, rates, photos, tmp_path, **options)


def test_a_sweep_without_photographs_to_compare_on(recipe, photos, tmp_path):
    data = dataclasses.replace(recipe.data, choose_share=0.0)
    alone = dataclasses.replace(recipe, data=data)
    with pytest.raises(RecipeError, match="give a choose_share above 0"):
        sweep(alone, [0.01], photos, tmp_path / "runs", cache_root=tmp_path)
    assert not (tmp_path / "runs").exists()
