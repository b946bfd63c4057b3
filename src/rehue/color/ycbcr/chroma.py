"""Cb and Cr for a plane of luma that is kept, each colour within the range of all it serves."""

from typing import Final

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
        under = _groups(luma[part.start * down : part.stop * down], across, down)
        cb[part], cr[part] = _strip(under, a[part], b[part], coding)
    return cb, cr


def _groups(luma: Samples, across: int, down: int) -> list[Samples]:
    """Return a plane for each place in a group, all of one shape: edges are repeated."""
    bottom, right = -luma.shape[0] % down, -luma.shape[1] % across
    if bottom or right:
        luma = np.pad(luma, ((0, bottom), (0, right)), "edge")
    return [luma[y::down, x::across] for y in range(down) for x in range(across)]


def _strip(
    under: list[Samples], a: Plane, b: Plane, coding: Coding
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Solve some rows; codes as floats that are whole numbers."""
    total = under[0].astype(np.uint32)
    lowest = highest = under[0]
    for plane in under[1:]:
        total += plane
        lowest, highest = np.minimum(lowest, plane), np.maximum(highest, plane)
    u, v = solved(total, a, b, coding, len(under))
    span = np.float32(coding.white - coding.black)
    half = np.float32(0.499) / span  # what rounds to the range's end
    above = (coding.white - highest.astype(np.float32)) / span
    below = (coding.black - lowest.astype(np.float32)) / span
    # Luma that is itself beyond the range leaves room for no colour.
    above = np.where(above < 0, 0, above + half)
    below = np.where(below > 0, 0, below - half)
    share = _largest_share(parts_over_luma(u, v, coding.matrix), below, above)
    scale = np.float32(coding.chroma_span)
    cb, cr = np.rint(u * share * scale), np.rint(v * share * scale)
    for _ in range(_SHRINKS):
        parts = parts_over_luma(cb / scale, cr / scale, coding.matrix)
        highest_part = np.maximum(np.maximum(parts[0], parts[1]), parts[2])
        lowest_part = np.minimum(np.minimum(parts[0], parts[1]), parts[2])
        outside = (highest_part > above) | (lowest_part < below)
        outside &= (cb != 0) | (cr != 0)
        if not outside.any():
            break
        for plane in (cb, cr):
            # A code nearer to neutral, and no less than a sixteenth: few steps reach it.
            inner = plane[outside]
            plane[outside] = np.sign(inner) * np.floor(np.abs(inner) * np.float32(15 / 16))
    return cb + coding.neutral, cr + coding.neutral


def _largest_share(parts: tuple[Plane, Plane, Plane], below: Plane, above: Plane) -> Plane:
    """Return the largest factor, at most 1, that keeps all parts between two bounds."""
    highest = np.maximum(np.maximum(parts[0], parts[1]), parts[2])
    lowest = np.minimum(np.minimum(parts[0], parts[1]), parts[2])
    least = np.float32(1e-6)
    share: Plane = np.minimum(
        above / np.maximum(highest, least), below / np.minimum(lowest, -least)
    )
    return np.minimum(share, 1, out=share)
