import csv
import dataclasses
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from lightning.pytorch.callbacks import ModelCheckpoint

from rehue.color import Bins
from rehue.errors import DatasetError, RecipeError
from rehue.learning.training.losses import ColorLoss
from rehue.learning.training.run import prepare, train
from rehue.learning.training.start import CHECKPOINT, RUN_FILE

BINS = Bins.in_srgb(10)
ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.filterwarnings("ignore")


def started(recipe, photos, run, **options):
    options = {"device": "cpu", "workers": 0, **options}
    return train(recipe, photos, run, cache_root=photos.with_name("decoded"), **options)


def checkpoint(run):
    return torch.load(run / CHECKPOINT, map_location="cpu", weights_only=False)


def commit_here():
    """Return what a run of this checkout says; "unknown" where that is none."""
    if not (ROOT / ".git").exists():
        return "unknown"
    command = ["git", "describe", "--always", "--abbrev=12"]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_run_leaves_a_checkpoint_and_its_facts(finished, recipe):
    assert finished.checkpoint == finished.run / CHECKPOINT
    assert finished.checkpoint.is_file()
    facts = json.loads((finished.run / RUN_FILE).read_text("utf-8"))
    assert facts["recipe"] == json.loads(json.dumps(dataclasses.asdict(recipe)))
    assert facts["encoder"] == "random weights"
    assert facts["photographs"] + facts["held_back"] == 14
    assert facts["held_back"] >= 1
    assert facts["left_out"] == {"grey": ["grey.png"]}
    assert facts["steps"] == len(finished.losses)
    assert facts["commit"].removesuffix("-dirty") == commit_here()
    for name in ("regression_over_grey", "expected_over_grey"):
        assert 0 < facts["validation"][f"val/{name}"] < 10


def test_phases_follow_each_other_at_their_sizes(finished):
    shapes = [shape for shape, _ in finished.losses]
    assert shapes == sorted(shapes, key=lambda shape: shape[-1])
    assert {shape[1:] for shape in shapes} == {(1, 32, 32), (1, 64, 64)}
    assert {shape[0] for shape in shapes if shape[-1] == 32} == {2}
    assert {shape[0] for shape in shapes if shape[-1] == 64} == {3}


@pytest.mark.numeric
def test_the_loss_falls(finished):
    losses = np.array([loss for _, loss in finished.losses])
    assert np.isfinite(losses).all()
    # From 6.54 to 5.54 .. 5.57, as processors sum; the bound is at 5.88.
    assert losses[-2:].mean() < 0.9 * losses[:2].mean()


def test_logs_are_kept(finished):
    (log,) = (finished.run / "csv").rglob("metrics.csv")
    with log.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["val/grey"] for row in rows if row.get("val/grey")]
    assert list((finished.run / "tensorboard").rglob("events.*"))


def test_frozen_parts_stay_as_they_are(finished):
    saved = checkpoint(finished.run)
    now = saved["current_model_state"]
    # Never trained: a norm that has seen no batch, and the weights that the seed gave.
    assert now["network.encoder.bn1.num_batches_tracked"] == 0
    assert (now["network.encoder.bn1.running_mean"] == 0).all()
    assert (now["network.encoder.bn1.weight"] == 1).all()
    assert now["network.encoder.layer1.0.bn1.num_batches_tracked"] > 0
    assert not (now["network.encoder.layer1.0.bn1.weight"] == 1).all()
    averaged = saved["state_dict"]
    assert torch.allclose(
        averaged["network.encoder.conv1.weight"], now["network.encoder.conv1.weight"]
    )


