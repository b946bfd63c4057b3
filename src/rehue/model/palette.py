"""What a user says of a whole picture: some colours, or another photograph to borrow them from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.color import Bins, srgb_to_lab
from rehue.errors import ModelError
from rehue.model.hints import color_ab

# A reference is looked at in about this many places.
_PLACES = 40_000
# Mean chroma below which a reference has no colour to lend (units of ab).
_COLORLESS = 3.0


def palette_of_colors(colors: Sequence[str], bins: Bins) -> NDArray[np.float32]:
    """Return equal shares of some colours as a histogram over the bins, B, that sums to 1.

    Raises:
        ModelError: there is none, or one that is no colour.
    """
    if not colors:
        raise ModelError("a palette without colours: give some, such as '#b03030,navy'")
    return _histogram(np.stack([color_ab(color) for color in colors]), bins)


def palette_of_picture(pixels: NDArray[Any], bins: Bins) -> NDArray[np.float32]:
    """Return a picture's own colours as a histogram over the bins, B, that sums to 1.

    Args:
        pixels: height x width x 3, sRGB; or height x width, which has no colour to lend.
        bins: B.

    Raises:
        ModelError: the picture has no colour.
    """
    step = max(1, round((pixels.shape[0] * pixels.shape[1] / _PLACES) ** 0.5))
    if pixels.ndim == 3:
        ab = srgb_to_lab(pixels[::step, ::step])[..., 1:].reshape(-1, 2)
        if np.hypot(ab[:, 0], ab[:, 1]).mean() >= _COLORLESS:
            return _histogram(ab, bins)
    raise ModelError("the reference has no colour to borrow: give a photograph in colour")


def _histogram(ab: NDArray[np.floating], bins: Bins) -> NDArray[np.float32]:
    nearest, weights = bins.encode(ab)
    counts = np.bincount(nearest.ravel(), weights.ravel(), minlength=len(bins))
    shares: NDArray[np.float32] = (counts / counts.sum()).astype(np.float32)
    return shares
