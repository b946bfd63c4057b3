"""The sRGB transfer function (IEC 61966-2-1:1999, clauses 4.4 and 4.5) and integer coding."""

from functools import cache

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rehue.errors import PhotoError

# Code value of white for each sample type that Rehue reads.
WHITE_CODE: dict[np.dtype[np.generic], int] = {
    np.dtype(np.uint8): 255,
    np.dtype(np.uint16): 65535,
    np.dtype(np.float32): 1,
    np.dtype(np.float64): 1,
}


def white_code(dtype: DTypeLike) -> int:
    """Return the code value of white for a sample type: 255, 65535 or 1.

    Raises:
        PhotoError: the type is none of uint8, uint16, float32 and float64.
    """
    code = WHITE_CODE.get(np.dtype(dtype))
    if code is None:
        raise PhotoError(
            f"samples of type {np.dtype(dtype)} are not supported: "
            "convert the array to uint8, uint16 or float32 (0..1)"
        )
    return code


def srgb_to_linear(encoded: NDArray[np.generic]) -> NDArray[np.floating]:
    """Decode sRGB samples to linear light.

    Args:
        encoded: any shape; uint8, uint16 or float 0..1 (outside, the line near black and the
            curve near white go on).

    Returns:
        Linear light 0..1: float64 for float64 input, float32 otherwise.

    >>> float(srgb_to_linear(np.array(0.5)).round(6))
    0.214041
    """
    if encoded.dtype.kind == "u":
        decoded: NDArray[np.floating] = _decoding_table(white_code(encoded.dtype))[encoded]
        return decoded
    white_code(encoded.dtype)
    return _decode(encoded.astype(np.promote_types(encoded.dtype, np.float32), copy=False))


def linear_to_srgb(linear: NDArray[np.floating]) -> NDArray[np.floating]:
    """Encode linear light 0..1 as sRGB 0..1, in the precision given.

    Outside 0..1 the line near black and the curve near white go on.

    >>> float(linear_to_srgb(np.array(0.214041)).round(4))
    0.5
    """
    encoded: NDArray[np.floating] = np.maximum(linear, 0.0031308)
    encoded **= 1 / 2.4
    encoded *= 1.055
    encoded -= 0.055
    dark = linear <= 0.0031308
    if dark.any():
        encoded = np.where(dark, 12.92 * linear, encoded)
    return encoded


def quantize(encoded: NDArray[np.floating], dtype: DTypeLike) -> NDArray[np.generic]:
    """Round sRGB-encoded floats 0..1 to a sample type; values outside 0..1 are clipped.

    >>> quantize(np.array([0.0, 0.5, 1.2]), np.uint8).tolist()
    [0, 128, 255]
    """
    white = white_code(dtype)
    clipped = np.clip(encoded, 0, 1)
    if white > 1:
        clipped = np.floor(clipped * white + 0.5)
    coded: NDArray[np.generic] = clipped.astype(dtype, copy=False)
    return coded


@cache
def _decoding_table(white: int) -> NDArray[np.floating]:
    table = _decode(np.arange(white + 1) / white).astype(np.float32)
    table.setflags(write=False)
    return table


def _decode(encoded: NDArray[np.floating]) -> NDArray[np.floating]:
    curve = ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, encoded / 12.92, curve).astype(encoded.dtype, copy=False)
