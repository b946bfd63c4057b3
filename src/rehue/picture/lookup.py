"""Colouring large 8-bit grey pictures through a table: each colour is computed once."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rehue.color.gamut import fit_planes
from rehue.color.lab import lightness
from rehue.color.srgb import linear_to_srgb, quantize

# Three bytes that are moved as one.
_RGB = np.dtype("V3")
# The ab plane is cut into blocks of 16 x 16 units; a block holds them for all 256 greys.
_SIDE = 16
_BLOCKS = 256 // _SIDE

# Makes entries of greys (uint8), a and b (float32), all of one shape.
Make: TypeAlias = Callable[
    [NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32]], NDArray[Any]
]


class Table:
    """One entry for every 8-bit grey at every whole a and b.

    Blocks of the ab plane are filled when a picture first needs them: a picture needs some dozens
    of the 256. Filling twice from two threads writes the same bytes, so no lock is needed.

    An entry's number has three bytes: the block, the place in the block, the grey. Neighbouring
    pixels differ in grey more than in colour, so they look up neighbouring entries. Entries that
    were never filled are 0.

    Args:
        entry: type of an entry.
        make: computes them.
    """

    def __init__(self, entry: np.dtype[Any], make: Make) -> None:
        self.entries = np.zeros(_BLOCKS**2 * 256 * _SIDE**2, entry)
        self._make = make
        self._is_filled = np.zeros(_BLOCKS**2, bool)

    def numbers(self, a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.uint32]:
        """Return the entries' numbers of black in colours (whole units + 128); add the grey."""
        number = np.zeros((*a.shape, 4), np.uint8)
        number[..., 1] = (a << 4) | (b & 0x0F)
        number[..., 2] = (a & 0xF0) | (b >> 4)
        return number.view("<u4")[..., 0]

    def fill(self, numbers: NDArray[np.uint32]) -> None:
        """Fill the blocks of entries that are still missing."""
        block = numbers.view(np.uint8).reshape(*numbers.shape, 4)[..., 2]
        missing = ~self._is_filled.take(block)
        if missing.any():
            for number in np.unique(block[missing]):
                self._fill(int(number))

    def _fill(self, block: int) -> None:
        first_a, first_b = block // _BLOCKS * _SIDE - 128, block % _BLOCKS * _SIDE - 128
        side = np.arange(_SIDE, dtype=np.float32)
        a, b, grey = np.broadcast_arrays(
            (first_a + side)[:, None, None],
            (first_b + side)[None, :, None],
            np.arange(256, dtype=np.uint8)[None, None],
        )
        size = 256 * _SIDE**2
        made = self._make(grey.reshape(-1, 256), a.reshape(-1, 256), b.reshape(-1, 256))
        self.entries[block * size : (block + 1) * size] = made.reshape(-1)
        self._is_filled[block] = True


class GreyLookup(Table):
    """8-bit sRGB for every 8-bit grey at every whole a and b, fitted into the gamut."""

    def __init__(self) -> None:
        super().__init__(_RGB, _colors)

    @classmethod
    @cache
    def shared(cls) -> "GreyLookup":
        """Return the process's table: 50 MB, of which the system hands out what is filled."""
        return cls()

    def colorize(
        self,
        grey: NDArray[np.uint8],
        a: NDArray[np.uint8],
        b: NDArray[np.uint8],
        picture: NDArray[np.uint8],
    ) -> None:
        """Colour a strip.

        Args:
            grey: rows x width, sRGB-encoded.
            a: whole units + 128, one for 2 x 2 pixels: half the rows and width, rounded up.
            b: as `a`.
            picture: rows x width x 3, C-contiguous; filled.
        """
        rows, width = grey.shape
        colors = self.numbers(a, b)
        self.fill(colors)
        color_of_column = colors.repeat(2, axis=1)[:, :width]
        number = grey.astype(np.uint32)
        number[0::2] |= color_of_column
        number[1::2] |= color_of_column[: rows // 2]
        self.entries.take(number, out=picture.view(_RGB)[..., 0], mode="wrap")


def _colors(
    grey: NDArray[np.uint8], a: NDArray[np.float32], b: NDArray[np.float32]
) -> NDArray[Any]:
    light = lightness(grey).astype(np.float32)
    colors = [quantize(linear_to_srgb(p), np.uint8) for p in fit_planes(light, a, b)]
    return np.ascontiguousarray(np.stack(colors, axis=-1)).view(_RGB)[..., 0]
