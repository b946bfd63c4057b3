"""ICC profiles for samples of more than 8 bits, and wherever 8-bit tables would move lightness.

LittleCMS computes in floats here (`littlecms`; Pillow's binding takes 8 bits). Two things are added
to it (`kept_lightness`), because the way from sRGB into a profile is not always there, and not
always exact:

- what the profile cannot show loses chroma, towards the grey of the same luminance, until it can;
- a profile made of tables (A2B, B2A; curves of points) does not lead there and back exactly: red,
  green and blue are moved together until the way that readers take gives the wanted lightness.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import linear_to_srgb, srgb_to_linear
from rehue.photo.samples import depth, pixels, profile
from rehue.photo.samples.kept_lightness import LUMINANCE, is_off, moved_to, with_less_chroma
from rehue.photo.samples.littlecms import into_profile, into_srgb
from rehue.photo.samples.profile import ONE_WAY, UNREADABLE, WRONG_KIND, color_space, srgb_profile

_SPACES = {"GRAY": "gray", "RGB ": "rgb", "CMYK": "cmyk"}
# Encoded sRGB may differ by this much, less than a code of 16 bits in two, and count as the same.
_SAME = 1e-5
# How much of a tint the greys of an RGB profile may have and still be greys.
_TINT = 2 / 255


@dataclass(frozen=True)
class Managed:
    """Samples in sRGB, the RGB profile that a result carries, and what there is to say."""

    pixels: NDArray[Any]
    icc: bytes | None
    note: str | None = None


def to_srgb(color: NDArray[Any], icc: bytes | None) -> Managed:
    """Bring a picture into sRGB by its own profile; `rehue.photo.samples.profile` has the rules.

    Args:
        color: H x W (grey), H x W x 3 (RGB) or H x W x 4 (CMYK, 0 is no ink), uint16 or float32.
        icc: as it stands in the file.

    Returns:
        Samples of the same type; a CMYK picture becomes RGB.
    """
    result, note = kept(icc)
    if icc is None or result is None:
        return Managed(_without_profile(color), None, note)
    space = color_space(icc)
    if color.ndim == 2 and space in {"GRAY", "RGB "}:
        return Managed(_grey_to_srgb(color, icc, _SPACES[space]), result, note)
    if color.ndim != 3 or space != {3: "RGB ", 4: "CMYK"}[color.shape[2]]:
        return Managed(_without_profile(color), None, WRONG_KIND)
    if space == "RGB " and is_srgb(icc):
        return Managed(color, result, note)
    managed = np.empty((*color.shape[:2], 3), color.dtype)
    for rows in depth.strips(color):
        encoded = _inside(into_srgb(color[rows], icc, _SPACES[space]))
        managed[rows] = depth.quantized(encoded, depth.bits_of(color))
    return Managed(managed, result, note)


def kept(icc: bytes | None) -> tuple[bytes | None, str | None]:
    """Return the profile that the result of a picture with a profile has, and what there is to say.

    Its own, where that is RGB and can be written; else sRGB's; none where it cannot be read.
    """
    if icc is None:
        return None, None
    space = color_space(icc)
    if space is None or not _is_usable(icc, space):
        return None, UNREADABLE
    if space == "RGB " and can_be_written(icc):
        return icc, None
    return srgb_profile(), ONE_WAY if space == "RGB " else None


def for_file(rgb: NDArray[Any], icc: bytes | None, bits: int) -> NDArray[Any]:
    """Return sRGB samples as a file with this profile (None: sRGB) and depth holds them.

    Args:
        rgb: H x W x 3, uint8, uint16 or float32.
        icc: an RGB profile.
        bits: 8, 16 or 32.
    """
    if icc is None or (bits == 8 and profile.is_plain(icc)):
        return depth.with_bits(rgb, bits)
    if rgb.dtype == np.uint8 and bits == 8 and holds_srgb(icc):
        return pixels.array(profile.from_srgb(pixels.picture(rgb), icc))
    if rgb.dtype == np.uint8:
        return _color_by_color(rgb, icc, bits)
    made = np.empty(rgb.shape, depth.SAMPLE_TYPES[bits])
    for rows in depth.strips(rgb):
        made[rows] = depth.quantized(from_srgb(rgb[rows], icc), bits)
    return made


def _color_by_color(rgb: NDArray[np.uint8], icc: bytes, bits: int) -> NDArray[Any]:
    """Bring 8-bit samples into a profile, each colour that occurs once.

    There and back again takes microseconds, in which a photograph of 12 megapixels would wait for
    most of a minute; it has some 100,000 colours.
    """
    place = np.zeros(1 << 24, np.uint32)
    for rows in depth.strips(rgb):
        place[_packed(rgb[rows])] = 1
    found = np.flatnonzero(place)
    place[found] = np.arange(found.size)
    colors = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=-1)[:, None]
    inside = for_file(colors.astype(np.uint16) * 257, icc, bits)[:, 0]
    made = np.empty(rgb.shape, inside.dtype)
    for rows in depth.strips(rgb):
        made[rows] = inside[place[_packed(rgb[rows])]]
    return made


def _packed(rgb: NDArray[np.uint8]) -> NDArray[np.uint32]:
    red, green, blue = (rgb[..., channel].astype(np.uint32) for channel in range(3))
    packed: NDArray[np.uint32] = (red << 16) + (green << 8) + blue
    return packed


def from_srgb(rgb: NDArray[Any], icc: bytes) -> NDArray[np.float32]:
    """Bring sRGB samples (H x W x 3, any type) into an RGB profile, floats 0..1, L kept."""
    encoded = depth.with_bits(rgb, 32)
    if is_srgb(icc):
        return encoded
    made = np.clip(into_profile(encoded, icc), 0, 1)
    for mend in () if holds_srgb(icc) else (moved_to, with_less_chroma):
        off = is_off(made, encoded, icc)
        if off.any():
            made[off] = mend(encoded[off][None], icc)[0]
    return made


@lru_cache(maxsize=16)
def is_srgb(icc: bytes) -> bool:
    """Say whether an RGB profile gives sRGB's numbers to within a code value of 16 bits."""
    cube = _cube()
    return float(np.abs(into_srgb(cube, icc, "rgb") - cube).max()) <= _SAME


