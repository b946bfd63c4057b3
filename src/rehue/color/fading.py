"""Faded and tinted photographs: what the fading did to each channel, and its undoing.

A fade is described by what it leaves to see, whatever caused it: for red, green and blue a level
of black, a level of white and a power between them, and for all a factor of chroma. The power
stands for the loss of dye (density times a factor is light to a power: Gschwind and Frey,
"Electronic Imaging, a Tool for the Reconstruction of Faded Color Photographs", J. Imaging Sci.
Technol. 38(6), 1994), the levels for stain, veil and a wrong white balance, the factor for dyes
that absorb each other's light. One curve a channel for the whole picture: nothing is drawn in.

The fade is estimated from the picture alone: from levels of its channels (as white-patch and
histogram stretching use them) and from which colours stand in its shadows, middle tones and
highlights (a histogram of chroma, as Barron, "Convolutional Color Constancy", ICCV 2015, and
Afifi et al., "When Color Constancy Goes Wrong", CVPR 2019, use it). What these say was learnt, by a
network of one hidden layer, from photographs faded on purpose (`benchmarks/picture/fading.py`); the
fades on which `benchmarks/picture/refresh.py` judges are others. A good photograph is mostly told
from a faded one: an undoing that would change little is not begun.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from rehue.color.difference import ciede2000
from rehue.color.lab import srgb_to_lab
from rehue.color.srgb import white_code
from rehue.errors import PhotoError

# A picture is judged by a copy of about this short side, as the network was taught.
_JUDGED_SIDE = 256
# Share of pixels that are darker, one level of each channel.
_SHARES = (0.002, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.998)
# The histogram: zones of lightness, steps of a and of b, the largest a and b (beyond: the edge).
_ZONES, _STEPS, _REACH = 3, 11, 55.0
# Units of the fade's ten figures, so that they are of one size: levels, and logarithms of powers
# and of chroma.
_LEVEL, _POWER = 0.1, 0.2
# The least contrast between black and white that is stretched to the whole.
_LEAST_CONTRAST = 0.2
# An undoing that changes a picture by less than the first (mean CIEDE2000) is not begun, by more
# than the second is done as estimated, between them in part. Chosen on held-back photographs.
_DOUBT = (4.0, 7.0)
# The share of the estimated change of lightness that is made: how bright a scene was is not told by
# its picture, and of two guesses, as it is and as estimated, the mean errs less where the fade is
# of a kind that the estimate was not taught.
_LIGHT_SHARE = 0.5


@dataclass(frozen=True)
class Fade:
    """What fading did, as estimated.

    Attributes:
        black: level to which each of red, green and blue was raised, sRGB-encoded 0..1.
        white: level to which each fell.
        power: of each channel between its levels that undoes the fade; above 1 where dye was lost.
        chroma: factor that undoes the loss of chroma.
        strength: mean CIEDE2000 by which undoing changes the picture; 0 when nothing was found.
    """

    black: tuple[float, float, float] = (0.0, 0.0, 0.0)
    white: tuple[float, float, float] = (1.0, 1.0, 1.0)
    power: tuple[float, float, float] = (1.0, 1.0, 1.0)
    chroma: float = 1.0
    strength: float = 0.0

    @property
    def is_none(self) -> bool:
        """Whether nothing was found that is worth undoing."""
        return self.strength == 0


def thumbnail(pixels: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return means of blocks, about 256 on the short side, sRGB-encoded 0..1.

    Rows and columns that fill no block at the right and bottom edge are left out.

    Args:
        pixels: height x width x 3, any sample type.
    """
    _check(pixels)
    height, width = pixels.shape[:2]
    side = max(1, min(height, width) // _JUDGED_SIDE, isqrt(height * width) // (4 * _JUDGED_SIDE))
    down, across = min(side, height), min(side, width)
    rows, columns = height // down, width // across
    whole = pixels[: rows * down, : columns * across]
    blocks = whole.reshape(rows, down, columns, across, 3).mean(axis=(1, 3), dtype=np.float32)
    points: NDArray[np.float32] = np.nan_to_num(blocks / np.float32(white_code(pixels.dtype)))
    return np.clip(points, np.float32(0), np.float32(1))


def estimate_fade(pixels: NDArray[np.generic]) -> Fade:
    """Estimate what fading did to a picture.

    Args:
        pixels: height x width x 3, sRGB; uint8, uint16 or float 0..1.

    Raises:
        PhotoError: another shape or sample type.
    """
    points = thumbnail(pixels).reshape(-1, 3)
    teachings = _teachings()
    standing = (statistics(points) - teachings["mean"]) / teachings["spread"]
    hidden = np.maximum(standing @ teachings["weights_in"] + teachings["bias_in"], 0)
    figures = hidden @ teachings["weights_out"] + teachings["bias_out"]
    lab = srgb_to_lab(points)
    low, high = _DOUBT
    trust = float(np.clip((_change(points, lab, fade_of(figures)) - low) / (high - low), 0, 1))
    if trust == 0:
        return Fade()
    return fade_of(trust * figures, _change(points, lab, fade_of(trust * figures)))


def statistics(points: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return what the estimate is drawn from: levels, and the root of a histogram of colours.

    Args:
        points: N x 3, sRGB-encoded 0..1.
    """
    levels = np.quantile(points, _SHARES, axis=0).ravel()
    lab = srgb_to_lab(points)
    bins = np.array([_ZONES, _STEPS, _STEPS])
    at = lab * (1 / 100, 0.5 / _REACH, 0.5 / _REACH) + (0, 0.5, 0.5)
    at = np.clip(at, 0, 1 - 1e-6) * (bins - 1)
    lower = at.astype(np.intp)
    part = at - lower
    # Each point counts in the eight bins around it, by nearness.
    counts = np.zeros(bins.prod())
    for corner in product((0, 1), repeat=3):
        shares = np.where(corner, part, 1 - part).prod(axis=-1)
        number = np.ravel_multi_index(tuple((lower + corner).T), tuple(bins))
        counts += np.bincount(number, shares, len(counts))
    return np.concatenate([levels, np.sqrt(counts / len(points))]).astype(np.float32)


def fade_of(figures: NDArray[np.floating], strength: float = 0.0) -> Fade:
    """Return the fade that ten figures describe; all 0 is none."""
    black = _LEVEL * figures[0:3]
    white = np.maximum(1 - _LEVEL * figures[3:6], black + _LEAST_CONTRAST)
    red, green, blue = range(3)
    power = np.exp(_POWER * figures[6:9])
    return Fade(
        (float(black[red]), float(black[green]), float(black[blue])),
        (float(white[red]), float(white[green]), float(white[blue])),
        (float(power[red]), float(power[green]), float(power[blue])),
        float(np.exp(_POWER * figures[9])),
        strength,
    )


def undo_fade(encoded: NDArray[np.floating], fade: Fade) -> NDArray[np.floating]:
    """Undo a fade.

    Args:
        encoded: ... x 3, sRGB-encoded 0..1.
        fade: what to undo.

    Returns:
        ... x 3, L*a*b*; colours may lie outside sRGB.
    """
    undone = _undone(encoded, fade)
    own = srgb_to_lab(encoded)[..., 0]
    undone[..., 0] = own + undone.dtype.type(_LIGHT_SHARE) * (undone[..., 0] - own)
    return undone


def _undone(encoded: NDArray[np.floating], fade: Fade) -> NDArray[np.floating]:
    dtype = encoded.dtype.type
    black, white, power = (np.array(each, dtype) for each in (fade.black, fade.white, fade.power))
    lab = srgb_to_lab(np.clip((encoded - black) / (white - black), 0, 1) ** power)
    lab[..., 1:] *= dtype(fade.chroma)
    return lab


def _change(points: NDArray[np.floating], lab: NDArray[np.floating], fade: Fade) -> float:
    return float(ciede2000(undo_fade(points, fade), lab).mean())


def _check(pixels: NDArray[np.generic]) -> None:
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
        raise PhotoError(f"a picture in colour is height x width x 3, found shape {pixels.shape}")


@cache
def _teachings() -> dict[str, NDArray[np.float32]]:
    with resources.files("rehue.color").joinpath("fading.npz").open("rb") as file:
        arrays = np.load(file, allow_pickle=False)
        return {name: arrays[name].astype(np.float32) for name in arrays.files}
