import numpy as np
import pytest

from rehue.color import Bins
from rehue.model import OTHERS, alternative_ab

BINS = Bins.in_srgb(10)


def at(*colors):
    """Logits of a place that may have each of some colours, with their shares."""
    shares = np.full(len(BINS), 1e-6)
    for color, share in colors:
        shares[((BINS.centers - color) ** 2).sum(axis=1).argmin()] += share
    return np.log(shares)


SKY = at(((0, -40), 0.9), ((0, 0), 0.1))
CAR = at(((60, 40), 0.5), ((0, -60), 0.3), ((-50, 40), 0.2))


@pytest.fixture
def scene():
    """A picture with sky above and a car in the lower right quarter: logits, ab and L."""
    logits = np.repeat(SKY[:, None], 20 * 30, axis=1).reshape(-1, 20, 30)
    logits[:, 10:, 15:] = CAR[:, None, None]
    light = np.full((20, 30), 70.0)
    light[10:, 15:] = 40
    return logits.astype(np.float32), BINS.decode(logits, 0.1).astype(np.float32), light


def test_regions_take_their_other_modes_whole(scene):
    logits, shown, light = scene
    others = alternative_ab(logits, shown, light, BINS)
    assert len(others) == OTHERS
    for other in others:
        assert other.shape == shown.shape
        car = other[:, 12:, 17:].reshape(2, -1)
        # The same all over, but for what the smoothing brings over the edge, of 120 units of ab.
        assert np.ptp(car, axis=1).max() < 10
    # The car is blue in one of them, and green in another.
    hues = [np.degrees(np.arctan2(*other[::-1, 15, 20])) for other in others]
    assert any(abs(hue + 90) < 10 for hue in hues)
    assert any(abs(hue - 141) < 10 for hue in hues)


def test_they_run_from_calm_to_bold(scene):
    logits, shown, light = scene
    chroma = [
        float(np.hypot(*other).mean()) for other in alternative_ab(logits, shown, light, BINS)
    ]
    assert chroma == sorted(chroma)
    assert chroma[0] < float(np.hypot(*shown).mean()) < 1.6 * chroma[-1]


def test_what_the_network_is_sure_of_keeps_its_hue(scene):
    logits, shown, light = scene
    sure = at(((0, -40), 0.99999))
    logits = np.repeat(sure[:, None], 600, axis=1).reshape(-1, 20, 30).astype(np.float32)
    shown = BINS.decode(logits, 0.1).astype(np.float32)
    for other in alternative_ab(logits, shown, light, BINS):
        assert np.degrees(np.arctan2(*other[::-1])).mean() == pytest.approx(-90, abs=5)


def test_the_same_answer_gives_the_same_alternatives(scene):
    first, second = (alternative_ab(*scene, BINS) for _ in range(2))
    assert all(np.array_equal(*pair) for pair in zip(first, second, strict=True))


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (3, 400)])
def test_pictures_of_any_shape(shape):
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(len(BINS), *shape)).astype(np.float32)
    others = alternative_ab(logits, BINS.decode(logits), rng.random(shape) * 100, BINS)
    assert all(np.isfinite(other).all() and other.shape == (2, *shape) for other in others)
