import numpy as np
import pytest
from PIL import Image

from rehue.photo.samples import pixels


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (700, 2000)])
def test_rgb_strips_make_the_whole_picture(shape):
    picture = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert np.array_equal(pixels.array(Image.fromarray(picture)), picture)


def test_rgb_of_three_equal_channels_is_grey(grey):
    flat, alpha = pixels.flat(Image.fromarray(grey).convert("RGB"))
    assert flat.mode == "L"
    assert alpha is None
    assert np.array_equal(np.asarray(flat), grey)


@pytest.mark.parametrize("channel", [0, 1, 2])
@pytest.mark.parametrize("at", [(0, 0), (1500, 1999), (777, 501)])
def test_one_pixel_of_colour_is_enough(channel, at):
    picture = np.full((1501, 2000, 3), 90, np.uint8)
    picture[(*at, channel)] += 1
    assert pixels.flat(Image.fromarray(picture))[0].mode == "RGB"


def test_picture_with_alpha(color):
    alpha = color[..., 0]
    image = pixels.picture(color, alpha)
    assert image.mode == "RGBA"
    assert np.array_equal(np.asarray(image)[..., :3], color)
    assert np.array_equal(np.asarray(image)[..., 3], alpha)


@pytest.mark.parametrize("mode", ["I", "F", "I;16", "I;16B"])
def test_deep_modes(mode):
    assert pixels.depth_of(Image.new(mode, (1, 1)))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_shallow_modes(mode):
    image = Image.new(mode, (2, 2))
    assert pixels.depth_of(image) is None
    assert pixels.flat(image)[0].mode in {"L", "RGB", "CMYK"}
