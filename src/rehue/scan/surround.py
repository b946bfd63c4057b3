"""What surrounds prints: a surface, smooth over the page, that reaches all of its four sides."""

import numpy as np
from numpy.typing import NDArray

from rehue.scan.regions import regions

# Code values 0..255 and pixels of the reduced copy, unless said otherwise.
# The frame that must be even: this share of the shorter side, so much at least.
_FRAME = 0.012
_THINNEST = 2
# What of the frame may lie beside the even surface, and how far beside it is beside.
_FRAME_BESIDE = 0.02
_LEAST_TOLERANCE = 6.0
_MOST_NOISE = 5.0
# Of the surface's terms: powers of y and x, first from the frame alone, then from all that is near.
_FRAME_ORDER, _ORDER = 2, 3
_WITNESSES = 8000


def find_surround(light: NDArray[np.float32]) -> tuple[NDArray[np.bool_], float] | None:
    """Find what surrounds the prints on a page.

    Its lightness is fitted as a smooth surface, from the page's frame inwards.

    Args:
        light: height x width, 0..255.

    Returns:
        Where it is, and how far from the surface it still is surround; None where the frame is not
        even.
    """
    height, width = light.shape
    rows, columns = (np.linspace(-1, 1, side, dtype=np.float32) for side in light.shape)
    y, x = _frame(height, width)
    fitted = _fitted(light[y, x], rows[y], columns[x], _FRAME_ORDER)
    if fitted is None:
        return None
    beside = np.abs(light[y, x] - fitted @ _terms(rows[y], columns[x], _FRAME_ORDER))
    noise = 1.4826 * float(np.median(beside))
    tolerance = max(_LEAST_TOLERANCE, 4 * noise)
    if noise > _MOST_NOISE or (beside > tolerance).mean() > _FRAME_BESIDE:
        return None
    # Once more, from all that lies near: the middle of the page has its say.
    level = _surface(fitted, rows, columns, _FRAME_ORDER)
    y, x = np.nonzero(_touching_the_frame(np.abs(light - level) <= tolerance))
    few = slice(None, None, max(1, len(y) // _WITNESSES))
    y, x = y[few], x[few]
    again = _fitted(light[y, x], rows[y], columns[x], _ORDER)
    if again is None:
        return None
    level = _surface(again, rows, columns, _ORDER)
    return _touching_the_frame(np.abs(light - level) <= tolerance), tolerance


def _frame(height: int, width: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the pixels along the page's edge."""
    band = max(_THINNEST, round(_FRAME * min(height, width)))
    frame = np.ones((height, width), bool)
    frame[band:-band, band:-band] = False
    y, x = np.nonzero(frame)
    return y, x


def _terms(y: NDArray[np.float32], x: NDArray[np.float32], order: int) -> NDArray[np.float32]:
    """Products of powers of y and x, -1..1, up to an order: terms x places."""
    powers = [(i, j) for i in range(order + 1) for j in range(order + 1 - i)]
    return np.stack([y**i * x**j for i, j in powers])


def _surface(
    fitted: NDArray[np.float32], y: NDArray[np.float32], x: NDArray[np.float32], order: int
) -> NDArray[np.float32]:
    """What the terms come to on a grid: rows x columns."""
    terms = _terms(y[:, None], x[None], order)
    return np.asarray(np.einsum("kyx,k->yx", terms, fitted), np.float32)


def _fitted(
    light: NDArray[np.float32], y: NDArray[np.float32], x: NDArray[np.float32], order: int
) -> NDArray[np.float32] | None:
    """Least squares, twice more without what lies far beside."""
    design, wanted = _terms(y, x, order).T.astype(np.float64), light.astype(np.float64)
    kept = np.ones(len(wanted), bool)
    for _ in range(3):
        if kept.sum() < 4 * design.shape[1]:
            return None
        chosen = design[kept]
        solved = np.linalg.solve(chosen.T @ chosen, chosen.T @ wanted[kept])
        beside = np.abs(wanted - design @ solved)
        kept = beside <= max(3.0, 3 * float(np.median(beside)))
    return solved.astype(np.float32)


def _touching_the_frame(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the regions of a mask that reach the page's edge."""
    numbers = regions(mask)
    outer = np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])
    keeps = np.zeros(int(numbers.max()) + 1, bool)
    keeps[outer] = True
    keeps[0] = False
    return keeps[numbers]
