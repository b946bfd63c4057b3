import csv

import numpy as np
import pytest
import skimage.data
from PIL import Image


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    """Four photographs in colour, one that is grey, and one that is no photograph."""
    folder = tmp_path_factory.mktemp("photographs")
    for name in ("astronaut", "chelsea", "coffee", "rocket"):
        Image.fromarray(getattr(skimage.data, name)()[::6, ::6]).save(folder / f"{name}.png")
    Image.fromarray(skimage.data.camera()[::8, ::8]).save(folder / "camera.png")
    (folder / "broken.png").write_bytes(b"<html>")
    return folder


@pytest.fixture
def survey(cli, photographs, tiny_model, tmp_path):
    """Runs the survey with these answers typed, and returns what it printed and what it wrote."""

    def run(typed, *options, code=0):
        answers = tmp_path / "answers.csv"
        options = ("--answers", answers, "--model", tiny_model, "--no-viewer", *options)
        done = cli("survey", photographs, *options, input=typed, code=code)
        lines = list(csv.DictReader(answers.read_text("utf-8").splitlines()))
        return (done.stdout if code == 0 else done.stderr), lines

    return run


def test_all_answers_are_kept_and_summed_up(survey):
    said, lines = survey("a\n=\n" * 4)
    assert {line["key"] for line in lines} == {
        f"{n}.png" for n in ("astronaut", "chelsea", "coffee", "rocket")
    }
    fooled = np.mean([line["colored"] == "a" for line in lines])
    assert f"taken for the photograph: {100 * fooled:.1f} % (95 % interval" in said
    assert "medium: 100.0 % (95 % interval 51.0 to 100.0)" in said
    assert "success: 0.0 %" in said


def test_it_goes_on_where_it_was_stopped(survey):
    said, first = survey("a\na\nb\nq\n")
    assert len(first) == 1  # the second pair was not answered to the end
    assert "1 answers in" in said
    said, both = survey("b\nb\n" * 3)
    assert both[0] == first[0]
    assert len({line["key"] for line in both}) == 4
    assert "pair 2 of 50" in said
    assert "pair 1 of" not in said


def test_the_end_of_the_input_stops_it_and_odd_answers_are_asked_again(survey):
    said, lines = survey("what\nB\nc\n=\n")
    assert len(lines) == 1
    assert (lines[0]["photograph"], lines[0]["better"]) == ("b", "=")
    assert said.count("Which one is the photograph?") == 3


def test_enough_is_enough(survey):
    _, lines = survey("a\na\n" * 4, "--count", "2")
    assert len(lines) == 2
    said, again = survey("", "--count", "2")
    assert again == lines
    assert "pair" not in said
    assert "2 answers in" in said


def test_the_order_is_the_seeds(survey, tmp_path):
    _, lines = survey("a\na\n" * 4)
    (tmp_path / "answers.csv").unlink()
    assert survey("a\na\n" * 4)[1] == lines


def test_other_settings_do_not_mix_with_earlier_answers(survey):
    _, lines = survey("a\na\n")
    said, same = survey("", "--seed", "5", code=1)
    assert "seed 0; this is model" in said
    assert same == lines


def test_nothing_on_screen_tells_which_is_which(survey):
    said, lines = survey("")
    assert lines == []
    for key in ("astronaut", "chelsea", "coffee", "rocket"):
        assert key not in said
