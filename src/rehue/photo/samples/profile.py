"""ICC profiles (ICC.1:2022): into sRGB for colouring, and back into the file's own profile.

The rules, by what is stored:

- an RGB profile stays in the file; pixels go through it to sRGB and, coloured, back through it;
- one that is sRGB in all but name (no code value moves by more than one) is only carried;
- a grey profile cannot describe colour, nor does a CMYK one describe RGB: pixels go through it to
  sRGB and the result carries an sRGB profile;
- nor can a result be written in one that only leads out of its numbers (some scanners' have no
  way back): it is treated as a grey one, and `Srgb.note` says so;
- one that is broken, or that is not of the picture's kind, is left out, and `Srgb.note` says so:
  viewers that meet such a profile take the picture for sRGB, so that is what it is taken for.

Here are the 8-bit pictures, by Pillow's LittleCMS; `deep_profile` has the deeper ones.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from itertools import product
from typing import Final

import numpy as np
from PIL import Image, ImageCms

# Relative colorimetric keeps what both can show as it is; black point compensation keeps detail
# in the shadows of papers and inks whose black is not black.
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.HIGHRESPRECALC
# LittleCMS samples steep curves too coarsely when it prepares for many pixels.
_EXACT = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE
_BAD_PROFILE = (ImageCms.PyCMSError, OSError, TypeError, ValueError)
_SPACES = {"GRAY": "L", "RGB ": "RGB", "CMYK": "CMYK"}

UNREADABLE: Final = "its ICC profile cannot be read and is left out"
WRONG_KIND: Final = "its ICC profile is for another kind of picture and is left out"
ONE_WAY: Final = "its ICC profile leads out of the file's numbers only: the result's is sRGB's"


@dataclass(frozen=True)
class Srgb:
    """A picture brought into sRGB.

    Attributes:
        image: mode L or RGB.
        icc: the RGB profile that a result carries; None for none, which is read as sRGB.
        note: what was done that a person may want to know, in one line.
    """

    image: Image.Image
    icc: bytes | None
    note: str | None = None


@dataclass(frozen=True)
class _Profile:
    mode: str
    plain: bool  # sRGB in all but name
    one_way: bool  # nothing can be written in it
    grey_table: tuple[int, ...] | None  # sRGB code of each grey; None where greys get a tint


def to_srgb(image: Image.Image, icc: bytes | None) -> Srgb:
    """Bring a picture (mode L, RGB or CMYK) into sRGB by its own profile."""
    profile = _read(icc) if icc else None
    if profile is None or icc is None:
        return Srgb(_as_srgb(image), None, UNREADABLE if icc else None)
    kept = icc if profile.mode == "RGB" and not profile.one_way else srgb_profile()
    note = ONE_WAY if profile.one_way else None
    if image.mode == "L" and profile.mode in {"L", "RGB"}:
        if profile.plain:
            return Srgb(image, kept, note)
        if profile.grey_table is not None:
            return Srgb(image.point(list(profile.grey_table)), kept, note)
        image = image.convert("RGB")
    if image.mode != profile.mode:
        return Srgb(_as_srgb(image), None, WRONG_KIND)
    if profile.plain:
        return Srgb(image, kept, note)
    return Srgb(_applied(image, _transform(icc, profile.mode)), kept, note)


def from_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """Bring an sRGB picture (mode RGB) into the RGB profile that the file carries."""
    profile = _read(icc) if icc else None
    if icc is None or profile is None or profile.plain or profile.mode != "RGB":
        return image
    return _applied(image, _transform(icc, "RGB", inverse=True))


def is_plain(icc: bytes) -> bool:
    """Say whether an RGB profile is sRGB in all but name, for samples of 8 bits."""
    profile = _read(icc)
    return profile is not None and profile.plain


@lru_cache(maxsize=16)
def color_space(icc: bytes) -> str | None:
    """Return what a profile's numbers are, "GRAY", "RGB " or "CMYK"; None for anything else."""
    try:
        space = ImageCms.ImageCmsProfile(BytesIO(icc)).profile.xcolor_space
    except _BAD_PROFILE:
        return None
    return space if space in _SPACES else None


@cache
def srgb_profile() -> bytes:
    """Return an sRGB profile, always the same bytes."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Bytes 24 to 35 are the time of making (ICC.1:2022, table 17).
    return made[:24] + bytes.fromhex("07e4 0001 0001 0000 0000 0000") + made[36:]


def _as_srgb(image: Image.Image) -> Image.Image:
    return image if image.mode in {"L", "RGB"} else image.convert("RGB")


@lru_cache(maxsize=16)
def _read(icc: bytes) -> _Profile | None:
    try:
        mode = _SPACES.get(color_space(icc) or "")
        if mode is None:
            return None
        transform = _transform(icc, mode, flags=_EXACT)
        if mode == "CMYK":
            return _Profile(mode, plain=False, one_way=False, grey_table=None)
        ramp = Image.frombytes("L", (256, 1), bytes(range(256))).convert(mode)
        greys = np.asarray(_applied(ramp, transform)).reshape(256, 3).astype(int)
        tint = np.ptp(greys, axis=1).max()
        table = tuple(int(green) for green in greys[:, 1]) if tint <= 2 else None
        plain = bool(abs(greys - np.arange(256)[:, None]).max() <= 1)
        if mode == "RGB" and plain:
            steps = bytes(
                value for color in product(range(0, 256, 51), repeat=3) for value in color
            )
            cube = Image.frombytes("RGB", (len(steps) // 3, 1), steps)
            moved = np.asarray(_applied(cube, transform)).astype(int) - np.asarray(cube)
            plain = bool(abs(moved).max() <= 1)
        one_way = mode == "RGB" and not _can_be_written(icc)
        return _Profile(mode, plain, one_way, table)
    except _BAD_PROFILE:
        return None


def _can_be_written(icc: bytes) -> bool:
    try:
        _transform(icc, "RGB", inverse=True)
    except _BAD_PROFILE:
        return False
    return True


@lru_cache(maxsize=16)
def _transform(
    icc: bytes, mode: str, *, inverse: bool = False, flags: ImageCms.Flags = _FLAGS
) -> ImageCms.ImageCmsTransform:
    own = ImageCms.ImageCmsProfile(BytesIO(icc))
    srgb = ImageCms.ImageCmsProfile(BytesIO(srgb_profile()))
    if inverse:
        return ImageCms.buildTransform(srgb, own, "RGB", mode, _INTENT, flags)
    return ImageCms.buildTransform(own, srgb, mode, "RGB", _INTENT, flags)


def _applied(image: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    done = ImageCms.applyTransform(image, transform)
    if done is None:
        raise ValueError("a transform that is not in place gives a picture")
    return done
