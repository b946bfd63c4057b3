"""What a recogniser finds alike in a picture, and colours that agree over all of it.

Where a network doubts, it paints one thing in two colours: a sky blue here and brown there, half a
coat red. What a recogniser finds alike and what is as light should have one colour, however far
apart it lies. So each place gets the mean colour of what is like it: non-local means (Buades, Coll
and Morel 2005) on a bilateral grid (Chen, Paris and Durand 2007, "Real-time Edge-aware Image
Processing with the Bilateral Grid"), whose cells are mixed by how alike they are.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Features are alike whose cosine, once the picture's mean is taken off, lies above these: not at
# all, and wholly.
_UNLIKE: Final = 0.2
_ALIKE: Final = 0.6
# Steps of lightness in the grid, and how far what is gathered may lie apart in it (L).
_LEVELS: Final = 24
_SIGMA: Final = 6.0


def directions(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return in which way each place differs from the picture's mean: C x h x w, of length 1."""
    apart = features - features.mean(axis=(1, 2), keepdims=True)
    found: NDArray[np.float32] = apart / np.maximum(np.linalg.norm(apart, axis=0), np.float32(1e-6))
    return found


def share_alike(cosine: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how alike things are, 0..1, by the cosine of their directions."""
    share: NDArray[np.float32] = np.clip((cosine - _UNLIKE) / (_ALIKE - _UNLIKE), 0, 1)
    return share


def gathered(
    planes: NDArray[np.float32], light: NDArray[np.float32], features: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return each place's mean over what is alike and as light.

    Args:
        planes: C x h x w.
        light: h x w, L of the same cells (0..100).
        features: D x h' x w' of a recogniser, of which each covers a square of cells.

    Returns:
        C x h x w.
    """
    count, coarse = len(planes), features.shape[1:]
    level = np.clip(light, 0, 100).ravel() * np.float32((_LEVELS - 1) / 100)
    lower = np.minimum(level.astype(np.intp), _LEVELS - 2)
    above = level - lower
    rows, columns = (
        (np.arange(fine) * few // fine) for fine, few in zip(light.shape, coarse, strict=True)
    )
    at = ((rows[:, None] * coarse[1] + columns).ravel() * _LEVELS) + lower
    sums = np.concatenate([planes.reshape(count, -1), np.ones((1, light.size), np.float32)])
    length = coarse[0] * coarse[1] * _LEVELS
    grid = np.stack(
        [
            np.bincount(at, one * (1 - above), length) + np.bincount(at + 1, one * above, length)
            for one in sums
        ]
    ).astype(np.float32)
    steps = np.arange(_LEVELS, dtype=np.float32) * np.float32(100 / (_LEVELS - 1) / _SIGMA)
    near = np.exp(-((steps[:, None] - steps) ** 2) / 2)
    grid = grid.reshape(count + 1, -1, _LEVELS) @ near
    ways = directions(features).reshape(len(features), -1)
    alike = share_alike(ways.T @ ways) ** 2
    np.fill_diagonal(alike, 1)  # where nothing differs from the mean, too
    found = _sliced((alike @ grid).reshape(-1, *coarse, _LEVELS), light.shape, lower, above)
    mean: NDArray[np.float32] = found[:-1] / np.maximum(found[-1], np.float32(1e-6))
    return mean


def _sliced(
    grid: NDArray[np.float32],
    shape: tuple[int, ...],
    lower: NDArray[np.intp],
    above: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Read a grid (C x h' x w' x levels) at each cell of h x w and its level, linearly between."""
    (top, down), (left, across) = (
        _between(few, fine) for few, fine in zip(grid.shape[1:3], shape, strict=True)
    )
    lower, above = lower.reshape(shape), above.reshape(shape)
    total = np.zeros((len(grid), *shape), np.float32)
    for row, share_down in ((top, 1 - down), (np.minimum(top + 1, grid.shape[1] - 1), down)):
        for column, share_across in (
            (left, 1 - across),
            (np.minimum(left + 1, grid.shape[2] - 1), across),
        ):
            share = share_down[:, None] * share_across
            for level, share_level in ((lower, 1 - above), (lower + 1, above)):
                total += grid[:, row[:, None], column, level] * (share * share_level)
    return total


def _between(few: int, fine: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return which of a few places lies before each middle of a fine cell, and how far beyond."""
    at = np.clip((np.arange(fine) + 0.5) * few / fine - 0.5, 0, few - 1)
    before = at.astype(np.intp)
    return before, (at - before).astype(np.float32)
