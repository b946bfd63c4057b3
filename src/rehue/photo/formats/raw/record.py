"""What cameras' raw files say of their picture: an EXIF record, XMP and captions, by the kind.

Most are TIFFs, some of them with another number in the header (Olympus, Panasonic). Fujifilm's hold
a whole JPEG in front, Canon's CR3 the directories of a record in boxes, Canon's CRW a heap of its
own (Phil Harvey, "The Canon RAW (CRW) File Format"; Laurent Clévy, "Canon CR3").
"""

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from itertools import count

from PIL import JpegImagePlugin

from rehue.photo.formats.jpeg.beside import read_beside
from rehue.photo.formats.jpeg.segments import walked
from rehue.photo.photograph import Carried
from rehue.photo.records import boxes, directories, exif, photoshop, xmp_parts
from rehue.photo.records.directories import EXIF, GPS, LONG, RATIONAL, SHORT, Entry

FUJIFILM, CRW = b"FUJIFILMCCD-RAW", b"HEAPCCDR"
# What a raw file's first directory says of the picture, not of its mosaic: description, camera,
# orientation, resolution, program, time, artist, copyright, and the EXIF and GPS directories.
_SAID = {270, 271, 272, 274, 282, 283, 296, 305, 306, 315, 33432, EXIF, GPS}
# Panasonic's tag for the JPEG that the camera made.
_JPEG_INSIDE = 46
_CANON = bytes.fromhex("85C0B687820F11E08111F4CE462B6A48")
_XMP_BOX = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
_MAKER_NOTE = 37500
_ASCII = 2
# Of a CRW's heap, which has some hundred: heaps within heaps could be the same one over and over.
_MOST_RECORDS = 10_000
# Bytes of a record that are looked at: what is said takes less, pictures take more.
_LONGEST = 4096
_SIGNATURE_OF_TIFF = {b"II": b"II*\0", b"MM": b"MM\0*"}


def records_of(data: bytes) -> Carried:
    """Return what a raw file says: EXIF, XMP, captions, and whether it has a C2PA manifest."""
    try:
        if data.startswith(FUJIFILM):
            at, size = struct.unpack_from(">II", data, 84)
            beside = _beside(data[at : at + size])
        elif data[4:8] == b"ftyp":
            named = (b.content for b in boxes.boxes(data) if b.kind == b"uuid")
            packet = next((content[16:] for content in named if content[:16] == _XMP_BOX), None)
            beside = Carried(xmp=packet)
        elif data[6:14] == CRW:
            beside = Carried()
        else:
            beside = _beside_tiff(as_tiff(data))
    except (directories.TiffDirectoryError, struct.error):
        beside = Carried()
    return replace(beside, exif=_record_of(data))


def _beside_tiff(data: bytes) -> Carried:
    """Return XMP and captions of the first directory, or else of the JPEG inside."""
    layout = directories.Layout.of(data)
    found = {entry.tag: entry.data for entry in directories.read_directory(data, layout)[0]}
    inside = _beside(found[_JPEG_INSIDE]) if _JPEG_INSIDE in found else Carried()
    captions = found.get(directories.IPTC)
    resources = (
        found.get(directories.PHOTOSHOP, b""),
        photoshop.with_captions(captions) if captions else b"",
        inside.photoshop,
    )
    packets = [packet for packet in (found.get(directories.XMP), inside.xmp) if packet]
    return Carried(
        xmp=xmp_parts.all_of(packets)[0],
        photoshop=photoshop.joined(filter(None, resources)),
        manifest=directories.C2PA in found,
    )


def _beside(data: bytes) -> Carried:
    """Return XMP and captions of a JPEG that a camera made of the same picture."""
    records = read_beside(walked(data)[0]).records
    return Carried(xmp=records.xmp, photoshop=records.photoshop)


def _record_of(data: bytes) -> bytes | None:
    """Return the EXIF record of a raw file; None where it has none, or none that can be read."""
    try:
        if data.startswith(FUJIFILM):
            at, size = struct.unpack_from(">II", data, 84)
            return _of_jpeg(data[at : at + size])
        if data[4:8] == b"ftyp":
            return _of_boxes(data)
        if data[6:14] == CRW:
            entries = list(_of_heap(data))
            return exif.from_entries(entries) if entries else None
        return _of_tiff(as_tiff(data))
    except (directories.TiffDirectoryError, struct.error):
        return None


def as_tiff(data: bytes) -> bytes:
    r"""Return a file with the header of a TIFF, where its maker has put another number there.

    >>> as_tiff(b"IIRO\x08\0\0\0")
    b'II*\x00\x08\x00\x00\x00'
    """
    plain = _SIGNATURE_OF_TIFF.get(data[:2])
    return data if plain is None or data[:4] == plain else plain + data[4:]


def _of_tiff(data: bytes) -> bytes | None:
    said = [entry for entry in directories.description(data) if entry.tag in _SAID]
    if not any(entry.tag == EXIF for entry in said):
        for entry in directories.read_directory(data, directories.Layout.of(data))[0]:
            if entry.tag == _JPEG_INSIDE:
                return _of_jpeg(entry.data) or (exif.from_entries(said) if said else None)
    return exif.from_entries(said) if said else None


