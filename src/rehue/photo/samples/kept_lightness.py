"""Colours in a profile at the lightness that they had: where its own ways do not keep it."""

import numpy as np
from numpy.typing import NDArray

from rehue.color.lab import lightness
from rehue.color.srgb import linear_to_srgb, srgb_to_linear
from rehue.photo.samples.littlecms import into_profile, into_srgb

# Lightness that a result may be off by before its chroma is lowered.
_TOLERANCE = 0.004
_ROUNDS = 4
_SHARES = (0.9, 0.75, 0.5, 0.25, 0.0)
# Rec. ITU-R BT.709-6, item 3.2, with the digits of `rehue.color.lab`.
LUMINANCE = np.array([0.212671, 0.715160, 0.072169], np.float32)


def moved_to(
    encoded: NDArray[np.float32], icc: bytes, target: NDArray[np.floating] | None = None
) -> NDArray[np.float32]:
    """Move red, green and blue together until a reader of the profile finds the lightness wanted.

    Newton's method, its slope from a second point towards where there is room.
    """
    target = lightness(encoded) if target is None else target
    step = np.float32(1 / 512)
    made = np.clip(into_profile(encoded, icc), 0, 1)
    for _ in range(_ROUNDS):
        now = _lightness_in(made, icc)
        missing = target - now
        if np.abs(missing).max() < _TOLERANCE / 2:
            break
        ahead = np.where(missing > 0, step, -step)[..., None]
        slope = (_lightness_in(made + ahead, icc) - now) / ahead[..., 0]
        moves = np.clip(missing / np.maximum(slope, 1), -0.2, 0.2)
        made = np.clip(made + moves[..., None], 0, 1).astype(np.float32, copy=False)
    return made


def _lightness_in(codes: NDArray[np.float32], icc: bytes) -> NDArray[np.floating]:
    # What lies beyond sRGB is no mistake of lightness, so it is not clipped.
    return lightness(into_srgb(np.clip(codes, 0, 1).astype(np.float32, copy=False), icc, "rgb"))


def is_off(made: NDArray[np.float32], wanted: NDArray[np.float32], icc: bytes) -> NDArray[np.bool_]:
    """Say which codes in the profile do not have the lightness that is wanted."""
    return np.abs(_lightness_in(made, icc) - lightness(wanted)) > _TOLERANCE


def with_less_chroma(encoded: NDArray[np.float32], icc: bytes) -> NDArray[np.float32]:
    """Return codes in the profile with about as much chroma as it can show at the same luminance.

    Args:
        encoded: 1 x N x 3, sRGB.
        icc: the profile.
    """
    target = lightness(encoded)
    linear = srgb_to_linear(encoded)
    grey = (linear @ LUMINANCE)[..., None]
    best = np.empty_like(encoded)
    waiting = np.arange(encoded.shape[1])
    for share in _SHARES:
        paler = linear_to_srgb((grey + np.float32(share) * (linear - grey))[:, waiting])
        made = moved_to(paler.astype(np.float32, copy=False), icc, target[:, waiting])
        best[:, waiting] = made
        waiting = waiting[is_off(made, encoded[:, waiting], icc)[0]]
        if not len(waiting):
            break
    return best
