import warnings

import numpy as np
import pytest
from skimage.color import rgb2lab

from rehue.color import (
    denormalize_ab,
    lab_to_srgb,
    lightness,
    normalize_ab,
    srgb_to_lab,
)
from rehue.color.lab import WHITE, XYZ_FROM_RGB
from rehue.errors import PhotoError

# Every 15th code value, the corners of the cube among them.
LEVELS = np.arange(0, 256, 15, dtype=np.uint8)
CUBE = np.stack(np.meshgrid(LEVELS, LEVELS, LEVELS, indexing="ij"), axis=-1).reshape(-1, 3)


def test_the_whole_srgb_cube_comes_back_to_the_same_8_bit_value():
    green, blue = np.meshgrid(np.arange(256), np.arange(256), indexing="ij")
    colors = np.stack([green, green, blue], axis=-1).astype(np.uint8)
    for red in range(256):
        colors[..., 0] = red
        assert np.array_equal(lab_to_srgb(srgb_to_lab(colors), np.uint8), colors), red


def test_16_bit_values_come_back_in_double_precision():
    colors = np.random.default_rng(1).integers(0, 65536, (5000, 3), dtype=np.uint16)
    lab = srgb_to_lab(colors / 65535)
    assert np.array_equal(lab_to_srgb(lab, np.uint16), colors)


@pytest.mark.parametrize(("dtype", "largest"), [(np.float64, 1e-9), (np.float32, 1e-4)])
def test_greys_are_neutral(dtype, largest):
    greys = np.linspace(0, 1, 65536).astype(dtype)[:, None].repeat(3, axis=1)
    lab = srgb_to_lab(greys)
    assert lab.dtype == dtype
    assert np.abs(lab[:, 1:]).max() < largest


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_greys_of_integers_are_neutral(dtype):
    greys = np.arange(np.iinfo(dtype).max + 1).astype(dtype)[:, None].repeat(3, axis=1)
    # Differences of cube roots near 1 in float32, times 500.
    assert np.abs(srgb_to_lab(greys)[:, 1:]).max() < 1e-4


def test_neutral_lab_is_grey_in_every_channel():
    lab = np.zeros((1001, 3), np.float32)
    lab[:, 0] = np.linspace(0, 100, 1001)
    codes = lab_to_srgb(lab, np.uint16).astype(int)
    assert np.ptp(codes, axis=1).max() == 0


@pytest.mark.parametrize("channels", [1, 3])
def test_65536_grey_levels_give_65536_rising_lightnesses(channels):
    greys = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    picture = greys if channels == 1 else greys[..., None].repeat(3, axis=-1)
    rising = lightness(picture).ravel()
    assert rising[0] == pytest.approx(0, abs=1e-5)
    assert rising[-1] == pytest.approx(100, abs=1e-4)
    assert (np.diff(rising) > 0).all()


def test_lightness_of_a_large_grey_picture_is_that_of_a_small_one():
    greys = np.random.default_rng(2).integers(0, 256, (300, 300), dtype=np.uint8)
    assert np.array_equal(lightness(greys)[:10, :10], lightness(greys[:10, :10]))


def test_lightness_is_the_first_channel_of_lab():
    picture = CUBE.reshape(18, -1, 3)
    # The same formula, by a table for 8 bits and without one: float32's 8e-6 of up to 100.
    assert np.allclose(lightness(picture), srgb_to_lab(picture)[..., 0], atol=1e-4)


def test_lab_agrees_with_scikit_image():
    # Another white, not another sum (0.005).
    assert np.abs(srgb_to_lab(CUBE / 255) - rgb2lab(CUBE / 255)).max() < 0.02


def test_lab_agrees_with_colour_science_given_the_same_constants():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import colour
    linear = colour.models.eotf_sRGB(CUBE / 255)
    xyz = colour.algebra.vecmul(XYZ_FROM_RGB, linear)
    expected = colour.XYZ_to_Lab(xyz, illuminant=colour.XYZ_to_xy(WHITE))
    # Float64 given the same constants: 1e-13 here; theirs are read from rounded tables.
    assert np.abs(srgb_to_lab(CUBE / 255) - expected).max() < 1e-4


@pytest.mark.parametrize(
    ("dtype", "white", "expected"),
    [
        (np.uint8, 255, np.float32),
        (np.uint16, 65535, np.float32),
        (np.float32, 1, np.float32),
        (np.float64, 1, np.float64),
    ],
)
def test_white_is_100_0_0_for_each_sample_type(dtype, white, expected):
    lab = srgb_to_lab(np.full((2, 3, 3), white, dtype))
    assert lab.shape == (2, 3, 3)
    assert lab.dtype == expected
    # Float32's 8e-6 of 100.
    assert np.allclose(lab, [100, 0, 0], atol=1e-4)
    assert lab_to_srgb(lab, dtype).dtype == dtype
    assert np.allclose(lab_to_srgb(lab, dtype), white, atol=1e-5)


def test_floats_stay_unclipped():
    assert lab_to_srgb(np.array([50.0, 0.0, 120.0]))[2] < 0


@pytest.mark.parametrize("shape", [(), (4,), (5, 5), (5, 5, 4), (5, 5, 1)])
def test_an_array_without_three_channels_is_refused_with_its_shape(shape):
    with pytest.raises(PhotoError) as caught:
        srgb_to_lab(np.zeros(shape, np.uint8))
    assert str(shape) in str(caught.value)


@pytest.mark.parametrize("convert", [srgb_to_lab, lightness])
def test_other_sample_types_are_refused_by_name(convert):
    with pytest.raises(PhotoError, match="int32"):
        convert(np.zeros((2, 2, 3), np.int32))


def test_the_studys_normalisation_and_back():
    ab = np.array([[-128.0, 127.0], [0.0, 0.5]])
    assert normalize_ab(ab)[0].tolist() == [0.0, 1.0]
    assert np.allclose(denormalize_ab(normalize_ab(ab)), ab)
