"""The table of wishes, and what is made from it."""

import re
from dataclasses import fields
from typing import get_type_hints

import pytest

from rehue.errors import PhotoError
from rehue.model import OTHERS, Card, Decoding, Hint
from rehue.wishes import WISHES, Coloring, ColoringOptions, described, differences

# What marks and journals said before there was a table, and what they are to say for ever.
BEFORE = {
    "saturation=1 warmth=0": {},
    "saturation=0.8 warmth=4": {"saturation": 0.8, "warmth": 4},
    "saturation=1 warmth=0 temperature=0.5": {"temperature": 0.5},
    "saturation=1 warmth=0 decoding=bins,0.4,1.2,0.3": {
        "decoding": Decoding("bins", 0.4, 1.2, 0.3)
    },
    "saturation=1 warmth=0 hints=30,20.5,#b03030,4;1,2,navy,9": {
        "hints": [Hint(30, 20.5, "#b03030"), Hint(1, 2, "navy", 9)]
    },
    "saturation=1 warmth=0 alternative=2 refresh": {"alternative": 2, "refresh": True},
    "saturation=1 warmth=0 palette=navy,#b03030": {"palette": ("navy", "#b03030")},
}


def test_every_wish_has_a_name_and_help():
    assert list(WISHES) == [field.name for field in fields(Coloring)]
    for name, wish in WISHES.items():
        assert wish.name == name
        assert wish.help.endswith(".")
        assert (wish.low is None) == (wish.high is None)
        assert wish.needs is None or wish.needs in Card.__doc__
        assert wish.instead is None or wish.instead in WISHES
        assert set(wish.excludes) <= set(WISHES)
        wish.check(wish.default)
    assert WISHES["alternative"].high == 1 + OTHERS


def test_keywords_in_python_are_the_wishes():
    from rehue.model import Decoding
    from rehue.photo import Photo
    from rehue.scan import Stated

    names = {"Decoding": Decoding, "Hint": Hint, "Photo": Photo, "Stated": Stated}
    hints = get_type_hints(Coloring, None, names)
    assert get_type_hints(ColoringOptions, None, names) == hints


@pytest.mark.parametrize("name", [name for name, wish in WISHES.items() if wish.low is not None])
def test_numbers_outside_their_range_are_refused(name):
    wish = WISHES[name]
    for value in (wish.low, wish.high):
        assert getattr(Coloring(**{name: value}), name) == value
    for value in (wish.low - 1, wish.high + 1, float("nan"), float("inf"), "1"):
        says = f"give {wish.low:g} to {wish.high:g}"
        with pytest.raises(PhotoError, match=rf"^{name} .*: {re.escape(says)}$"):
            Coloring(**{name: value})


@pytest.mark.parametrize(
    "wishes",
    [
        {"palette": ["red"], "reference": b""},
        {"boldness": 0.5, "temperature": 0.5},
        {"boldness": 0.5, "decoding": Decoding("bins")},
    ],
)
def test_wishes_that_exclude_each_other(wishes):
    first, second = wishes
    with pytest.raises(PhotoError, match=f"^{first} and {second}: give one of them$"):
        Coloring(**wishes)


def test_only_what_is_wished_is_named():
    assert Coloring().wished() == {}
    assert Coloring(hints=[], palette=(), saturation=1, boldness=None).wished() == {}
    assert Coloring(boldness=0, refresh=True).wished() == {"boldness": 0, "refresh": True}


@pytest.mark.parametrize("words", BEFORE)
def test_the_words_of_marks_are_those_of_before(words):
    assert described(Coloring(**BEFORE[words])) == words


def test_every_wish_tells_in_words():
    from rehue.color import Bins
    from rehue.model import palette_of_colors
    from rehue.scan import Stated

    others = {
        **{name: wish.low for name, wish in WISHES.items() if wish.low is not None},
    }
    others |= {"alternative": 2, "refresh": True, "decoding": Decoding("bins"), "palette": ["red"]}
    others |= {"hints": [Hint(1, 2, "red")], "reference": b"a photograph"}
    others |= {"scan": Stated(as_is=True)}
    assert set(others) == set(WISHES)
    palette = palette_of_colors(["red"], Bins.in_srgb(10))
    said = {described(Coloring(**{name: value}), palette) for name, value in others.items()}
    assert len(said | {described(Coloring())}) == len(WISHES) + 1


@pytest.mark.parametrize(
    ("before", "now", "differ"),
    [
        ("size=256 saturation=1 warmth=0", "size=256 saturation=1 warmth=0", ()),
        ("saturation=1 warmth=0", "saturation=2 warmth=0", ("saturation=1, now 2",)),
        ("warmth=0 temperature=0.5", "warmth=0 boldness=1 layer",
         ("with temperature=0.5", "without boldness=1", "without layer")),
        ("hints=1,2,rgb(1, 2, 3),4 visible-mark", "hints=1,2,rgb(1, 2, 4),4",
         ("hints=1,2,rgb(1, 2, 3),4, now 1,2,rgb(1, 2, 4),4", "with visible-mark")),
    ],
)  # fmt: skip
def test_how_two_results_differ_is_said_in_words(before, now, differ):
    assert differences(before, now) == differ
