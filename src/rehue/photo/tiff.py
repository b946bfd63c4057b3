"""TIFF directories (TIFF 6.0, section 2) as bytes, which is also what EXIF is made of.

Pillow reads directories into Python values and writes its own guess of their types, and its
compressed TIFFs cannot hold an EXIF directory at all; here entries stay the bytes that they were.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

XMP, ICC, PHOTOSHOP, ORIENTATION = 700, 34675, 34377, 274
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 282, 283, 296
EXIF, GPS, INTEROPERABILITY = 34665, 34853, 40965
BYTE, SHORT, LONG, RATIONAL = 1, 3, 4, 5
_DIRECTORIES = (EXIF, GPS, INTEROPERABILITY)

# Bytes of one value, and of the units in which its byte order counts, by type.
_VALUE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_UNIT = {3: 2, 4: 4, 5: 4, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8, 13: 4}

# Tags that say how pixels lie in the file, or what their numbers mean: true of the source only.
# With them go XMP, ICC and Photoshop resources, which are carried apart, and Photoshop's layers
# (37724) and smaller copies (330, 513, 514), which would still show the uncoloured picture.
LAYOUT = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284}
    | {288, 289, 290, 291, 292, 293, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327}
    | {328, 330, 332, 333, 334, 336, 337, 338, 339, 340, 341, 342, 343, 347, *range(512, 522)}
    | {529, 530, 531, 532, XMP, ICC, PHOTOSHOP, 37724}
)


class TiffDirectoryError(ValueError):
    """Bytes that are no TIFF directory."""


@dataclass(frozen=True)
class Entry:
    """One entry: its value as little-endian bytes, or the entries of the directory it points to."""

    tag: int
    kind: int
    count: int
    data: bytes
    children: tuple["Entry", ...] = ()

    def number(self) -> int:
        """Return the first value of a BYTE, SHORT or LONG."""
        return int.from_bytes(self.data[: _VALUE[self.kind]], "little")


@dataclass(frozen=True)
class Layout:
    """Byte order and width of a TIFF's offsets (BigTIFF's are 8 bytes), and its first directory."""

    order: str
    big: bool
    first: int

    @classmethod
    def of(cls, buffer: bytes) -> "Layout":
        """Read the header; raises TiffDirectoryError when there is none."""
        order = {b"II": "<", b"MM": ">"}.get(buffer[:2])
        if order is None or len(buffer) < 8:
            raise TiffDirectoryError("no TIFF header")
        version = struct.unpack_from(f"{order}H", buffer, 2)[0]
        if version == 43 and len(buffer) >= 16:
            return cls(order, True, struct.unpack_from(f"{order}Q", buffer, 8)[0])
        if version != 42:
            raise TiffDirectoryError("no TIFF header")
        return cls(order, False, struct.unpack_from(f"{order}I", buffer, 4)[0])


def read_directory(
    buffer: bytes, layout: Layout, offset: int | None = None
) -> tuple[list[Entry], int]:
    """Read one directory (the first by default).

    Entries whose type is unknown, or whose value lies outside the file, are left out.

    Returns:
        Its entries, and the offset of the field that holds the next directory's offset.

    Raises:
        TiffDirectoryError: there is no directory at the offset.
    """
    start = layout.first if offset is None else offset
    head, entry = ("Q", "HHQ8s") if layout.big else ("H", "HHI4s")
    width, size = struct.calcsize("<" + head), struct.calcsize("<" + entry)
    try:
        (count,) = struct.unpack_from(layout.order + head, buffer, start)
        rows = list(
            struct.iter_unpack(layout.order + entry, _slice(buffer, start + width, count * size))
        )
    except struct.error as error:
        raise TiffDirectoryError(f"no directory at byte {start}") from error
    return list(_entries(buffer, layout, rows)), start + width + count * size


def _entries(
    buffer: bytes, layout: Layout, rows: list[tuple[int, int, int, bytes]]
) -> Iterator[Entry]:
    # Many entries may point at the same bytes: together they hold no more than the file does.
    budget = len(buffer)
    for tag, kind, count, field in rows:
        size = _VALUE.get(kind, 0) * count
        budget -= size
        if not size or budget < 0:
            continue
        if size <= len(field):
            data = field[:size]
        else:
            at = int.from_bytes(field, "little" if layout.order == "<" else "big")
            if at + size > len(buffer):
                continue
            data = buffer[at : at + size]
        yield Entry(tag, kind, count, _little_endian(data, kind, layout.order))


def description(buffer: bytes) -> tuple[Entry, ...]:
    """Return what the first directory says about the picture: all of it but `LAYOUT`.

    The EXIF, GPS and interoperability directories come with it.

    Raises:
        TiffDirectoryError: the buffer is no TIFF.
    """
    layout = Layout.of(buffer)
    entries, _ = read_directory(buffer, layout)
    return _with_children(buffer, layout, (e for e in entries if e.tag not in LAYOUT))


def _with_children(
    buffer: bytes, layout: Layout, entries: Iterable[Entry], depth: int = 0
) -> tuple[Entry, ...]:
    found = []
    for entry in entries:
        if entry.tag not in _DIRECTORIES:
            found.append(entry)
        elif depth < 2:
            try:
                inner, _ = read_directory(buffer, layout, entry.number())
            except TiffDirectoryError:
                continue
            children = _with_children(buffer, layout, inner, depth + 1)
            if children:
                found.append(Entry(entry.tag, LONG, 1, b"", children))
    return tuple(found)


def pack(entries: Iterable[Entry], offset: int) -> bytes:
    """Write a directory, its values and its sub-directories to stand at `offset`, little-endian."""
    ordered = sorted(entries, key=lambda entry: entry.tag)
    values_at = offset + 2 + 12 * len(ordered) + 4
    fields, values = bytearray(struct.pack("<H", len(ordered))), bytearray()
    for entry in ordered:
        at = values_at + len(values)
        data = pack(entry.children, at) if entry.children else entry.data
        if entry.children or len(data) > 4:
            values += data + b"\0" * (len(data) % 2)
            data = struct.pack("<I", at)
        fields += struct.pack("<HHI", entry.tag, entry.kind, entry.count) + data.ljust(4, b"\0")
    return bytes(fields + b"\0\0\0\0" + values)


def with_entries(tiff: bytes, extra: Iterable[Entry]) -> bytes:
    """Add entries to the first directory of a little-endian TIFF; its own entries win.

    The new directory is appended and the header points to it; pixels stay where they are.
    """
    layout = Layout.of(tiff)
    own, _ = read_directory(tiff, layout)
    taken = {entry.tag for entry in own}
    merged = own + [entry for entry in extra if entry.tag not in taken]
    padded = tiff + b"\0" * (len(tiff) % 2)
    return b"".join(
        (padded[:4], struct.pack("<I", len(padded)), padded[8:], pack(merged, len(padded)))
    )


def _little_endian(data: bytes, kind: int, order: str) -> bytes:
    unit = _UNIT.get(kind, 1)
    if order == "<" or unit == 1:
        return data
    return b"".join(data[i : i + unit][::-1] for i in range(0, len(data), unit))


def _slice(buffer: bytes, start: int, size: int) -> bytes:
    if start + size > len(buffer):
        raise TiffDirectoryError(f"no directory at byte {start}")
    return buffer[start : start + size]