@lru_cache(maxsize=16)
def holds_srgb(icc: bytes) -> bool:
    """Say whether an RGB profile can show all that sRGB can, and leads there and back exactly."""
    ramp = np.linspace(0, 1, 4096, dtype=np.float32)[None, :, None].repeat(3, axis=-1)
    samples = np.concatenate([_cube(), ramp], axis=1)
    made = into_profile(samples, icc)
    is_inside = made.min() > -_SAME and made.max() < 1 + _SAME
    return bool(is_inside and not is_off(made, samples, icc).any())


@lru_cache(maxsize=16)
def can_be_written(icc: bytes) -> bool:
    """Say whether there is a way from sRGB into an RGB profile; scanners' may lack it."""
    try:
        into_profile(_cube(), icc)
    except (RuntimeError, ValueError):
        return False
    return True


@lru_cache(maxsize=16)
def _is_usable(icc: bytes, space: str) -> bool:
    samples = np.zeros((1, 1, {"GRAY": 1, "RGB ": 3, "CMYK": 4}[space]), np.uint16)
    try:
        into_srgb(samples, icc, _SPACES[space])
    except (RuntimeError, ValueError):
        return False
    return True


def _cube() -> NDArray[np.float32]:
    steps = np.linspace(0, 1, 11, dtype=np.float32)
    return np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(1, -1, 3)


def _grey_to_srgb(grey: NDArray[Any], icc: bytes, space: str) -> NDArray[Any]:
    """Bring greys into sRGB: H x W, or H x W x 3 where the profile gives them a tint."""
    if grey.dtype == np.uint16:
        codes = np.arange(65536, dtype=np.uint16)[None]
        table = _grey_codes(codes, icc, space)[0]
        taken: NDArray[Any] = table[grey]
        return taken
    parts = [_grey_codes(grey[rows], icc, space) for rows in depth.strips(grey)]
    if len({part.ndim for part in parts}) > 1:
        parts = [p if p.ndim == 3 else np.repeat(p[..., None], 3, axis=-1) for p in parts]
    return np.concatenate(parts)


def _grey_codes(grey: NDArray[Any], icc: bytes, space: str) -> NDArray[Any]:
    samples = np.repeat(grey[..., None], 3, axis=-1) if space == "rgb" else grey
    encoded = into_srgb(samples, icc, space)
    if np.ptp(encoded, axis=-1).max() <= _TINT:
        # The grey of the same luminance: LittleCMS's white is sRGB's to five decimals only.
        encoded = _grey_of(encoded)
    return depth.quantized(encoded, depth.bits_of(grey))


def _inside(encoded: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring colours that sRGB cannot show towards the grey of their luminance until it can."""
    outside = ((encoded < 0) | (encoded > 1)).any(axis=-1)
    if outside.any():
        linear = srgb_to_linear(encoded[outside])
        grey = np.clip(linear @ LUMINANCE, 0, 1)[:, None]
        away = linear - grey
        room = np.where(away > 0, 1 - grey, grey) / np.maximum(np.abs(away), np.float32(1e-9))
        share = np.minimum(room.min(axis=-1, keepdims=True), 1)
        encoded[outside] = linear_to_srgb(grey + share * away)
    return encoded


def _grey_of(encoded: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the encoded grey that has the luminance of encoded RGB."""
    luminance = srgb_to_linear(np.clip(encoded, 0, 1)) @ LUMINANCE
    return linear_to_srgb(luminance).astype(np.float32, copy=False)


def _without_profile(color: NDArray[Any]) -> NDArray[Any]:
    """Take numbers for sRGB's; inks cover each other, as every program without profiles has it."""
    if color.ndim == 2 or color.shape[2] == 3:
        return color
    rgb = np.empty((*color.shape[:2], 3), color.dtype)
    for rows in depth.strips(color):
        free = 1 - depth.with_bits(color[rows], 32)
        rgb[rows] = depth.quantized(free[..., :3] * free[..., 3:], depth.bits_of(color))
    return rgb
