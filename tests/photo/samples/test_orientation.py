import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageOps

from rehue.photo import as_stored, upright
from rehue.photo.samples.orientation import turned

pictures = arrays.arrays(np.uint8, st.sampled_from([(1, 1), (1, 5), (3, 4), (2, 3, 3), (4, 1, 2)]))


@given(pictures, st.integers(1, 8))
def test_there_and_back(picture, orientation):
    assert np.array_equal(as_stored(upright(picture, orientation), orientation), picture)
    assert np.array_equal(upright(as_stored(picture, orientation), orientation), picture)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_upright_is_what_pillow_shows(orientation):
    picture = np.arange(24, dtype=np.uint8).reshape(4, 6)
    image = Image.fromarray(picture)
    image.getexif()[274] = orientation
    assert np.array_equal(upright(picture, orientation), ImageOps.exif_transpose(image))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_nothing_is_copied(orientation):
    picture = np.zeros((3, 5, 3), np.uint8)
    assert np.shares_memory(upright(picture, orientation), picture)
    assert np.shares_memory(as_stored(picture, orientation), picture)


@pytest.mark.parametrize("orientation", [0, 9, -1])
def test_an_unknown_orientation_changes_nothing(orientation):
    picture = np.arange(6).reshape(2, 3)
    assert np.array_equal(upright(picture, orientation), picture)
    assert np.array_equal(as_stored(picture, orientation), picture)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("turn", range(-1, 5))
def test_a_turned_orientation_shows_the_picture_turned_clockwise(orientation, turn):
    picture = np.arange(24).reshape(4, 6)
    shown = upright(picture, turned(orientation, turn))
    assert np.array_equal(shown, np.rot90(upright(picture, orientation), -turn))


def test_an_unknown_orientation_turned_is_that_of_an_upright_picture_turned():
    assert turned(0, 1) == turned(1, 1)
