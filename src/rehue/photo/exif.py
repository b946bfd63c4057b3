"""EXIF: kept byte for byte, but for the thumbnail, which shows the picture without colour.

An EXIF record (CIPA DC-008, Exif 2.32, clause 4.5) is a small TIFF. Rewriting it would move what
cameras' maker notes point to, so nothing is moved: the link to the thumbnail's directory is cut
and the thumbnail's bytes are cleared.
"""

import struct

from rehue.photo.tiff import (
    BYTE,
    LONG,
    ORIENTATION,
    SHORT,
    Layout,
    TiffDirectoryError,
    description,
    pack,
    read_directory,
)

_PREFIX = b"Exif\0\0"
_THUMBNAIL_AT, _THUMBNAIL_LENGTH = 513, 514


def without_prefix(record: bytes) -> bytes:
    r"""Take off the `Exif\0\0` that JPEG puts before a record (some writers twice)."""
    while record.startswith(_PREFIX):
        record = record[len(_PREFIX) :]
    return record


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
    cleared[link : link + width] = bytes(width)
    try:
        entries, end = read_directory(record, layout, after)
    except TiffDirectoryError:
        return bytes(cleared)
    cleared[after:end] = bytes(end - after)
    found = {entry.tag: entry.number() for entry in entries if entry.kind in (SHORT, LONG)}
    start, size = found.get(_THUMBNAIL_AT, 0), found.get(_THUMBNAIL_LENGTH, 0)
    # A thumbnail before the first directory's end is a lie that would cost the rest.
    if start > link:
        stop = min(start + size, len(cleared))
        cleared[start:stop] = bytes(max(0, stop - start)) if stop < len(cleared) else b""
    return bytes(cleared)


def from_tiff(buffer: bytes) -> bytes | None:
    """Make a record of what a TIFF file says about its picture; None when it says nothing."""
    try:
        entries = description(buffer)
    except TiffDirectoryError:
        return None
    return b"II*\0\x08\0\0\0" + pack(entries, 8) if entries else None