@pytest.mark.numeric
def test_an_interrupted_run_goes_on_as_if_nothing_had_been(
    finished, recipe, photos, tmp_path, monkeypatch
):
    run = tmp_path / "run"
    steps_of_first = sum(shape[-1] == 32 for shape, _ in finished.losses)
    calls, whole = [], ColorLoss.forward

    def fails_in_the_second_epoch(self, *inputs):
        calls.append(1)
        parts = whole(self, *inputs)
        if len(calls) > steps_of_first + 1:
            return {name: value * float("nan") for name, value in parts.items()}
        return parts

    with monkeypatch.context() as patch:
        patch.setattr(ColorLoss, "forward", fails_in_the_second_epoch)
        with pytest.raises(RecipeError) as caught:
            started(recipe, photos, run)
    # A loss that is no number ends the run in one line; the last checkpoint stays.
    message = str(caught.value)
    assert message.startswith(f"the loss became nan at step {steps_of_first + 1}: lower")
    assert message.isprintable()
    kept = checkpoint(run)
    assert kept["global_step"] == steps_of_first
    assert all(torch.isfinite(v).all() for v in kept["state_dict"].values())
    assert not (run / RUN_FILE).exists()

    run = run.rename(tmp_path / "moved")
    started(recipe, photos, run)
    assert len(list(run.glob("last*.ckpt"))) == 1
    ours, undisturbed = checkpoint(run), checkpoint(finished.run)
    assert ours["global_step"] == undisturbed["global_step"]
    for part in ("state_dict", "current_model_state"):
        assert ours[part].keys() == undisturbed[part].keys()
        for name, value in undisturbed[part].items():
            # The same sums on the same processor; a step done otherwise moves them by 1e-2.
            assert torch.allclose(ours[part][name].float(), value.float(), atol=1e-5), name
    # The first epoch's log is still there, the second's beside it.
    assert len(list((run / "csv").rglob("metrics.csv"))) == 2


def test_a_full_disk_ends_in_one_line_and_keeps_the_last_checkpoint(
    recipe, photos, tmp_path, monkeypatch
):
    run = tmp_path / "run"
    saved, save = [], ModelCheckpoint._save_checkpoint

    def full(self, trainer, path):
        if saved:
            raise OSError(28, "No space left on device")
        saved.append(path)
        save(self, trainer, path)

    with monkeypatch.context() as patch:
        patch.setattr(ModelCheckpoint, "_save_checkpoint", full)
        with pytest.raises(RecipeError, match=r"kept .No space left on device.: make room"):
            started(recipe, photos, run)
    assert not (run / RUN_FILE).exists()
    started(recipe, photos, run)
    assert checkpoint(run)["global_step"] > 0
    assert (run / RUN_FILE).is_file()


