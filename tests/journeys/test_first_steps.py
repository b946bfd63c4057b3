"""What a new user tries first, and what is said of it."""

import json
import re

import numpy as np
import pytest
from PIL import Image

from rehue.photo import read


def test_without_a_command_a_photograph_is_coloured(cli, put, grey, tiny_model, tmp_path):
    put("photo.jpg", grey)
    cli("photo.jpg", "--model", tiny_model, folder=tmp_path)
    cli("--model", tiny_model, "-o", "out/", "photo.jpg", folder=tmp_path)
    cli(f"--model={tiny_model}", "./photo.jpg", "-o", "b.png", folder=tmp_path)
    done = cli("-", "--model", tiny_model, input=(tmp_path / "photo.jpg").read_bytes())
    assert done.stdout == (tmp_path / "photo.rehue.jpg").read_bytes()
    assert (tmp_path / "out" / "photo.jpg").is_file()
    assert (tmp_path / "b.png").is_file()


def test_a_folder_without_a_dot_in_its_name_is_coloured_too(cli, put, grey, tiny_model, tmp_path):
    put("album/photo.jpg", grey)
    cli("album", "--model", tiny_model, "-o", "out", folder=tmp_path)
    assert (tmp_path / "out" / "photo.jpg").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["missing.jpg"], 1, "missing.jpg"),
        (["--colour", "photo.jpg"], 2, "No such option: --colour"),
        (["colorise", "photo.jpg"], 2, "No such command 'colorise'. Did you mean 'colorize'?"),
        (["album"], 2, "No such command 'album'"),
        (["--version"], 0, "rehue "),
        (["models", "--json"], 0, '"name": "default"'),
    ],
)
def test_what_is_no_photograph_is_said(cli, tmp_path, arguments, code, says):
    done = cli(*arguments, code=code, folder=tmp_path)
    assert says in done.stdout + done.stderr


def test_hints_without_a_heading_are_taken(colorize, put, grey, tmp_path):
    put("photo.jpg", grey)
    (tmp_path / "hints.csv").write_text("600,20,#b03030\n", "utf-8")
    said = colorize("photo.jpg", "--hints", "hints.csv", code=1).stderr
    assert "the model tiny was not trained with hints" in said  # so they were seen
    (tmp_path / "hints.csv").write_text("\n", "utf-8")
    said = colorize("photo.jpg", "--hints", "hints.csv", code=2).stderr
    assert "hints.csv: holds no hints: give a line a hint" in " ".join(said.split())


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_other_options_over_an_earlier_result_are_said_and_how(colorize, put, grey, quiet):
    path = put("photo.png", grey)
    colorize("photo.png")
    before = path.with_name("photo.rehue.png").read_bytes()
    done = colorize("photo.png", "--saturation", "2", "--layer", *quiet)
    assert path.with_name("photo.png.rehue-layer.png").is_file()  # another result
    done = colorize("photo.png", "--saturation", "2", *quiet)
    assert (
        "rehue: photo.png was coloured before with other options (saturation=1, now 2), and that "
        "result stays: --overwrite makes it anew"
    ) in done.stderr.splitlines()
    last = "rehue: 0 coloured, 1 kept as made with other options (--overwrite makes them anew) ("
    assert (last in done.stderr) == (not quiet)
    assert path.with_name("photo.rehue.png").read_bytes() == before
    row = json.loads(colorize("photo.png", "--saturation", "2", "--json", *quiet).stdout)
    assert (row["status"], row["target"]) == ("kept", "photo.rehue.png")
    colorize("photo.png", "--saturation", "2", "--overwrite", *quiet)
    assert path.with_name("photo.rehue.png").read_bytes() != before


def test_a_photograph_in_colour_is_said_in_words_and_no_result_is_named(colorize, put, color):
    put("photo.jpg", color)
    first, reason, last = colorize("photo.jpg").stderr.splitlines()
    assert re.fullmatch(
        r"rehue: photo\.jpg is already in colour and is left alone: places of one brightness "
        r"differ in colour, clearly \(\d+\.\d; toned prints at most \d+\.\d+\); "
        r"--recolor colours it all the same",
        reason,
    )
    assert "photo.rehue.jpg" not in first + reason + last


def test_what_was_written_is_named_at_the_end(colorize, put, grey):
    put("photo.jpg", grey)
    said = colorize("photo.jpg", "--alternatives", "2", code=0).stderr.splitlines()
    assert said[-1].endswith("): photo.rehue.jpg, photo.rehue-2.jpg")
    assert "results" not in said[0]


def test_two_photographs_do_not_become_a_folder_called_as_a_photograph(
    colorize, put, grey, tmp_path
):
    put("a.jpg", grey)
    put("b.jpg", grey[::-1])
    done = colorize("a.jpg", "b.jpg", "-o", "both.jpg", code=2)
    assert "both.jpg is a photograph's name" in " ".join(done.stderr.split())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jpg", "b.jpg"]


def test_temperature_is_heeded_for_a_while_and_names_boldness(colorize, put, grey, tmp_path):
    put("a.png", grey)
    note = "rehue: --temperature will go: give --boldness, 0 to 1, in its place"
    done = colorize("a.png", "--temperature", "0.5")
    assert done.stderr.splitlines()[0] == note
    mark = read(tmp_path / "a.rehue.png").mark
    assert mark.settings == "size=64 saturation=1 warmth=0 temperature=0.5"
    assert note not in colorize("a.png", "--boldness", "0.5", "-o", "b.png").stderr
    assert read(tmp_path / "b.png").mark.settings == "size=64 saturation=1 warmth=0 boldness=0.5"
    said = colorize("a.png", "--temperature", "0.5", "--boldness", "1", code=2).stderr
    assert "boldness and temperature: give one of them" in said
    assert "--temperature" not in colorize("--help").stdout


def test_boldness_moves_the_colours(colorize, put, grey, tmp_path):
    put("a.png", grey)
    for boldness in ("0", "1"):
        colorize("a.png", "--boldness", boldness, "-o", f"{boldness}.png")
    calm, bold = (np.asarray(Image.open(tmp_path / f"{one}.png")).astype(int) for one in "01")
    assert np.ptp(bold, axis=2).mean() > np.ptp(calm, axis=2).mean()
