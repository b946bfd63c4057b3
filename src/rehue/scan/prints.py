"""Where prints lie on a page: mats, album pages, scanner lids, film rebates, margins.

A surround touches all four sides of the page and is as even along them as paper is; its prints
are bounded by straight lines at right angles, with a step in lightness along most of each. Skies,
snow, walls and plain grounds touch the sides too, but what stands before them is not so bounded.
All thresholds are on the safe side: a print that is missed is coloured as ever, a photograph that
is cut is spoilt.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rehue.scan.edges import Corners, corners_of, edges
from rehue.scan.reduced import reduced
from rehue.scan.regions import regions
from rehue.scan.rims import without_rim
from rehue.scan.surround import find_surround

# Code values 0..255 and pixels of the reduced copy, unless said otherwise.
_SMALLEST_SIDE = 32
# Shares of the page: smaller regions are captions and dust; prints cover so much together.
_SPECK = 0.004
_PRINT = 0.012
_PRINTS = 0.1
# What is neither surround nor print, as a share of the prints.
_ELSE = 0.5
_LARGEST_TURN = 8.0
# A side's step, the share of a side that shows it, and the mean over the four sides: what makes a
# print, and what may be one.
_STEP = 5.0
_SURE = (0.35, 0.75)
_PERHAPS = (0.05, 0.35)
# How far a side may lie from where the region ends, as a share of the print's shorter side.
_REACH = 0.04
# The ring outside a print that must be surround.
_RING = 0.9
# Of right angles (degrees).
_SKEW = 3.0


class Prints(NamedTuple):
    """What was found on a page.

    Attributes:
        corners: of the picture of each print, without its rim, row by row.
        are_sure: whether they are prints for sure; else they only may be.
    """

    corners: tuple[Corners, ...] = ()
    are_sure: bool = True


def find_prints(pixels: NDArray[np.generic]) -> Prints:
    """Find the pictures of the prints on a page, without their rims.

    Args:
        pixels: height x width, or height x width x 3; uint8, uint16 or float 0..1.
    """
    page = reduced(pixels)
    if min(page.light.shape) < _SMALLEST_SIDE:
        return Prints()
    surround = find_surround(page.light)
    if surround is None:
        return Prints()
    for least in (_SURE, _PERHAPS):
        if found := _prints(page.light, *surround, least):
            corners = (_refined(pixels, c * page.step, page.step) for c in found)
            size = np.array(pixels.shape[1::-1], np.float64)
            return Prints(tuple(np.clip(c, 0, size) for c in corners), least is _SURE)
    return Prints()


def _prints(
    light: NDArray[np.float32],
    surround: NDArray[np.bool_],
    tolerance: float,
    least: tuple[float, float],
) -> list[Corners]:
    """Find prints on a small copy (height x width, 0..255) whose sides show so much at least."""
    things = regions(~surround)
    areas = np.bincount(things.ravel())
    areas[0] = 0
    prints: list[Corners] = []
    unsure: list[Corners] = []
    spare = 0
    for number in np.flatnonzero(areas >= _SPECK * light.size):
        rough = _rough_rectangle(things == number) if areas[number] >= _PRINT * light.size else None
        corners = None if rough is None else _rectangle(light, rough, surround, tolerance, least)
        if corners is not None:
            prints.append(corners)
            continue
        spare += int(areas[number])
        if rough is not None:
            unsure.append(rough)
    covered = sum(_area(corners) for corners in prints)
    if covered < _PRINTS * light.size or spare > _ELSE * covered:
        return []
    # Beside prints, what has no clear sides is one too: left out, it would stay grey.
    row = light.shape[0] / 10
    return sorted(prints + unsure, key=lambda corners: (corners[:, 1].mean() // row, corners[0, 0]))


def _refined(pixels: NDArray[np.generic], corners: Corners, blur: int) -> Corners:
    """Look at one print again, closer: its edges, and whether it has a rim."""
    height, width = pixels.shape[:2]
    around = 2 * blur + 0.02 * max(_sides(corners))
    low = np.maximum(np.floor(corners.min(axis=0) - around), 0).astype(np.intp)
    high = np.minimum(np.ceil(corners.max(axis=0) + around), (width, height)).astype(np.intp)
    near = reduced(pixels[low[1] : high[1], low[0] : high[0]])
    rough = (corners - low) / near.step
    reach = max(2.0, 1.5 * blur / near.step)
    sides = edges(near.light, rough, reach, _STEP)
    closer = corners_of(sides) if near.step < blur else rough
    return np.asarray(without_rim(near.light, closer) * near.step + low)


def _sides(corners: Corners) -> tuple[float, float]:
    """Width and height of a rectangle."""
    across, down = corners[1] - corners[0], corners[3] - corners[0]
    return float(np.hypot(*across)), float(np.hypot(*down))


def _rectangle(
    light: NDArray[np.float32],
    rough: Corners,
    surround: NDArray[np.bool_],
    tolerance: float,
    least: tuple[float, float],
) -> Corners | None:
    """Corners of the rectangle that a region is; None where its sides show too little."""
    reach = max(4.0, _REACH * min(_sides(rough)))
    sides = edges(light, rough, reach, max(_STEP, 0.5 * tolerance))
    shown = [side.shown for side in sides]
    if min(shown) < least[0] or sum(shown) < 4 * least[1]:
        return None
    corners = corners_of(sides)
    if not _is_upright(corners) or not _is_surrounded(corners, surround):
        return None
    return corners


def _rough_rectangle(thing: NDArray[np.bool_]) -> Corners | None:
    """The turned rectangle round a region, by how many of its pixels lie on each line."""
    inner = np.pad(thing, 1)
    edge = thing & ~(inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:])
    y, x = np.nonzero(edge)
    points = np.stack([x + 0.5, y + 0.5], axis=1)
    center = points.mean(axis=0)
    points -= center

    def alignment(angle: float) -> float:
        turned = points @ _rotation(-angle).T
        counts = [np.bincount(np.rint(c - c.min()).astype(np.intp)) for c in turned.T]
        return float(sum((count.astype(np.float64) ** 2).sum() for count in counts))

    angles = np.deg2rad(np.arange(-_LARGEST_TURN, _LARGEST_TURN + 0.1, 0.5))
    best = max(angles, key=alignment)
    turned = points @ _rotation(-best).T
    low, high = np.quantile(turned, (0.002, 0.998), axis=0)
    if min(high - low) < 8:
        return None
    box = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    return np.asarray(box @ _rotation(best).T + center)


def _rotation(angle: float) -> NDArray[np.float64]:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])


def _is_upright(corners: Corners) -> bool:
    """Whether the corners are right angles, nearly, and turned no further than prints are laid."""
    ways = np.roll(corners, -1, axis=0) - corners
    angles = np.rad2deg(np.arctan2(ways[:, 1], ways[:, 0])) - np.array([0, 90, 180, 270])
    angles = (angles + 180) % 360 - 180
    return bool(np.ptp(angles) <= _SKEW and np.abs(angles).max() <= _LARGEST_TURN + 1)


def _is_surrounded(corners: Corners, surround: NDArray[np.bool_]) -> bool:
    center = corners.mean(axis=0)
    share = np.linspace(0.02, 0.98, 64)[:, None]
    found = []
    for i in range(4):
        start, end = corners[i], corners[(i + 1) % 4]
        out = (start + end) / 2 - center
        # Right beside the print may lie its shadow.
        away = np.array([3, 5, 8, 12])[:, None, None] * out / np.hypot(*out)
        x, y = np.floor(start + share * (end - start) + away).astype(np.intp).transpose(2, 0, 1)
        height, width = surround.shape
        is_on = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        is_surround = surround[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)] | ~is_on
        found.append(is_surround.any(axis=0).mean())
    return bool(found and np.mean(found) >= _RING)


def _area(corners: Corners) -> float:
    x, y = corners.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)
