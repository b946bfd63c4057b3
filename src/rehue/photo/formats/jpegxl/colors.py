"""ICC profiles for the colour encodings that a JPEG XL header says in numbers."""

from functools import lru_cache

import numpy as np

from rehue.color.srgb import srgb_to_linear
from rehue.errors import PhotoError
from rehue.photo.formats.jpegxl.codestream import GREY, LINEAR, SRGB_CURVE, UNKNOWN, Color

_BT709, _UNKNOWN_CURVE, _PQ, _DCI, _HLG = 1, 2, 16, 17, 18
_LEVELS = 4096


def profile_of(color: Color, name: str) -> bytes | None:
    """Return a profile; None where samples are sRGB's, or nobody says what they are.

    Raises:
        PhotoError: they are made for screens brighter than paper.
    """
    if color.curve in (_PQ, _HLG):
        raise PhotoError(
            f"{name} is made for HDR screens (PQ or HLG): save it for ordinary ones, as PNG or TIFF"
        )
    if color.is_srgb or color.space == UNKNOWN or color.curve == _UNKNOWN_CURVE:
        return None
    return _made(color)


@lru_cache(maxsize=16)
def _made(color: Color) -> bytes:
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    codes = np.linspace(0, 1, _LEVELS)
    if color.curve == SRGB_CURVE:
        light = srgb_to_linear(codes)
    elif color.curve == _BT709:  # Rec. ITU-R BT.709-6, item 1.2
        light = np.where(codes < 0.081, codes / 4.5, ((codes + 0.099) / 1.099) ** (1 / 0.45))
    else:
        light = codes ** {LINEAR: 1.0, _DCI: 2.6}.get(color.curve or 0, color.gamma)
    points = [n / 1e6 for point in color.primaries for n in point]
    made = bytes(
        imagecodecs.cms_profile(
            "gray" if color.space == GREY else "rgb",
            whitepoint=[n / 1e6 for n in color.white],
            primaries=None if color.space == GREY else points,
            transferfunction=np.rint(light * 65535).astype(np.uint16),
        )
    )
    # The time of making (ICC.1:2022, table 17) would give other bytes each time.
    return made[:24] + bytes(12) + made[36:]
