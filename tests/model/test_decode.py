import numpy as np
import pytest

from rehue.color import Bins
from rehue.model import EXPECTED, REGRESSION, Decoding, decode

BINS = Bins(np.array([[-20, -10], [0, 0], [40, 30]], np.float32))
AB = np.arange(24, dtype=np.float32).reshape(2, 3, 4)


def test_one_hot_answers_are_their_bin():
    chosen = np.random.default_rng(1).integers(0, 3, (5, 7))
    logits = np.where(np.arange(3)[:, None, None] == chosen, 50, 0).astype(np.float32)
    # Tolerances here: float32 keeps 8e-6 of centres up to 110, and a softmax adds a few times that.
    ab = decode(EXPECTED, logits, np.zeros((2, 5, 7), np.float32), BINS)
    assert ab.dtype == np.float32
    assert np.allclose(ab, np.moveaxis(BINS.centers[chosen], -1, 0), atol=1e-6)


def test_the_expected_colour_is_the_mean_of_the_distribution():
    shares = np.array([0.5, 0.2, 0.3])
    logits = np.float32(np.log(shares) + 7)[:, None, None]  # a constant changes nothing
    ab = decode(EXPECTED, logits, AB, BINS)
    assert ab[:, 0, 0] == pytest.approx(shares @ BINS.centers, abs=1e-4)


def test_temperature_goes_from_the_likeliest_to_the_mean_of_all():
    logits = np.float32([0.0, 1.0, 1.5])[:, None, None]

    def at(temperature):
        return decode(Decoding("bins", temperature), logits, AB, BINS)[:, 0, 0]

    assert at(0.01) == pytest.approx([40, 30], abs=1e-4)
    weights = np.exp([0, 2, 3])  # logits over a temperature of 0.5
    assert at(0.5) == pytest.approx(weights / weights.sum() @ BINS.centers, abs=1e-4)
    assert at(1e4) == pytest.approx(BINS.centers.mean(axis=0), abs=0.01)


def test_chroma_is_a_factor_for_both_heads():
    logits = np.random.default_rng(2).normal(0, 2, (3, 3, 4)).astype(np.float32)
    for plain in (EXPECTED, REGRESSION):
        strong = decode(Decoding(plain.head, chroma=1.5), logits, AB, BINS)
        assert strong.dtype == np.float32
        assert strong == pytest.approx(1.5 * decode(plain, logits, AB, BINS), abs=1e-4)


def test_the_regression_is_taken_as_it_is():
    assert np.array_equal(decode(REGRESSION, np.zeros((3, 3, 4), np.float32), AB, BINS), AB)


def test_answers_stay_as_they_were():
    logits, ab = np.ones((3, 2, 2), np.float32), np.ones((2, 2, 2), np.float32)
    for how in (Decoding("bins", 0.5, 2.0), Decoding("regression", 1.0, 2.0)):
        decode(how, logits, ab, BINS)
    assert (logits == 1).all()
    assert (ab == 1).all()


def test_evenness_brings_the_mean_chroma_of_pictures_together():
    def means(evenness):
        pictures = (AB / 4, AB, AB * 3)
        how = Decoding("regression", evenness=evenness)
        return np.array([np.hypot(*decode(how, None, ab, BINS)).mean() for ab in pictures])

    apart, nearer = means(0.0), means(0.3)
    assert nearer[1:] / nearer[:-1] == pytest.approx((apart[1:] / apart[:-1]) ** 0.7, rel=1e-5)
    assert means(1.0) == pytest.approx(means(1.0)[0])


def test_evenness_keeps_hues_and_leaves_grey_grey():
    even = decode(Decoding("regression", evenness=0.3), None, AB, BINS)
    assert even[0] * AB[1] == pytest.approx(even[1] * AB[0], rel=1e-4)
    assert not decode(Decoding("regression", evenness=0.3), None, AB * 0, BINS).any()
