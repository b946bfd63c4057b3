"""The positive of a scanned negative."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import white_code
from rehue.scan.reduced import reduced

# Shares of pixels beyond which lies dust; a film's lightest place is its base, the scene's black.
_DARKEST, _LIGHTEST = 0.002, 0.998


def positive(pixels: NDArray[Any]) -> NDArray[Any]:
    """Return the positive of a negative, at full contrast.

    Code values are inverted: a film's density and the encoding of sRGB are both close to the
    logarithm of light, so that what comes out is close to a print's. Each channel by itself, so
    that an orange base becomes neutral.

    Args:
        pixels: height x width, or height x width x 3; uint8, uint16 or float 0..1.

    Returns:
        The same shape and type.
    """
    if pixels.ndim == 2:
        return _positive(pixels)
    return np.stack([_positive(pixels[..., channel]) for channel in range(3)], axis=-1)


def _positive(plane: NDArray[Any]) -> NDArray[Any]:
    white = white_code(plane.dtype)
    low, high = (
        float(code) * white / 255
        for code in np.quantile(reduced(plane).light, (_DARKEST, _LIGHTEST))
    )
    span = max(high - low, white / 255)
    inverted = np.clip((np.float32(high) - plane.astype(np.float32)) / np.float32(span), 0, 1)
    inverted *= np.float32(white)
    if plane.dtype.kind == "u":
        inverted = np.rint(inverted)
    return np.asarray(inverted.astype(plane.dtype))
