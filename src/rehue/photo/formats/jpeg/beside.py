"""What stands beside a JPEG's picture: records in segments of applications, and comments.

They are read here, not by Pillow, which refuses a whole file for a segment that is too short, keeps
one comment of several, and knows no segments of other programs.
"""

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rehue.photo.formats.contract import left_out_shape
from rehue.photo.formats.jpeg.extended_xmp import EXTENSION, XMP, joined_packet, segments_of
from rehue.photo.formats.jpeg.segments import BESIDE, MOST, SOS, Segment
from rehue.photo.photograph import Carried
from rehue.photo.records import exif, statements
from rehue.photo.records.statement import KEPT, Result, Statement

APP0, APP1, APP2, APP11, APP13, APP14, COM = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEE, 0xFE
MPF: Final = b"MPF\0"
ISO_GAIN_MAP: Final = b"urn:iso:std:iso:ts:21496:-1\0"
_JFIF, _ADOBE, _EXIF = b"JFIF\0", b"Adobe", b"Exif\0"
_ICC, _PHOTOSHOP = b"ICC_PROFILE\0", b"Photoshop 3.0\0"
# Lengths below which libjpeg takes no notice of these.
_JFIF_LENGTH, _ADOBE_LENGTH = 14, 12
# Written anew, or shown in the picture's own words: JFIF and its thumbnails, Adobe's transform.
_MADE_ANEW: Final = ((APP0, _JFIF), (APP0, b"JFXX\0"), (APP14, _ADOBE), (APP2, MPF))
_MANIFEST: Final = next(s for s in statements.of("JPEG") if s.name == "C2PA manifest")
_TIFF_HEADERS = (b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class Beside:
    """What the segments of a file say, and what of it cannot be read."""

    records: Carried
    notes: tuple[str, ...]


def read_beside(found: Iterable[Segment]) -> Beside:
    """Read the segments beside a picture."""
    notes: list[str] = []
    rows = [segment for segment in found if segment.marker in BESIDE]
    known = {id(s) for s in rows if _starts(s, _MADE_ANEW)}

    def contents(marker: int, prefix: bytes = b"") -> list[bytes]:
        its = [s for s in rows if s.marker == marker and s.content.startswith(prefix)]
        known.update(map(id, its))
        return [s.content[len(prefix) :] for s in its]

    packet, said = joined_packet(contents(APP1, XMP), contents(APP1, EXTENSION))
    notes += said
    record, said = _exif(contents(APP1, _EXIF))
    notes += said
    icc, said = _profile(contents(APP2, _ICC))
    notes += said
    resources = b"".join(contents(APP13, _PHOTOSHOP))
    comments = tuple(filter(None, contents(COM)))
    others = [(s.marker, s.content) for s in rows if id(s) not in known]
    manifest = _meant(_MANIFEST, others)
    others = [segment for segment in others if segment not in manifest]
    notes += (*_said(others), *_shape(rows))
    return Beside(
        Carried(
            exif=record,
            icc=icc,
            xmp=packet,
            photoshop=resources,
            comments=comments,
            segments=tuple(others),
            dpi=_dpi(rows),
            manifest=bool(manifest),
        ),
        tuple(notes),
    )


def without_beside(data: bytes, found: list[Segment], end: int | None) -> bytes:
    """Return a file for a decoder: without what stands beside its picture, and behind it.

    What a decoder takes colours by stays: JFIF's and Adobe's segments, where they are whole.
    """
    scan = next((s for s in found if s.marker == SOS), None)
    if scan is None:
        return data
    parts = [data[:2]]
    for segment in found:
        if segment is scan:
            break
        if segment.marker not in BESIDE or _is_needed(segment):
            parts += [_header(segment.marker, segment.content), segment.content]
    return b"".join([*parts, _header(SOS, scan.content), data[scan.at : end]])


def written_beside(carried: Carried, packet: bytes) -> bytes:
    """Write the segments beside a result's picture, but for JFIF's and the profile's."""
    rows: list[tuple[int, bytes]] = []
    if carried.exif:
        rows += _cut(APP1, b"Exif\0\0", carried.exif)
    rows += ((APP1, content) for content in segments_of(packet))
    rows += _cut(APP13, _PHOTOSHOP, carried.photoshop)
    rows += _true(carried.segments, behind=carried.behind.holds if carried.behind else frozenset())
    rows += ((COM, comment) for comment in carried.comments)
    return b"".join(_header(marker, content) + content for marker, content in rows)


def _true(segments: Iterable[tuple[int, bytes]], behind: frozenset[str]) -> list[tuple[int, bytes]]:
    """Return the segments of other programs that are true of a result with so much behind it."""
    kept = list(segments)
    for statement in statements.of("JPEG"):
        if statement.value(Result(behind=behind)) is not KEPT:
            gone = _meant(statement, kept)
            kept = [segment for segment in kept if segment not in gone]
    return kept


def _said(segments: list[tuple[int, bytes]]) -> list[str]:
    return [s.note for s in statements.of("JPEG") if s.note and _meant(s, segments)]


def _meant(statement: Statement, segments: list[tuple[int, bytes]]) -> set[tuple[int, bytes]]:
    marker, start = statement.key
    its = [content for number, content in segments if number == marker]
    begun = {content for content in its if re.match(start, content, re.DOTALL)}
    # Boxes that are longer than a segment go on in others, by their number.
    boxes = {content[:4] for content in begun if marker == APP11}
    return {(marker, content) for content in its if content in begun or content[:4] in boxes}


def _is_needed(segment: Segment) -> bool:
    marker, content = segment.marker, segment.content
    if marker == APP0:
        return content.startswith(_JFIF) and len(content) >= _JFIF_LENGTH
    return marker == APP14 and content.startswith(_ADOBE) and len(content) >= _ADOBE_LENGTH


def _starts(segment: Segment, prefixes: Iterable[tuple[int, bytes]]) -> bool:
    return any(segment.marker == m and segment.content.startswith(p) for m, p in prefixes)


def _exif(contents: list[bytes]) -> tuple[bytes | None, list[str]]:
    """Join a record that is longer than a segment; a second record is none."""
    # One more zero belongs to the prefix, or what some cameras have in its place.
    parts = [content[1:] for content in contents]
    if not parts:
        return None, []
    begins = (n for n, part in enumerate(parts) if n and _is_record(part))
    end = next(begins, len(parts))
    several = "it has more than one EXIF record, and the first counts"
    return b"".join(parts[:end]) or None, [several] if end < len(parts) else []


def _is_record(content: bytes) -> bool:
    return exif.without_prefix(content[:64]).startswith(_TIFF_HEADERS)


def _profile(contents: list[bytes]) -> tuple[bytes | None, list[str]]:
    """Join a profile by its numbers (ICC.1:2022, B.4)."""
    parts: dict[int, bytes] = {}
    for content in contents:
        if len(content) > 2:
            parts.setdefault(content[0], content[2:])
    if not contents:
        return None, []
    if len(parts) == 1 and len(contents) == 1:
        return contents[0][2:], []  # whatever numbers it has
    counted = contents[0][1] if len(contents[0]) > 1 else 0
    if sorted(parts) != list(range(1, counted + 1)) or not parts:
        return None, ["its ICC profile is not all there and is left out"]
    return b"".join(parts[number] for number in sorted(parts)), []


def _dpi(rows: Iterable[Segment]) -> tuple[float, float] | None:
    unit, across, down = _density(rows)
    factor = {1: 1.0, 2: 2.54}.get(unit)
    return (across * factor, down * factor) if factor else None


def _shape(rows: Iterable[Segment]) -> tuple[str, ...]:
    unit, across, down = _density(rows)
    return () if unit else left_out_shape(across, down)


def _density(rows: Iterable[Segment]) -> tuple[int, int, int]:
    """Return unit (0: none), and pixels across and down, of JFIF (ITU-T T.871, 10.1)."""
    for segment in rows:
        if segment.marker == APP0 and _is_needed(segment):
            unit, across, down = struct.unpack_from(">BHH", segment.content, 7)
            return unit, across, down
    return 0, 0, 0


def _cut(marker: int, prefix: bytes, content: bytes) -> Iterator[tuple[int, bytes]]:
    step = MOST - len(prefix)
    return ((marker, prefix + content[at : at + step]) for at in range(0, len(content), step))


def _header(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2)
