"""BMP, which has no place for a mark: it stands beside it. A result takes over profile and alpha.

Pillow decodes what it knows; samples that lie in bit fields of the file's own are read here
(Microsoft, BITMAPV5HEADER).
"""

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin

from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Page, Part, Source
from rehue.photo.samples import depth, pixels
from rehue.photo.samples.orientation import upright

# Sizes of the header that follows the file's own; "BM" alone begins many a text. OS/2's second one
# may end early, and what is missing is 0.
_HEADERS = (12, *range(16, 65, 4), 108, 124)
_FULL = 40
_FILE_HEADER = 14
_BIT_FIELDS, _WITH_ALPHA = 3, 6
_EMBEDDED = b"DEBM"


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture."""
    whole = _with_full_header(_first_of_array(source.data))
    source = replace(source, data=whole)
    fields = _fields(whole)
    if fields:
        width, height = struct.unpack_from("<ii", whole, 18)
        source.check_size(width, abs(height))
        found = _from_fields(whole, fields, width, height)
    else:
        image = by_pillow.opened(BmpImagePlugin.BmpImageFile, source)
        found = by_pillow.decoded(image, source)
    records = replace(found.records, icc=_profile(whole), dpi=found.records.dpi or _dpi(whole))
    yield replace(found, records=records)


def encode(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write a page, upright, for there is no place to say how it is turned."""
    (page,) = pages
    seen = upright(page.colors(), page.photograph.orientation)
    options = {"dpi": page.carried.dpi} if page.carried.dpi else {}
    file.write(by_pillow.saved(pixels.picture(np.ascontiguousarray(seen)), "BMP", options))


FORMAT = Format(
    name="BMP",
    words=("BMP",),
    endings=(".bmp",),
    claims=lambda start: _is_bitmap(start) or _is_bitmap(_first_of_array(start)),
    read=read,
    encode=encode,
    media_type="image/bmp",
    lacks=frozenset(get_args(Part)),
    result="PNG",
)


def _is_bitmap(start: bytes) -> bool:
    return start[:2] == b"BM" and _header_size(start) in _HEADERS


def _first_of_array(data: bytes) -> bytes:
    """Return the first bitmap of an array (OS/2), whose offsets count from the array's start."""
    if data[:2] != b"BA" or data[14:16] != b"BM" or len(data) < 28:
        return data
    at = max(0, int.from_bytes(data[24:28], "little") - 14)
    return data[14:24] + at.to_bytes(4, "little") + data[28:]


def _header_size(data: bytes) -> int:
    return int.from_bytes(data[_FILE_HEADER : _FILE_HEADER + 4], "little")


def _with_full_header(data: bytes) -> bytes:
    size = _header_size(data)
    if not 12 < size < _FULL or len(data) < _FILE_HEADER + size:
        return data
    (at,) = struct.unpack_from("<I", data, 10)
    head = data[:10] + struct.pack("<II", at + _FULL - size, _FULL)
    end = _FILE_HEADER + size
    return head + data[_FILE_HEADER + 4 : end] + bytes(_FULL - size) + data[end:]


def _fields(data: bytes) -> tuple[int, ...] | None:
    """Return the masks of red, green, blue and alpha, where the file states its own."""
    if _header_size(data) < _FULL or len(data) < _FILE_HEADER + _FULL + 16:
        return None
    bits, packing = struct.unpack_from("<HI", data, 28)
    if packing not in (_BIT_FIELDS, _WITH_ALPHA) or bits not in (16, 32):
        return None
    masks: tuple[int, ...] = struct.unpack_from("<4I", data, _FILE_HEADER + _FULL)
    has_alpha = packing == _WITH_ALPHA or _header_size(data) >= 56
    return masks if has_alpha else (*masks[:3], 0)


def _from_fields(data: bytes, masks: tuple[int, ...], width: int, height: int) -> Decoded:
    """Decode samples that lie in bit fields."""
    (at,), (bits,) = struct.unpack_from("<I", data, 10), struct.unpack_from("<H", data, 28)
    row = (width * bits + 31) // 32 * 4
    if at + row * abs(height) > len(data):
        raise ValueError("a truncated bitmap")
    kind = np.dtype("<u2" if bits == 16 else "<u4")
    lines = np.frombuffer(data, kind, row // kind.itemsize * abs(height), at)
    lines = lines.reshape(abs(height), -1)[:, :width]
    lines = lines[::-1] if height > 0 else lines
    red, green, blue, alpha = (_channel(lines, mask) for mask in masks)
    color = depth.without_idle_channels(np.stack([red, green, blue], axis=-1))
    if not masks[3]:
        return Decoded(color)
    # Windows' own drawing leaves the fourth byte of a pixel 0, whatever the header says of it.
    if bits == 32 and not alpha.any():
        return Decoded(color, notes=("its alpha is 0 everywhere and is left out",))
    return Decoded(color, alpha)


def _channel(lines: NDArray[np.unsignedinteger], mask: int) -> NDArray[np.uint8]:
    if not mask:
        return np.zeros(lines.shape, np.uint8)
    shift = (mask & -mask).bit_length() - 1
    most = mask >> shift
    values = ((lines & np.uint32(mask)) >> np.uint32(shift)).astype(np.uint64)
    made: NDArray[np.uint8] = ((values * 255 + most // 2) // most).astype(np.uint8)
    return made


def _profile(data: bytes) -> bytes | None:
    if _header_size(data) < 124 or data[70:74] != _EMBEDDED:
        return None
    at, size = struct.unpack_from("<II", data, _FILE_HEADER + 112)
    return data[_FILE_HEADER + at : _FILE_HEADER + at + size] or None


def _dpi(data: bytes) -> tuple[float, float] | None:
    if _header_size(data) < _FULL:
        return None
    across, down = struct.unpack_from("<ii", data, 38)
    return (across / 39.3701, down / 39.3701) if across > 0 and down > 0 else None
