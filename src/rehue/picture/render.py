"""From lightness at full size and ab on a small grid to an sRGB picture."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.color.gamut import fit_planes
from rehue.color.lab import lab_to_linear, lightness
from rehue.color.srgb import linear_to_srgb, quantize
from rehue.picture.lookup import GreyLookup
from rehue.picture.upsample import Upsampling

# Pixels of one strip: few enough for the caches, many enough that NumPy's calls weigh little.
_STRIP_PIXELS = 1 << 18
# Below this a picture is coloured before the look-up table is filled.
_LOOKUP_PIXELS = 2_000_000

# A network sees less than this of any picture; it is made no smaller than these sides.
_SEEN_PIXELS = 1 << 24
_SEEN_SIDE = 2048

# Fills rows of a picture, given where they begin and end.
_Fill = Callable[[slice, NDArray[Any]], None]


def render(
    pixels: NDArray[Any], chroma: Upsampling, threads: int = 1, *, often: bool = False
) -> NDArray[Any]:
    """Put colour to a picture's lightness, fit it into sRGB and encode it.

    The picture is made in strips that fit the cache, several at a time; the result is the same
    for every number of threads. Large 8-bit grey pictures are coloured through a table, with ab
    at whole units for 2 x 2 pixels: rounding red, green and blue to 8 bits costs as much.

    Args:
        pixels: height x width (grey) or height x width x 3; only its lightness counts.
        chroma: ab of the picture.
        threads: strips at a time.
        often: the picture will be coloured again and again, so that the table is worth it for a
            small one, too.

    Returns:
        height x width x 3, sRGB-encoded, in the sample type of `pixels`.
    """
    picture = np.empty((*pixels.shape[:2], 3), pixels.dtype)
    is_worth_it = often or pixels.shape[0] * pixels.shape[1] >= _LOOKUP_PIXELS
    if pixels.dtype == np.uint8 and pixels.ndim == 2 and is_worth_it:
        fill = _from_table(pixels, chroma)
    else:
        fill = _computed(pixels, chroma)
    strips = list(_strips(*pixels.shape[:2]))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda rows: fill(rows, picture[rows]), strips))
    return picture


def as_grey(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return a grey picture that has a picture's lightness, in its type, for a network to look at.

    Very large ones are made smaller by a whole factor on the way, each block to its mean L. Made
    in strips: of a large deep picture the floats alone would take gigabytes.

    Args:
        pixels: height x width (grey) or height x width x 3.
    """
    height, width = pixels.shape[:2]
    factor = max(1, min(isqrt(height * width // _SEEN_PIXELS), min(height, width) // _SEEN_SIDE))
    if factor == 1 and pixels.ndim == 2:
        return pixels
    grey = np.empty((-(-height // factor), -(-width // factor)), pixels.dtype)
    columns = np.arange(0, width, factor)
    across = np.diff(columns, append=width)
    step = max(1, _STRIP_PIXELS // width // factor) * factor
    for top in range(0, height, step):
        light = lightness(pixels[top : top + step]).astype(np.float32, copy=False)
        if factor > 1:
            rows = np.arange(0, len(light), factor)
            down = np.diff(rows, append=len(light))
            light = np.add.reduceat(np.add.reduceat(light, rows, axis=0), columns, axis=1)
            light /= (down[:, None] * across).astype(np.float32)
        luminance = lab_to_linear(light, *np.zeros((2, 1, 1), np.float32))[1]
        start = top // factor
        grey[start : start + len(light)] = quantize(linear_to_srgb(luminance), pixels.dtype)
    return grey


def _from_table(pixels: NDArray[np.uint8], chroma: Upsampling) -> _Fill:
    lookup = GreyLookup.shared()

    def fill(rows: slice, picture: NDArray[Any]) -> None:
        lookup.colorize(pixels[rows], *chroma.coarse_units(rows), picture)

    return fill


def _computed(pixels: NDArray[Any], chroma: Upsampling) -> _Fill:
    def fill(rows: slice, picture: NDArray[Any]) -> None:
        light = lightness(pixels[rows]).astype(np.float32, copy=False)
        for channel, plane in enumerate(fit_planes(light, *chroma.rows(rows))):
            picture[..., channel] = quantize(linear_to_srgb(plane), pixels.dtype)

    return fill


def _strips(height: int, width: int) -> Iterator[slice]:
    rows = max(2, _STRIP_PIXELS // width // 2 * 2)  # even, as the table wants pairs of rows
    for start in range(0, height, rows):
        yield slice(start, min(start + rows, height))
