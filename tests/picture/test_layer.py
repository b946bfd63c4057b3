import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rehue.color import ciede2000, lab_to_srgb, lightness, quantize, srgb_to_lab
from rehue.picture.layer import blend_color, color_layer

COLOR = skimage.data.astronaut()[:90, 150:270]
WHITE = {np.uint8: 255, np.uint16: 65535, np.float32: 1}
LUMA = np.array([0.3, 0.59, 0.11])

unit = arrays(np.float64, (4, 3), elements=st.floats(0, 1, allow_subnormal=False))


def as_type(picture, dtype):
    return (picture * (WHITE[dtype] / 255)).astype(dtype)


def grey_of(picture):
    """The grey picture of the same lightness, and of the same type."""
    lab = np.zeros(picture.shape, np.float32)
    lab[..., 0] = lightness(picture)
    return quantize(lab_to_srgb(lab)[..., 1], picture.dtype)


def laid_over(backdrop, layer):
    """What an editor shows, 0..1."""
    white = WHITE[layer.dtype.type]
    if backdrop.ndim == 2:
        backdrop = np.repeat(backdrop[..., None], 3, axis=-1)
    return blend_color(backdrop / white, layer / white)


def difference(blended, picture):
    """CIEDE2000 of what an editor shows and what is wanted."""
    wanted = picture / WHITE[picture.dtype.type]
    return ciede2000(srgb_to_lab(blended), srgb_to_lab(wanted))


@pytest.mark.parametrize("dtype", WHITE)
def test_laid_over_the_grey_picture_it_gives_nearly_the_picture_in_colour(dtype):
    picture = as_type(COLOR, dtype)
    grey = grey_of(picture)
    layer = color_layer(grey, picture)
    assert (layer.dtype, layer.shape) == (picture.dtype, picture.shape)
    blended = laid_over(grey, layer)
    # Layer and luma in float32: 6e-8 of numbers up to one.
    assert blended @ LUMA == pytest.approx(grey / WHITE[dtype], abs=1e-6)
    assert difference(blended, picture).mean() < 0.6


def test_blues_come_nearer_than_with_the_picture_itself_as_the_layer():
    light, blue = np.meshgrid(np.linspace(20, 80, 30), np.linspace(-60, -20, 30))
    picture = lab_to_srgb(np.stack([light, np.full_like(light, 5), blue], axis=-1), np.uint8)
    grey = grey_of(picture)
    with_layer, with_picture = (
        difference(laid_over(grey, over), picture) for over in (color_layer(grey, picture), picture)
    )
    # What is left is the mode's: its luma is no lightness.
    assert 1 < with_layer.mean() < 0.9 * with_picture.mean()


def test_no_colours_near_by_are_nearer():
    rng = np.random.default_rng(1)
    picture = COLOR[::9, ::9]
    grey = grey_of(picture)
    backdrop = np.repeat(grey[..., None], 3, axis=-1) / 255
    layer = color_layer(grey, picture) / 255
    found = difference(blend_color(backdrop, layer), picture)
    for size in (0.3, 0.1, 0.03):
        moved = blend_color(backdrop, layer) + rng.normal(0, size, (40, *picture.shape))
        tried = difference(blend_color(backdrop, np.clip(moved, 0, 1)), picture)
        assert tried.min(axis=0).mean() > 0.9 * found.mean()


@pytest.mark.parametrize("dtype", WHITE)
def test_a_layer_shows_colour_alone(dtype):
    grey = as_type(np.arange(256)[:, None], dtype)
    middle = color_layer(grey, np.repeat(grey[..., None], 3, axis=-1))
    assert middle / WHITE[dtype] == pytest.approx(0.5, abs=0.003)
    picture = as_type(COLOR, dtype)
    layer = color_layer(grey_of(picture), picture)
    spread = [(shown / WHITE[dtype] @ LUMA).std() for shown in (layer, picture)]
    assert spread[0] < 0.1 * spread[1]


def test_a_layer_over_a_toned_picture():
    toned = quantize(COLOR[..., :1] / 255 * [1.0, 0.9, 0.75], np.uint8)
    blended = laid_over(toned, color_layer(toned, COLOR))
    assert blended @ LUMA == pytest.approx(toned / 255 @ LUMA, abs=1e-6)


def test_strips_and_threads_leave_no_trace():
    tall = np.tile(COLOR, (30, 1, 1))
    once = color_layer(grey_of(COLOR), COLOR)
    for threads in (1, 3):
        layer = color_layer(grey_of(tall), tall, threads)
        assert np.array_equal(layer, np.tile(once, (30, 1, 1)))


@given(unit, unit)
def test_the_mode_keeps_the_backdrops_luma_and_stays_in_range(backdrop, layer):
    blended = blend_color(backdrop, layer)
    assert blended @ LUMA == pytest.approx(backdrop @ LUMA, abs=1e-6)
    assert blended.min() >= -1e-6
    assert blended.max() <= 1 + 1e-6


@given(unit)
def test_the_mode_leaves_a_picture_alone_under_itself(picture):
    assert blend_color(picture, picture) == pytest.approx(picture, abs=1e-6)


def test_the_mode_worked_by_hand():
    # Red over mid-grey has the luma 0.3, is moved by 0.2 and drawn in from 1.2.
    blended = blend_color(np.full(3, 0.5), np.array([1.0, 0.0, 0.0]))
    assert blended == pytest.approx([1.0, 0.5 - 0.3 * 5 / 7, 0.5 - 0.3 * 5 / 7], abs=1e-6)
