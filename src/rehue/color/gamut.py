"""Bringing colours into sRGB without touching lightness or hue."""

import numpy as np
from numpy.typing import NDArray

from rehue.color.lab import lab_to_linear

# How far outside 0..1 linear light may lie and still round to a code value inside.
_TOLERANCE = 1e-6
# Steps towards the edge of the gamut: 99 in 100 colours come within 1e-4 units of the largest
# chroma, 999 in 1000 within 0.01, and some dark blues, where a channel hardly rises, within 2.
_STEPS = 12

Plane = NDArray[np.floating]


def in_gamut(lab: NDArray[np.floating], tolerance: float = _TOLERANCE) -> NDArray[np.bool_]:
    """Say which colours (... x 3, L*a*b*) sRGB can show; `tolerance` is in linear light."""
    return excess(*lab_to_linear(lab[..., 0], lab[..., 1], lab[..., 2])) <= tolerance


def excess(red: Plane, green: Plane, blue: Plane) -> Plane:
    """How far linear light lies outside 0..1 (negative: inside), the worst of three planes."""
    highest = np.maximum(np.maximum(red, green), blue)
    lowest = np.minimum(np.minimum(red, green), blue)
    beyond: Plane = np.maximum(highest - 1, -lowest)
    return beyond


def fit_to_gamut(lab: NDArray[np.floating]) -> NDArray[np.floating]:
    """Bring colours that sRGB cannot show into its gamut along the line to neutral.

    L and the hue angle of ab stay, chroma falls to the largest that fits (near yellow the line may
    leave the gamut and come back: then to one of two edges). Colours inside are returned as they
    are; L outside 0..100 is clipped first.

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
        lightness, a, b = np.moveaxis(fitted[outside], -1, 0)
        fitted[outside, 1:] *= largest_share(lightness, a, b)[:, None]
    return fitted


def fit_planes(lightness: Plane, a: Plane, b: Plane) -> tuple[Plane, Plane, Plane]:
    """Return linear-light red, green and blue of planes of L, a and b, as `fit_to_gamut` fits them.

    Converting and fitting together costs one conversion less than one after the other.
    """
    linear = lab_to_linear(lightness, a, b)
    outside = excess(*linear) > _TOLERANCE
    if outside.any():
        lightness, a, b = lightness[outside], a[outside], b[outside]
        share = largest_share(lightness, a, b)
        for plane, fitted in zip(
            linear, lab_to_linear(lightness, share * a, share * b), strict=True
        ):
            plane[outside] = fitted
    return linear


def largest_share(lightness: Plane, a: Plane, b: Plane) -> Plane:
    """Return what share of each colour's chroma still lies in the gamut, from below.

    Looks for the zero of `excess` along the line to neutral by regula falsi in the Illinois
    version (Dowell and Jarratt 1971); the share returned is always one that was seen to fit.

    Args:
        lightness: N values, L in 0..100.
        a: N values.
        b: N values.
    """
    low, high = np.zeros_like(a), np.ones_like(a)
    # What is seen to lie within the tolerance counts as inside.
    at_low = excess(*lab_to_linear(lightness, low, low)) - _TOLERANCE
    at_high = excess(*lab_to_linear(lightness, a, b)) - _TOLERANCE
    fits_whole = at_high <= 0
    fitted_before = np.zeros(a.shape, np.int8)
    for _ in range(_STEPS):
        share = low + (high - low) * (at_low / (at_low - at_high))
        # Float32 cannot tell shares near an end of the bracket apart: then halve it.
        share = np.where((share > low) & (share < high), share, (low + high) / 2)
        at_share = excess(*lab_to_linear(lightness, share * a, share * b)) - _TOLERANCE
        fits = at_share <= 0
        # An end that stays for the second time counts half: what the Illinois version adds.
        stays_again = np.where(fits, 1, -1) == fitted_before
        fitted_before = np.where(fits, 1, -1)
        at_high = np.where(fits, np.where(stays_again, at_high / 2, at_high), at_share)
        at_low = np.where(fits, at_share, np.where(stays_again, at_low / 2, at_low))
        low, high = np.where(fits, share, low), np.where(fits, high, share)
    return np.where(fits_whole, 1, low).astype(a.dtype, copy=False)
