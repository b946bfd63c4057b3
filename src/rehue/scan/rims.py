"""The paper rim of a print: white or black, plain, and ended by a straight step all round."""

import numpy as np
from numpy.typing import NDArray

from rehue.scan.edges import Corners, places_in, sampled

# The print is looked at on a grid of so many cells a side.
_CELLS = 256
# Shares of the print's side: what its own edge blurs (a deckle edge is uneven by so much), and
# how wide a rim may be (an instant print's foot).
_EDGE = 0.016
_WIDEST = 0.3
# Of a row of rim so much is near the paper's lightness; two rows on so much less.
_PLAIN = 0.93
_DROP = 0.25
_NEAR = 9.0


def without_rim(light: NDArray[np.float32], corners: Corners) -> Corners:
    """Return the corners of the picture on a print, inside its rim; the print's own if it has none.

    Args:
        light: height x width, 0..255.
        corners: of the print.
    """
    center = (np.arange(_CELLS) + 0.5) / _CELLS
    print_ = sampled(light, places_in(corners, center, center))
    edge = max(2, round(_EDGE * _CELLS))
    frame = np.concatenate([print_[edge], print_[-edge - 1], print_[:, edge], print_[:, -edge - 1]])
    paper = float(np.median(frame))
    near = max(_NEAR, 5 * 1.4826 * float(np.median(np.abs(frame - paper))))
    is_paper = np.abs(print_ - paper) <= near
    inner = slice(2 * edge, -2 * edge)
    rows, columns = is_paper[:, inner].mean(axis=1), is_paper[inner].mean(axis=0)
    widths = [_width(shares, edge) for shares in (rows, columns[::-1], rows[::-1], columns)]
    if None in widths:
        return corners
    top, right, bottom, left = (float(width or 0) / _CELLS for width in widths)
    inside = places_in(corners, np.array([top, 1 - bottom]), np.array([left, 1 - right]))
    return np.stack([inside[0, 0], inside[0, 1], inside[1, 1], inside[1, 0]])


def _width(shares: NDArray[np.float64], edge: int) -> int | None:
    """Cells of rim from one side; None where it does not end in a step."""
    plain = shares[edge : round(_WIDEST * _CELLS)] >= _PLAIN
    if not plain[0] or plain.all():
        return None
    width = edge + int(np.argmin(plain))
    # The step blurs over a cell or two.
    return width if shares[width + 1] <= shares[width - 2] - _DROP else None