def _of_jpeg(data: bytes) -> bytes | None:
    try:
        found = JpegImagePlugin.JpegImageFile(BytesIO(data)).info.get("exif")
    except Exception:  # Pillow raises nearly anything on damaged files
        return None
    return exif.without_prefix(found) if found else None


def _of_boxes(data: bytes) -> bytes | None:
    """Return what the boxes of a CR3 say: CMT1 is the record's own directory, CMT2 its EXIF's."""
    movie = boxes.first(data, b"moov") or b""
    own = next((b.content for b in boxes.boxes(movie) if b.content[:16] == _CANON), b"")
    parts = {found.kind: found.content for found in boxes.boxes(own[16:])}
    said = [e for e in _entries(parts.get(b"CMT1")) if e.tag in _SAID - {EXIF, GPS}]
    inner = [e for e in _entries(parts.get(b"CMT2")) if e.tag != _MAKER_NOTE]
    for tag, children in ((EXIF, inner), (GPS, list(_entries(parts.get(b"CMT4"))))):
        if children:
            said.append(Entry(tag, LONG, 1, b"", tuple(children)))
    return exif.from_entries(said) if said else None


def _entries(part: bytes | None) -> tuple[Entry, ...]:
    try:
        return directories.description(part) if part else ()
    except directories.TiffDirectoryError:
        return ()


def heap_of(data: bytes) -> list[tuple[int, bytes]] | None:
    """Return the records of a CRW, number and content; None where its heap is not whole."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 30:
        return None
    (start,) = struct.unpack_from(order + "I", data, 2)
    try:
        return list(_records(data, order, (start, len(data)), count(_MOST_RECORDS, -1)))
    except (struct.error, RecursionError, ValueError):
        return None


def _records(
    data: bytes, order: str, heap: tuple[int, int], left: Iterator[int]
) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a heap; the offset of its list stands in its last four bytes."""
    start, end = heap
    (offset,) = struct.unpack_from(order + "I", data, end - 4)
    at = start + offset
    (number_of_records,) = struct.unpack_from(order + "H", data, at)
    if at + 2 + 10 * number_of_records > end:
        raise ValueError("no list of records")
    for number in range(number_of_records):
        if next(left) <= 0:
            raise ValueError("records without end")
        field = at + 2 + 10 * number
        kind, size, place = struct.unpack_from(order + "HII", data, field)
        if kind & 0xC000 == 0x4000:  # the value stands in the list itself
            yield kind & 0x3FFF, data[field + 2 : field + 10]
            continue
        first, last = start + place, start + place + size
        if last > end:
            raise ValueError("a record beyond the end")
        if kind & 0x3800 in (0x2800, 0x3000):
            yield from _records(data, order, (first, last), left)
        else:
            yield kind & 0x3FFF, data[first : min(last, first + _LONGEST)]


def _of_heap(data: bytes) -> Iterator[Entry]:
    """Yield what a CRW's heap says, as entries of a record."""
    found = dict(heap_of(data) or ())
    order = "<" if data[:2] == b"II" else ">"
    for tag, kind in ((270, 0x0805), (315, 0x0810)):
        text = found.get(kind, b"").partition(b"\0")[0]
        if text:
            yield _text(tag, text)
    maker, _, rest = found.get(0x080A, b"").partition(b"\0")
    camera = rest.partition(b"\0")[0]
    for tag, text in ((271, maker), (272, camera)):
        if text:
            yield _text(tag, text)
    inner = []
    if len(time := found.get(0x180E, b"")) >= 4:
        taken = datetime.fromtimestamp(struct.unpack_from(order + "I", time)[0], UTC)
        inner.append(_text(36867, f"{taken:%Y:%m:%d %H:%M:%S}".encode("ascii")))
    # In 32nds of APEX values (Exif 2.32, annex C), ISO as a power of 2 of 3.125.
    shot = _shorts(found.get(0x102A, b""), order)
    if len(shot) > 22 and shot[21] and shot[22]:
        inner.append(_rational(33437, round(2 ** (shot[21] / 64) * 10), 10))
        seconds = 2.0 ** (-shot[22] / 32)
        fraction = (1, round(1 / seconds)) if seconds < 0.5 else (round(seconds * 10), 10)
        inner.append(_rational(33434, *fraction))
        if shot[2]:
            speed = round(3.125 * 2 ** (shot[2] / 32))
            inner.append(Entry(34855, SHORT, 1, struct.pack("<H", min(speed, 65535))))
    lens, settings = (_shorts(found.get(kind, b""), order) for kind in (0x1029, 0x102D))
    if len(lens) > 1 and lens[0] and lens[1] > 0:
        unit = settings[25] if len(settings) > 25 and settings[25] > 0 else 1
        inner.append(_rational(37386, lens[1], unit))
    if inner:
        yield Entry(EXIF, LONG, 1, b"", tuple(inner))


def _shorts(content: bytes, order: str) -> tuple[int, ...]:
    return struct.unpack_from(f"{order}{len(content) // 2}h", content)


def _text(tag: int, text: bytes) -> Entry:
    return Entry(tag, _ASCII, len(text) + 1, text + b"\0")


def _rational(tag: int, above: int, below: int) -> Entry:
    return Entry(tag, RATIONAL, 1, struct.pack("<II", above, below))
