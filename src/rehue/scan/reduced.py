"""A small copy of a picture, cheap whatever its size: what there is to find is seen on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import white_code

# The copy's longer side is at most this (px): a print of a sixth of a page is still 100 across.
LONGEST = 512


@dataclass(frozen=True)
class Reduced:
    """A picture made smaller by a whole factor.

    Attributes:
        light: height x width, code values 0..255, float32.
        step: pixels of the picture to one of the copy.
    """

    light: NDArray[np.float32]
    step: int


def reduced(pixels: NDArray[np.generic], longest: int = LONGEST) -> Reduced:
    """Make a picture smaller, each pixel of the copy the mean of up to 2 x 2 samples of its place.

    In colour pictures green stands for the lightness: it is most of it, and reading one channel of
    three takes a third of the time.

    Args:
        pixels: height x width, or height x width x 3; uint8, uint16 or float 0..1.
        longest: of the copy's sides, at most.
    """
    height, width = pixels.shape[:2]
    plane = pixels if pixels.ndim == 2 else pixels[..., 1]
    step = max(1, -(-max(height, width) // longest))
    down, across = min(step, height), min(step, width)
    rows, columns = height // down, width // across
    taps = [(y, x) for y in _taps(down) for x in _taps(across)]
    total = np.zeros((rows, columns), np.float32)
    for y, x in taps:
        total += plane[y::down, x::across][:rows, :columns]
    total *= np.float32(255 / white_code(pixels.dtype) / len(taps))
    return Reduced(np.nan_to_num(np.clip(total, 0, 255)), step)


def _taps(side: int) -> tuple[int, ...]:
    return (0,) if side == 1 else (side // 4, side // 2 + side // 4)
