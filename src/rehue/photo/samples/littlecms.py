"""LittleCMS in floats, unclipped and without prepared tables, by imagecodecs' binding."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.photo.samples import depth
from rehue.photo.samples.profile import srgb_profile

_RELATIVE_COLORIMETRIC = 1
_BLACK_POINT_COMPENSATION, _NO_OPTIMIZING, _NO_CACHE = 8192, 256, 64
_FLAGS = _BLACK_POINT_COMPENSATION | _NO_OPTIMIZING | _NO_CACHE


def into_profile(encoded: NDArray[np.float32], icc: bytes) -> NDArray[np.float32]:
    """Bring sRGB into an RGB profile; what it cannot show lies beyond 0..1."""
    return _transform(encoded, srgb_profile(), icc, "rgb", "rgb")


def into_srgb(samples: NDArray[Any], icc: bytes, space: str) -> NDArray[np.float32]:
    """Bring samples of a profile into sRGB; `space` is imagecodecs' word: gray, rgb or cmyk."""
    return _transform(samples, icc, srgb_profile(), space, "rgb")


def _transform(
    samples: NDArray[Any], source: bytes, target: bytes, space: str, into: str
) -> NDArray[np.float32]:
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    if space == "cmyk":
        # LittleCMS counts ink in floats as per cent, in integers as a share of the whole range.
        samples = depth.with_bits(samples, 16)
    made: NDArray[np.float32] = imagecodecs.cms_transform(
        np.ascontiguousarray(samples),
        source,
        target,
        colorspace=space,
        outcolorspace=into,
        outdtype="f4",
        intent=_RELATIVE_COLORIMETRIC,
        flags=_FLAGS,
    )
    return made
