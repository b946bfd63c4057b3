"""Smaller copies of a picture, for files that keep some."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def reduced(samples: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    """Return a picture at a smaller size, each pixel the mean of what it covers.

    Args:
        samples: H x W or H x W x channels, uint8, uint16 or float32.
        size: width and height (px).
    """
    if samples.dtype == np.uint8 and samples.ndim == 3 and samples.shape[2] == 3:
        small = Image.fromarray(np.ascontiguousarray(samples)).resize(size, Image.Resampling.BOX)
        return np.asarray(small)
    planes = samples[..., None] if samples.ndim == 2 else samples
    made = np.empty((size[1], size[0], planes.shape[2]), np.float32)
    for channel in range(planes.shape[2]):
        plane = Image.fromarray(np.ascontiguousarray(planes[..., channel]).astype(np.float32))
        made[..., channel] = np.asarray(plane.resize(size, Image.Resampling.BOX))
    if samples.dtype.kind == "u":
        made = np.rint(made)
    typed = made.astype(samples.dtype)
    return typed[..., 0] if samples.ndim == 2 else typed
