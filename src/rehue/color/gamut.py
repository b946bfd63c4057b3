"""Bringing colours into sRGB without touching lightness or hue."""

import numpy as np
from numpy.typing import NDArray

from rehue.color.lab import lab_to_linear

# How far outside 0..1 linear light may lie and still round to a code value inside.
_TOLERANCE = 1e-6
# Halvings of the way to neutral: 2**-20 of the chroma is far below what 16 bits resolve.
_HALVINGS = 20


def in_gamut(lab: NDArray[np.floating], tolerance: float = _TOLERANCE) -> NDArray[np.bool_]:
    """Say which colours (... x 3, L*a*b*) sRGB can show; `tolerance` is in linear light."""
    linear = lab_to_linear(lab)
    return ((linear >= -tolerance) & (linear <= 1 + tolerance)).all(axis=-1)


def fit_to_gamut(lab: NDArray[np.floating]) -> NDArray[np.floating]:
    """Bring colours that sRGB cannot show into its gamut along the line to neutral.

    L and the hue angle of ab stay, chroma falls to the largest that fits (found by bisection).
    Colours inside are returned as they are; L outside 0..100 is clipped first.

    Args:
        lab: ... x 3, float.

    Returns:
        A new array of the same shape and type.

    >>> fit_to_gamut(np.array([50.0, 0.0, 200.0])).round(2).tolist()
    [50.0, 0.0, 55.96]
    """
    fitted = lab.copy()
    np.clip(lab[..., 0], 0, 100, out=fitted[..., 0])
    outside = ~in_gamut(fitted)
    if outside.any():
        colors = fitted[outside]
        fitted[outside, 1:] = colors[:, 1:] * _largest_share(colors)[:, None]
    return fitted


def _largest_share(lab: NDArray[np.floating]) -> NDArray[np.floating]:
    """Share of each colour's chroma (N x 3) that still lies in the gamut, from below."""
    low = np.zeros(len(lab), lab.dtype)
    high = np.ones(len(lab), lab.dtype)
    trial = lab.copy()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        trial[:, 1:] = lab[:, 1:] * middle[:, None]
        fits = in_gamut(trial)
        low = np.where(fits, middle, low)
        high = np.where(fits, high, middle)
    return low
