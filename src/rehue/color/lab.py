"""sRGB to CIE 1976 L*a*b* and back (CIE 15:2018, clause 8.2.1), D65, 2 degree observer.

The white is the row sums of the matrix, so greys are exactly neutral: each tristimulus value is
computed as green plus weighted differences from green, and for a grey those differences are zero
in any precision.
"""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rehue.color.srgb import linear_to_srgb, quantize, srgb_to_linear, white_code
from rehue.errors import PhotoError

# Linear sRGB to CIE XYZ: ITU-R BT.709 primaries and D65, six decimals (as scikit-image has them).
XYZ_FROM_RGB: NDArray[np.float64] = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
WHITE: NDArray[np.float64] = XYZ_FROM_RGB.sum(axis=1)
_RELATIVE_FROM_RGB = XYZ_FROM_RGB / WHITE[:, None]
_RGB_FROM_RELATIVE = np.linalg.inv(_RELATIVE_FROM_RGB)

# CIE 15:2018: the cube root is replaced by a line below (6/29)^3.
_DELTA = 6 / 29


def srgb_to_lab(image: NDArray[np.generic]) -> NDArray[np.floating]:
    """Convert sRGB to L*a*b*.

    Args:
        image: ... x 3, uint8, uint16 or float 0..1, sRGB-encoded.

    Returns:
        ... x 3: L 0..100, a and b about -110..110; float64 for float64 input, else float32.

    >>> srgb_to_lab(np.array([1.0, 0.0, 0.0])).round(2).tolist()
    [53.24, 80.09, 67.2]
    """
    if image.ndim == 0 or image.shape[-1] != 3:
        raise PhotoError(f"an RGB array has 3 channels last, found shape {image.shape}")
    linear = srgb_to_linear(image)
    fx, fy, fz = (_compress(_relative(linear, row)) for row in _RELATIVE_FROM_RGB)
    return np.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], axis=-1)


def lightness(image: NDArray[np.generic]) -> NDArray[np.floating]:
    """Return L (0..100) of a picture: height x width (grey) or height x width x 3 (sRGB).

    Of a grey picture whose samples are integers it is a table look-up.

    >>> round(float(lightness(np.array([[119]], np.uint8))[0, 0]), 2)
    50.03
    """
    if image.ndim == 3:
        luminance = _relative(srgb_to_linear(image), _RELATIVE_FROM_RGB[1])
    elif image.dtype.kind == "u" and image.size > 65536:
        codes = np.arange(white_code(image.dtype) + 1).astype(image.dtype)
        looked_up: NDArray[np.floating] = lightness(codes[:, None])[:, 0][image]
        return looked_up
    else:
        luminance = srgb_to_linear(image)
    return 116 * _compress(luminance) - 16


def lab_to_srgb(lab: NDArray[np.floating], dtype: DTypeLike | None = None) -> NDArray[Any]:
    """Convert L*a*b* to sRGB.

    Args:
        lab: ... x 3, float.
        dtype: sample type of the result: uint8 and uint16 round and clip; None gives encoded
            floats in the precision of `lab`, unclipped (colours outside sRGB fall outside 0..1).

    Returns:
        ... x 3, sRGB-encoded.

    >>> lab_to_srgb(np.array([53.24, 80.09, 67.2]), np.uint8).tolist()
    [255, 0, 0]
    """
    linear = lab_to_linear(lab[..., 0], lab[..., 1], lab[..., 2])
    encoded = linear_to_srgb(np.stack(linear, axis=-1))
    return encoded if dtype is None else quantize(encoded, dtype)


def lab_to_linear(
    lightness: NDArray[np.floating], a: NDArray[np.floating], b: NDArray[np.floating]
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]:
    """Convert planes of L, a and b to planes of linear-light red, green and blue, unclipped."""
    fy = (lightness + 16) * lightness.dtype.type(1 / 116)
    y = _expand(fy)
    dx = _expand(fy + a * a.dtype.type(1 / 500)) - y
    dz = _expand(fy - b * b.dtype.type(1 / 200)) - y
    scalar = dx.dtype.type
    red, green, blue = (y + scalar(m[0]) * dx + scalar(m[2]) * dz for m in _RGB_FROM_RELATIVE)
    return red, green, blue


def normalize_ab(ab: NDArray[np.floating]) -> NDArray[np.floating]:
    """The study's normalisation of a and b to about 0..1: (ab + 128) / 255.

    >>> normalize_ab(np.array([0.0])).round(4).tolist()
    [0.502]
    """
    return (ab + 128) / 255


def denormalize_ab(normalized: NDArray[np.floating]) -> NDArray[np.floating]:
    """The inverse of `normalize_ab`."""
    return normalized * 255 - 128


def _relative(linear: NDArray[np.floating], row: NDArray[np.float64]) -> NDArray[np.floating]:
    """One tristimulus value over the white's; `row` sums to 1, so only differences are weighted."""
    scalar = linear.dtype.type
    red, green, blue = linear[..., 0], linear[..., 1], linear[..., 2]
    weighted: NDArray[np.floating] = (
        green + scalar(row[0]) * (red - green) + scalar(row[2]) * (blue - green)
    )
    return weighted


def _compress(t: NDArray[np.floating]) -> NDArray[np.floating]:
    """CIE 15:2018, equation 8.6: f(t)."""
    return np.where(t > _DELTA**3, np.cbrt(t), t / (3 * _DELTA**2) + 4 / 29).astype(
        t.dtype, copy=False
    )


def _expand(f: NDArray[np.floating]) -> NDArray[np.floating]:
    """The inverse of `_compress` (CIE 15:2018, annex C.2)."""
    t: NDArray[np.floating] = f * f * f
    dark = f <= _DELTA
    if dark.any():
        t = np.where(dark, (f - 4 / 29) * (3 * _DELTA**2), t).astype(f.dtype, copy=False)
    return t
