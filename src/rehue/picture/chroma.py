"""Cb and Cr at half size for an 8-bit picture whose luma stays as it is (JPEG, 4:2:0).

The picture in red, green and blue is never made: a quarter of its pixels is worked on.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color.ycbcr import Coding, chroma_at_luma, decode_ycbcr
from rehue.picture.lookup import Table
from rehue.picture.upsample import Upsampling

# JPEG's (ITU-T T.871, clause 7).
_CODING: Final = Coding("bt601", is_full_range=True)
# Samples of Cb of one strip: enough that what a strip costs in itself weighs little.
_STRIP: Final = 1 << 18
# Below this a picture is coloured before the table is filled.
_TABLE_PIXELS: Final = 2_000_000
# What still rounds to a code of 255 or of 0.
_ROUNDS: Final = np.float32(0.499)

_Plane = NDArray[np.uint8]


def chroma_of(luma: _Plane, chroma: Upsampling, threads: int = 1) -> tuple[_Plane, _Plane]:
    """Return the Cb and Cr that give a picture its ab at a luma that stays.

    They are solved for the mean luma of 2 x 2 samples, and drawn towards neutral, at the same hue,
    until all four decode into the range of 8 bits (`color.ycbcr`). Large pictures are coloured
    through a table, at whole units of ab.

    Args:
        luma: height x width, as JPEG stores it.
        chroma: ab of the picture.
        threads: strips at a time; they change nothing else.

    Returns:
        Two arrays of half the height and width, rounded up, uint8, 128 is neutral.
    """
    height, width = luma.shape
    shape = (-(-height // 2), -(-width // 2))
    cb, cr = np.empty(shape, np.uint8), np.empty(shape, np.uint8)
    by_table = height * width >= _TABLE_PIXELS
    half = chroma.halved()
    step = max(1, _STRIP // shape[1])

    def fill(top: int) -> None:
        rows = slice(top, min(top + step, shape[0]))
        part = slice(rows.start * 2, min(rows.stop * 2, height))
        if by_table:
            cb[rows], cr[rows] = _looked_up(luma[part], *chroma.coarse_units(part))
        else:
            cb[rows], cr[rows] = chroma_at_luma(luma[part], *half.rows(rows), _CODING)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(0, shape[0], step)))
    return cb, cr


def _looked_up(luma: _Plane, a: _Plane, b: _Plane) -> tuple[_Plane, _Plane]:
    """Colour a strip by the table, and by itself where a sample of a group would leave range."""
    odd = luma.shape[0] % 2, luma.shape[1] % 2
    if any(odd):
        luma = np.pad(luma, ((0, odd[0]), (0, odd[1])), "edge")
    upper, lower = luma[0::2], luma[1::2]
    highest = _of_pairs(np.maximum, np.maximum(upper, lower))
    lowest = _of_pairs(np.minimum, np.minimum(upper, lower))
    pairs = [_of_pairs(np.add, row) for row in (upper, lower)]
    mean = (pairs[0] + pairs[1] + np.uint16(2)) >> np.uint16(2)
    table = _table()
    number = table.numbers(a, b) | mean
    found = table.entries.take(number, mode="wrap")
    if not found.all():  # no colour's entry is 0
        table.fill(number)
        found = table.entries.take(number, mode="wrap")
    cb, cr, above, below = ((found >> np.uint32(8 * n)).astype(np.uint8) for n in range(4))
    outside = np.flatnonzero((highest > 255 - above) | (lowest < below))
    if outside.size:
        groups = [row.reshape(-1, 2)[outside] for row in map(np.ascontiguousarray, (upper, lower))]
        its_a, its_b = (units.take(outside).astype(np.float32)[None] - 128 for units in (a, b))
        square = np.stack([group.reshape(-1) for group in groups])
        solved = chroma_at_luma(square, its_a, its_b, _CODING)
        for plane, of_those in zip((cb, cr), solved, strict=True):
            plane.put(outside, of_those)
    return cb, cr


def _of_pairs(join: np.ufunc, rows: _Plane) -> NDArray[np.uint16]:
    """Join samples side by side, which are looked at as one number of 16 bits: it is faster."""
    both = np.ascontiguousarray(rows).view("<u2")
    joined: NDArray[np.uint16] = join(both & np.uint16(255), both >> np.uint16(8))
    return joined


@cache
def _table() -> Table:
    """Return the process's table: 67 MB, of which the system hands out what is filled."""
    return Table(np.dtype("<u4"), _entries)


def _entries(grey: _Plane, a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[Any]:
    """Return Cb, Cr, and by how much red, green and blue may exceed and fall below the luma."""
    cb, cr = chroma_at_luma(grey, a, b, _CODING, (1, 1))
    parts = decode_ycbcr(np.zeros_like(grey), cb.astype(np.uint8), cr.astype(np.uint8), _CODING)
    parts *= 255
    above = np.maximum(np.ceil(parts.max(axis=-1) - _ROUNDS), 0)
    below = np.maximum(np.ceil(-parts.min(axis=-1) - _ROUNDS), 0)
    entry = np.stack([cb, cr, above, below], axis=-1).astype(np.uint8)
    return entry.view("<u4")[..., 0]
