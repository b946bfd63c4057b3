"""The way of the README: a base install, the shipped weights, one command."""

import numpy as np
from PIL import Image

from rehue.color import lightness, srgb_to_lab
from rehue.model import find_model
from rehue.photo import read


def test_one_command_colours_a_photograph(cli, put, grey):
    source = put("camera.png", grey)
    said = cli("colorize", source.name, folder=source.parent).stderr
    assert said.startswith("rehue: model default, onnxruntime ")
    result = read(source.with_name("camera.rehue.png"))
    assert (result.mark.model, result.mark.model_sha256) == (
        "default",
        find_model("default").card.sha256,
    )
    assert np.hypot(*np.moveaxis(srgb_to_lab(result.pixels)[..., 1:], -1, 0)).mean() > 1
    moved = np.abs(lightness(result.pixels) - lightness(grey))
    assert moved.mean() <= 0.10
    assert moved.max() <= 0.40


def test_the_same_command_gives_the_same_bytes(cli, put, grey):
    source = put("a.jpg", grey)
    for name in ("first.jpg", "second.jpg"):
        cli("colorize", source, "-o", source.with_name(name), "-q")
    first, second = (source.with_name(name).read_bytes() for name in ("first.jpg", "second.jpg"))
    assert first == second


def test_odd_shapes_are_valid(cli, put):
    folder = put("dot.png", Image.new("L", (1, 1), 90)).parent
    put("line.png", np.tile(np.arange(256, dtype=np.uint8), 391)[None, :100_000])
    cli("colorize", "dot.png", "line.png", folder=folder)
    assert Image.open(folder / "dot.rehue.png").size == (1, 1)
    assert Image.open(folder / "line.rehue.png").size == (100_000, 1)


def test_an_unknown_model_is_answered_with_the_nearest(cli, put, grey):
    said = cli("colorize", put("a.jpg", grey), "--model", "defualt", code=1).stderr
    assert "no model 'defualt': nearest: default" in said


def test_models_are_listed_with_their_licence(cli):
    assert "LicenseRef-Rehue-Weights" in cli("models", "--json").stdout
