"""Colours that agree over all that is alike."""

import numpy as np
import pytest

from rehue.color import Bins
from rehue.model import Decoding, decode
from rehue.model.alike import gathered

FINE, COARSE = (32, 48), (4, 6)


@pytest.fixture
def scene():
    """A thing left and right, another between them: directions of features, and an even light."""
    features = np.zeros((8, *COARSE), np.float32)
    features[0, :, :2] = features[0, :, 4:] = 1
    features[1, :, 2:4] = 1
    ab = np.zeros((2, *FINE), np.float32)
    ab[0, :, :16], ab[0, :, 32:], ab[1, :, 16:32] = 40, 20, -30
    return ab, np.full(FINE, 50, np.float32), features


def test_what_is_alike_gets_one_colour_however_far_apart_and_another_thing_keeps_its_own(scene):
    found = gathered(*scene)
    # Within the things; between them what is alike changes gradually.
    assert found[0, :, :10] == pytest.approx(30, abs=0.1)
    assert found[0, :, 38:] == pytest.approx(30, abs=0.1)
    assert found[1, :, 22:26] == pytest.approx(-30, abs=0.1)
    assert found[0, :, 22:26] == pytest.approx(0, abs=0.1)


def test_what_differs_in_light_keeps_its_colour(scene):
    ab, light, features = scene
    light[:, 32:] = 90
    found = gathered(ab, light, features)
    assert found[0, :, :10] == pytest.approx(40, abs=0.1)
    assert found[0, :, 38:] == pytest.approx(20, abs=0.1)


@pytest.mark.parametrize("value", [-12.0, 0.0, 35.0])
@pytest.mark.parametrize("coarse", [(1, 1), (1, 5), (3, 2)])
def test_one_colour_stays_in_any_picture(value, coarse):
    rng = np.random.default_rng(3)
    fine = tuple(8 * side for side in coarse)
    light = rng.uniform(-1, 101, fine).astype(np.float32)
    features = rng.normal(size=(8, *coarse)).astype(np.float32)
    found = gathered(np.full((2, *fine), value, np.float32), light, features)
    assert found == pytest.approx(value, abs=1e-3)


def test_features_that_say_nothing_leave_no_holes():
    light, features = np.full(FINE, 50, np.float32), np.zeros((8, *COARSE), np.float32)
    assert np.isfinite(gathered(np.ones((2, *FINE), np.float32), light, features)).all()


def test_only_what_is_in_doubt_is_taken_from_what_is_alike(scene):
    _, light, features = scene
    bins = Bins(np.array([(0, 0), (40, 0), (20, 0), (-40, 0)], np.float32))
    logits = np.full((4, *FINE), -20, np.float32)
    logits[1, :, :16] = 20  # sure
    logits[2:, :, 32:] = 0  # one of two, far apart
    logits[0, :, 16:32] = 20
    plain, with_likeness = (
        decode(Decoding(likeness=share), logits, None, bins, light, features) for share in (0, 1)
    )
    assert with_likeness[0, :, :10] == pytest.approx(plain[0, :, :10], abs=0.1)
    assert (np.abs(with_likeness - plain)[0, :, 38:] > 5).all()
    assert np.array_equal(decode(Decoding(likeness=1.0), logits, None, bins, light), plain)
