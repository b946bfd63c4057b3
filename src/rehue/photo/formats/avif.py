"""AVIF: files of libaom's pixels with everything else put beside them as items and properties.

The encoder writes pixels only, and Pillow's would take the EXIF record apart, so its container is
opened and closed again here: EXIF and XMP are items that describe the picture (ISO/IEC 23008-12,
annex A), the profile and the orientation are its properties (clause 6.5).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import AvifImagePlugin, Image

from rehue.errors import PhotoError
from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Page, Source
from rehue.photo.formats.heif import (
    Rectangle,
    clean_aperture,
    further_note,
    further_pictures,
    has_manifest,
    hdr_note,
    left_out,
)
from rehue.photo.formats.heif_ties import with_joined_ties
from rehue.photo.records import boxes
from rehue.photo.records.boxes import box
from rehue.photo.samples import depth, pixels

# Quality where none is asked for. On three photographs of scikit-image's, in 4:4:4, it moves L by
# 0.27 on average; 90 does by 0.37, a JPEG of 95 by 0.38.
_FINE = 95
_SPEED = 8
_PICTURE = 1
# Steps of 90 degrees against the clock, and the mirror after them (0: top and bottom change,
# 1: left and right), by EXIF orientation (AVIF 1.1; libavif's table).
_TURNS: dict[int, tuple[int, int | None]] = {
    2: (0, 1),
    3: (2, None),
    4: (0, 0),
    5: (1, 0),
    6: (3, None),
    7: (3, 0),
    8: (1, None),
}


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture."""
    source = replace(source, data=with_joined_ties(source.data))
    image = by_pillow.opened(AvifImagePlugin.AvifImageFile, source)
    by_pillow.check_still(image, source.name)
    if _bits(source.data) > 8:
        decoded = Decoded(*_decode_deep(source.data, image.size, source.name))
    else:
        by_pillow.load(image, source)
        decoded = Decoded(*pixels.flat(image))
    notes = hdr_note(source.data) + left_out(source.data)
    notes += further_note(further_pictures(source.data))
    shown = clean_aperture(source.data, *image.size)
    if shown:
        decoded = _cut(decoded, shown)
        notes += (f"its clean aperture of {shown[2]:,} x {shown[3]:,} pixels is what is coloured",)
    records = by_pillow.records(image.info)
    records = replace(records, lossless=False, manifest=has_manifest(source.data))
    yield replace(decoded, records=records, notes=notes)


