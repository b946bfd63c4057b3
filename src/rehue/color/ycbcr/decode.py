"""From samples to greys, and to R'G'B'."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from rehue.color.ycbcr.coding import WEIGHTS, Coding, Matrix, Plane, Samples


def encoded_grey(luma: Samples, coding: Coding) -> NDArray[np.uint8]:
    """Return luma samples as 8-bit sRGB greys, 0..255; what lies beyond black or white is clipped.

    >>> encoded_grey(np.array([16, 126, 235], np.uint8), Coding()).tolist()
    [0, 128, 255]
    """
    grey: NDArray[np.uint8] = _greys(coding)[luma]
    return grey


def decode_ycbcr(luma: Samples, cb: Samples, cr: Samples, coding: Coding) -> NDArray[np.float32]:
    """Return R'G'B' (... x 3, 0..1 in range, unclipped) of samples of one shape.

    >>> (decode_ycbcr(*np.uint8([[126], [106], [156]]), Coding()) * 255).round().tolist()
    [[178.0, 118.0, 82.0]]
    """
    y = (luma.astype(np.float32) - coding.black) / np.float32(coding.white - coding.black)
    u, v = (
        (plane.astype(np.float32) - coding.neutral) / np.float32(coding.chroma_span)
        for plane in (cb, cr)
    )
    return np.stack([y + part for part in parts_over_luma(u, v, coding.matrix)], axis=-1)


def parts_over_luma(u: Plane, v: Plane, matrix: Matrix) -> tuple[Plane, Plane, Plane]:
    """Return what Cb and Cr (-0.5..0.5) add to luma in R', G' and B'."""
    kr, kb = WEIGHTS[matrix]
    red = v * np.float32(2 * (1 - kr))
    blue = u * np.float32(2 * (1 - kb))
    green = (red * np.float32(kr) + blue * np.float32(kb)) * np.float32(-1 / (1 - kr - kb))
    return red, green, blue


@cache
def _greys(coding: Coding) -> NDArray[np.uint8]:
    codes = np.arange(1 << coding.bits)
    luma = np.clip((codes - coding.black) / (coding.white - coding.black), 0, 1)
    return np.floor(luma * 255 + 0.5).astype(np.uint8)
