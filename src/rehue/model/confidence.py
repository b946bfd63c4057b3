"""How sure a network is of a colour, and which others it would give a place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehue.color import Bins, fit_to_gamut, lab_to_srgb

# A colour is right that lies within so many units of ab of the true one.
REACH = 20.0
# Bins below this probability make no suggestion.
_LEAST = 1e-3


@dataclass(frozen=True)
class Suggestion:
    """A colour that a place may have.

    Attributes:
        a: of CIE L*a*b*.
        b: likewise.
        probability: of the bins that it stands for.
        color: `#rrggbb` at the lightness of the place, to be shown, and to be a hint's colour.
    """

    a: float
    b: float
    probability: float
    color: str


def probabilities(logits: NDArray[np.floating], temperature: float = 1.0) -> NDArray[np.float32]:
    """Return the distribution (B x ...) that logits (B x ...) stand for at a temperature.

    Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2.
    """
    scaled = np.asarray(logits, np.float32) / np.float32(temperature)
    scaled -= scaled.max(axis=0)
    np.exp(scaled, out=scaled)
    scaled /= scaled.sum(axis=0)
    return scaled


def confidence(
    logits: NDArray[np.floating],
    ab: NDArray[np.floating],
    bins: Bins,
    temperature: float = 1.0,
    reach: float = REACH,
) -> NDArray[np.float32]:
    """Return the probability that the colour shown lies within `reach` of the true one.

    Args:
        logits: B x h x w.
        ab: 2 x h x w, the colour shown.
        bins: B.
        temperature: of the distribution, fitted on held-back photographs.
        reach: units of ab.

    Returns:
        h x w, 0..1.
    """
    shares = probabilities(logits, temperature)
    near = np.zeros(shares.shape[1:], np.float32)
    # One bin at a time: B planes of distances would not fit in a cache.
    for center, share in zip(bins.centers, shares, strict=True):
        squared = (ab[0] - center[0]) ** 2 + (ab[1] - center[1]) ** 2
        near += np.where(squared <= reach**2, share, np.float32(0))
    return np.minimum(near, np.float32(1))


def suggest(
    logits: NDArray[np.floating],
    lightness: float,
    bins: Bins,
    count: int = 5,
    temperature: float = 1.0,
) -> list[Suggestion]:
    """Return the likeliest colours of a place, different ones, the likeliest first.

    Each is the mean of the bins within `REACH` of the bin that has most of what no suggestion
    before has covered.

    Args:
        logits: B.
        lightness: of the place, L 0..100.
        bins: B.
        count: at most so many.
        temperature: as for `confidence`.
    """
    shares = probabilities(logits, temperature)
    near = np.hypot(*(bins.centers[:, None] - bins.centers).transpose(2, 0, 1)) <= REACH
    left = shares.copy()
    found: list[Suggestion] = []
    while len(found) < count and left.max() > _LEAST:
        middle = int((near @ left * (left > 0)).argmax())
        weight = np.where(near[middle], left, 0)
        a, b = (weight @ bins.centers) / weight.sum()
        color = hex_color(lightness, a, b)
        found.append(Suggestion(float(a), float(b), float(weight.sum()), color))
        left[near[middle]] = 0
    return found


def hex_color(lightness: float, a: float, b: float) -> str:
    """Return a colour of CIE L*a*b* as `#rrggbb`, brought into sRGB at its lightness and hue.

    >>> hex_color(50.0, 0.0, 0.0)
    '#777777'
    """
    fitted = fit_to_gamut(np.array([[lightness, a, b]], np.float64))
    return f"#{lab_to_srgb(fitted, np.uint8).tobytes().hex()}"
