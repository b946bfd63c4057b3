from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from PIL import Image

from rehue.color import srgb_to_lab
from rehue.judge.baselines import paint
from rehue.judge.groups import (
    RULE,
    STUDY_SHARES,
    Appearance,
    Measures,
    Outcome,
    measure,
    outcome_by,
    outcome_of,
)
from rehue.judge.sheet import choose_by_outcome

FAITHFUL = Measures(colorfulness=1, uncolored=0, detail=1, agreement=1, balance=0)
# Benchmarks/groups.py has the shares over whole sets; these are clear cases.
NAMES = ("astronaut", "chelsea", "rocket")


@pytest.fixture(scope="module", params=NAMES)
def original(request):
    whole = Image.fromarray(getattr(skimage.data, request.param)())
    return np.asarray(whole.resize((192, 144), Image.Resampling.LANCZOS))


def changed(image, change):
    lab = srgb_to_lab(image)
    return paint(lab[..., 0], change(lab[..., 1:]).astype(np.float32))


def outcome(picture, original):
    return outcome_of(Appearance.of(picture), Appearance.of(original))


def right_half(ab):
    return ab * (np.arange(ab.shape[1]) >= ab.shape[1] // 2)[:, None]


def washed(ab):
    """Chroma through a grid of 6 x 8 cells."""
    cells = ab.reshape(6, 24, 8, 24, 2).mean(axis=(1, 3))
    planes = [Image.fromarray(cells[..., at]).resize((192, 144), 3) for at in (0, 1)]
    return np.stack([np.asarray(plane) for plane in planes], axis=-1)


def test_a_photograph_judged_against_itself_is_medium(original):
    assert outcome(original, original) is Outcome.MEDIUM


@pytest.mark.parametrize("share", [0.95, 1.15])
def test_a_little_less_or_more_colour_is_medium(original, share):
    assert outcome(changed(original, lambda ab: ab * share), original) is Outcome.MEDIUM


@pytest.mark.parametrize(
    "change",
    [
        lambda ab: ab * 0,
        lambda ab: ab * 0.2,
        lambda ab: ab @ np.array([[0, 1], [-1, 0]]),
        right_half,
        washed,
    ],
    ids=["grey", "dull", "turned", "half grey", "blurred"],
)
def test_wrong_colourings_are_failures(original, change):
    assert outcome(changed(original, change), original) is Outcome.FAILURE


def test_a_photograph_judged_against_a_faded_print_of_it_is_a_success(original):
    assert outcome(original, changed(original, lambda ab: ab * 0.5)) is Outcome.SUCCESS


@pytest.mark.parametrize("cast", [(-25, 14), (25, -14)], ids=["green", "magenta"])
def test_a_photograph_judged_against_a_tinted_print_of_it_is_a_success(original, cast):
    tinted = changed(original, lambda ab: ab + np.array(cast))
    assert outcome(original, tinted) is Outcome.SUCCESS


@pytest.mark.parametrize(
    ("name", "limit", "step", "expected"),
    [
        ("colorfulness", RULE.least_colorfulness, -0.01, Outcome.FAILURE),
        ("uncolored", RULE.most_uncolored, 0.01, Outcome.FAILURE),
        ("detail", RULE.least_detail, -0.01, Outcome.FAILURE),
        ("agreement", RULE.least_agreement, -0.01, Outcome.FAILURE),
        ("balance", RULE.worst_balance, -0.01, Outcome.FAILURE),
        ("colorfulness", RULE.more_colorful - 0.01, 0.01, Outcome.SUCCESS),
        ("balance", RULE.better_balanced - 0.01, 0.01, Outcome.SUCCESS),
    ],
)
def test_every_limit_decides_alone(name, limit, step, expected):
    assert outcome_by(FAITHFUL) is Outcome.MEDIUM
    assert outcome_by(replace(FAITHFUL, **{name: limit})) is Outcome.MEDIUM
    assert outcome_by(replace(FAITHFUL, **{name: limit + step})) is expected


def test_vivid_colours_in_the_wrong_places_are_no_success():
    for agreement, expected in (
        (-1, Outcome.FAILURE),
        (RULE.success_agreement - 0.01, Outcome.MEDIUM),
        (RULE.success_agreement, Outcome.SUCCESS),
    ):
        assert outcome_by(replace(FAITHFUL, colorfulness=3, agreement=agreement)) is expected


def test_size_does_not_count(original):
    def measured(scale):
        size = (original.shape[1] * scale, original.shape[0] * scale)
        large = np.asarray(Image.fromarray(original).resize(size, Image.Resampling.BICUBIC))
        dull = changed(large, lambda ab: ab * 0.5)
        return vars(measure(Appearance.of(dull), Appearance.of(large)))

    assert measured(4) == pytest.approx(measured(1), abs=0.1)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 300, 3), (300, 2, 3)])
def test_odd_shapes_and_grey_originals_have_a_group(shape):
    generator = np.random.default_rng(0)
    image = generator.integers(0, 256, shape).astype(np.uint8)
    grey = np.full(shape, 128, np.uint8)
    assert outcome(image, image) is Outcome.MEDIUM
    assert outcome(grey, image) in set(Outcome)
    assert np.isfinite(
        list(vars(measure(Appearance.of(image), Appearance.of(grey))).values())
    ).all()


def test_the_studys_shares_are_whole():
    assert sum(STUDY_SHARES.values()) == pytest.approx(1)


def test_sheets_show_each_group_apart(stand_in, photographs):
    from rehue.judge import evaluate as judge
    from rehue.model import Decoding

    def half_right(ab, decoding):  # landscape formats are grey
        return ab * np.float32(ab.shape[0] >= ab.shape[1])

    judged = judge(stand_in(half_right), photographs, {"it": Decoding("bins")}, draws=2).judged
    chosen = choose_by_outcome(judged, "it")
    assert set(chosen[Outcome.MEDIUM]) == {"astronaut", "astronaut-tall"}
    assert set(chosen[Outcome.FAILURE]) == {"chelsea", "coffee", "coffee-wide", "rocket"}
    assert chosen[Outcome.SUCCESS] == []
