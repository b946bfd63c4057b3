"""EXIF orientation (Exif 2.32, table 4, tag 274): the stored picture and the one that is seen.

Orientations 1 to 4 only mirror; 5 to 8 swap rows and columns first and then mirror in the same
way. `upright` and `as_stored` return views: nothing is copied.
"""

from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

_Sample = TypeVar("_Sample", bound=np.generic)
Box: TypeAlias = tuple[float, float, float, float]

# For orientations 1..4 (and again 5..8, after the swap): are rows, are columns reversed?
_REVERSED = ((False, False), (False, True), (True, True), (True, False))
# Each followed by itself turned clockwise by a quarter; the second row is mirrored.
_QUARTERS = ((1, 6, 3, 8), (2, 7, 4, 5))


def upright(array: NDArray[_Sample], orientation: int) -> NDArray[_Sample]:
    """Turn a picture as stored (H x W or H x W x C) into the picture as seen.

    Args:
        array: rows and columns first.
        orientation: 1..8; anything else is taken as 1, as viewers do.

    Returns:
        A view.

    >>> upright(np.array([[1, 2, 3]]), 6).tolist()  # stored lying, seen turned clockwise
    [[1], [2], [3]]
    """
    seen = array.swapaxes(0, 1) if 5 <= orientation <= 8 else array
    return _mirrored(seen, orientation)


def as_stored(array: NDArray[_Sample], orientation: int) -> NDArray[_Sample]:
    """Turn a picture as seen into the order that the file stores: the inverse of `upright`."""
    stored = _mirrored(array, orientation)
    return stored.swapaxes(0, 1) if 5 <= orientation <= 8 else stored


def turned(orientation: int, turn: int) -> int:
    """Return the orientation of a picture that is then seen turned by quarters clockwise.

    >>> turned(1, 1), turned(6, 2)
    (6, 8)
    """
    for cycle in _QUARTERS:
        if orientation in cycle:
            return cycle[(cycle.index(orientation) + turn) % 4]
    return _QUARTERS[0][turn % 4]


def box_as_stored(box: Box, height: int, width: int, orientation: int) -> Box:
    """Return where a part of a picture as seen lies once `as_stored` has turned the picture.

    Args:
        box: left, top, right, bottom.
        height: of the picture as seen.
        width: of the same.
        orientation: 1..8; anything else is taken as 1.

    >>> box_as_stored((0, 0, 2, 1), 3, 4, 6)  # seen turned clockwise, stored lying
    (0, 2, 1, 4)
    """
    if not 1 <= orientation <= 8:
        return box
    left, top, right, bottom = box
    rows, columns = _REVERSED[(orientation - 1) % 4]
    if rows:
        top, bottom = height - bottom, height - top
    if columns:
        left, right = width - right, width - left
    return (top, left, bottom, right) if orientation >= 5 else (left, top, right, bottom)


def _mirrored(array: NDArray[_Sample], orientation: int) -> NDArray[_Sample]:
    if not 1 <= orientation <= 8:
        return array
    rows, columns = _REVERSED[(orientation - 1) % 4]
    view: NDArray[_Sample] = array[:: -1 if rows else 1, :: -1 if columns else 1]
    return view
