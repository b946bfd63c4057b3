import numpy as np
import pytest

from rehue.errors import DatasetError, RehueError
from rehue.judge.groups import Outcome
from rehue.judge.survey import (
    Answer,
    colored_side,
    pair_picture,
    read_answers,
    summarize_answers,
    survey_order,
    wilson,
    write_answers,
)

KEYS = [f"photo-{number}" for number in range(200)]
MODEL = "0" * 64


def answer(key="photo-0", *, fooled=False, outcome=Outcome.MEDIUM, seed=0):
    colored = colored_side(key, seed)
    other = "b" if colored == "a" else "a"
    better = {Outcome.SUCCESS: colored, Outcome.MEDIUM: "=", Outcome.FAILURE: other}[outcome]
    return Answer(key, MODEL, seed, colored, colored if fooled else other, better)


def test_order_and_sides_follow_from_seed_and_key_alone():
    assert survey_order(KEYS, 0) == survey_order(reversed(KEYS), 0)
    assert survey_order(KEYS, 0) != survey_order(KEYS, 1)
    assert sorted(survey_order(KEYS, 0)) == sorted(KEYS)
    sides = [colored_side(key, 0) for key in KEYS]
    assert 70 < sides.count("a") < 130
    assert sides != [colored_side(key, 1) for key in KEYS]


def test_the_colouring_stands_on_its_side():
    red, blue = (np.full((40, 30, 3), color, np.uint8) for color in ((200, 0, 0), (0, 0, 200)))
    for side in "ab":
        picture = np.asarray(pair_picture(red, blue, side, height=40))
        left = picture[10, 10]
        assert (left[2] == 200) == (side == "a")
        assert {tuple(color) for color in picture[10]} >= {(200, 0, 0), (0, 0, 200)}


def test_answers_there_and_back(tmp_path):
    path = tmp_path / "new" / "answers.csv"
    assert read_answers(path, MODEL, 0) == []
    given = [answer(key, fooled=key in KEYS[:3]) for key in KEYS[:5]]
    write_answers(path, given)
    assert read_answers(path, MODEL, 0) == given
    assert [found.name for found in path.parent.iterdir()] == ["answers.csv"]


def test_answers_to_other_pairs_are_refused(tmp_path):
    path = tmp_path / "answers.csv"
    write_answers(path, [answer()])
    with pytest.raises(DatasetError, match=r"answers to model 0{12}, seed 0; this is model f{12}"):
        read_answers(path, "f" * 64, 0)
    with pytest.raises(DatasetError, match="seed 1: give another"):
        read_answers(path, MODEL, 1)


@pytest.mark.parametrize(
    "text",
    [
        "<html>",
        "",
        "key,model,seed,colored,photograph,better\nphoto-0,0,x,a,a,a\n",
        "key,model,seed,colored,photograph,better\nphoto-0,0,0,a,a\n",
        "key,model,seed,colored,photograph,better\nphoto-0,0,0,c,a,a\n",
    ],
)
def test_a_file_of_something_else_is_refused_and_kept(tmp_path, text):
    path = tmp_path / "answers.csv"
    path.write_text(text)
    with pytest.raises(DatasetError, match="not a file of survey answers"):
        read_answers(path, MODEL, 0)
    assert path.read_text() == text


def test_sides_that_are_not_the_seeds_are_refused(tmp_path):
    path = tmp_path / "answers.csv"
    write_answers(path, [answer()])
    side = colored_side("photo-0", 0)
    text = path.read_text().replace(f",0,{side},", f",0,{'b' if side == 'a' else 'a'},")
    path.write_text(text)
    with pytest.raises(DatasetError, match="not those of its seed"):
        read_answers(path, MODEL, 0)


def test_a_place_that_cannot_be_written_to_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RehueError, match="cannot be written"):
        write_answers(tmp_path / "file" / "answers.csv", [])


def test_summary_counts_who_was_fooled_and_the_groups():
    outcomes = [Outcome.SUCCESS] * 1 + [Outcome.MEDIUM] * 6 + [Outcome.FAILURE] * 3
    given = [
        answer(key, fooled=number < 4, outcome=outcome)
        for number, (key, outcome) in enumerate(zip(KEYS, outcomes, strict=False))
    ]
    summary = summarize_answers(given)
    assert summary.count == 10
    assert summary.fooled == wilson(4, 10)
    shares = {outcome: share.value for outcome, share in summary.outcomes.items()}
    assert shares == {Outcome.SUCCESS: 0.1, Outcome.MEDIUM: 0.6, Outcome.FAILURE: 0.3}


def test_no_answers_have_no_summary():
    with pytest.raises(DatasetError, match="found none"):
        summarize_answers([])


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # Newcombe 1998, table I, method 3: the score interval without continuity correction.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_are_the_published_ones(hits, count, low, high):
    estimate = wilson(hits, count)
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=5e-5)
