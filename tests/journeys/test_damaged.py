"""A part of `benchmarks/files/damaged.py`: damaged and harmful files in a whole run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "files" / "damaged.py"


@pytest.mark.long
def test_nothing_gets_through(tmp_path, tiny_model):
    output = tmp_path / "damaged.json"
    command = [sys.executable, BENCHMARK, "--each", "12", "--model", tiny_model]
    command += ["--time-limit", "120"]  # what else runs here may hold it up
    done = subprocess.run(
        [*command, "--output", output], capture_output=True, text=True, check=False
    )
    report = json.loads(output.read_text("utf-8"))
    assert report["faults"] == {}, done.stderr
    assert done.returncode == 0
    assert report["ended"]["colored"] > 30
    assert report["ended"]["failed"] > 100
    # Decoders may differ on what damage means, in a few.
    compared = report["second decoder"]
    assert compared.get("another picture", 0) <= 0.1 * sum(compared.values())
