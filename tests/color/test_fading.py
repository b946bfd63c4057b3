"""Fades are found and undone; good photographs are left as they are."""

import numpy as np
import pytest
from skimage import data
from sklearn.datasets import load_sample_image

from rehue.color import Bins, ciede2000, srgb_to_lab
from rehue.color.fading import Fade, estimate_fade, thumbnail, undo_fade
from rehue.errors import PhotoError
from rehue.picture.refresh import class_variance, confidence_in_own, refresh
from rehue.picture.upsample import Upsampling

PHOTOGRAPHS = {
    "astronaut": data.astronaut(),
    "coffee": data.coffee(),
    "china": load_sample_image("china.jpg"),
    "flower": load_sample_image("flower.jpg"),
}
each = pytest.mark.parametrize("original", PHOTOGRAPHS.values(), ids=PHOTOGRAPHS)


def reddened(picture):
    """An old colour print: cyan gone, blacks raised, whites yellow."""
    encoded = picture / 255
    faded = [0.25, 0.12, 0.1] + ([0.98, 0.82, 0.7] - np.array([0.25, 0.12, 0.1])) * encoded**0.9
    return np.rint(faded * 255).astype(np.uint8)


def distance(first, second):
    return ciede2000(srgb_to_lab(first), srgb_to_lab(second)).mean()


def planes(value, picture):
    return Upsampling(np.full((2, 1, 1), value, np.float32), (0, 0, 1, 1), *picture.shape[:2])


def undone(picture, fade, **options):
    return refresh(picture, fade, planes(0, picture), planes(1, picture), **options)


# The cup of coffee is brown all over: nothing tells there what has faded.
@pytest.mark.parametrize("name", ["astronaut", "china", "flower"])
def test_undoing_brings_a_print_nearer_to_the_original(name):
    original = PHOTOGRAPHS[name]
    faded = reddened(original)
    fade = estimate_fade(faded)
    assert not fade.is_none
    assert fade.black[0] > fade.black[2]
    assert distance(undone(faded, fade), original) < 0.75 * distance(faded, original)


@each
def test_a_good_photograph_is_hardly_changed(original):
    assert distance(undone(original, estimate_fade(original)), original) <= 2


def test_no_fade_is_no_change():
    picture = PHOTOGRAPHS["astronaut"][:50]
    assert np.array_equal(undone(picture, Fade()), picture)
    encoded = np.random.default_rng(1).random((20, 3))
    # Float64 there and back: 1e-13.
    np.testing.assert_allclose(undo_fade(encoded, Fade()), srgb_to_lab(encoded), atol=1e-9)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_every_depth_gives_the_same_fade_and_keeps_its_type(dtype):
    faded = reddened(PHOTOGRAPHS["astronaut"])
    deep = faded if dtype == np.uint8 else (faded / 255 * (1 if dtype == np.float32 else 65535))
    deep = np.rint(deep).astype(dtype) if dtype == np.uint16 else deep.astype(dtype)
    fade, expected = estimate_fade(deep), estimate_fade(faded)
    # The same picture in another sample type: its steps, not its sums.
    assert fade.black == pytest.approx(expected.black, abs=1e-3)
    fresh = undone(deep, fade)
    assert fresh.dtype == dtype
    white = {np.uint8: 255, np.uint16: 65535, np.float32: 1}[dtype]
    # One and a half steps of 8 bits.
    np.testing.assert_allclose(fresh / white, undone(faded, expected) / 255, atol=0.006)


def test_strips_and_threads_leave_no_trace():
    faded = reddened(np.concatenate([PHOTOGRAPHS["astronaut"]] * 2))
    fade = estimate_fade(faded)
    # Strips are computed pixel by pixel, nothing is summed over them: to the last bit.
    assert np.array_equal(undone(faded, fade), undone(faded, fade, threads=3))
    assert np.array_equal(undone(faded, fade)[:100], undone(faded[:100], fade))


def test_where_the_picture_is_not_to_be_trusted_the_network_is():
    faded = reddened(PHOTOGRAPHS["astronaut"][:64, :64])
    fade = estimate_fade(reddened(PHOTOGRAPHS["astronaut"]))
    of_network = refresh(faded, fade, planes(0, faded), planes(0, faded))
    assert np.ptp(of_network.astype(int), axis=-1).max() <= 1
    calm = undone(faded, fade, saturation=0)
    assert np.ptp(calm.astype(int), axis=-1).max() <= 1


def test_confidence_falls_with_the_fade_and_rises_with_the_networks_doubt():
    strengths = [confidence_in_own(Fade(strength=s), 400.0) for s in (0, 10, 20, 40)]
    assert strengths[0] == 1
    assert sorted(strengths, reverse=True) == strengths
    bins = Bins.in_srgb(20)
    sure, unsure = np.full((len(bins), 1, 1), -50.0), np.zeros((len(bins), 1, 1))
    sure[3] = 50
    # The difference of two equal squares, below 1e4 in float64.
    assert class_variance(sure, bins) == pytest.approx(0, abs=1e-6)
    assert class_variance(unsure, bins) > 400


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 3000, 3), (700, 2, 3)])
def test_pictures_of_any_shape(shape):
    picture = np.random.default_rng(2).integers(0, 256, shape, np.uint8)
    assert thumbnail(picture).shape[0] >= 1
    assert undone(picture, estimate_fade(picture)).shape == shape


def test_a_grey_picture_has_no_colour_that_could_fade():
    with pytest.raises(PhotoError, match="found shape"):
        estimate_fade(np.zeros((4, 4), np.uint8))
