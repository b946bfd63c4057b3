"""Chroma fitted as a smooth curve over the tone and a smooth cast over the picture.

What the fit leaves over says whether a picture is toned (`rehue.color.neutrality`). Chroma is Cb
and Cr of JPEG (ITU-T T.871, clause 7), not a and b: JPEG rounds and subsamples there, so over
blocks of 16 pixels its errors average out in Cb and Cr and nowhere else. The tone is the mean of R,
G and B, not the luma: it still rises where two of three channels are clipped, as in the highlights
of a sepia filter.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import white_code

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
# Terms of the cast, and of a lamp's light: how often that is looked for, how stiff it is, and the
# largest logarithm of it.
_CASTS = 5
_LAMP_TURNS, _LAMP_RIDGE, _DIMMEST = 5, 1e-2, 0.8

CHROMA_FROM_RGB = np.array([[-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])


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


class Fit(NamedTuple):
    """What a fit of chroma left over, in code values of 8-bit Cb and Cr.

    Attributes:
        residue: root mean square over blocks of what it left.
        pattern: root of what of it neighbouring blocks share.
        toning: the largest chroma that it reaches in a block.
        chroma: root mean square of the blocks' chroma.
        largest: of what it left in a block.
    """

    residue: float
    pattern: float
    toning: float
    chroma: float
    largest: float


class Blocks(NamedTuple):
    """A picture in blocks of cells, row by row.

    Attributes:
        rows: of blocks.
        columns: of blocks.
        tones: blocks x cells, 0..255.
        chroma: blocks x 2: Cb and Cr.
        tone: blocks x 1, 0..1: their mean.
    """

    rows: int
    columns: int
    tones: NDArray[np.float32]
    chroma: NDArray[np.float64]
    tone: NDArray[np.float64]


def blocks_of(image: NDArray[np.generic]) -> Blocks:
    """Divide a picture (height x width x 3) into blocks."""
    cells, step = picture_cells(image)
    down, across = _block(cells, step)
    rows, columns = cells.shape[0] // down, cells.shape[1] // across
    parts = cells[: rows * down, : columns * across].reshape(rows, down, columns, across, 3)
    parts = parts.transpose(0, 2, 1, 3, 4).reshape(rows * columns, down * across, 3)
    means = parts.mean(axis=1).astype(np.float64)
    tone = means.mean(axis=1, keepdims=True) / 255
    return Blocks(rows, columns, parts.mean(axis=-1), means @ CHROMA_FROM_RGB.T, tone)


def tone_fit(blocks: Blocks) -> Fit:
    """Fit chroma as a curve over the tone and a cast over the picture, by least squares.

    A block's chroma is compared with the mean of the curve over the tones of its cells: JPEG blurs
    chroma but not tones, which would flatten a curve fitted cell by cell. A cast is in proportion
    to the tone, as a lamp's is, and a quadratic over the picture.
    """
    design = _design(blocks, _histograms(blocks.tones))
    return _judged(blocks, design @ _solved(design, blocks.chroma))


def lamp_fit(blocks: Blocks) -> Fit:
    """Fit the same where light falls off over the picture: the curve is that of the print's tones.

    Under a lamp a print's own tone is the picture's over the light, and so its colour: where its
    highlights are clipped, as a sepia filter's are, one tone of the picture has many colours. The
    logarithm of the light is a quadratic over the picture, found by Gauss and Newton's method.
    """
    terms = cast_terms(blocks.rows, blocks.columns)
    log_light = np.zeros(_CASTS)
    knots, _ = _knots()
    for turn in range(_LAMP_TURNS + 1):
        light = np.exp(np.clip(terms @ log_light, -_DIMMEST, _DIMMEST))[:, None]
        histograms = _histograms(np.clip(blocks.tones / light, 0, 255))
        design = _design(blocks, histograms, light)
        solved = _solved(design, blocks.chroma)
        left = blocks.chroma - design @ solved
        if turn == _LAMP_TURNS:
            break
        # How the curve's chroma, light * curve(tone / light), changes with the light's logarithm.
        curve = knots @ solved[:_KNOTS]
        slope = np.gradient(curve, axis=0) * ((_TONES - 1) / 255)
        change = light * (histograms @ curve)
        change -= blocks.tones.mean(axis=1, keepdims=True) * (histograms @ slope)
        # Curve and cast follow: what they can explain of the change is theirs.
        steps = terms[:, :, None] * change[:, None]
        flat = steps.reshape(len(terms), -1)
        flat = flat - design @ _solved(design, flat)
        steps = flat.reshape(steps.shape)
        normal = np.einsum("ntc,nsc->ts", steps, steps) / len(terms) + _LAMP_RIDGE * np.eye(_CASTS)
        wanted = np.einsum("ntc,nc->t", steps, left) / len(terms) - _LAMP_RIDGE * log_light
        log_light = log_light + np.linalg.solve(normal, wanted)
    return _judged(blocks, blocks.chroma - left)


def _histograms(tones: NDArray[np.float32]) -> NDArray[np.float64]:
    """Share of each block's cells (blocks x cells, 0..255) that has each tone: blocks x tones."""
    count, cells = tones.shape
    at = np.rint(tones * ((_TONES - 1) / 255)).astype(np.intp)
    at += np.arange(count)[:, None] * _TONES
    counts = np.bincount(at.ravel(), minlength=count * _TONES).reshape(count, _TONES)
    shares: NDArray[np.float64] = counts / cells
    return shares


def _design(
    blocks: Blocks, histograms: NDArray[np.float64], light: NDArray[np.float64] | float = 1.0
) -> NDArray[np.float64]:
    """Return what a curve's knots and the terms of a cast give in each block."""
    curve = histograms @ _knots()[0] * light
    cast = blocks.tone * cast_terms(blocks.rows, blocks.columns)
    return np.concatenate([curve, cast], axis=1)


def _solved(design: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    normal = design.T @ design / len(design) + _knots()[1]
    solved = np.linalg.solve(normal, design.T @ wanted / len(design))
    return solved.astype(np.float64, copy=False)


def _judged(blocks: Blocks, fitted: NDArray[np.float64]) -> Fit:
    left = blocks.chroma - fitted
    residue, chroma = (float(np.sqrt((c**2).sum(axis=-1).mean())) for c in (left, blocks.chroma))
    pattern = shared(left.reshape(blocks.rows, blocks.columns, 2))
    toning, largest = (float(np.hypot(*c.T).max()) for c in (fitted, left))
    return Fit(residue, pattern, toning, chroma, largest)


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
