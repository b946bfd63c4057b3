"""Colouring large 8-bit grey pictures through a table: each colour is computed once."""

from functools import cache

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


class GreyLookup:
    """8-bit sRGB for every 8-bit grey at every whole a and b, fitted into the gamut.

    Blocks of the ab plane are filled when a picture first needs them: a picture needs some dozens
    of the 256. Filling twice from two threads writes the same bytes, so no lock is needed.

    An entry's number has three bytes: the block, the place in the block, the grey. Neighbouring
    pixels differ in grey more than in colour, so they look up neighbouring entries.
    """

    def __init__(self) -> None:
        self._entries = np.zeros(_BLOCKS**2 * 256 * _SIDE**2, _RGB)
        self._is_filled = np.zeros(_BLOCKS**2, bool)

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
        block = (a & 0xF0) | (b >> 4)
        if not self._is_filled.take(block).all():
            for missing in np.unique(block[~self._is_filled.take(block)]):
                self._fill(int(missing))
        color = np.zeros((*a.shape, 4), np.uint8)
        color[..., 1] = (a << 4) | (b & 0x0F)
        color[..., 2] = block
        color_of_column = color.view("<u4")[..., 0].repeat(2, axis=1)[:, :width]
        number = grey.astype(np.uint32)
        number[0::2] |= color_of_column
        number[1::2] |= color_of_column[: rows // 2]
        self._entries.take(number, out=picture.view(_RGB)[..., 0], mode="wrap")

    def _fill(self, block: int) -> None:
        grey = np.arange(256, dtype=np.uint8)
        first_a, first_b = block // _BLOCKS * _SIDE - 128, block % _BLOCKS * _SIDE - 128
        side = np.arange(_SIDE, dtype=np.float32)
        a, b, light = np.broadcast_arrays(
            (first_a + side)[:, None, None],
            (first_b + side)[None, :, None],
            lightness(grey[None]).astype(np.float32)[None],
        )
        planes = fit_planes(light, a, b)
        colors = np.stack([quantize(linear_to_srgb(p), np.uint8) for p in planes], axis=-1)
        size = 256 * _SIDE**2
        self._entries[block * size : (block + 1) * size] = colors.reshape(-1, 3).view(_RGB)[:, 0]
        self._is_filled[block] = True
