import numpy as np
import pytest
import skimage.data

from rehue.color import lab_to_srgb, lightness, srgb_to_lab
from rehue.color.gamut import fit_to_gamut
from rehue.picture.render import render
from rehue.picture.upsample import Upsampling


def chroma(height, width, seed=3):
    """Strong colours on a small grid, many of them outside sRGB."""
    ab = np.random.default_rng(seed).normal(0, 35, (2, 12, 15)).astype(np.float32)
    return Upsampling(ab, (0, 0, 14.5, 11.75), height, width)


@pytest.fixture(scope="module")
def large():
    """A real grey photograph, repeated until it is coloured through the table."""
    return np.tile(skimage.data.camera(), (3, 3))[:1400, :1500]


def as_type(picture, dtype):
    factor = {np.uint8: 1, np.uint16: 257, np.float32: np.float32(1 / 255)}[dtype]
    return (picture * dtype(factor)).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("picture", [skimage.data.camera, skimage.data.astronaut])
def test_is_lightness_and_chroma_fitted_into_the_gamut(picture, dtype):
    pixels = as_type(picture()[:150, :180], dtype)
    up = chroma(150, 180)
    rendered = render(pixels, up)
    assert rendered.dtype == dtype
    lab = np.concatenate([lightness(pixels)[..., None], up.all()], axis=-1)
    expected = lab_to_srgb(fit_to_gamut(lab.astype(np.float32)), dtype)
    step = {np.uint8: 1, np.uint16: 16, np.float32: 2e-4}[dtype]
    assert np.abs(rendered.astype(np.float64) - expected).max() <= step


@pytest.mark.parametrize(
    ("dtype", "mean", "largest"),
    [(np.uint8, 0.10, 0.40), (np.uint16, 0.001, 0.01), (np.float32, 0.001, 0.01)],
)
def test_lightness_stays(dtype, mean, largest):
    pixels = as_type(skimage.data.camera()[:256, :200], dtype)
    difference = np.abs(lightness(render(pixels, chroma(256, 200))) - lightness(pixels))
    assert difference.mean() <= mean
    assert difference.max() <= largest


def test_the_table_gives_nearly_the_computed_picture(large):
    up = chroma(*large.shape)
    through_table = render(large, up)
    # Three channels are always computed.
    computed = render(np.stack([large] * 3, axis=-1), up)
    difference = np.abs(through_table.astype(int) - computed)
    assert 0 < difference.mean() < 1
    light = np.abs(lightness(through_table) - lightness(large))
    assert light.mean() <= 0.10
    assert light.max() <= 0.40


def test_threads_do_not_change_a_pixel(large):
    small = skimage.data.astronaut()
    for pixels in (large, small):
        up = chroma(*pixels.shape[:2])
        assert np.array_equal(render(pixels, up, 1), render(pixels, up, 3))


def test_without_colour_a_grey_picture_stays_as_it_is(large):
    for pixels in (large, as_type(large[:90, :90], np.uint16), large[:90, :90]):
        none = Upsampling(np.zeros((2, 3, 3), np.float32), (0, 0, 3, 3), *pixels.shape)
        assert np.array_equal(render(pixels, none), np.stack([pixels] * 3, axis=-1))


def test_what_lies_in_the_gamut_comes_out_as_given():
    pixels = np.full((20, 30), 140, np.uint8)
    ab = np.broadcast_to(np.float32([20, -15])[:, None, None], (2, 4, 4))
    rendered = render(pixels, Upsampling(np.ascontiguousarray(ab), (0, 0, 4, 4), 20, 30))
    assert srgb_to_lab(rendered)[..., 1:] == pytest.approx(
        np.broadcast_to([20, -15], (20, 30, 2)), abs=0.6
    )


@pytest.mark.parametrize("size", [(1, 1), (1, 70_000), (70_000, 1)])
def test_odd_shapes(size):
    pixels = np.full(size, 200, np.uint8)
    assert render(pixels, chroma(*size)).shape == (*size, 3)
