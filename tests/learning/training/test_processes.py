"""Two processes that share each batch learn what one does."""

import csv
import subprocess
import sys

import pytest

from rehue.errors import RecipeError
from rehue.learning.training.run import train
from rehue.learning.training.start import CHECKPOINT

# Float32, norms fixed: then the gradients' mean is the only thing that two processes exchange.
CHANGES = (
    ('weights = "random"', 'weights = "random"\nfrozen_norms = true'),
    ("batch = 3", "batch = 4"),
    ("rate = 1e-2", "rate = 1e-3"),
)


@pytest.fixture
def recipe_path(recipe_text, tmp_path):
    for old, new in CHANGES:
        assert old in recipe_text
        recipe_text = recipe_text.replace(old, new)
    path = tmp_path / "shared.toml"
    path.write_text(recipe_text, "utf-8")
    return path


def losses(recipe_path, photos, run, processes):
    command = [sys.executable, "-m", "rehue", "train", str(recipe_path), "--photos", str(photos)]
    command += ["--run", str(run), "--cache", str(run.parent / "cache"), "--device", "cpu"]
    command += ["--workers", "0", "--processes", str(processes)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert (run / CHECKPOINT).is_file()
    (log,) = (run / "csv").rglob("metrics.csv")
    with log.open() as file:
        rows = [row["train/loss"] for row in csv.DictReader(file)]
    return [float(value) for value in rows if value]


@pytest.mark.numeric
@pytest.mark.long
def test_two_processes_have_the_losses_of_one(recipe_path, photos, tmp_path):
    one, two = (losses(recipe_path, photos, tmp_path / f"run{n}", n) for n in (1, 2))
    assert len(set(one)) == len(one) > 4
    # Halves of a batch are summed apart, and then together: 1e-7 a step.
    assert two == pytest.approx(one, rel=1e-5)


def test_a_batch_that_cannot_be_shared(recipe, photos, tmp_path):
    with pytest.raises(RecipeError, match="a batch of 3 cannot be shared by 2 processes evenly"):
        train(recipe, photos, tmp_path / "run", cache_root=tmp_path, device="cpu", processes=2)
