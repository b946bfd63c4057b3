import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rehue.picture.upsample import Upsampling


def grid(height, width, seed=0):
    return np.random.default_rng(seed).uniform(-60, 60, (2, height, width)).astype(np.float32)


def by_pillow(ab, box, height, width):
    """The same kernel, in one go."""
    planes = [
        Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC, box=box)
        for plane in ab
    ]
    return np.stack([np.asarray(plane) for plane in planes], axis=-1)


@given(
    cells=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    size=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    shares=st.tuples(*[st.floats(0, 0.4)] * 2, *[st.floats(0.6, 1)] * 2),
)
@settings(max_examples=60, deadline=None)
def test_agrees_with_pillow_at_any_size_and_box(cells, size, shares):
    (rows, columns), (height, width) = cells, size
    box = tuple(share * side for share, side in zip(shares, (columns, rows) * 2, strict=True))
    ab = grid(rows, columns)
    ours = Upsampling(ab, box, height, width).all()
    assert ours.shape == (height, width, 2)
    assert ours.dtype == np.float32
    # Float32's weights, ab of up to 110; Pillow's box is in single precision, so that places differ
    # by a ten thousandth of a cell.
    assert np.abs(ours - by_pillow(ab, box, height, width)).max() < 0.02


@pytest.mark.parametrize("size", [(100, 130), (3, 5), (1, 1), (2000, 1)])
def test_a_constant_stays_constant(size):
    ab = np.stack([np.full((9, 13), 12.5), np.full((9, 13), -40.25)]).astype(np.float32)
    upsampling = Upsampling(ab, (0, 0, 12.3, 8.6), *size)
    # Weights that add up to one but for float32.
    assert upsampling.all() == pytest.approx(np.broadcast_to([12.5, -40.25], (*size, 2)), abs=1e-4)
    a, b = upsampling.coarse_units(slice(0, size[0]))
    assert a.shape == b.shape == ((size[0] + 1) // 2, (size[1] + 1) // 2)
    assert (a == 128 + 12).all()  # 12.5 is rounded to even
    assert (b == 128 - 40).all()


def test_a_linear_ramp_is_reproduced_inside():
    row, column = np.mgrid[0:12, 0:20].astype(np.float32) + 0.5
    ab = np.stack([column, 3 * row - 2 * column])
    height, width = 90, 170
    up = Upsampling(ab, (0, 0, 20, 12), height, width).all()
    x, y = (np.arange(width) + 0.5) * 20 / width, (np.arange(height) + 0.5) * 12 / height
    inside = np.ix_((y > 2) & (y < 10), (x > 2) & (x < 18))
    expected = np.stack(np.broadcast_arrays(x[None], 3 * y[:, None] - 2 * x[None]), axis=-1)
    # Sixteen float32 terms of up to 60.
    assert np.abs(up[inside] - expected[inside]).max() < 1e-4


@pytest.mark.parametrize("rows", [1, 7, 64, 1000])
def test_rows_are_the_same_whatever_strip_they_are_in(rows):
    upsampling = Upsampling(grid(17, 23), (0, 0, 22.25, 16.5), 1300, 41)
    whole = upsampling.all()
    for start in range(0, 1300, rows):
        strip = slice(start, min(start + rows, 1300))
        # The same sums; matrix products of another height may go another way.
        assert np.abs(np.stack(upsampling.rows(strip), axis=-1) - whole[strip]).max() < 1e-4


@pytest.mark.parametrize("size", [(200, 301), (201, 300)])
def test_coarse_units_are_the_rounded_colours_of_pairs(size):
    height, width = size
    row, column = np.mgrid[0:17, 0:23].astype(np.float32)
    ab = np.stack([40 * np.sin(row / 4) * np.cos(column / 5), 4 * row - 30])
    upsampling = Upsampling(ab, (0, 0, 22.25, 16.5), height, width)
    units = np.stack(upsampling.coarse_units(slice(0, height)), axis=-1)
    assert units.dtype == np.uint8
    assert units.shape == ((height + 1) // 2, (width + 1) // 2, 2)
    full = upsampling.all()[: height // 2 * 2, : width // 2 * 2]
    pairs = full.reshape(height // 2, 2, width // 2, 2, 2).mean(axis=(1, 3))
    # Rounded three times: on the grid, after widening and after bringing up the height; and an
    # odd side lies up to half a pixel off.
    difference = np.abs(units[: height // 2, : width // 2] - 128.0 - pairs)
    assert difference.max() < 2
    assert difference.mean() < 0.5


@pytest.mark.parametrize("rows", [2, 14, 64])
def test_coarse_units_are_the_same_whatever_strip_they_are_in(rows):
    upsampling = Upsampling(grid(17, 23), (0, 0, 22.25, 16.5), 200, 301)
    whole = np.stack(upsampling.coarse_units(slice(0, 200)), axis=-1).astype(int)
    for start in range(0, 200, rows):
        stop = min(start + rows, 200)
        units = np.stack(upsampling.coarse_units(slice(start, stop)), axis=-1)
        # Pillow takes a box in single precision: a strip may round some values the other way.
        assert np.abs(units - whole[start // 2 : (stop + 1) // 2]).max() <= 1


def test_coarse_units_keep_the_hue_of_colours_beyond_their_reach():
    ab = np.stack([np.full((4, 4), 300.0), np.full((4, 4), -150.0)]).astype(np.float32)
    a, b = Upsampling(ab, (0, 0, 4, 4), 8, 8).coarse_units(slice(0, 8))
    assert (a == 128 + 127).all()
    assert (np.abs(b.astype(int) - (128 - 63.5)) <= 0.5).all()


def test_a_strip_of_many_rows_costs_little_memory():
    upsampling = Upsampling(grid(3000, 8), (0, 0, 0.25, 3000), 100_000, 1)
    tracemalloc.start()
    try:
        assert upsampling.all().shape == (100_000, 1, 2)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()
