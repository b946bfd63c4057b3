import numpy as np
import pytest

from rehue.color import Bins, srgb_to_lab
from rehue.model import confidence, suggest

BINS = Bins(np.array([[0, 0], [10, 0], [60, 40], [-50, 40], [0, -60]], np.float32))
SHARES = np.array([0.2, 0.2, 0.3, 0.1, 0.2])


def logits(shares=SHARES, size=(3, 4)):
    return np.tile(np.log(shares)[:, None, None], (1, *size)).astype(np.float32)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [((5, 0), 0.4), ((60, 40), 0.3), ((60, 55), 0.3), ((60, 61), 0.0), ((20, 0), 0.4)],
)
def test_confidence_is_what_lies_near_the_colour_shown(shown, expected):
    ab = np.tile(np.array(shown, np.float32)[:, None, None], (1, 3, 4))
    found = confidence(logits(), ab, BINS)
    assert found.shape == (3, 4)
    # A softmax in float32: 1e-7 a bin.
    assert found == pytest.approx(expected, abs=1e-5)


def test_a_high_temperature_is_less_sure():
    ab = np.tile(np.array([60, 40], np.float32)[:, None, None], (1, 3, 4))
    sure = np.array([0.01, 0.01, 0.96, 0.01, 0.01])
    found = [confidence(logits(sure), ab, BINS, t)[0, 0] for t in (0.5, 1, 2, 100)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == pytest.approx(0.2, abs=0.02)
    assert found[0] <= 1


def test_suggestions_are_different_and_the_likeliest_comes_first():
    found = suggest(np.log(SHARES), 60.0, BINS)
    assert [s.probability for s in found] == pytest.approx([0.4, 0.3, 0.2, 0.1], abs=1e-6)
    first, second = found[:2]
    assert (first.a, first.b) == pytest.approx((5, 0))  # two bins that are one colour
    assert (second.a, second.b) == pytest.approx((60, 40))
    places = np.array([(s.a, s.b) for s in found])
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    assert apart[~np.eye(len(found), dtype=bool)].min() >= 20
    assert len(suggest(np.log(SHARES), 60.0, BINS, count=1)) == 1


@pytest.mark.parametrize("light", [0, 20, 60, 95, 100])
def test_a_suggestion_has_a_colour_to_show_at_the_places_lightness(light):
    for one in suggest(np.log(SHARES), light, BINS):
        assert len(one.color) == 7
        lab = srgb_to_lab(np.frombuffer(bytes.fromhex(one.color[1:]), np.uint8))
        assert lab[0] == pytest.approx(light, abs=0.5)  # 8 bits
        hue = np.arctan2(one.b, one.a) - np.arctan2(lab[2], lab[1])
        chroma = np.hypot(lab[1], lab[2])
        assert chroma < 3 or abs(np.angle(np.exp(1j * hue))) < 2 / chroma
