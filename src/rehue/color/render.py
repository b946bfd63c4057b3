"""From lightness at full size and ab on a small grid to an sRGB picture."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from PIL import Image

from rehue.color.gamut import fit_to_gamut
from rehue.color.lab import lab_to_srgb

# Pixels of one strip: three float32 planes of it and their copies stay in a core's cache.
_STRIP_PIXELS = 1 << 16

Box = tuple[float, float, float, float]


def upsample_ab(
    ab: NDArray[np.float32], box: Box, height: int, width: int
) -> NDArray[np.float32]:
    """Bring ab from a network's grid to full size, bicubic (Keys 1981, a = -0.5).

    Args:
        ab: 2 x h x w.
        box: left, top, right, bottom of the wanted part on the grid, in cells.
        height: of the result (px).
        width: of the result (px).

    Returns:
        height x width x 2.
    """
    planes = [
        np.asarray(
            Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC, box=box)
        )
        for plane in ab
    ]
    return np.stack(planes, axis=-1)


def render(
    lightness_of: Callable[[slice], NDArray[np.floating]],
    shape: tuple[int, int],
    ab: NDArray[np.float32],
    box: Box,
    dtype: DTypeLike,
    threads: int = 1,
) -> NDArray[Any]:
    """Put colour to lightness, fit it into sRGB and encode it.

    The picture is made in strips that fit the cache, several at a time; the result is the same
    for every number of threads.

    Args:
        lightness_of: returns L (rows x width, 0..100) of a slice of rows.
        shape: height and width of the picture.
        ab: 2 x h x w on a small grid.
        box: the picture's place on that grid, see `upsample_ab`.
        dtype: sample type of the result.
        threads: strips at a time.

    Returns:
        height x width x 3, sRGB-encoded.
    """
    height, width = shape
    picture = np.empty((height, width, 3), dtype)
    left, top, right, bottom = box
    cells_a_row = (bottom - top) / height

    def fill(rows: slice) -> None:
        part = (left, top + rows.start * cells_a_row, right, top + rows.stop * cells_a_row)
        lab = np.empty((rows.stop - rows.start, width, 3), np.float32)
        lab[..., 0] = lightness_of(rows)
        lab[..., 1:] = upsample_ab(ab, part, rows.stop - rows.start, width)
        picture[rows] = lab_to_srgb(fit_to_gamut(lab), dtype)

    strips = list(_strips(height, width))
    if threads == 1 or len(strips) == 1:
        for rows in strips:
            fill(rows)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, strips))
    return picture


def _strips(height: int, width: int) -> Iterator[slice]:
    rows = max(1, _STRIP_PIXELS // width)
    for start in range(0, height, rows):
        yield slice(start, min(start + rows, height))