def encode(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write a page, 4:4:4, of 8 or 12 bits."""
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    (page,) = pages
    samples = np.ascontiguousarray(page.samples())
    deep = samples.dtype == np.uint16
    if deep:
        samples = ((samples.astype(np.uint32) * 4095 + 32767) // 65535).astype(np.uint16)
    plain = imagecodecs.avif_encode(
        samples,
        level=_FINE if page.quality is None else page.quality,
        speed=_SPEED,
        bitspersample=12 if deep else 8,
        pixelformat="yuv444",
        primaries=1,  # BT.709's, as sRGB
        transfer=13,  # IEC 61966-2-1
        matrix=6,
        # Threads share out the picture; one gives the same bytes on every machine.
        numthreads=1,
    )
    items = [(b"mime", b"application/rdf+xml\0", page.xmp)]
    if page.record:
        items.append((b"Exif", b"", bytes(4) + page.record))
    properties = []
    if page.carried.icc:
        properties.append((box(b"colr", b"prof", page.carried.icc), False))
    turn, mirror = _TURNS.get(page.photograph.orientation, (0, None))
    if turn:
        properties.append((box(b"irot", bytes([turn])), True))
    if mirror is not None:
        properties.append((box(b"imir", bytes([mirror])), True))
    file.write(_with(bytes(plain), items, properties))


FORMAT = Format(
    name="AVIF",
    words=("AVIF",),
    endings=(".avif",),
    claims=lambda start: boxes.has_brand(start, (b"avif", b"avis")),
    read=read,
    encode=encode,
    media_type="image/avif",
    depths=(8, 12),
    longest_side=65_536,
    lacks=frozenset({"pages", "IPTC", "Photoshop data", "comment", "text"}),
    signed=True,
)


def _cut(decoded: Decoded, part: Rectangle) -> Decoded:
    left, top, width, height = part
    samples, alpha = decoded.samples, decoded.alpha
    rows, columns = slice(top, top + height), slice(left, left + width)
    if isinstance(samples, Image.Image):
        samples = samples.crop((left, top, left + width, top + height))
    else:
        samples = np.ascontiguousarray(samples[rows, columns])
    alpha = None if alpha is None else np.ascontiguousarray(alpha[rows, columns])
    return replace(decoded, samples=samples, alpha=alpha)


def _bits(data: bytes) -> int:
    """Return 8, 10 or 12, by the codec's configuration (AV1 in ISOBMFF 1.2, 2.3.3)."""
    meta = boxes.first(data, b"meta") or b""
    configuration = boxes.first(meta[4:], b"iprp", b"ipco", b"av1C")
    if configuration is None or len(configuration) < 3 or not configuration[2] & 0x40:
        return 8
    return 12 if configuration[2] & 0x20 else 10


def _decode_deep(
    data: bytes, size: tuple[int, int], name: str
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Decode a still picture of 10 or 12 bits: colour and alpha, uint16 of full range."""
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    samples = imagecodecs.avif_decode(data)
    if samples.dtype != np.uint16 or samples.shape[:2] != (size[1], size[0]):
        raise PhotoError(f"{name} holds another picture than its header says: save it anew")
    return depth.apart(depth.filled(samples, _bits(data)))


def _with(
    plain: bytes,
    items: list[tuple[bytes, bytes, bytes]],
    properties: list[tuple[bytes, bool]],
) -> bytes:
    """Add items (type, what follows their name, content) and properties (box, essential?)."""
    whole = list(boxes.boxes(plain))
    old_meta = next(found.content for found in whole if found.kind == b"meta")
    inside = {found.kind: found.content for found in boxes.boxes(old_meta[4:])}
    last = max(_item_numbers(inside[b"iloc"]))
    numbers = range(last + 1, last + 1 + len(items))
    inside[b"iprp"] = _with_properties(inside[b"iprp"], properties)
    infos = [
        box(b"infe", b"\2\0\0\0", number.to_bytes(2, "big"), b"\0\0", kind, b"\0", more)
        for number, (kind, more, _) in zip(numbers, items, strict=True)
    ]
    count = int.from_bytes(inside[b"iinf"][4:6], "big") + len(items)
    inside[b"iinf"] = (
        inside[b"iinf"][:4] + count.to_bytes(2, "big") + inside[b"iinf"][6:] + b"".join(infos)
    )
    describes = [
        box(b"cdsc", number.to_bytes(2, "big"), b"\0\1", _PICTURE.to_bytes(2, "big"))
        for number in numbers
    ]
    inside[b"iref"] = inside.get(b"iref", bytes(4)) + b"".join(describes)

    def built(shift: int, content_at: int) -> bytes:
        inside[b"iloc"] = _located(old[b"iloc"], numbers, items, shift, content_at)
        return box(b"meta", old_meta[:4], *(box(kind, held) for kind, held in inside.items()))

    old = dict(inside)
    shift = len(built(0, 0)) - len(box(b"meta", old_meta))
    meta = built(shift, len(plain) + shift + 8)
    others = [meta if found.kind == b"meta" else box(found.kind, found.content) for found in whole]
    return b"".join(others) + box(b"mdat", *(content for _, _, content in items))


def _item_numbers(iloc: bytes) -> list[int]:
    return [entry[0] for entry in _locations(iloc)]


def _locations(iloc: bytes) -> list[tuple[int, int, int]]:
    """Return number, offset and length of each item, of the one layout that libavif writes."""
    if iloc[:6] != b"\0\0\0\0\x44\0":
        raise ValueError("items are not located as expected")
    found, at = [], 8
    for _ in range(int.from_bytes(iloc[6:8], "big")):
        number, extents = (int.from_bytes(iloc[at + n : at + n + 2], "big") for n in (0, 4))
        if extents != 1:
            raise ValueError("items are not located as expected")
        offset, length = (int.from_bytes(iloc[at + n : at + n + 4], "big") for n in (6, 10))
        found.append((number, offset, length))
        at += 14
    return found


def _located(
    iloc: bytes,
    numbers: range,
    items: list[tuple[bytes, bytes, bytes]],
    shift: int,
    content_at: int,
) -> bytes:
    places = [(number, offset + shift, length) for number, offset, length in _locations(iloc)]
    for number, (_, _, content) in zip(numbers, items, strict=True):
        places.append((number, content_at, len(content)))
        content_at += len(content)
    rows = (
        number.to_bytes(2, "big")
        + b"\0\0\0\1"
        + offset.to_bytes(4, "big")
        + length.to_bytes(4, "big")
        for number, offset, length in places
    )
    return iloc[:6] + len(places).to_bytes(2, "big") + b"".join(rows)


def _with_properties(iprp: bytes, properties: list[tuple[bytes, bool]]) -> bytes:
    """Add properties and tie them to the picture, the essential ones (turns) to its alpha too."""
    kept = {found.kind: found.content for found in boxes.boxes(iprp)}
    first = len(list(boxes.boxes(kept[b"ipco"]))) + 1
    kept[b"ipco"] += b"".join(content for content, _ in properties)
    numbered = list(enumerate((essential for _, essential in properties), start=first))
    old = kept[b"ipma"]
    if old[:4] != bytes(4):  # as libavif writes it: one byte ties a property to an item
        raise ValueError("properties are not tied as expected")
    new, at = [old[:8]], 8
    for _ in range(int.from_bytes(old[4:8], "big")):
        item, count = old[at : at + 2], old[at + 2]
        is_picture = int.from_bytes(item, "big") == _PICTURE
        ties = [n | (essential << 7) for n, essential in numbered if essential or is_picture]
        new += [item, bytes([count + len(ties)]), old[at + 3 : at + 3 + count], bytes(ties)]
        at += 3 + count
    kept[b"ipma"] = b"".join(new)
    return b"".join(box(kind, content) for kind, content in kept.items())
