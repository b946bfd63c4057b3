"""Cb and Cr for a plane of luma that is kept, each colour within the range of all it serves."""

from functools import partial, reduce
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rehue.color.ycbcr.coding import Coding, Plane, Samples
from rehue.color.ycbcr.decode import parts_over_luma
from rehue.color.ycbcr.solve import solved
from rehue.errors import PhotoError

# Samples handled at a time: what is worked on stays in the processor's cache.
_STRIP: Final = 1 << 16
# Steps towards neutral for what rounding has brought out of range.
_SHRINKS: Final = 64


def chroma_at_luma(
    luma: Samples,
    a: Plane,
    b: Plane,
    coding: Coding,
    subsampling: tuple[int, int] = (2, 2),
) -> tuple[Samples, Samples]:
    """Return the Cb and Cr that give an ab at luma samples that stay.

    Where a colour would leave the range of R'G'B' at any luma sample that it serves, it is drawn
    towards neutral, at the same ratio of Cb to Cr, until all of them decode to within half a code
    of the range. A luma sample that is itself beyond black or white makes its colour neutral.

    Args:
        luma: height x width, in the coding's own codes.
        a: ceil(height / down) x ceil(width / across).
        b: as `a`.
        coding: of the stream.
        subsampling: luma samples across and down that share a chroma sample: (2, 2) is 4:2:0.

    Returns:
        Cb and Cr, of the shape of `a` and the coding's type.

    >>> grey = np.full((2, 2), 126, np.uint8)
    >>> cb, cr = chroma_at_luma(grey, np.float32([[20]]), np.float32([[30]]), Coding())
    >>> cb.tolist(), cr.tolist()
    ([[106]], [[156]])
    """
    across, down = subsampling
    rows, columns = a.shape
    if (rows, columns) != (-(-luma.shape[0] // down), -(-luma.shape[1] // across)):
        raise PhotoError(
            f"ab of {columns} x {rows} for luma of {luma.shape[1]} x {luma.shape[0]} at "
            f"{across} x {down} luma samples a colour: give one for each group"
        )
    cb, cr = np.empty((rows, columns), coding.dtype), np.empty((rows, columns), coding.dtype)
    step = max(1, _STRIP // columns)
    for top in range(0, rows, step):
        part = slice(top, min(top + step, rows))
        under = _under(luma[part.start * down : part.stop * down], across, down)
        cb[part], cr[part] = _strip(under, across * down, a[part], b[part], coding)
    return cb, cr


class _Luma(NamedTuple):
    """What lies under each chroma sample.

    Attributes:
        total: sum of the codes.
        lowest: of the codes.
        highest: of the codes.
    """

    total: NDArray[np.intp]
    lowest: Samples
    highest: Samples


def _under(luma: Samples, across: int, down: int) -> _Luma:
    """Gather luma in groups; edges are repeated. Rows go first: they lie together in memory."""
    bottom, right = -luma.shape[0] % down, -luma.shape[1] % across
    if bottom or right:
        luma = np.pad(luma, ((0, bottom), (0, right)), "edge")
    wide = np.uint16 if luma.dtype == np.uint8 else np.uint32
    rows = [luma[n::down] for n in range(down)]
    sums = reduce(partial(np.add, dtype=wide), rows) if down > 1 else luma.astype(wide)
    lowest, highest = reduce(np.minimum, rows), reduce(np.maximum, rows)
    total = np.zeros((len(sums), sums.shape[1] // across), np.intp)
    for n in range(across):
        total += sums[:, n::across]
    return _Luma(
        total,
        reduce(np.minimum, [lowest[:, n::across] for n in range(across)]),
        reduce(np.maximum, [highest[:, n::across] for n in range(across)]),
    )


def _strip(
    under: _Luma, count: int, a: Plane, b: Plane, coding: Coding
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Solve some rows; codes as floats that are whole numbers."""
    u, v = solved(under.total, a, b, coding, count)
    scale = np.float32(coding.chroma_span)
    below, above = _bounds(under, coding)
    highest, lowest = _extremes(parts_over_luma(u, v, coding.matrix))
    # Rounding by half a code moves no part by as much: what lies further within stays there.
    margin = np.float32(1.2 / coding.chroma_span)
    is_near = (highest + margin > above) | (lowest - margin < below)
    share = _largest_share(highest, lowest, below, above)
    cb, cr = u * (share * scale), v * (share * scale)
    np.rint(cb, out=cb)
    np.rint(cr, out=cr)
    _draw_in(cb, cr, np.nonzero(is_near), below, above, coding)
    cb += coding.neutral
    cr += coding.neutral
    return cb, cr


def _bounds(under: _Luma, coding: Coding) -> tuple[Plane, Plane]:
    """Return how far colour may lead below and above luma, in R'G'B'."""
    black, white = coding.black, coding.white
    span = np.float32(1 / (white - black))
    half = np.float32(0.499) * span  # what rounds to the range's end
    above = (np.float32(white) - under.highest) * span + half
    below = (np.float32(black) - under.lowest) * span - half
    # Luma that is itself beyond the range leaves room for no colour.
    above[under.highest > white] = 0
    below[under.lowest < black] = 0
    return below, above


def _draw_in(
    cb: Plane,
    cr: Plane,
    where: tuple[NDArray[np.intp], ...],
    below: Plane,
    above: Plane,
    coding: Coding,
) -> None:
    """Bring codes back that rounding has led out of range, in place; they can only lie `where`."""
    inner = np.float32(1 / coding.chroma_span)
    for _ in range(_SHRINKS):
        its_cb, its_cr = cb[where], cr[where]
        parts = parts_over_luma(its_cb * inner, its_cr * inner, coding.matrix)
        highest, lowest = _extremes(parts)
        outside = (highest > above[where]) | (lowest < below[where])
        outside &= (its_cb != 0) | (its_cr != 0)
        where = tuple(axis[outside] for axis in where)
        if not where[0].size:
            return
        for plane in (cb, cr):
            # A code nearer to neutral, and no less than a sixteenth: few steps reach it.
            code = plane[where]
            plane[where] = np.sign(code) * np.floor(np.abs(code) * np.float32(15 / 16))


def _extremes(parts: tuple[Plane, Plane, Plane]) -> tuple[Plane, Plane]:
    """Return the highest and the lowest of three parts."""
    highest, lowest = np.maximum(parts[0], parts[1]), np.minimum(parts[0], parts[1])
    return np.maximum(highest, parts[2], out=highest), np.minimum(lowest, parts[2], out=lowest)


def _largest_share(highest: Plane, lowest: Plane, below: Plane, above: Plane) -> Plane:
    """Return the largest factor, at most 1, that keeps parts between two bounds.

    `highest` and `lowest` of the parts are worked on in place.
    """
    least = np.float32(1e-6)
    np.divide(above, np.maximum(highest, least, out=highest), out=highest)
    np.divide(below, np.minimum(lowest, -least, out=lowest), out=lowest)
    share: Plane = np.minimum(highest, lowest, out=highest)
    return np.minimum(share, 1, out=share)