def test_a_finished_run_that_is_started_again_keeps_its_facts(finished, recipe, photos, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(finished.run, run)
    before = json.loads((run / RUN_FILE).read_text("utf-8"))
    started(recipe, photos, run)
    after = json.loads((run / RUN_FILE).read_text("utf-8"))
    assert after["steps"] == before["steps"]
    assert after["validation"] == before["validation"]


def test_a_trial_stops_early(told):
    assert checkpoint(told.run)["global_step"] == 2


@pytest.mark.parametrize(
    ("capability", "precision"), [("AVX2", "32-true"), ("AVX512", "bf16-mixed")]
)
def test_a_processor_that_is_slow_in_bfloat16_trains_in_single_precision(
    recipe, photos, tmp_path, monkeypatch, capability, precision
):
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    half = dataclasses.replace(recipe, precision="bf16-mixed")
    started(half, photos, tmp_path / "run", max_steps=1)
    facts = json.loads((tmp_path / "run" / RUN_FILE).read_text("utf-8"))
    assert facts["precision"] == precision
    assert facts["recipe"]["precision"] == "bf16-mixed"


def test_a_folder_with_another_recipes_run_is_refused(finished, recipe, photos):
    other = dataclasses.replace(recipe, seed=99)
    with pytest.raises(RecipeError, match="holds a run of another recipe: give another --run"):
        started(other, photos, finished.run)
    assert (finished.run / CHECKPOINT).is_file()


def test_a_run_from_before_a_key_was_known_goes_on(finished, recipe, photos, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(finished.run, run)
    claim = json.loads((run / "recipe.json").read_text("utf-8"))
    del claim["data"]["sources"]
    (run / "recipe.json").write_text(json.dumps(claim), "utf-8")
    assert started(recipe, photos, run).is_file()


def test_a_folder_where_nothing_was_learnt_is_free_for_another_recipe(recipe, tmp_path):
    for seed in (1, 2):
        with pytest.raises(DatasetError):
            started(dataclasses.replace(recipe, seed=seed), tmp_path / "none", tmp_path / "run")


def changed(recipe, **network):
    return dataclasses.replace(recipe, network=dataclasses.replace(recipe.network, **network))


def test_imagenet_weights_that_are_none(recipe, photos, tmp_path):
    (tmp_path / "w.safetensors").write_bytes(b"<html>")
    with pytest.raises(RecipeError, match=r"w\.safetensors: not readable encoder weights"):
        started(
            changed(recipe, weights="imagenet"),
            photos,
            tmp_path / "run",
            encoder_weights=tmp_path / "w.safetensors",
        )


def test_more_frozen_parts_than_there_are(recipe, photos, tmp_path):
    with pytest.raises(RecipeError, match="has 5 parts to freeze, found frozen = 6"):
        started(changed(recipe, frozen=6), photos, tmp_path / "run")


def test_a_device_that_is_not_here(recipe, photos, tmp_path):
    with pytest.raises(RecipeError) as caught:
        started(recipe, photos, tmp_path / "run", device="quantum")
    assert str(caught.value).isprintable()


def test_photographs_that_are_not_there(recipe, tmp_path):
    with pytest.raises(DatasetError, match="no such shard or folder"):
        started(recipe, tmp_path / "none", tmp_path / "run")


def test_a_run_that_starts_from_another(finished, recipe, photos, decoded, tmp_path):
    more = {**recipe.network.options, "conditions": ["hints"], "attention": 1}
    wider = changed(recipe, options=more)
    prepared = prepare(wider, photos, cache_root=decoded, start_from=finished.checkpoint, workers=0)
    assert prepared.start.startswith("last.ckpt (sha256 ")
    assert prepared.start.endswith("new: attention, hints)")
    averaged = checkpoint(finished.run)["state_dict"]
    ours = prepared.module.network.state_dict()
    for name in ("encoder.layer2.0.conv1.weight", "classes.bias"):
        assert torch.equal(ours[name], averaged[f"network.{name}"])


def test_a_run_notes_what_came_before_it(finished, recipe, photos, tmp_path):
    run, before = tmp_path / "run", json.loads((finished.run / RUN_FILE).read_text("utf-8"))
    for start_from in (finished.checkpoint, None):  # what goes on needs not be told again
        started(recipe, photos, run, start_from=start_from, max_steps=2)
        facts = json.loads((run / RUN_FILE).read_text("utf-8"))
        assert facts["encoder"].startswith("last.ckpt (sha256 ")
        assert facts["before"] == before


def test_a_start_that_has_learnt_from_what_is_held_back(finished, recipe, photos, tmp_path):
    held_back = dataclasses.replace(recipe.data, choose_share=0.5)
    with pytest.raises(RecipeError, match=r"learnt from photographs that this recipe holds back"):
        started(
            dataclasses.replace(recipe, data=held_back),
            photos,
            tmp_path / "run",
            start_from=finished.checkpoint,
        )


@pytest.mark.parametrize("content", [b"<html>", {"state_dict": {"network.other": torch.ones(2)}}])
def test_a_start_that_is_none(recipe, photos, decoded, tmp_path, content):
    path = tmp_path / "x.ckpt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        torch.save(content, path)
    with pytest.raises(RecipeError, match=r"x\.ckpt: (not a checkpoint|nothing of this network)"):
        prepare(recipe, photos, cache_root=decoded, start_from=path, workers=0)
