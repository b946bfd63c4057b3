"""Bringing ab from a network's small grid to full size."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Largest a and b in whole units, 0..255 with 128 as neutral.
_REACH = 127

Box = tuple[float, float, float, float]

# Rows that share one matrix of weights.
_BLOCK_ROWS = 512


class Upsampling:
    """ab at full size, bicubic (Keys 1981, a = -0.5), a strip of rows at a time.

    Cell i of the grid is centred on i + 0.5. Rows come out the same whatever strip they are in.

    Args:
        ab: 2 x h x w.
        box: left, top, right, bottom of the wanted part on the grid, in cells.
        height: of the result (px).
        width: of the result (px).
    """

    def __init__(self, ab: NDArray[np.float32], box: Box, height: int, width: int) -> None:
        self._ab = ab
        self._box = box
        self._left, self._top, self._right, self._bottom = box
        self._height, self._width = height, width

    def halved(self) -> "Upsampling":
        """Return the same ab at half the height and width, rounded up."""
        return Upsampling(self._ab, self._box, -(-self._height // 2), -(-self._width // 2))

    def rows(self, rows: slice) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return a and b of a slice of rows, each rows x width, float32."""
        # In blocks: a weight for every cell that any row needs would fill the memory on a strip
        # of 100,000 rows.
        starts = range(rows.start, rows.stop, _BLOCK_ROWS)
        blocks = [self._block(start, min(start + _BLOCK_ROWS, rows.stop)) for start in starts]
        if len(blocks) == 1:
            return blocks[0]
        a, b = (np.concatenate(planes) for planes in zip(*blocks, strict=True))
        return a, b

    def coarse_units(self, rows: slice) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Return a + 128 and b + 128 of a slice of rows in whole units, one for 2 x 2 pixels.

        For pictures so much larger than the grid that neighbours differ by less than a unit.

        Returns:
            Two arrays of half the rows and half the width, rounded up, 0..255.
        """
        step = (self._bottom - self._top) / self._height
        part = (0, self._top + rows.start * step, self._coarse_width, self._top + rows.stop * step)
        size = (self._coarse_width, (rows.stop - rows.start + 1) // 2)
        a, b = (
            np.asarray(plane.resize(size, Image.Resampling.BICUBIC, box=part))
            for plane in self._coarse
        )
        return a, b

    def all(self) -> NDArray[np.float32]:
        """Return height x width x 2."""
        return np.stack(self.rows(slice(0, self._height)), axis=-1)

    def _block(self, start: int, stop: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        step = (self._bottom - self._top) / self._height
        centers = self._top + (np.arange(start, stop) + 0.5) * step
        first, weights = _bicubic_weights(centers, step, self._ab.shape[1])
        near = slice(first, first + weights.shape[1])
        a, b = (np.einsum("rk,kw->rw", weights, plane[near]) for plane in self._wide)
        return a, b

    @cached_property
    def _wide(self) -> list[NDArray[np.float32]]:
        planes = map(Image.fromarray, self._ab)
        return [np.asarray(self._widened(plane, self._width)) for plane in planes]

    @cached_property
    def _coarse(self) -> list[Image.Image]:
        # Colours beyond the units' reach lie far outside sRGB: they keep their hue on the way in.
        reach = np.maximum(np.abs(self._ab).max(axis=0), _REACH)
        units = (np.rint(self._ab * (_REACH / reach)) + 128).astype(np.uint8)
        return [self._widened(Image.fromarray(plane), self._coarse_width) for plane in units]

    @property
    def _coarse_width(self) -> int:
        return (self._width + 1) // 2

    def _widened(self, plane: Image.Image, width: int) -> Image.Image:
        """Bring the width to full size; the height stays the grid's."""
        box = (self._left, 0, self._right, plane.height)
        return plane.resize((width, plane.height), Image.Resampling.BICUBIC, box=box)


def _bicubic_weights(
    centers: NDArray[np.floating], step: float, cells: int
) -> tuple[int, NDArray[np.float32]]:
    """Return the first cell that any row needs, and rows x cells of weights that sum to 1.

    Where the result is smaller than the grid (`step` > 1) the kernel is stretched, so that it
    averages; cells outside the grid are left out.
    """
    stretch = max(1.0, step)
    first = max(0, int(np.floor(centers[0] - 2 * stretch)))
    last = min(cells, int(np.ceil(centers[-1] + 2 * stretch)))
    x = np.abs(np.arange(first, last) + 0.5 - centers[:, None]) / stretch
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    weights = np.where(x < 1, near, np.where(x < 2, far, 0))
    return first, (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
