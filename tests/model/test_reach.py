"""How far a hint reaches."""

import numpy as np
import pytest

from rehue.model import confine

SIDE, STRIDE = 64, 4
GRID = SIDE // STRIDE
RED = np.array([60.0, 40.0], np.float32)
NONE = np.zeros((SIDE, SIDE), bool)  # no pins


@pytest.fixture
def colors():
    """Colours of a network without and with a hint, which it takes for the whole picture."""
    automatic = np.full((2, GRID, GRID), -10, np.float32)
    return automatic, np.full((2, GRID, GRID), 30, np.float32)


def hint_at(row, column, size=4, shape=(SIDE, SIDE)):
    hints = np.zeros((3, *shape), np.float32)
    hints[:2, row : row + size, column : column + size] = RED[:, None, None]
    hints[2, row : row + size, column : column + size] = 1
    return hints


def halves(dark=30.0, light=60.0):
    picture = np.full((SIDE, SIDE), dark, np.float32)
    picture[:, SIDE // 2 :] = light
    return picture


def test_it_fills_the_thing_that_it_lies_on_and_stops_at_its_edge(colors):
    # Tolerances here, units of ab, are of how far a hint counts, not of sums: a filter's edges.
    ab = confine(hint_at(32, 8), halves(), *colors, STRIDE, 1, NONE)
    near, far = ab[:, :, : GRID // 2], ab[:, :, GRID // 2 :]
    assert np.abs(near - RED[:, None, None]).max() < 2
    assert np.abs(far - -10).max() < 0.1


def test_grain_is_no_edge(colors):
    grain = np.random.default_rng(0).normal(0, 2, (SIDE, SIDE)).astype(np.float32)
    ab = confine(hint_at(32, 8), halves(50, 50) + grain, *colors, STRIDE, 1, NONE)
    assert np.abs(ab - RED[:, None, None]).max() < 5


def test_it_goes_round_an_edge_that_ends(colors):
    walled = np.full((SIDE, SIDE), 30, np.float32)
    walled[:48, 28:36] = 80
    ab = confine(hint_at(4, 4), walled, *colors, STRIDE, 1, NONE)
    assert np.abs(ab[:, 1, -2] - RED).max() < 5
    assert np.abs(ab[:, 1, 7] - -10).max() < 0.1  # the wall itself


def test_the_nearest_of_several_counts(colors):
    other = hint_at(32, 52)
    other[:2] *= -1
    ab = confine(hint_at(32, 8) + other, halves(50, 50), *colors, STRIDE, 2, NONE)
    assert np.abs(ab[:, 8, 2] - RED).max() < 0.1
    assert np.abs(ab[:, 8, 13] + RED).max() < 0.1


def test_without_a_hint_nothing_changes(colors):
    hints = np.zeros((3, SIDE, SIDE), np.float32)
    assert np.array_equal(confine(hints, halves(), *colors, STRIDE, 1, NONE), colors[0])


@pytest.mark.parametrize("shape", [(60, 50), (4, 4), (1, 64)])
def test_pictures_that_do_not_fill_the_grid(colors, shape):
    light = np.full(shape, 50, np.float32)
    ab = confine(hint_at(0, 0, 1, shape), light, *colors, STRIDE, 1, np.zeros(shape, bool))
    assert ab.shape == colors[0].shape
    assert np.abs(ab[:, 0, 0] - RED).max() < 0.1


def test_many_hints_count_everywhere(colors):
    few, many = (
        confine(hint_at(32, 8), halves(), *colors, STRIDE, count, NONE) for count in (1, 91)
    )
    far = np.s_[:, :, GRID // 2 :]
    change = (colors[1] - colors[0])[far]
    assert (many - few)[far] == pytest.approx(0.9 * change, abs=0.1)


LARGE = 256
UNPINNED = np.zeros((LARGE, LARGE), bool)


@pytest.fixture
def scene():
    """Four quarters, the dark ones alike: lightness, ab without and with a hint, and features."""
    light = np.full((LARGE, LARGE), 30, np.float32)
    light[: LARGE // 2, LARGE // 2 :] = light[LARGE // 2 :, : LARGE // 2] = 60
    cells = light.reshape(8, 32, 8, 32).mean(axis=(1, 3))
    grid = LARGE // STRIDE
    automatic, hinted = (
        np.full((2, grid, grid), -10, np.float32),
        np.full((2, grid, grid), 30, np.float32),
    )
    return light, automatic, hinted, np.stack([cells < 45, cells >= 45]).astype(np.float32)


@pytest.mark.parametrize("count", [1, 20])
def test_what_is_alike_is_heeded_far_away_and_the_rest_stays(scene, count):
    light, *colors, features = scene
    hint = hint_at(32, 32, 4, (LARGE, LARGE))
    ab = confine(hint, light, *colors, STRIDE, count, UNPINNED, features)
    change = np.abs(ab - colors[0]).max(axis=0)
    assert np.abs(ab[:, 8, 8] - RED).max() < 0.1
    assert change[52:, 52:].min() > 10  # no way but through what is light leads there
    assert change[4:28, 36:60].max() < 4
    assert change[36:60, 4:28].max() < 4


@pytest.mark.parametrize("shape", [(32, 32), (60, 50), (4, 90)])
def test_features_of_pictures_of_any_size(shape):
    padded = tuple(side + -side % 32 for side in shape)
    grid = tuple(side // STRIDE for side in padded)
    automatic, hinted = np.full((2, *grid), -10, np.float32), np.full((2, *grid), 30, np.float32)
    features = np.ones((5, *(side // 32 for side in padded)), np.float32)
    light = np.full(shape, 50, np.float32)
    ab = confine(
        hint_at(0, 0, 4, shape),
        light,
        automatic,
        hinted,
        STRIDE,
        1,
        np.zeros(shape, bool),
        features,
    )
    assert ab.shape == automatic.shape
    assert np.abs(ab[:, 0, 0] - RED).max() < 1


@pytest.mark.parametrize("told", [True, False])
def test_a_pin_keeps_what_it_lies_on(scene, told):
    light, *colors, features = scene
    light = np.full_like(light, 30)  # one thing, for lightness and for the recogniser
    hints = hint_at(128, 32, 4, (LARGE, LARGE)) + hint_at(128, 220, 4, (LARGE, LARGE))
    hints[:2, :, 128:] = np.where(hints[2, :, 128:] > 0, -10, 0)  # the automatic colour
    pinned = np.zeros((LARGE, LARGE), bool)
    pinned[128:132, 220:224] = True
    known = np.ones_like(features) if told else None
    ab = confine(hints, light, *colors, STRIDE, 2, pinned, known)
    assert np.abs(ab[:, 32, 8] - RED).max() < 0.1
    assert np.abs(ab[:, 32, 50:60] - -10).max() < 0.1
    pins_alone = confine(np.where(pinned, hints, 0), light, *colors, STRIDE, 1, pinned, known)
    assert np.array_equal(pins_alone, colors[0])
