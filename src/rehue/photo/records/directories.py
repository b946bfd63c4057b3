"""TIFF directories (TIFF 6.0, section 2) as bytes, which is also what EXIF is made of.

Pillow reads directories into Python values and writes its own guess of their types, and its
compressed TIFFs cannot hold an EXIF directory at all; here entries stay the bytes that they were.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

XMP, ICC, PHOTOSHOP, ORIENTATION = 700, 34675, 34377, 274
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 282, 283, 296
EXIF, GPS, INTEROPERABILITY = 34665, 34853, 40965
BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 1, 2, 3, 4, 5, 7, 16
_DIRECTORIES = (EXIF, GPS, INTEROPERABILITY)
IPTC, LAYERS, C2PA = 33723, 37724, 52545
_OPAQUE = (XMP, ICC, PHOTOSHOP, IPTC)

# Bytes of one value, and of the units in which its byte order counts, by type.
_VALUE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_VALUE |= {16: 8, 17: 8, 18: 8}
_UNIT = {3: 2, 4: 4, 5: 4, 8: 2, 9: 4, 10: 4, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}

# Tags that say how pixels lie in the file, or what their numbers mean: true of the source only.
# With them go XMP, ICC and Photoshop resources, which are carried apart, and Photoshop's layers
# (37724) and smaller copies (330, 513, 514), which would still show the uncoloured picture, and
# C2PA's manifests, whose signature is of the source's bytes.
LAYOUT = frozenset(
    {254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284}
    | {288, 289, 290, 291, 292, 293, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327}
    | {328, 330, 332, 333, 334, 336, 337, 338, 339, 340, 341, 342, 343, 347, *range(512, 522)}
    | {529, 530, 531, 532, XMP, ICC, PHOTOSHOP, LAYERS, C2PA}
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

    def numbers(self) -> tuple[int, ...]:
        """Return all values of a SHORT, LONG or LONG8; none of another type."""
        if self.kind not in (SHORT, LONG, LONG8, 13, 18):
            return ()
        code = {2: "H", 4: "I", 8: "Q"}[_VALUE[self.kind]]
        return struct.unpack(f"<{self.count}{code}", self.data)


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


def next_directory(buffer: bytes, layout: Layout, offset: int) -> int:
    """Return the offset of the directory after the one at `offset`; 0 after the last.

    Raises:
        TiffDirectoryError: there is no directory at the offset.
    """
    head, width = ("Q", 20) if layout.big else ("H", 12)
    try:
        (count,) = struct.unpack_from(layout.order + head, buffer, offset)
        link = offset + struct.calcsize("<" + head) + width * count
        after: int = struct.unpack_from(layout.order + ("Q" if layout.big else "I"), buffer, link)[
            0
        ]
    except struct.error as error:
        raise TiffDirectoryError(f"no directory at byte {offset}") from error
    return after


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
        if tag in _OPAQUE:
            # Captions are often said to be LONGs: turning their bytes round would destroy them.
            yield Entry(tag, UNDEFINED, size, data)
            continue
        yield Entry(tag, kind, count, _little_endian(data, kind, layout.order))


def description(buffer: bytes, offset: int | None = None) -> tuple[Entry, ...]:
    """Return what a directory (the first by default) says about its picture: all but `LAYOUT`.

    The EXIF, GPS and interoperability directories come with it.

    Raises:
        TiffDirectoryError: the buffer is no TIFF.
    """
    layout = Layout.of(buffer)
    entries, _ = read_directory(buffer, layout, offset)
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


def pack(entries: Iterable[Entry], offset: int, *, big: bool = False) -> bytes:
    """Write a directory, its values and its sub-directories to stand at `offset`, little-endian.

    Args:
        entries: in any order.
        offset: where the directory will begin.
        big: as a BigTIFF has it, with offsets of 8 bytes.
    """
    ordered = sorted(entries, key=lambda entry: entry.tag)
    head, count, width = ("<Q", "<HHQ", 8) if big else ("<H", "<HHI", 4)
    size = struct.calcsize(head) + len(ordered) * (struct.calcsize(count) + width) + width
    fields, values = bytearray(struct.pack(head, len(ordered))), bytearray()
    for entry in ordered:
        at = offset + size + len(values)
        data = pack(entry.children, at, big=big) if entry.children else entry.data
        kind = entry.kind
        if entry.children or len(data) > width:
            values += data + b"\0" * (len(data) % 2)
            data = at.to_bytes(width, "little")
            kind = LONG8 if entry.children and big else kind
        fields += struct.pack(count, entry.tag, kind, entry.count) + data.ljust(width, b"\0")
    return bytes(fields + bytes(width) + values)


def resolution(dpi: tuple[float, float]) -> list[Entry]:
    """Return the entries that say a resolution in dots per inch."""
    entries = [Entry(RESOLUTION_UNIT, SHORT, 1, struct.pack("<H", 2))]
    for tag, value in zip((X_RESOLUTION, Y_RESOLUTION), dpi, strict=True):
        ratio = Fraction(value).limit_denominator(10_000)
        data = struct.pack("<II", ratio.numerator, ratio.denominator)
        entries.append(Entry(tag, RATIONAL, 1, data))
    return entries


def dpi(entries: Iterable[Entry]) -> tuple[float, float] | None:
    """Return the resolution that entries give in dots per inch; None where they give none."""
    found = {entry.tag: entry for entry in entries}
    unit = found.get(RESOLUTION_UNIT)
    factor = {2: 1.0, 3: 2.54}.get(unit.number() if unit and unit.kind in _UNIT else 2)
    across, down = found.get(X_RESOLUTION), found.get(Y_RESOLUTION)
    if factor is None or not across or not down or {across.kind, down.kind} != {RATIONAL}:
        return None
    pairs = [struct.unpack_from("<II", entry.data) for entry in (across, down)]
    x, y = (factor * above / below if below else 0.0 for above, below in pairs)
    return x, y


def _little_endian(data: bytes, kind: int, order: str) -> bytes:
    unit = _UNIT.get(kind, 1)
    if order == "<" or unit == 1:
        return data
    return b"".join(data[i : i + unit][::-1] for i in range(0, len(data), unit))


def _slice(buffer: bytes, start: int, size: int) -> bytes:
    if start + size > len(buffer):
        raise TiffDirectoryError(f"no directory at byte {start}")
    return buffer[start : start + size]
