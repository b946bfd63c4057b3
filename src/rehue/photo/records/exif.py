"""EXIF: kept byte for byte, but for the thumbnail, which shows the picture without colour.

An EXIF record (CIPA DC-008, Exif 2.32, clause 4.5) is a small TIFF. Rewriting it would move what
cameras' maker notes point to, so nothing is moved: the link to the thumbnail's directory is cut
and the thumbnail's bytes are cleared. Statements of the grey file (`statements`) are changed in
place.
"""

import struct
from collections.abc import Callable, Iterable

from rehue.photo.records import statements
from rehue.photo.records.directories import (
    ASCII,
    BYTE,
    LONG,
    LONG8,
    ORIENTATION,
    SHORT,
    UNDEFINED,
    XMP,
    Entry,
    Layout,
    TiffDirectoryError,
    description,
    pack,
    read_directory,
    resolution,
)
from rehue.photo.records.directories import dpi as tiff_dpi
from rehue.photo.records.statement import EXIF, IFD0, INTEROPERABILITY, KEPT, Result

_PREFIX = b"Exif\0\0"
_THUMBNAIL_AT, _THUMBNAIL_LENGTH = 513, 514
_WITHIN = {IFD0: (EXIF,), EXIF: (INTEROPERABILITY,)}
_STATEMENTS = {s.key: s for s in statements.of("EXIF") if not s.rewritten}
_TEXTS = [(s.key, s.rewritten) for s in statements.of("EXIF") if s.rewritten]


def without_prefix(record: bytes) -> bytes:
    r"""Take off the `Exif\0\0` that JPEG puts before a record (some writers twice)."""
    while record.startswith(_PREFIX):
        record = record[len(_PREFIX) :]
    return record


def several(records: Iterable[bytes]) -> tuple[str, ...]:
    """Say that a file has EXIF records that differ."""
    differ = len({without_prefix(record) for record in records}) > 1
    return ("it has more than one EXIF record, and the first counts",) if differ else ()


def with_prefix(record: bytes) -> bytes:
    r"""Put `Exif\0\0` before a record, as JPEG and Pillow want it."""
    return _PREFIX + record


def orientation(record: bytes | None) -> int:
    """Return the orientation 1..8 that a record gives; 1 when it gives none or is broken."""
    if not record:
        return 1
    try:
        entries, _ = read_directory(record, Layout.of(record))
    except TiffDirectoryError:
        return 1
    for entry in entries:
        if entry.tag == ORIENTATION and entry.kind in (BYTE, SHORT, LONG):
            return entry.number() if 1 <= entry.number() <= 8 else 1
    return 1


def dpi(record: bytes) -> tuple[float, float] | None:
    """Return the resolution that a record gives, horizontal and vertical, if it does."""
    try:
        return tiff_dpi(read_directory(record, Layout.of(record))[0])
    except TiffDirectoryError:
        return None


def xmp(record: bytes | None) -> bytes | None:
    """Return the XMP packet that some programs put into a record, if there is one."""
    try:
        entries, _ = read_directory(record or b"", Layout.of(record or b""))
    except TiffDirectoryError:
        return None
    return next((entry.data for entry in entries if entry.tag == XMP), None)


def without_thumbnail(record: bytes) -> bytes | None:
    """Return a record of the same layout without its thumbnail; None when it cannot be read."""
    try:
        layout = Layout.of(record)
        _, link = read_directory(record, layout)
    except TiffDirectoryError:
        return None
    cleared = bytearray(record)
    width = 8 if layout.big else 4
    if link + width > len(cleared):
        # Records without the closing link exist; there is no second directory then.
        return record
    after = struct.unpack_from(layout.order + ("Q" if layout.big else "I"), record, link)[0]
    if after == 0:
        return record
    try:
        entries, end = read_directory(record, layout, after)
    except TiffDirectoryError:
        return record  # no link, but what some programs put there in its place
    cleared[link : link + width] = bytes(width)
    cleared[after:end] = bytes(end - after)
    found = {entry.tag: entry.number() for entry in entries if entry.kind in (SHORT, LONG)}
    start, size = found.get(_THUMBNAIL_AT, 0), found.get(_THUMBNAIL_LENGTH, 0)
    # A thumbnail before the first directory's end is a lie that would cost the rest.
    if start > link:
        stop = min(start + size, len(cleared))
        cleared[start:stop] = bytes(max(0, stop - start)) if stop < len(cleared) else b""
    return bytes(cleared)


def put_right(record: bytes, result: Result) -> bytes | None:
    """Return a record of the same layout whose statements are true of a result.

    Entries are changed, or taken out of their directory; values stay where they are.

    Returns:
        None when nothing is left in it.
    """
    try:
        layout = Layout.of(record)
    except TiffDirectoryError:
        return record
    if layout.big:
        return record
    changed = bytearray(record)
    return bytes(changed) if _put_right(changed, layout, layout.first, IFD0, result) else None


