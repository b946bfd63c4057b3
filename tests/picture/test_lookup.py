from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rehue.color import lab_to_srgb, lightness
from rehue.color.gamut import fit_to_gamut
from rehue.picture.lookup import GreyLookup


@pytest.fixture(scope="module")
def planes():
    """Every grey, under colours of six blocks, weak and strong, one for 2 x 2 pixels."""
    rng = np.random.default_rng(1)
    grey = np.resize(np.arange(256, dtype=np.uint8), (41, 255))
    a, b = rng.integers(0, 16, (2, 21, 128), np.uint8)
    blocks = np.array([(112, 112), (128, 128), (144, 112), (64, 192), (0, 0), (240, 240)], np.uint8)
    first_a, first_b = blocks[rng.integers(0, len(blocks), (21, 128))].transpose(2, 0, 1)
    return grey, first_a + a, first_b + b


@pytest.fixture(scope="module")
def picture(planes):
    return colored(GreyLookup(), *planes)


def colored(lookup, grey, a, b):
    picture = np.empty((*grey.shape, 3), np.uint8)
    lookup.colorize(grey, a, b, picture)
    return picture


def test_an_entry_is_the_colour_computed(planes, picture):
    grey, a, b = planes
    wide_a, wide_b = (
        np.float32(units.repeat(2, axis=0).repeat(2, axis=1)[:41, :255]) - 128 for units in (a, b)
    )
    lab = np.stack([lightness(grey), wide_a, wide_b], axis=-1)
    computed = lab_to_srgb(fit_to_gamut(lab.astype(np.float32)), np.uint8)
    assert np.abs(picture.astype(int) - computed).max() <= 1


def test_without_colour_every_grey_stays_as_it_is():
    grey = np.arange(256, dtype=np.uint8)[None]
    neutral = np.full((1, 128), 128, np.uint8)
    picture = colored(GreyLookup(), grey, neutral, neutral)
    assert np.array_equal(picture, np.stack([grey] * 3, axis=-1))


def test_lightness_stays(planes, picture):
    difference = np.abs(lightness(picture) - lightness(planes[0]))
    assert difference.mean() < 0.10
    assert difference.max() < 0.40


def test_threads_that_fill_the_same_table(planes, picture):
    lookup = GreyLookup()
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda _: colored(lookup, *planes), range(8)))
    assert all(np.array_equal(other, picture) for other in pictures)
