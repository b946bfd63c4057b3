import numpy as np
import pytest

from rehue.color import lightness
from rehue.errors import PhotoError
from rehue.photo import draw_mark, visible_mark

TEXT = visible_mark("default")
WHITE = {np.uint8: 255, np.uint16: 65535, np.float32: 1}


def plain(height, width, share=0.5, dtype=np.uint8):
    return np.full((height, width, 3), share * WHITE[dtype]).astype(dtype)


def box(marked, picture):
    """Height, width, and the way to the right and lower edges of what was changed."""
    rows, columns = np.nonzero((marked != picture).any(axis=-1))
    height, width = picture.shape[:2]
    return np.ptp(rows), np.ptp(columns), width - columns.max(), height - rows.max()


def test_says_who_and_with_what():
    assert TEXT == "colourised by Rehue (default)"


@pytest.mark.parametrize("dtype", WHITE)
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 1])
def test_is_legible_on_dark_and_light(dtype, share):
    picture = plain(600, 800, share, dtype)
    kept = picture.copy()
    marked = draw_mark(picture, TEXT)
    assert np.array_equal(picture, kept)
    assert (marked.dtype, marked.shape) == (picture.dtype, picture.shape)
    assert np.ptp(marked.astype(float), axis=-1).max() == 0  # no colour
    light = lightness(marked)
    # White letters, a black rim between them and what is around.
    assert np.count_nonzero(light > 95) > 300
    assert np.count_nonzero(light < 5) > 300


def test_stands_in_the_lower_right_corner_and_grows_with_the_picture():
    sizes = []
    for factor in (1, 2, 5):
        picture = plain(300 * factor, 400 * factor)
        height, width, right, below = box(draw_mark(picture, TEXT), picture)
        assert width < 0.6 * 400 * factor
        assert 0 < right < 0.05 * 400 * factor
        assert 0 < below < 0.05 * 300 * factor
        sizes.append(height / factor)
    assert max(sizes) < 1.25 * min(sizes)


@pytest.mark.parametrize("shape", [(2000, 300), (300, 2000), (20, 200), (2000, 180)])
def test_fits_into_narrow_pictures(shape):
    picture = plain(*shape)
    _, width, _, _ = box(draw_mark(picture, TEXT), picture)
    assert width <= 0.95 * shape[1]


@pytest.mark.parametrize("shape", [(1, 1), (15, 400), (400, 60)])
def test_pictures_without_room_are_refused(shape):
    with pytest.raises(PhotoError, match=r"too small for a mark .*without the visible mark"):
        draw_mark(plain(*shape), TEXT)