def _put_right(
    record: bytearray, layout: Layout, offset: int, directory: int, result: Result
) -> int:
    """Put the entries of a directory right in place and return how many are left."""
    try:
        (count,) = struct.unpack_from(layout.order + "H", record, offset)
    except struct.error:
        return 1  # there is none, and its link may stay
    start, end = offset + 2, offset + 2 + 12 * count
    if end > len(record):
        return 1
    rows = []
    for at in range(start, end, 12):
        row = bytes(record[at : at + 12])
        tag, value = struct.unpack(layout.order + "H6x4s", row)
        if tag in _WITHIN.get(directory, ()):
            (inner,) = struct.unpack(layout.order + "I", value)
            if inner != offset and not _put_right(record, layout, inner, tag, result):
                continue
        statement = _STATEMENTS.get((directory, tag))
        if statement and (not statement.only or _letters(value) in statement.only):
            new = statement.value(result)
            if new is None:
                continue
            if new is not KEPT:
                row = _row(layout, tag, new)
        for key, rewritten in _TEXTS:
            if row and key == (directory, tag):
                row = _rewritten(record, layout, row, rewritten, result)
        rows += [row] if row else []
    # What follows the last entry is a link to nothing, or values where a program wrote none.
    fields = struct.pack(layout.order + "H", len(rows)) + b"".join(rows)
    record[offset:end] = fields.ljust(end - offset, b"\0")
    return len(rows)


def _rewritten(
    record: bytearray,
    layout: Layout,
    row: bytes,
    change: Callable[[bytes, Result], bytes],
    result: Result,
) -> bytes:
    """Change a text in place, or at the end of a record where it has become longer.

    Returns:
        Its entry; nothing where nothing is left of it.
    """
    tag, kind, count, at = struct.unpack(layout.order + "HHII", row)
    if kind != ASCII or count <= 4 or at + count > len(record):
        return row
    before = bytes(record[at : at + count]).rstrip(b"\0")
    after = change(before, result)
    if after == before:
        return row
    record[at : at + count] = bytes(count)
    if len(after) >= count:
        record += bytes(len(record) % 2)
        at = len(record)
        record += after + b"\0"
    else:
        record[at : at + len(after)] = after
    return struct.pack(layout.order + "HHII", tag, ASCII, len(after) + 1, at) if after else b""


def _letters(value: bytes) -> str:
    return value.rstrip(b"\0").decode("latin-1")


def _row(layout: Layout, tag: int, value: int | bytes) -> bytes:
    """Write an entry whose value fits into it: a SHORT, a text, or bytes."""
    if isinstance(value, int):
        return struct.pack(layout.order + "HHIHH", tag, SHORT, 1, value, 0)
    kind = ASCII if value.endswith(b"\0") and value[:1].isalpha() else UNDEFINED
    return struct.pack(layout.order + "HHI4s", tag, kind, len(value), value)


def from_tiff(buffer: bytes, offset: int | None = None) -> bytes | None:
    """Make a record of what a directory of a TIFF (the first) says about its picture, if it does.

    Entries of types that only a BigTIFF has are left out: EXIF has no such types.
    """
    try:
        entries = [e for e in description(buffer, offset) if e.kind < LONG8]
    except TiffDirectoryError:
        return None
    return from_entries(entries) if entries else None


def from_entries(entries: Iterable[Entry]) -> bytes:
    """Write entries as a record."""
    return b"II*\0\x08\0\0\0" + pack(entries, 8)


def upright(record: bytes) -> bytes:
    """Return a record of the same layout that says orientation 1."""
    return _reoriented(record, 1) or record


def oriented(record: bytes, orientation: int) -> bytes:
    """Return a record that says an orientation 1..8; nothing else in it moves.

    Where it says none, a longer copy of its first directory is put at its end.
    """
    changed = _reoriented(record, orientation)
    if changed is not None:
        return changed
    try:
        layout = Layout.of(record)
        _, link = read_directory(record, layout)
    except TiffDirectoryError:
        return record
    if layout.big:
        return record  # which no EXIF record is
    rows = [record[at : at + 12] for at in range(layout.first + 2, link, 12)]
    rows.append(struct.pack(layout.order + "HHIHxx", ORIENTATION, SHORT, 1, orientation))
    rows.sort(key=lambda row: struct.unpack_from(layout.order + "H", row)[0])
    count = struct.pack(layout.order + "H", len(rows))
    longer = bytearray(record + bytes(len(record) % 2))
    struct.pack_into(layout.order + "I", longer, 4, len(longer))
    return bytes(longer + count + b"".join(rows) + record[link : link + 4].ljust(4, b"\0"))


def of_orientation(orientation: int, dpi: tuple[float, float] | None) -> bytes:
    """Write a record that says an orientation and, where it is known, a resolution."""
    value = orientation.to_bytes(2, "little")
    return from_entries([Entry(ORIENTATION, SHORT, 1, value), *(resolution(dpi) if dpi else ())])


def _reoriented(record: bytes, orientation: int) -> bytes | None:
    """Return a record of the same layout that says another orientation; None where it has none."""
    try:
        layout = Layout.of(record)
        _, link = read_directory(record, layout)
    except TiffDirectoryError:
        return None
    changed = bytearray(record)
    for at in range(layout.first + 2, link, 12):
        tag, kind = struct.unpack_from(layout.order + "HH", record, at)
        if tag == ORIENTATION:
            width = {SHORT: "H", LONG: "I"}.get(kind, "B")
            struct.pack_into(layout.order + width, changed, at + 8, orientation)
            return bytes(changed)
    return None


def of_resolution(dpi: tuple[float, float]) -> bytes:
    """Write a record that says a resolution and nothing else."""
    return from_entries(resolution(dpi))
