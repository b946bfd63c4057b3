import json
from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from PIL import Image
from typer import Typer
from typer.testing import CliRunner

import rehue
import rehue.photo
from rehue import Colorizer
from rehue.cli.inspect import inspect as command
from rehue.photo.provenance.mark import SOURCE_TYPE

GREY = np.ascontiguousarray(skimage.data.camera()[100:190, 180:300])
app = Typer()
app.command()(command)


@pytest.fixture(scope="module")
def colorizer(tiny_model):
    return Colorizer(tiny_model, threads=1)


@pytest.fixture
def result(colorizer, tmp_path):
    """A result beside its source."""
    Image.fromarray(GREY).save(tmp_path / "box.jpg", quality=95)
    colorizer.colorize_file(
        tmp_path / "box.jpg", tmp_path / "box.rehue.jpg", timestamp="2026-01-02T03:04:05Z"
    )
    return tmp_path / "box.rehue.jpg"


def inspect(*arguments, code=0):
    """Run the command; return what it printed, and what it complained of."""
    done = CliRunner().invoke(app, [*map(str, arguments)])
    assert done.exit_code == code, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.stdout, done.stderr


def facts(text):
    """The facts of one file, by name."""
    first, *lines = text.splitlines()
    assert all(line.startswith("  ") for line in lines)
    return first, dict(line.strip().split(": ", 1) for line in lines)


def test_says_how_a_picture_was_coloured(result, colorizer):
    name, found = facts(inspect(result)[0])
    assert name == str(result)
    assert found == {
        "format": "JPEG, 120 x 90 pixels, 8 bits a sample",
        "coloured by": f"Rehue {rehue.__version__}",
        "model": "tiny",
        "model sha256": colorizer.card.sha256,
        "runtime": colorizer.runtime,
        "settings": "size=64 saturation=1 warmth=0",
        "timestamp": "2026-01-02T03:04:05Z",
        "source sha256": found["source sha256"],
        "digital source type": SOURCE_TYPE,
        "source": f"{result.with_name('box.jpg')}, the same",
        "luma": "kept byte for byte, and the same as the source's",
    }
    assert len(found["source sha256"]) == 64


def test_a_picture_that_nobody_coloured_is_well(result):
    _, found = facts(inspect(result.with_name("box.jpg"))[0])
    assert found["coloured by"] == "nothing says that it was coloured"
    assert set(found) == {"format", "coloured by"}


def test_a_source_that_changed_is_code_1(result):
    source = result.with_name("box.jpg")
    source.write_bytes(source.read_bytes() + b" ")
    _, found = facts(inspect(result, code=1)[0])
    assert found["source"].endswith("box.jpg, not what was coloured")


def test_luma_that_is_no_longer_the_sources_is_code_1(result):
    source = result.with_name("box.jpg")
    Image.fromarray(GREY).save(source, quality=90)
    assert facts(inspect(result, code=1)[0])[1]["luma"].endswith(
        "not what the file or its source holds now"
    )
    # Saved again by a program that keeps the mark.
    with Image.open(result) as picture:
        picture.save(result, xmp=picture.info["xmp"])
    source.unlink()
    assert facts(inspect(result, code=1)[0])[1]["luma"].startswith("kept byte for byte, but not")


def test_luma_without_a_source_is_left_to_be_checked(result):
    result.with_name("box.jpg").unlink()
    assert facts(inspect(result)[0])[1]["luma"].endswith("to be checked against the source")


def test_a_source_elsewhere(result, tmp_path):
    moved = result.with_name("box.jpg").rename(tmp_path / "elsewhere.jpg")
    assert facts(inspect(result)[0])[1]["source"] == "not beside it, name it with --source"
    assert facts(inspect(result, "--source", moved)[0])[1]["source"] == f"{moved}, the same"
    said, complained = inspect(result, "--source", tmp_path / "none.jpg", code=1)
    assert said == ""
    assert "none.jpg does not exist" in complained
    # A picture that says nothing is no proof of a source.
    inspect(moved, "--source", moved, code=1)


def test_the_source_of_a_layer(result, colorizer):
    source = result.with_name("box.jpg")
    layer = result.with_name("box.jpg.rehue-layer.png")
    colorizer.colorize_file(source, layer, layer=True)
    _, found = facts(inspect(layer)[0])
    assert found["settings"].endswith("layer")
    assert found["source"] == f"{source}, the same"


def test_a_file_that_cannot_be_read_costs_the_others_nothing(result, tmp_path):
    (tmp_path / "page.jpg").write_text("<html>")
    said, complained = inspect(tmp_path / "page.jpg", tmp_path / "none.png", result, code=1)
    assert said.startswith(f"{result}\n")
    lines = complained.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("rehue: ") for line in lines)


def test_json_has_an_object_a_file(result, tmp_path, colorizer):
    said, _ = inspect(result, tmp_path / "none.jpg", "--json", code=1)
    found, failed = map(json.loads, said.splitlines())
    assert found["path"] == str(result)
    assert found["mark"]["model"] == "tiny"
    assert found["mark"]["model_sha256"] == colorizer.card.sha256
    assert found["mark"]["hints"] == []
    assert found["source"] == str(tmp_path / "box.jpg")
    assert found["source_matches"] is True
    assert found["manifest"] is None
    assert set(failed) == {"path", "error"}
    assert "none.jpg does not exist" in failed["error"]


def test_one_source_for_several_pictures_is_wrong_usage(result):
    assert (
        "--source goes with one picture" in inspect(result, result, "--source", result, code=2)[1]
    )


def test_what_strangers_wrote_stays_on_its_line(result, monkeypatch):
    facts_of = rehue.photo.inspect

    def forged(path, source):
        found = facts_of(path, source)
        return replace(found, mark=replace(found.mark, model="a\nmodel: b\x1b[2J", hints=("sky",)))

    monkeypatch.setattr(rehue.photo, "inspect", forged)
    _, found = facts(inspect(result)[0])
    assert found["model"] == r"a\nmodel: b\x1b[2J"
    assert found["hint"] == "sky"
