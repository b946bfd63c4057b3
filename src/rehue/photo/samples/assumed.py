"""A profile for files that have none: numbers that are linear light, or have an odd gamma."""

import struct
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.errors import PhotoError
from rehue.photo.photograph import Photograph
from rehue.photo.samples import deep_profile, pixels, profile

_LEAST, _MOST = 0.2, 5.0
# sRGB's primaries and white as the ICC's connection space has them (IEC 61966-2-1, annex F,
# adapted to D50).
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_D50 = (0.9642, 1.0, 0.8249)


def with_assumed_profile(photograph: Photograph, gamma: str | None) -> Photograph:
    """Read a photograph's numbers by a gamma or profile where the file has none.

    Results carry the profile, so that they look as they are meant to.

    Args:
        photograph: as `rehue.photo.read` gives it.
        gamma: `linear`, a number such as 1.8, or the path of an ICC profile; None changes nothing.

    Raises:
        PhotoError: it is none of these.
    """
    if gamma is None:
        return photograph
    icc = assumed_profile(gamma)
    pages = [_assumed(page, icc) for page in photograph.pages]
    return replace(pages[0], further=tuple(pages[1:]))


@lru_cache(maxsize=4)
def assumed_profile(gamma: str) -> bytes:
    """Return the ICC profile that is meant; see `with_assumed_profile`.

    >>> assumed_profile("linear")[12:20], assumed_profile("1.0") == assumed_profile("linear")
    (b'mntrRGB ', True)
    """
    try:
        value = 1.0 if gamma == "linear" else float(gamma)
    except ValueError:
        return _profile_of(Path(gamma))
    if not _LEAST <= value <= _MOST:
        raise PhotoError(f"input gamma {gamma}: give linear, {_LEAST} to {_MOST}, or an ICC file")
    return _gamma_profile(value)


def _profile_of(path: Path) -> bytes:
    try:
        icc = path.read_bytes()
    except OSError as error:
        raise PhotoError(
            f"input gamma {path.name}: neither linear, nor a number, nor a profile that can be read"
        ) from error
    if profile.color_space(icc) != "RGB ":
        raise PhotoError(f"{path.name} is no ICC profile of RGB: give another, or a number")
    return icc


def _assumed(page: Photograph, icc: bytes) -> Photograph:
    if page.carried.icc is not None:
        note = "it has a profile of its own: the gamma given was not needed"
        return replace(page, notes=(*page.notes, note))
    samples: NDArray[Any]
    if page.pixels.dtype == np.uint8:
        srgb = profile.to_srgb(Image.fromarray(page.pixels), icc)
        samples, kept = pixels.array(srgb.image), srgb.icc
    else:
        managed = deep_profile.to_srgb(page.pixels, icc)
        samples, kept = managed.pixels, managed.icc
    jpeg = page.carried.jpeg
    if jpeg is not None:
        jpeg = replace(jpeg, image_data=None, not_kept="its gamma was given")
    return replace(page, pixels=samples, carried=replace(page.carried, icc=kept, jpeg=jpeg))


def _gamma_profile(gamma: float) -> bytes:
    """Build a profile of sRGB's primaries and one gamma (ICC.1:2001-04: matrix and curves)."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    text = f"gamma {gamma:g}".encode("ascii") + b"\0"
    described = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(12 + 67)
    tags = [(b"desc", described), (b"cprt", b"text" + bytes(4) + b"No rights reserved\0")]
    tags += [(b"wtpt", _xyz(_D50)), *((name, _xyz(of)) for name, of in _PRIMARIES.items())]
    tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags:
        table += name + struct.pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = start + len(body)
    header = struct.pack(">I", size) + bytes(4) + bytes.fromhex("02400000") + b"mntrRGB XYZ "
    header += bytes.fromhex("07e4 0001 0001 0000 0000 0000") + b"acsp" + bytes(28)
    header += struct.pack(">iii", *(round(v * 65536) for v in _D50))
    return header + bytes(128 - len(header)) + table + body


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(v * 65536) for v in values))
