"""What HEIF, and so AVIF and HEIC, says of its first picture: which part is shown, and for whom.

And what stands beside it that has no place in a result.

Properties stand in boxes of their own, tied to pictures by number (ISO/IEC 23008-12, 9.3).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from rehue.photo.formats.contract import left_out_foreign, left_out_shape
from rehue.photo.records import boxes

# Numbers of PQ and HLG (ITU-T H.273, table 3).
HDR_TRANSFERS = {16, 18}
HDR_NOTE = "it is made for HDR screens (PQ or HLG), and its numbers are read as sRGB's"
GAIN_MAP_NOTE = "its gain map, for HDR screens, is left out"
# What pictures that belong to another one are for, by a part of the name of their kind; alpha is
# read with the picture.
_AUXILIARY = {
    "gainmap": GAIN_MAP_NOTE,
    "depth": "its depth map is left out",
    "disparity": "its depth map is left out",
    "auxid:2": "its depth map is left out",  # of HEVC (ISO/IEC 23008-12, B.2.2.2)
    "matte": "its mattes (which part is skin, hair, sky) are left out",
}
# Boxes that files are made of, and others.
_OWN = {b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"wide", b"pdin"}
_VIDEO = b"mpvd"
_XMP = b"application/rdf+xml"
_PICTURES = {b"av01", b"grid", b"iovl", b"iden"}
_GAIN_MAP_XMP = b"http://ns.adobe.com/hdr-gain-map/1.0/"
# Left, top, width and height, px.
Rectangle = tuple[int, int, int, int]


def clean_aperture(data: bytes, width: int, height: int) -> Rectangle | None:
    """Return the part of the first picture that is shown; None where that is all of it.

    It is the clean aperture (ISO/IEC 14496-12, 12.1.4).

    Args:
        data: the file.
        width: of the picture as it is coded (px).
        height: of the same.
    """
    content = next(_properties(data, b"clap"), None)
    if content is None or len(content) < 32:
        return None
    numbers = struct.unpack(">IIIIiIiI", content[:32])
    if 0 in numbers[1::2]:
        return None
    wide, high, right, below = (
        Fraction(above, under) for above, under in zip(numbers[::2], numbers[1::2], strict=True)
    )
    # Between two pixels it begins with the second of them, as in cavif's own pictures.
    half = Fraction(1, 2)
    left, top = (
        floor(middle + (of_all - of_part) / 2 + half)
        for middle, of_all, of_part in ((right, width, wide), (below, height, high))
    )
    is_whole = wide.denominator == 1 and high.denominator == 1
    if not is_whole or min(left, top) < 0 or min(wide, high) < 1:
        return None
    is_all = wide == width and high == height
    if left + wide > width or top + high > height or is_all:
        return None
    return left, top, int(wide), int(high)


def hdr_note(data: bytes) -> tuple[str, ...]:
    """Say that a picture is made for HDR screens, by its `nclx` box (ISO/IEC 14496-12, 12.1.5)."""
    for content in _properties(data, b"colr"):
        if content[:4] == b"nclx" and int.from_bytes(content[6:8], "big") in HDR_TRANSFERS:
            return (HDR_NOTE,)
    return ()


def has_manifest(data: bytes) -> bool:
    """Say whether a file has a C2PA manifest, which has a word of its own (`Carried.manifest`)."""
    return any(map(boxes.is_manifest, boxes.boxes(data)))


def left_out(data: bytes) -> tuple[str, ...]:
    """Say what stands beside a picture and is left out: maps, mattes, videos, other boxes."""
    meta = (boxes.first(data, b"meta") or b"")[4:]
    properties = boxes.boxes(boxes.first(meta, b"iprp", b"ipco") or b"")
    kinds = [one.content[4:].lower().decode("latin-1") for one in properties if one.kind == b"auxC"]
    notes = [note for kind in kinds for part, note in _AUXILIARY.items() if part in kind]
    brands = boxes.first(data, b"ftyp") or b""
    if b"tmap" in [brands[at : at + 4] for at in range(8, len(brands) - 3, 4)]:  # ISO 21496-1
        notes.append(GAIN_MAP_NOTE)
    elif GAIN_MAP_NOTE not in notes and _GAIN_MAP_XMP in data:
        notes.append("the gain map that its XMP names is not in it")
    for content in _properties(data, b"pasp"):  # spacing, which is the other way round
        if len(content) >= 8:
            notes += left_out_shape(*reversed(struct.unpack_from(">II", content)))
    found = {one.kind for one in boxes.boxes(data) if not boxes.is_manifest(one)} - _OWN
    notes += left_out_foreign(_items_of_others(meta))
    if _VIDEO in found:
        notes.append("its video (a motion photo) is left out")
    notes += left_out_foreign(kind.decode("latin-1") for kind in found - {_VIDEO})
    return tuple(dict.fromkeys(notes))


def further_note(count: int) -> tuple[str, ...]:
    """Say that a file has so many pictures besides the one that is coloured.

    >>> further_note(1)
    ('its further picture is left out: save each as a file of its own to colour it',)
    """
    if count < 1:
        return ()
    what = "picture is" if count == 1 else f"{count} pictures are"
    return (f"its further {what} left out: save each as a file of its own to colour it",)


def further_pictures(data: bytes) -> int:
    """Return how many pictures are to be seen in a file besides the first one's own.

    Hidden ones, thumbnails, maps and the tiles of others are none (ISO/IEC 23008-12, 6.4).
    """
    meta = (boxes.first(data, b"meta") or b"")[4:]
    seen = {one.number for one in _items(meta) if one.kind in _PICTURES and not one.is_hidden}
    seen.discard(_primary(meta))
    references = boxes.first(meta, b"iref") or b""
    wide = 4 if references[:1] > b"\0" else 2
    for found in boxes.boxes(references[4:]):
        rest = found.content[wide + 2 :]
        targets = {int.from_bytes(rest[at : at + wide], "big") for at in range(0, len(rest), wide)}
        if found.kind == b"dimg":
            seen -= targets
        elif found.kind in (b"auxl", b"thmb"):
            seen.discard(int.from_bytes(found.content[:wide], "big"))
    return len(seen)


@dataclass(frozen=True)
class _Item:
    """What a file says of one of its items: number, kind, and of which media type it is."""

    number: int
    kind: bytes
    is_hidden: bool
    said: bytes


def _items(meta: bytes) -> Iterator[_Item]:
    """Yield the items that a file lists (ISO/IEC 14496-12, 8.11.6)."""
    listed = boxes.first(meta, b"iinf") or b""
    for entry in boxes.boxes(listed[8 if listed[:1] > b"\0" else 6 :]):
        content = entry.content
        wide = {2: 2, 3: 4}.get(content[0] if content else 0)
        if wide is None:
            continue
        number, at = int.from_bytes(content[4 : 4 + wide], "big"), 6 + wide
        said = content[at + 4 :].partition(b"\0")[2].partition(b"\0")[0]
        yield _Item(number, content[at : at + 4], bool(content[3:4] > b"\0"), said)


def _items_of_others(meta: bytes) -> Iterator[str]:
    """Yield what items are of, that are no pictures, EXIF or XMP."""
    for item in _items(meta):
        if item.kind == b"uri " or (item.kind == b"mime" and item.said != _XMP):
            yield (item.said or item.kind).decode("latin-1")


def _primary(meta: bytes) -> int | None:
    """Return the number of the picture that a file names first."""
    named = boxes.first(meta, b"pitm") or b""
    return int.from_bytes(named[4 : 8 if named[0] else 6], "big") if len(named) >= 6 else None


def _properties(data: bytes, kind: bytes) -> Iterator[bytes]:
    """Yield the properties of a kind of the picture that the file names first."""
    meta = (boxes.first(data, b"meta") or b"")[4:]
    properties = list(boxes.boxes(boxes.first(meta, b"iprp", b"ipco") or b""))
    ties = boxes.first(meta, b"iprp", b"ipma") or b""
    primary = _primary(meta)
    if len(ties) < 8 or primary is None:
        return
    wide_item, wide_tie = 4 if ties[0] else 2, 2 if ties[3] & 1 else 1
    at = 8
    for _ in range(int.from_bytes(ties[4:8], "big")):
        if at + wide_item >= len(ties):
            return
        item, count = int.from_bytes(ties[at : at + wide_item], "big"), ties[at + wide_item]
        at += wide_item + 1
        for place in range(at, at + count * wide_tie, wide_tie):
            number = int.from_bytes(ties[place : place + wide_tie], "big")
            number &= 0x7FFF if wide_tie == 2 else 0x7F
            is_one = item == primary and 1 <= number <= len(properties)
            if is_one and properties[number - 1].kind == kind:
                yield properties[number - 1].content
        at += count * wide_tie
