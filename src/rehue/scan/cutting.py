"""Cutting prints out of a page, straightened, and laying their colours back to their places."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.scan.edges import Corners

# A print is cut out no larger than this (longer side, px): the network sees less.
_LARGEST = 2048
# Colours are laid on a page of at most so many cells along its longer side.
_CELLS = 2048
# Pixels round a cut.
_BEYOND = 8


def cut_out(grey: NDArray[np.generic], corners: Corners) -> NDArray[np.generic]:
    """Return a print, straight, at the page's size or smaller.

    Args:
        grey: the page, height x width; uint8, uint16 or float.
        corners: of the print.
    """
    low = np.maximum(np.floor(corners.min(axis=0)).astype(np.intp) - 2, 0)
    high = np.ceil(corners.max(axis=0)).astype(np.intp) + 2
    # What lies beyond the page is like its edge, not black.
    part = np.pad(grey[low[1] : high[1], low[0] : high[0]], _BEYOND, "edge")
    image = Image.fromarray(part if part.dtype == np.uint8 else part.astype(np.float32))
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    width, height = lengths[[0, 2]].mean(), lengths[[1, 3]].mean()
    factor = max(1, int(max(width, height) / _LARGEST))
    image = image.reduce(factor) if factor > 1 else image
    size = max(1, round(width / factor)), max(1, round(height / factor))
    frame = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float64)
    way = _projection(frame, (corners - low + _BEYOND) / factor)
    straight = image.transform(
        size, Image.Transform.PERSPECTIVE, tuple(way), Image.Resampling.BICUBIC
    )
    values = np.asarray(straight)
    if grey.dtype == np.uint8:
        return values
    most = 65535 if grey.dtype == np.uint16 else 1
    values = np.clip(values, 0, most)
    whole_numbers = np.rint(values) if grey.dtype == np.uint16 else values
    return np.asarray(whole_numbers.astype(grey.dtype))


def page_grid(height: int, width: int) -> tuple[int, int]:
    """Return the rows and columns on which the colours of a page are laid."""
    factor = min(1.0, _CELLS / max(height, width))
    return max(1, round(height * factor)), max(1, round(width * factor))


def laid_back(
    planes: NDArray[np.float32],
    box: tuple[float, float, float, float],
    corners: Corners,
    page: tuple[int, int],
    grid: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Bring what was found for a print to its place on the page.

    Args:
        planes: N x h x w, such as ab.
        box: left, top, right, bottom of the print on these, in cells.
        corners: of the print on the page (px).
        page: height and width of the page (px).
        grid: rows and columns of the result, from `page_grid`.

    Returns:
        N x rows x columns, and how much of each cell the print covers (0..1); beyond the print
        the planes hold what is nearest.
    """
    scale = np.array([grid[1] / page[1], grid[0] / page[0]])
    place = corners * scale
    left, top, right, bottom = box
    inner = np.array([(left, top), (right, top), (right, bottom), (left, bottom)])
    # Cells beyond the box are padding; a border of its own keeps the edges' colours.
    part = planes[
        :, int(np.floor(top)) : int(np.ceil(bottom)), int(np.floor(left)) : int(np.ceil(right))
    ]
    border = 4
    part = np.pad(part, ((0, 0), (border, border), (border, border)), "edge")
    way = tuple(_projection(place, inner - np.floor([left, top]) + border))
    size = (grid[1], grid[0])
    laid = [
        np.asarray(
            Image.fromarray(plane).transform(
                size, Image.Transform.PERSPECTIVE, way, Image.Resampling.BICUBIC
            )
        )
        for plane in part
    ]
    return np.stack(laid), _coverage(place, grid)


def _coverage(place: Corners, grid: tuple[int, int]) -> NDArray[np.float32]:
    """How much of each cell lies inside a convex quadrilateral, from the distance to its sides."""
    y = np.arange(grid[0], dtype=np.float32)[:, None] + np.float32(0.5)
    x = np.arange(grid[1], dtype=np.float32)[None] + np.float32(0.5)
    inside = np.full(grid, np.inf, np.float32)
    for start, end in zip(place, np.roll(place, -1, axis=0), strict=True):
        across, down = (end - start) / np.hypot(*(end - start))
        distance = np.float32(across) * (y - np.float32(start[1])) - np.float32(down) * (
            x - np.float32(start[0])
        )
        np.minimum(inside, distance, out=inside)
    return np.asarray(np.clip(inside + np.float32(0.5), 0, 1))


def _projection(to: Corners, given: Corners) -> NDArray[np.float64]:
    """The eight numbers with which Pillow finds for each place where it comes from."""
    rows = []
    for (x, y), (u, v) in zip(to, given, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    return np.asarray(np.linalg.solve(np.array(rows, np.float64), given.reshape(-1)), np.float64)


def at_print(corners: Corners, size: tuple[int, int], x: float, y: float) -> tuple[float, float]:
    """Return where on a cut-out print (height and width given) a place of the page lies."""
    height, width = size
    whole = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    a, b, c, d, e, f, g, h = _projection(corners, whole)
    depth = g * x + h * y + 1
    return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth
