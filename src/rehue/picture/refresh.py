"""A faded photograph made fresh: its fade undone, its own colour blended with the expected one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.color.bins import Bins
from rehue.color.fading import Fade, undo_fade
from rehue.color.gamut import fit_planes
from rehue.color.srgb import linear_to_srgb, quantize, white_code
from rehue.picture.upsample import Upsampling

# What is wrong with the picture's own ab after undoing (standard deviation), over the strength of
# the fade. Chosen on held-back photographs.
_OWN_ERROR = 0.8
# Variance of ab (a's and b's together) of a network that gives no classes to tell it from.
_USUAL_VARIANCE = 20.0**2
# Pixels of one strip, few enough for the caches.
_STRIP_PIXELS = 1 << 17


def refresh(
    pixels: NDArray[Any],
    fade: Fade,
    model_ab: Upsampling,
    confidence: Upsampling,
    *,
    saturation: float = 1.0,
    warmth: float = 0.0,
    threads: int = 1,
) -> NDArray[Any]:
    """Undo a fade and blend the picture's own colours with a network's.

    Args:
        pixels: height x width x 3, sRGB; uint8, uint16 or float32 0..1.
        fade: as `estimate_fade` found it. Where it is none, the picture comes back as it is.
        model_ab: what the network expects.
        confidence: in the picture's own colour, 0..1; the first plane counts.
        saturation: factor of chroma, in the end.
        warmth: added to b, after that.
        threads: strips at a time; the result is the same for every number.

    Returns:
        height x width x 3, sRGB, in the sample type of `pixels`.
    """
    if fade.is_none:
        return pixels.copy()
    fresh = np.empty_like(pixels)
    white = np.float32(white_code(pixels.dtype))

    def fill(rows: slice) -> None:
        encoded = pixels[rows].astype(np.float32) / white
        lab = undo_fade(encoded, fade)
        expected = np.stack(model_ab.rows(rows), axis=-1)
        ab = blend_ab(lab[..., 1:], expected, confidence.rows(rows)[0]) * np.float32(saturation)
        ab[..., 1] += np.float32(warmth)
        planes = fit_planes(lab[..., 0], ab[..., 0], ab[..., 1])
        for channel, plane in enumerate(planes):
            fresh[rows, :, channel] = quantize(linear_to_srgb(plane), pixels.dtype)

    with ThreadPoolExecutor(threads) as pool:
        height, width = pixels.shape[:2]
        step = max(1, _STRIP_PIXELS // width)
        starts = range(0, height, step)
        list(pool.map(fill, [slice(start, min(start + step, height)) for start in starts]))
    return fresh


def blend_ab(
    own_ab: NDArray[np.floating],
    model_ab: NDArray[np.floating],
    confidence: NDArray[np.floating] | float,
) -> NDArray[np.floating]:
    """Return the mean of two colours, weighted by the confidence in the picture's own.

    Args:
        own_ab: ... x 2.
        model_ab: ... x 2.
        confidence: ..., 0..1: 1 is the picture's own colour, 0 the model's.

    >>> blend_ab(np.array([40.0, 0.0]), np.array([0.0, 20.0]), 0.75).tolist()
    [30.0, 5.0]
    """
    share = np.asarray(confidence, own_ab.dtype)[..., None]
    blended: NDArray[np.floating] = model_ab + share * (own_ab - model_ab)
    return blended


def confidence_in_own(
    fade: Fade, variance: NDArray[np.floating] | float | None = None
) -> NDArray[np.float32]:
    """Return the weight of the picture's own colour that makes the blend's variance least.

    Two independent estimates are weighted by the inverse of their variances. That of the undone
    colour is taken to grow with the fade; without a fade the weight is 1.

    Args:
        fade: as estimated.
        variance: of the network's ab, a's and b's together, any shape; None when it does not say.

    >>> confidence_in_own(Fade(strength=25.0), 400.0).round(2).tolist()
    0.5
    """
    variance = _USUAL_VARIANCE if variance is None else variance
    known = np.maximum(np.asarray(variance, np.float32), np.float32(1))
    wrong = np.float32(_OWN_ERROR * fade.strength) ** 2
    return np.asarray(known / (known + wrong), np.float32)


def class_variance(logits: NDArray[np.floating], bins: Bins) -> NDArray[np.floating]:
    """Return how far a network's classes lie apart: the variance of a plus that of b.

    Args:
        logits: B x h x w.
        bins: B.

    Returns:
        h x w, units of ab squared.
    """
    mean, square = bins.decode(logits), Bins(bins.centers**2).decode(logits)
    variance: NDArray[np.floating] = (square - mean**2).sum(axis=0)
    return variance
