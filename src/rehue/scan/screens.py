"""Halftone: the dots of a printing screen, which the network must not take for texture."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

# Patches of so many pixels a side, at these shares of the height and width.
_PATCH = 128
_PLACES = ((0.5, 0.5), (0.25, 0.3), (0.3, 0.75), (0.75, 0.25), (0.7, 0.7))
_AGREEING, _SPREAD = 3, 0.2
# Periods that are looked for (px), and those that a patch resolves.
_FINEST, _COARSEST = 3.0, 16.0
# How far both lines of dots stand above what is usual in the spectrum at their radius: of
# photographs held back from training none reaches 6, of screens nearly all 10. A line of the
# screen itself is at least so much of the strongest, which may be an overtone.
_PEAK = 8.0
_OVERTONE = 0.3
# The blur that takes the dots away, as a share of their period: it leaves 2 % of them.
_BLUR = 0.45


def find_screen(pixels: NDArray[np.generic]) -> float:
    """Find the period of a halftone screen.

    Args:
        pixels: height x width, or height x width x 3; uint8, uint16 or float 0..1.

    Returns:
        Pixels from dot to dot; 0 where there is no screen.
    """
    plane = pixels if pixels.ndim == 2 else pixels[..., 1]
    height, width = plane.shape
    if min(height, width) < _PATCH:
        return 0.0
    periods: list[float] = []
    for looked, (down, across) in enumerate(_PLACES):
        # Most places must agree: railings and windows repeat in one.
        if len(periods) + len(_PLACES) - looked < _AGREEING:
            return 0.0
        top, left = int((height - _PATCH) * down), int((width - _PATCH) * across)
        period = _period(plane[top : top + _PATCH, left : left + _PATCH])
        periods += [period] * (period > 0)
    if len(periods) < _AGREEING or np.ptp(periods) > _SPREAD * np.median(periods):
        return 0.0
    return float(np.median(periods))


def descreened(light: NDArray[np.float32], period: float) -> NDArray[np.float32]:
    """Return a plane (height x width) with the dots of a screen of this period blurred away."""
    if not period:
        return light
    sigma = _BLUR * period
    taps = np.arange(-int(3 * sigma + 1), int(3 * sigma + 1) + 1)
    weights = np.exp(-0.5 * (taps / sigma) ** 2).astype(np.float32)
    weights /= weights.sum()
    for _ in range(2):
        padded = np.pad(light, ((len(taps) // 2,) * 2, (0, 0)), "edge")
        light = sum(w * padded[i : i + len(light)] for i, w in enumerate(weights)).T
    return light


def _period(patch: NDArray[np.generic]) -> float:
    values = patch.astype(np.float32)
    values -= values.mean()
    spread = float(values.std())
    if spread == 0:
        return 0.0
    window, y, x, radius, is_in_ring = _spectrum()
    power = np.abs(np.fft.fft2(values / spread * window))
    # Pictures have less and less of finer detail: what stands out does so at its own radius.
    height = np.where(is_in_ring, power / _usual(power, radius), 0)
    least = max(_PEAK, _OVERTONE * float(height.max()))
    peaks = np.argwhere(height >= least)
    for down, across in peaks[np.argsort(radius[tuple(peaks.T)])]:
        # The other line of dots: a quarter turn on.
        other = round(x[down, across]), round(-y[down, across])
        near = np.ix_(*[(np.arange(-2, 3) + place) % _PATCH for place in other])
        if height[near].max() >= least:
            return float(_PATCH / radius[down, across])
    return 0.0


@cache
def _spectrum() -> tuple[NDArray[np.floating], ...]:
    """Return a patch's window, and of its spectrum rows, columns, radius and what is looked at."""
    window = np.hanning(_PATCH).astype(np.float32)
    y, x = np.meshgrid(*[np.fft.fftfreq(_PATCH, 1 / _PATCH)] * 2, indexing="ij")
    radius = np.hypot(y, x)
    is_in_ring = (radius >= _PATCH / _COARSEST) & (radius <= _PATCH / _FINEST)
    return window[:, None] * window, y, x, radius, is_in_ring


def _usual(power: NDArray[np.floating], radius: NDArray[np.floating]) -> NDArray[np.floating]:
    """Geometric mean of the spectrum in rings of its radius: a few peaks do not raise it."""
    rings = radius.astype(np.intp).ravel()
    total = np.bincount(rings, np.log(power + 1e-6).ravel())
    return np.asarray(np.exp(total / np.bincount(rings))[rings].reshape(power.shape))
