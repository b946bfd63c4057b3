"""Sample depths: 8 and 16 bits and 32-bit floats, and passing from one to another."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import white_code

# Sample type by bits, and what a sample of that type is called.
SAMPLE_TYPES: Final[dict[int, np.dtype[Any]]] = {
    8: np.dtype(np.uint8),
    16: np.dtype(np.uint16),
    32: np.dtype(np.float32),
}
# Samples handled at a time, so that no float copy of a whole picture is ever made.
_STRIP = 1 << 20


def bits_of(samples: NDArray[Any]) -> int:
    """Return 8, 16 or 32.

    >>> bits_of(np.zeros((1, 1), np.uint16))
    16
    """
    return samples.dtype.itemsize * 8


def with_bits(samples: NDArray[Any], bits: int) -> NDArray[Any]:
    """Bring samples to another depth; black and white stay, the rest is rounded.

    Args:
        samples: uint8, uint16 or float32 (clipped to 0..1 on the way to integers).
        bits: 8, 16 or 32.

    >>> with_bits(np.array([0, 128, 65535], np.uint16), 8).tolist()
    [0, 0, 255]
    >>> with_bits(np.array([0, 128, 255], np.uint8), 16).tolist()
    [0, 32896, 65535]
    """
    wanted = SAMPLE_TYPES[bits]
    if samples.dtype == wanted:
        return samples
    changed = np.empty(samples.shape, wanted)
    for rows in strips(samples):
        changed[rows] = _with_type(samples[rows], wanted)
    return changed


def quantized(encoded: NDArray[np.floating], bits: int) -> NDArray[Any]:
    """Round floats 0..1 to 8 or 16 bits, or clip them when `bits` is 32."""
    return _with_type(encoded.astype(np.float32, copy=False), SAMPLE_TYPES[bits])


def strips(samples: NDArray[Any]) -> Iterator[slice]:
    """Cut a picture into slices of rows, about a million samples each."""
    rows = max(1, _STRIP // max(1, samples[0].size)) if len(samples) else 1
    for top in range(0, len(samples), rows):
        yield slice(top, min(top + rows, len(samples)))


def without_idle_channels(color: NDArray[Any]) -> NDArray[Any]:
    """Return one channel of an RGB picture whose three are equal everywhere."""
    if color.ndim != 3 or color.shape[2] != 3:
        return color
    green = color[..., 1]
    for rows in strips(color):
        part = color[rows]
        if (part[..., 0] != part[..., 1]).any() or (part[..., 2] != part[..., 1]).any():
            return color
    return np.ascontiguousarray(green)


def divide(color: NDArray[Any], alpha: NDArray[Any]) -> None:
    """Take alpha out of colours that it was multiplied into, in place (TIFF 6.0, section 18)."""
    bits = bits_of(alpha)
    for rows in strips(color):
        share = with_bits(alpha[rows], 32)
        share = share if color.ndim == 2 else share[..., None]
        whole = with_bits(color[rows], 32) / np.where(share > 0, share, 1)
        color[rows] = quantized(whole, bits)


def filled(samples: NDArray[Any], bits: int) -> NDArray[Any]:
    """Bring uint16 samples that use `bits` of their 16, in place, to the full range."""
    white = (1 << bits) - 1
    for rows in strips(samples) if bits < 16 else ():
        wide = np.minimum(samples[rows].astype(np.uint32), white)
        samples[rows] = (wide * 65535 + white // 2) // white
    return samples


def apart(samples: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Take samples (H x W, or H x W x 1 to 4, the last of 2 or 4 being alpha) apart.

    Returns:
        Colour, H x W or H x W x 3, and alpha.
    """
    if samples.ndim == 2:
        return samples, None
    channels = samples.shape[2]
    color = samples[..., :3] if channels > 2 else samples[..., 0]
    alpha = np.ascontiguousarray(samples[..., -1]) if channels in (2, 4) else None
    return np.ascontiguousarray(color), alpha


def _with_type(samples: NDArray[Any], wanted: np.dtype[Any]) -> NDArray[Any]:
    if wanted.kind == "f":
        clipped = np.clip(samples, 0, 1) if samples.dtype.kind == "f" else samples
        share: NDArray[Any] = clipped / np.float32(white_code(samples.dtype))
        return share.astype(np.float32, copy=False)
    white = white_code(wanted)
    changed: NDArray[Any]
    if samples.dtype.kind == "f":
        changed = np.floor(np.clip(samples, 0, 1) * np.float32(white) + np.float32(0.5))
    elif white_code(samples.dtype) < white:
        changed = samples.astype(np.uint32) * 257
    else:
        changed = (samples.astype(np.uint32) + 128) // 257
    return changed.astype(wanted)
