"""A model that someone trained, or that others published, beside the shipped one."""

import json

import pytest

from rehue.errors import install_line
from rehue.photo import read

# As if the extra `train` were not installed.
_WITHOUT_TORCH = """
import sys
sys.argv[0] = "rehue"
sys.modules["torch"] = None
from rehue.cli import main
main()
"""


@pytest.fixture(autouse=True)
def added(tmp_path, monkeypatch):
    monkeypatch.setenv("REHUE_MODELS", str(tmp_path / "added"))
    return tmp_path / "added"


def test_a_model_of_ones_own_is_added_used_and_removed(cli, put, grey, added, tiny_model):
    said = cli("models", "add", "mine", "--from", tiny_model).stdout
    assert said.startswith(f"{added / 'mine.onnx'}: ")
    assert said.endswith(", MIT; use it with --model mine\n")
    rows = [json.loads(row) for row in cli("models", "--json").stdout.splitlines()]
    assert ("mine", "added") in [(row["name"], row["state"]) for row in rows]
    source = put("camera.png", grey)
    cli("colorize", source, "--model", "mine", "-q")
    assert read(source.with_name("camera.rehue.png")).mark.model == "mine"
    assert "add --overwrite" in cli("models", "add", "mine", "--from", tiny_model, code=1).stderr
    cli("models", "remove", "mine")
    assert list(added.iterdir()) == []


def test_a_published_model_needs_torch_before_it_is_downloaded(cli, added):
    said = cli("models", "add", "colorful", main=_WITHOUT_TORCH, code=1).stderr
    assert said == f"rehue: this needs torch: {install_line('train')}\n"
    assert list(added.iterdir()) == []


def test_a_published_model_that_is_asked_for_too_early(cli, put, grey):
    said = cli("colorize", put("a.png", grey), "--model", "interactive", code=1).stderr
    assert "model 'interactive' is not here yet: rehue models add interactive" in said


# The catalogue with a file of untrained weights in place of the published one.
_WITH_OWN_FILE = """
import hashlib, sys
from dataclasses import replace
from pathlib import Path
from rehue.model.catalog import PUBLISHED
file = Path(sys.argv[-1])
sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
known = replace(PUBLISHED["colorful"], size=file.stat().st_size, sha256=sha256)
PUBLISHED["colorful"] = known
sys.argv[0] = "rehue"
from rehue.cli import main
main()
"""


@pytest.mark.long
def test_a_published_model_is_added_and_used(cli, put, grey, added, tmp_path):
    torch = pytest.importorskip("torch")
    from rehue.learning.networks.colorful import Colorful

    torch.manual_seed(0)
    weights = tmp_path / "w.pth"
    torch.save(Colorful(313).state_dict(), weights)
    said = cli("models", "add", "colorful", "--from", weights, main=_WITH_OWN_FILE).stderr
    assert "colorful: sha256 fits; converting" in said
    assert sorted(path.name for path in added.iterdir()) == ["colorful.json", "colorful.onnx"]
    source = put("camera.png", grey)
    cli("colorize", source, "--model", "colorful", "-q")
    assert read(source.with_name("camera.rehue.png")).mark.model == "colorful"
