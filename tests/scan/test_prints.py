"""Prints on pages, and photographs that are none; the figures are in benchmarks/scan/prints.py."""

import numpy as np
import pytest
import skimage.data
from PIL import Image

from rehue.scan import examine


def small(grey, side=240):
    image = Image.fromarray(grey)
    image.thumbnail((side, side))
    return np.asarray(image)


def found_on(page):
    return [np.array(one.corners) for one in examine(page).prints]


@pytest.mark.parametrize("mat", [20, 60, 128, 200, 250])
@pytest.mark.parametrize("degrees", [0, 3, -5])
def test_a_print_on_a_mat_is_found(photograph, mat, degrees, grey_of, page_with, overlap):
    grey = grey_of(photograph)
    height, width = grey.shape
    size = (height + 200, width + 240)
    print_ = (grey, size[1] / 2 + 9, size[0] / 2 - 7, degrees, 0)
    page, (true,) = page_with([print_], mat, size, noise=2, gradient=0.08)
    finding = examine(page)
    assert finding.has_surround
    assert overlap(finding.prints[0].corners, true, size) >= 0.9


def test_case_2_its_corners_are_found_to_two_pixels(photographs, grey_of, page_with):
    grey = grey_of(photographs["china"])
    page, (true,) = page_with([(grey, 460, 360, 0, 0)], 128, (720, 920))
    assert np.abs(np.array(examine(page).prints[0].corners) - true).max() <= 2


def test_the_rim_of_a_print_is_surround(photographs, grey_of, page_with, overlap):
    page, (true,) = page_with(
        [(small(grey_of(photographs["flower"])), 200, 180, 2, 12)], 70, (360, 400), 1
    )
    assert overlap(found_on(page)[0], true, page.shape) >= 0.9


def test_a_shadow_is_surround(photographs, grey_of, page_with, overlap):
    page, (true,) = page_with(
        [(grey_of(photographs["flower"]), 400, 300, 0, 0)], 180, (600, 800), 1, shadow=0.3
    )
    assert overlap(found_on(page)[0], true, page.shape) >= 0.9


@pytest.mark.parametrize("count", [2, 6, 20])
def test_several_prints_are_found_row_by_row(count, photographs, grey_of, page_with, overlap):
    across = {2: 2, 6: 3, 20: 5}[count]
    greys = [small(grey_of(p)) for p in photographs.values()]
    prints = [
        (greys[i % 5], 170 + 300 * (i % across), 150 + 300 * (i // across), (i % 5) - 2, 0)
        for i in range(count)
    ]
    size = (300 * -(-count // across), 40 + 300 * across)
    page, true = page_with(prints, 95, size, noise=2)
    found = found_on(page)
    assert len(found) == count
    assert min(overlap(f, t, size) for f, t in zip(found, true, strict=True)) >= 0.9


def test_a_margin_is_a_surround(photograph, grey_of):
    grey = grey_of(photograph)
    for paper in (0, 255):
        finding = examine(np.pad(grey, 24, constant_values=paper))
        assert finding.has_surround
        height, width = grey.shape
        assert finding.prints[0].corners[0] == pytest.approx((24, 24), abs=3)
        assert finding.prints[0].corners[2] == pytest.approx((width + 24, height + 24), abs=3)


def gradient_sky():
    y = np.linspace(90, 210, 400)[:, None]
    return np.repeat(y, 600, axis=1)


def portrait_on_plain_ground():
    y, x = np.mgrid[0:500, 0:400]
    head = ((y - 200) / 110) ** 2 + ((x - 200) / 80) ** 2 < 1
    body = (y > 300) & (abs(x - 200) < 60 + (y - 300) / 2)
    return np.where(head, 90 + x / 8, np.where(body, 50, 190))


def night_with_a_moon():
    y, x = np.mgrid[0:400, 0:600]
    return np.where((y - 90) ** 2 + (x - 420) ** 2 < 30**2, 235, 12)


def snow_with_a_tree():
    y, x = np.mgrid[0:400, 0:600]
    return np.where((abs(x - 300) < (y - 60) / 3) & (y > 60) & (y < 300), 60, 236)


def book_seen_askew():
    y, x = np.mgrid[0:400, 0:600]
    return np.where((abs(y - 200 - 0.3 * (x - 300)) < 90) & (abs(x - 300) < 150), 70 + x / 10, 205)


def text():
    page = np.full((700, 500), 245)
    rng = np.random.default_rng(5)
    for row in range(60, 640, 16):
        for start in range(50, 440, 9):
            if rng.random() < 0.8:
                page[row : row + 9, start : start + int(rng.integers(2, 8))] = 30
    return page


PLAIN = {
    "sky": gradient_sky,
    "portrait": portrait_on_plain_ground,
    "night": night_with_a_moon,
    "snow": snow_with_a_tree,
    "book askew": book_seen_askew,
    "text": text,
    "white": lambda: np.full((300, 400), 255),
    "black": lambda: np.zeros((300, 400)),
}


@pytest.mark.parametrize("noise", [0, 3])
@pytest.mark.parametrize("draw", PLAIN.values(), ids=PLAIN)
def test_plain_grounds_are_not_cut(draw, noise):
    drawn = draw() + np.random.default_rng(1).normal(0, noise, draw().shape)
    assert not examine(np.clip(drawn, 0, 255).astype(np.uint8)).has_surround


@pytest.mark.parametrize("name", ["camera", "moon", "page", "coins", "clock", "text", "brick"])
def test_photographs_and_drawings_are_not_cut(name):
    assert not examine(getattr(skimage.data, name)()).has_surround


def test_photographs_in_colour_are_not_cut(photograph):
    assert not examine(photograph).has_surround
    assert not examine(np.ascontiguousarray(photograph[::-1])).has_surround


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (31, 31), (2, 2, 3)])
def test_odd_sizes_are_one_picture(shape):
    finding = examine(np.full(shape, 128, np.uint8))
    assert not finding.has_surround
    assert len(finding.prints) == 1


def test_every_sample_type_and_layout_gives_the_same(photographs, grey_of, page_with):
    page, _ = page_with([(small(grey_of(photographs["china"])), 200, 150, 2, 0)], 60, (300, 400), 1)
    found = examine(page)
    assert examine(page.astype(np.uint16) * 257).prints == found.prints
    assert examine(np.repeat(page[..., None], 3, axis=2)).prints == found.prints
    as_float = examine(page.astype(np.float32) / 255).prints
    assert np.allclose(as_float[0].corners, found.prints[0].corners, atol=0.5)


def test_prints_that_touch_are_no_failure(photographs, grey_of):
    grey = small(grey_of(photographs["china"]))
    height, width = grey.shape
    page = np.full((500, 700), 120, np.uint8)
    page[60 : 60 + height, 80 : 80 + width] = grey
    page[90 : 90 + height, 80 + width : 80 + 2 * width] = grey
    examine(page)
