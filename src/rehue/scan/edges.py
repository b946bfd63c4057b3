"""Straight edges of rectangles: where the lightness steps along a whole side."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Top left, top right, bottom right, bottom left; x and y in pixels, 0 at the outer edge of the
# first.
Corners = NDArray[np.float64]

# Places along a side, and how far its ends move against each other, in half pixels.
_PLACES = 96
_TILTS = np.arange(-8, 9)
# The outermost line that is so nearly as clear as the clearest: a rim's, not its picture's.
_NEARLY = 0.8


@dataclass(frozen=True)
class Edge:
    """One side of a rectangle as the picture shows it.

    Attributes:
        start: x and y.
        end: x and y.
        shown: share of the side along which the lightness steps.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    shown: float


def edges(light: NDArray[np.float32], rough: Corners, reach: float, step: float) -> list[Edge]:
    """Move each side of a rectangle to where the lightness steps along its length.

    Args:
        light: height x width, 0..255.
        rough: the rectangle.
        reach: how far a side may move, outwards and inwards (px).
        step: what counts as a step, over one pixel.

    Returns:
        Top, right, bottom, left.
    """
    return [_edge(light, rough[i], rough[(i + 1) % 4], reach, step) for i in range(4)]


def corners_of(sides: list[Edge]) -> Corners:
    """Return where the sides of a rectangle cross."""
    return np.stack([_crossing(sides[i - 1], sides[i]) for i in range(4)])


def _edge(
    light: NDArray[np.float32],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    reach: float,
    step: float,
) -> Edge:
    along = end - start
    length = float(np.hypot(*along))
    along = along / length
    # Corners run clockwise (y is down): the outside lies to the left.
    out = np.array([along[1], -along[0]])
    share = np.linspace(0.04, 0.96, _PLACES)[:, None]
    offsets = np.arange(-reach, reach + 0.01, 0.5)
    values = sampled(light, start + (share * length)[..., None] * along + offsets[:, None] * out)
    steps = np.abs(values[:, 2:] - values[:, :-2])
    # One bright thing at the side must not draw it: what counts is how much of it steps.
    weight = np.sqrt(np.minimum(steps, 4 * step))
    columns = np.arange(steps.shape[1])
    rows = np.arange(_PLACES)[:, None]
    scores = np.empty((len(_TILTS), len(columns)), np.float32)
    for number, tilt in enumerate(_TILTS):
        shifted = np.rint(columns + (share - 0.5) * tilt).astype(np.intp)
        mean = weight[rows, np.clip(shifted, 0, columns[-1])].mean(axis=0)
        scores[number] = mean * (1 - 0.01 * abs(tilt))
    best = scores.max(axis=0)
    column = int(np.flatnonzero(best >= _NEARLY * best.max())[-1])
    while column > 0 and best[column - 1] > best[column]:
        column -= 1
    found = int(_TILTS[scores[:, column].argmax()])
    picked = np.rint(column + (share - 0.5) * found).astype(np.intp) + np.array([-1, 0, 1])
    shown = steps[rows, np.clip(picked, 0, columns[-1])].max(axis=1) >= step
    middle = offsets[column + 1]
    return Edge(
        start + (middle - 0.25 * found) * out,
        end + (middle + 0.25 * found) * out,
        float(shown.mean()),
    )


def sampled(light: NDArray[np.float32], at: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return values between pixels (bilinear), beyond the edge those of the edge.

    Args:
        light: height x width.
        at: ... x 2, x and y.
    """
    height, width = light.shape
    x = np.clip(at[..., 0] - 0.5, 0, width - 1.001)
    y = np.clip(at[..., 1] - 0.5, 0, height - 1.001)
    left, top = x.astype(np.intp), y.astype(np.intp)
    across, down = (x - left).astype(np.float32), (y - top).astype(np.float32)
    first = (top * width + left).ravel()
    flat = np.ascontiguousarray(light).ravel()
    shape = left.shape
    corner = [flat[first + shift].reshape(shape) for shift in (0, 1, width, width + 1)]
    upper = corner[0] + (corner[1] - corner[0]) * across
    lower = corner[2] + (corner[3] - corner[2]) * across
    return np.asarray(upper + (lower - upper) * down)


def places_in(
    corners: Corners, down: NDArray[np.float64], across: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return x and y of shares (0..1) of a rectangle's height and width: down x across x 2."""
    y, x = down[:, None, None], across[None, :, None]
    upper = corners[0] + (corners[1] - corners[0]) * x
    lower = corners[3] + (corners[2] - corners[3]) * x
    return np.asarray(upper + (lower - upper) * y)


def _crossing(first: Edge, second: Edge) -> NDArray[np.float64]:
    one, other = first.end - first.start, second.end - second.start
    gap = second.start - first.start
    across = one[0] * other[1] - one[1] * other[0]
    return np.asarray(first.start + (gap[0] * other[1] - gap[1] * other[0]) / across * one)
