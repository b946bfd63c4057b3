"""Connected regions of a mask, in NumPy: runs of each row, joined where they touch."""

import numpy as np
from numpy.typing import NDArray


def regions(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Number the connected regions of a mask (neighbours share a side).

    Args:
        mask: height x width.

    Returns:
        height x width: 0 outside the mask, 1, 2 and so on in its regions.

    >>> regions(np.array([[1, 0, 1], [1, 0, 1], [0, 0, 1]], bool))
    array([[1, 0, 2],
           [1, 0, 2],
           [0, 0, 2]], dtype=int32)
    """
    height, width = mask.shape
    edges = np.diff(mask, axis=1, prepend=False, append=False)
    row, column = np.nonzero(edges)
    row, start, end = row[::2], column[::2], column[1::2]
    if len(row) == 0:
        return np.zeros(mask.shape, np.int32)
    first, second = _touching(row, start, end, width + 1)
    root = _joined(len(row), first, second)
    names = np.unique(root, return_inverse=True)[1].astype(np.int32) + 1
    marks = np.zeros((height, width + 1), np.int32)
    marks[row, start] = names
    marks[row, end] -= names
    return np.cumsum(marks, axis=1, dtype=np.int32)[:, :width]


def _touching(
    row: NDArray[np.intp], start: NDArray[np.intp], end: NDArray[np.intp], stride: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of runs of neighbouring rows that share a column."""
    begins, ends = row * stride + start, row * stride + end
    # The runs of the next row that end after this one begins, and begin before it ends.
    low = np.searchsorted(ends, begins + stride, side="right")
    high = np.searchsorted(begins, ends + stride, side="left")
    count = np.maximum(high - low, 0)
    first = np.repeat(np.arange(len(row)), count)
    within = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count)
    return first, np.repeat(low, count) + within


def _joined(count: int, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return for each run the smallest that it is joined with (hooking and pointer jumping)."""
    root = np.arange(count)
    while True:
        low, high = root[first], root[second]
        smaller = np.minimum(low, high)
        before = root.copy()
        np.minimum.at(root, low, smaller)
        np.minimum.at(root, high, smaller)
        while True:
            further = root[root]
            if np.array_equal(further, root):
                break
            root = further
        if np.array_equal(root, before):
            return root
