"""Is this picture grey, toned or coloured? By what it contains, not by its channel count.

A toned print (sepia, cyanotype, selenium, gold, split-toned, yellowed) has one colour for each
tone: where two places are equally bright, they are equally coloured; and light of one side, as a
lamp's over a photographed print, changes that only slowly over the picture. A colour photograph
breaks the rule. So chroma is fitted as a smooth curve over the tone and a smooth cast over the
picture, and what they leave over decides: how much it is, and how much of it neighbours share,
which JPEG's errors do not.

Chroma is Cb and Cr of JPEG (ITU-T T.871, clause 7), not a and b: JPEG rounds and subsamples there,
so over blocks of 16 pixels its errors average out in Cb and Cr and nowhere else. The tone is the
mean of R, G and B, not the luma: it still rises where two of three channels are clipped, as in
the highlights of a sepia filter. `benchmarks/picture/neutrality.py` measures how often all this is
right.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import white_code
from rehue.errors import PhotoError

# Units of chroma below: code values of 8-bit Cb and Cr.
# What the fit may leave over, root mean square over blocks, and what of it neighbouring blocks may
# share. Chosen on photographs held back from training: of toned copies with a cast over them, after
# JPEG at quality 50 too, at least 99 % leave less; of coloured photographs some that are all but
# toned do (silhouettes before one sky, a sea by night).
LARGEST_RESIDUE = 1.7
LARGEST_PATTERN = 0.75
# No toning bath is more vivid: a full cyanotype reaches 46, a red traffic sign 130.
LARGEST_TONING = 60.0
# A cast that nobody would call a tone.
LARGEST_CAST = 4.0

# This many cells are judged, up to four times as many where the step comes out at one pixel; each
# is the mean of up to 4 x 4 samples of its place.
_CELLS = 16384
_TAPS = 4
# A block is 8 x 8 cells, and at least the 16 pixels over which JPEG shares one chroma sample grid;
# of a small picture it is less, so that at least 12 x 12 blocks stand against the curve.
_BLOCK_CELLS = 8
_BLOCK_PIXELS = 16
_BLOCK_ROWS = 12
# The curve: linear between knots, over a histogram of tones, with a penalty on its bends.
_TONES = 101
_KNOTS = 12
_STIFFNESS = 2e-4
# Terms of the cast.
_CASTS = 5

CHROMA_FROM_RGB = np.array([[-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])


class Tone(StrEnum):
    """What the colour of a picture is."""

    GREY = "grey"
    TONED = "toned"
    COLORED = "coloured"


@dataclass(frozen=True)
class Neutrality:
    """A judgement and its ground.

    Attributes:
        tone: grey, toned or coloured.
        reason: what was seen, in a phrase with the figure that decided; of pictures in colour
            also how clear it was.
    """

    tone: Tone
    reason: str


def judge_neutrality(image: NDArray[np.generic]) -> Neutrality:
    """Judge whether a picture is grey, toned or coloured.

    At most about 65,000 places are looked at, whatever the size. Colour that follows the tone alone
    cannot be told from toning: a silhouette before one plain sky may be called toned. A coloured
    thing on a grey picture counts from about 0.3 % of its area.

    Args:
        image: height x width (grey) or height x width x 3 (sRGB); uint8, uint16 or float 0..1
            (what lies outside is clipped, what is not a number is black).

    Returns:
        The judgement; of an array without channels it is always grey.

    Raises:
        PhotoError: another shape or sample type, or no pixels.

    >>> judge_neutrality(np.full((4, 4, 3), 128, np.uint8))
    Neutrality(tone=<Tone.GREY: 'grey'>, reason='largest cast 0.0 of at most 4.0')
    """
    white_code(image.dtype)
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3) or image.size == 0:
        raise PhotoError(
            f"a picture is height x width or height x width x 3, found shape {image.shape}"
        )
    if image.ndim == 2:
        return Neutrality(Tone.GREY, "one channel")
    cells, step = picture_cells(image)
    residue, pattern, toning = _tone_fit(cells, _block(cells, step))
    limits = ((residue, LARGEST_RESIDUE), (pattern, LARGEST_PATTERN))
    left, most = max(limits, key=lambda pair: pair[0] / pair[1])
    if left > most:
        return Neutrality(
            Tone.COLORED,
            f"places of one brightness differ in colour, {_how_clearly(left / most)} "
            f"({left:.1f}; toned prints at most {most})",
        )
    if toning > LARGEST_TONING:
        return Neutrality(
            Tone.COLORED,
            f"its colour is stronger than toning, {_how_clearly(toning / LARGEST_TONING)} "
            f"({toning:.0f}; toned prints at most {LARGEST_TONING:.0f})",
        )
    if toning > LARGEST_CAST:
        return Neutrality(
            Tone.TONED,
            "places of one brightness have one colour "
            f"(they differ by {residue:.1f} of at most {LARGEST_RESIDUE})",
        )
    return Neutrality(Tone.GREY, f"largest cast {toning:.1f} of at most {LARGEST_CAST}")


def _how_clearly(times: float) -> str:
    """Say in words by how many times a limit was passed."""
    return "clearly" if times > 2 else "only just" if times < 1.25 else "fairly clearly"


def picture_cells(image: NDArray[np.generic]) -> tuple[NDArray[np.float32], int]:
    """Means over a regular grid of places, and the grid's step in pixels.

    Args:
        image: height x width x 3.

    Returns:
        rows x columns x 3, 0..255; the first row and column start at the picture's.
    """
    height, width, _ = image.shape
    side = max(1, int((height * width / _CELLS) ** 0.5))
    down, across = _tile(side, height, width)
    rows, columns = height // down, width // across
    total = np.zeros((3, rows, columns), np.float32)
    taps = [
        (i * down // min(_TAPS, down), j * across // min(_TAPS, across))
        for i in range(min(_TAPS, down))
        for j in range(min(_TAPS, across))
    ]
    for y, x in taps:
        for channel in range(3):
            total[channel] += image[y::down, x::across, channel][:rows, :columns]
    means = np.moveaxis(total * np.float32(255 / white_code(image.dtype) / len(taps)), 0, -1)
    return np.nan_to_num(np.clip(means, 0, 255)), side


def _block(cells: NDArray[np.float32], step: int) -> tuple[int, int]:
    """Rows and columns of cells in a block, when a cell is `step` pixels a side."""
    rows, columns, _ = cells.shape
    wanted = max(_BLOCK_CELLS, _BLOCK_PIXELS // step)
    side = min(wanted, int((rows * columns) ** 0.5) // _BLOCK_ROWS)
    return _tile(max(1, side), rows, columns)


def _tile(side: int, height: int, width: int) -> tuple[int, int]:
    """Height and width of a square tile, of a longer one of the same area in a strip."""
    down = min(side, height)
    across = min(side * side // down, width)
    return min(side * side // across, height), across


def _tone_fit(cells: NDArray[np.float32], block: tuple[int, int]) -> tuple[float, float, float]:
    """Fit chroma as a curve over the tone and a cast over the picture, by least squares.

    A block's chroma is compared with the mean of the curve over the tones of its cells: JPEG blurs
    chroma but not tones, which would flatten a curve fitted cell by cell. A cast is in proportion
    to the tone, as a lamp's is, and a quadratic over the picture.

    Args:
        cells: rows x columns x 3, 0..255.
        block: rows and columns of cells in a block.

    Returns:
        The root mean square over blocks of what the fit leaves over, of what of it neighbouring
        blocks share, and the largest chroma that the fit reaches in a block.
    """
    down, across = block
    rows, columns = cells.shape[0] // down, cells.shape[1] // across
    cells = cells[: rows * down, : columns * across]
    means = cells.reshape(rows, down, columns, across, 3).mean(axis=(1, 3)).reshape(-1, 3)
    chroma = means @ CHROMA_FROM_RGB.T
    tones = np.rint(cells.mean(axis=-1) * ((_TONES - 1) / 255)).astype(np.intp)
    number = np.arange(rows * columns).reshape(rows, columns)
    number = number.repeat(down, axis=0).repeat(across, axis=1)
    histograms = np.bincount((number * _TONES + tones).ravel(), minlength=len(chroma) * _TONES)
    knots, penalty = _knots()
    curve = histograms.reshape(-1, _TONES) @ knots / (down * across)
    cast = means.mean(axis=1, keepdims=True) / 255 * cast_terms(rows, columns)
    design = np.concatenate([curve, cast], axis=1)
    normal = design.T @ design / len(design) + penalty
    fitted = design @ np.linalg.solve(normal, design.T @ chroma / len(design))
    left = chroma - fitted
    residue = np.sqrt((left**2).sum(axis=-1).mean())
    toning = np.hypot(fitted[:, 0], fitted[:, 1]).max()
    return float(residue), shared(left.reshape(rows, columns, 2)), float(toning)


def shared(left: NDArray[np.float64]) -> float:
    """Root of the mean product of neighbours (rows x columns x 2): noise of its own has none."""
    pairs = [(left[1:], left[:-1]), (left[:, 1:], left[:, :-1])]
    products = [(one * other).sum(axis=-1).mean() for one, other in pairs if one.size]
    return float(np.sqrt(max(0.0, np.mean(products)))) if products else 0.0


def cast_terms(rows: int, columns: int) -> NDArray[np.float64]:
    """Quadratic terms over the picture but for the constant: blocks x 5."""
    y, x = np.meshgrid(np.linspace(-1, 1, rows), np.linspace(-1, 1, columns), indexing="ij")
    return np.stack([y, x, y * y, x * y, x * x], axis=-1).reshape(-1, _CASTS)


@cache
def _knots() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights of the knots for each tone, and the penalty on bends (with a trace of ridge)."""
    at = np.linspace(0, _TONES - 1, _KNOTS)
    hats = np.stack([np.interp(np.arange(_TONES), at, one) for one in np.eye(_KNOTS)], axis=-1)
    second = np.diff(np.eye(_KNOTS), 2, axis=0)
    penalty = 1e-3 * np.eye(_KNOTS + _CASTS)
    penalty[:_KNOTS, :_KNOTS] += second.T @ second
    return hats, _STIFFNESS * penalty
