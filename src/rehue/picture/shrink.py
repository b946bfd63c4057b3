"""A smaller copy of a picture, to be shown."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def shrunk(pixels: NDArray[Any], longest: int) -> NDArray[Any]:
    """Bring a picture's longer side to at most so many pixels; its sample type stays."""
    height, width = pixels.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return pixels
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if pixels.dtype == np.uint8:
        return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))
    planes = np.moveaxis(np.atleast_3d(pixels), -1, 0).astype(np.float32)
    small = [Image.fromarray(p).resize(size, Image.Resampling.BILINEAR) for p in planes]
    joined = np.stack([np.asarray(plane) for plane in small], axis=-1)
    if np.issubdtype(pixels.dtype, np.integer):
        joined = np.rint(joined)
    return joined.astype(pixels.dtype).reshape(*joined.shape[:2], *pixels.shape[2:])
