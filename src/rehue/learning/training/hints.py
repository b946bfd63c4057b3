"""Hints that a user might have given, drawn from photographs (Zhang et al. 2017, section 3.2).

The paper's: so many points as a geometric distribution says, around the middle of the picture as
a Gaussian says, each a square of 1 to 9 px of its own mean colour; in 1 % of the pictures
everything is revealed. Ours: no hint in half of the pictures, so that a network colours well
without; and some points stand for the whole area that they lie in, so that a network learns that
a colour reaches as far as its object does.
"""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

# Shares of the pictures.
WITHOUT, REVEALED = 0.5, 0.01
# Of the geometric distribution: 8 points on average, 1 at least.
POINT_CHANCE = 1 / 8
# Share of the points that stand for their area.
AREA_CHANCE = 1 / 16
SIZES = (1, 9)
# Side of a cell in which an area grows (px).
CELL = 4
# An area ends where the difference to its point is larger. Lightness counts by half: an object
# has shades.
REACH, LIGHTNESS_SHARE = 12.0, 0.5


class _Point(NamedTuple):
    """A square, or the area around its first pixel."""

    top: int
    left: int
    size: int
    is_area: bool


def simulate_hints(lightness: Tensor, ab: Tensor, generator: torch.Generator) -> Tensor:
    """Draw hints for a batch of photographs.

    Args:
        lightness: N x 1 x H x W, L in 0..100.
        ab: N x 2 x H x W, the truth, units of ab.
        generator: on the processor, whatever device the photographs are on; the same state gives
            the same hints.

    Returns:
        N x 3 x H x W: a and b (units of ab), and a mask that is 1 where there is a hint; zeros
        elsewhere.
    """
    count, _, height, width = ab.shape
    hints = ab.new_zeros(count, 3, height, width)
    chances = torch.rand(count, generator=generator).tolist()
    for hint, light, truth, chance in zip(hints, lightness, ab, chances, strict=True):
        if chance < REVEALED:
            hint[:2], hint[2] = truth, 1
        elif chance < 1 - WITHOUT:
            for point in _points(height, width, generator):
                _give(hint, light, truth, point)
    return hints


def _points(height: int, width: int, generator: torch.Generator) -> Iterator[_Point]:
    count = int(torch.empty(()).geometric_(POINT_CHANCE, generator=generator))
    largest = min(SIZES[1], height, width)
    sizes = torch.randint(SIZES[0], largest + 1, (count,), generator=generator)
    free = torch.tensor([[height, width]]) - sizes[:, None]  # of the upper left corner
    places = (free + 1) * (0.5 + torch.randn(count, 2, generator=generator) / 4)
    places = places.long().clamp(min=0).minimum(free)
    are_areas = torch.rand(count, generator=generator) < AREA_CHANCE
    for (top, left), size, is_area in zip(
        places.tolist(), sizes.tolist(), are_areas.tolist(), strict=True
    ):
        yield _Point(top, left, size, is_area)


def _give(hint: Tensor, lightness: Tensor, ab: Tensor, point: _Point) -> None:
    """Write one hint (3 x H x W), of the mean colour of what it covers."""
    if point.is_area:
        inside = _area(torch.cat([lightness * LIGHTNESS_SHARE, ab]), point.top, point.left)
        weight = inside.to(ab.dtype)
        color = (ab * weight).sum(dim=(1, 2)) / weight.sum()
        given = torch.cat([color, color.new_ones(1)])[:, None, None]
        hint.copy_(torch.where(inside, given, hint))
        return
    rows = slice(point.top, point.top + point.size)
    columns = slice(point.left, point.left + point.size)
    hint[:2, rows, columns] = ab[:, rows, columns].mean(dim=(1, 2), keepdim=True)
    hint[2, rows, columns] = 1


def _area(lab: Tensor, row: int, column: int) -> Tensor:
    """Where the connected area of similar colour around a pixel is (H x W, bool).

    It grows from cell to cell, and then by its seam, the cells that its edge cuts; there each
    pixel is looked at, so that it does not reach over into the next object.
    """
    height, width = lab.shape[1:]
    start = lab[:, row, column, None, None]
    cells = functional.avg_pool2d(lab[None], CELL, ceil_mode=True)[0]
    similar = _is_near(cells, start).to(lab.dtype)[None, None]
    similar[..., row // CELL, column // CELL] = 1  # also where the edge cuts the first cell
    grown = torch.zeros_like(similar)
    grown[..., row // CELL, column // CELL] = 1
    while not torch.equal(wider := _widened(grown) * similar, grown):
        grown = wider
    wide = functional.interpolate(_widened(grown), scale_factor=float(CELL), mode="nearest")
    return wide[0, 0, :height, :width].bool() & _is_near(lab, start)


def _widened(cells: Tensor) -> Tensor:
    return functional.max_pool2d(cells, 3, stride=1, padding=1)


def _is_near(lab: Tensor, start: Tensor) -> Tensor:
    return (lab - start).square().sum(dim=0) < REACH**2
