"""Colours that agree within a thing: smoothed along the picture's lightness.

He, Sun and Tang 2013, "Guided Image Filtering", equations 5, 6 and 8: within a window ab become a
line over lightness, so that what is alike in lightness gets one colour, and edges stay.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

# Chosen on photographs held back from training: in cells, and in squared units of L / 100.
_RADIUS: Final = 4
_EPS: Final = 0.005


def guided(planes: NDArray[np.float32], light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return planes smoothed along lightness.

    Args:
        planes: C x h x w.
        light: h x w, L of the same cells (0..100).

    Returns:
        C x h x w.
    """
    guide = (light / 100).astype(np.float32)
    mean_guide, mean = _window_mean(guide), _window_mean(planes)
    variance = _window_mean(guide * guide) - mean_guide * mean_guide
    slope = (_window_mean(planes * guide) - mean_guide * mean) / (variance + np.float32(_EPS))
    offset = mean - slope * mean_guide
    return _window_mean(slope) * guide + _window_mean(offset)


def _window_mean(planes: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return means over windows of ... x h x w, which are smaller at the edges."""
    for axis in (-1, -2):
        length = planes.shape[axis]
        at = np.arange(length)
        first, last = np.maximum(at - _RADIUS, 0), np.minimum(at + _RADIUS, length - 1)
        # A sum that begins with nothing: windows are differences of two places in it.
        sums = np.cumsum(planes, axis=axis, dtype=np.float64)
        sums = np.insert(sums, 0, 0, axis=axis)
        counts = (last - first + 1).reshape(-1, *[1] * (-1 - axis))
        inside = np.take(sums, last + 1, axis=axis) - np.take(sums, first, axis=axis)
        planes = inside / counts
    return planes.astype(np.float32)
