"""WebP (RFC 9649): lossless where the source was, else of quality 95.

The format gives no way to tell how finely a source was compressed. Effort is low, 10 times as fast
for 7 % more bytes.
"""

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from PIL import WebPImagePlugin

from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Page, Source, left_out_foreign
from rehue.photo.records import exif

_MANIFEST = b"C2PA"
# What a file is made of, what a result has again, and a manifest, which has a note of its own.
_OWN = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP ", _MANIFEST}


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture."""
    image = by_pillow.opened(WebPImagePlugin.WebPImageFile, source)
    by_pillow.check_still(image, source.name)
    decoded = by_pillow.decoded(image, source)
    found = _chunks(source.data)
    records = replace(decoded.records, lossless=b"VP8L" in found, manifest=_MANIFEST in found)
    notes = (*decoded.notes, *left_out_foreign(found - _OWN))
    yield replace(decoded, records=records, notes=notes)


def encode(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write a page."""
    (page,) = pages
    options = by_pillow.options(page) | {"xmp": page.xmp, "exact": True}
    if page.record:
        options["exif"] = exif.with_prefix(page.record)
    if page.carried.lossless and page.quality is None:
        options |= {"lossless": True, "quality": 20, "method": 0}
    else:
        quality = by_pillow.FINE if page.quality is None else page.quality
        options |= {"quality": quality, "method": 2}
    file.write(by_pillow.saved(by_pillow.picture(page), "WEBP", options))


FORMAT = Format(
    name="WEBP",
    words=("WebP",),
    endings=(".webp",),
    claims=lambda start: start[:4] == b"RIFF" and start[8:12] == b"WEBP",
    read=read,
    encode=encode,
    media_type="image/webp",
    longest_side=16_383,
    lacks=frozenset({"pages", "IPTC", "Photoshop data", "comment", "text"}),
    signed=True,
)


def frame_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height that a file's first chunk gives (RFC 9649, 2.5 to 2.7)."""
    kind, head = data[12:16], data[20:30]
    if len(head) < 10:
        return None
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (4, 7))
        return width, height
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", head, 6)
    return width & 0x3FFF, height & 0x3FFF


def _chunks(data: bytes) -> set[bytes]:
    names, at = set(), 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        names.add(name)
        at += 8 + size + size % 2
    return names
