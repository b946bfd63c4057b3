"""What `rehue train` starts from: a checkpoint, a model by name, a model's file."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from rehue.cli.train import train
from rehue.errors import RehueError
from rehue.model import find_model

pytest.importorskip("torch")


@pytest.fixture
def started(monkeypatch):
    """Runs the command with `--start-from`; returns what the training was given."""
    from rehue import learning

    given = {}
    monkeypatch.setattr(learning, "train", lambda *_, **options: given.update(options))
    app = typer.Typer()
    app.command()(train)

    def run(start_from):
        options = ["default", "--photos", ".", "--start-from", start_from]
        result = CliRunner().invoke(app, options)
        if result.exception:
            raise result.exception
        return given["start_from"]

    return run


def test_a_checkpoint_is_taken_as_it_is(started):
    assert started("runs/x/last.ckpt") == Path("runs/x/last.ckpt")


def test_a_model_is_found_by_its_name_and_by_its_file(started, tiny_model):
    assert started("default") == find_model("default").path
    assert started(str(tiny_model)) == tiny_model


def test_a_model_that_is_not_there(started):
    with pytest.raises(RehueError, match=r"no model 'defautl': nearest: default"):
        started("defautl")
