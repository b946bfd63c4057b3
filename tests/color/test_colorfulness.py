import numpy as np
import pytest

from rehue.color import colorfulness
from rehue.errors import PhotoError


def test_red_beside_grey_by_hand():
    # rg = (200, 0): mean 100, deviation 100; yb = (100, 0): mean 50, deviation 50.
    picture = np.array([[[200, 0, 0], [80, 80, 80]]], np.uint8)
    expected = np.sqrt(100**2 + 50**2) + 0.3 * np.sqrt(100**2 + 50**2)
    assert colorfulness(picture) == pytest.approx(expected)


def test_one_plain_colour_counts_by_its_mean_alone():
    # rg = -100, yb = 50 everywhere.
    assert colorfulness(np.full((3, 4, 3), (0, 100, 0), np.uint8)) == pytest.approx(
        0.3 * np.hypot(100, 50)
    )


def test_grey_pictures_have_none():
    greys = np.random.default_rng(4).integers(0, 256, (8, 8, 1), dtype=np.uint8)
    assert colorfulness(greys.repeat(3, axis=-1)) == 0


def test_the_sample_type_does_not_matter():
    codes = np.random.default_rng(5).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    expected = colorfulness(codes)
    assert colorfulness(codes.astype(np.uint16) * 257) == pytest.approx(expected)
    # A picture that is given in float32 holds 6e-8 of each number.
    assert colorfulness((codes / 255).astype(np.float32)) == pytest.approx(expected, rel=1e-5)


def test_other_sample_types_are_refused_by_name():
    with pytest.raises(PhotoError, match="int64"):
        colorfulness(np.zeros((2, 2, 3), np.int64))
