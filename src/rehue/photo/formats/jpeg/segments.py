"""A JPEG file as the row of segments that it is (ITU-T T.81, annex B)."""

import re
import struct
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Final

SOI, EOI, SOS, DQT, DHT, DRI = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
# Frame headers, by what they say of the coding (table B.1).
BASELINE, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {DHT, 0xC8, 0xCC}
# Segments of applications and comments: what is not needed to decode.
BESIDE: Final = frozenset({*range(0xE0, 0xF0), 0xFE})

# Bytes of a segment's content, at most: what its length can say.
MOST: Final = 65_533
# Markers that no length follows, and that have no place between segments (table B.1).
_ALONE: Final = frozenset({0x00, 0x01, SOI, *range(0xD0, 0xD8)})

# Within coded data a marker is what follows 0xFF, but for stuffing and restarts; 0xFF may be
# repeated before it (B.1.1.2, B.1.1.5).
_MARKER_AFTER_SCAN = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_RESTART = re.compile(rb"\xff([\xd0-\xd7])")


class DamagedError(ValueError):
    """A file that is not a whole row of segments."""


@dataclass(frozen=True)
class Segment:
    """A marker segment.

    Attributes:
        marker: its second byte.
        content: what follows its length.
        coded: of a scan, its entropy-coded data with restart markers.
        at: where its content begins in the file that it was read from.
    """

    marker: int
    content: bytes
    coded: bytes = b""
    at: int = field(default=0, compare=False, repr=False)

    def restarts(self) -> bytes:
        """Return the second byte of each restart marker in the coded data."""
        return b"".join(_RESTART.findall(self.coded))


@dataclass(frozen=True)
class Component:
    """What a frame header says of a component: number, sampling across and down, table."""

    number: int
    across: int
    down: int
    table: int


@dataclass(frozen=True)
class Frame:
    """A frame header (B.2.2).

    Attributes:
        marker: says the coding.
        bits: of a sample.
        height: px; 0 where it comes after the first scan.
        width: px.
        components: in their order.
    """

    marker: int
    bits: int
    height: int
    width: int
    components: tuple[Component, ...]

    @classmethod
    def of(cls, segment: Segment) -> "Frame":
        """Parse a frame header.

        Raises:
            DamagedError: it is too short or too long.
        """
        try:
            bits, height, width, count = struct.unpack_from(">BHHB", segment.content)
            said = [struct.unpack_from(">BBB", segment.content, 6 + 3 * n) for n in range(count)]
        except struct.error as error:
            raise DamagedError("its frame header is cut off") from error
        components = (
            Component(number, sampling >> 4, sampling & 15, table)
            for number, sampling, table in said
        )
        return cls(segment.marker, bits, height, width, tuple(components))

    def segment(self) -> Segment:
        """Write the header."""
        content = struct.pack(">BHHB", self.bits, self.height, self.width, len(self.components))
        for one in self.components:
            content += bytes((one.number, one.across << 4 | one.down, one.table))
        return Segment(self.marker, content)


def joined(parts: Iterable[Segment]) -> bytes:
    """Write a file of segments."""
    pieces = [bytes((0xFF, SOI))]
    for part in parts:
        header = struct.pack(">BBH", 0xFF, part.marker, len(part.content) + 2)
        pieces += [header, part.content, part.coded]
    return b"".join([*pieces, bytes((0xFF, EOI))])


def segments(data: bytes, *, is_strict: bool = True) -> Generator[Segment, None, int]:
    """Yield the segments of the first picture in a file; what follows its end is left.

    Args:
        data: of the file.
        is_strict: refuse what stands between two segments and is none; else go on behind it, as
            libjpeg does.

    Returns:
        Where the picture ends.

    Raises:
        DamagedError: it breaks off, or something that is no segment stands between two.
    """
    at = 2
    try:
        while True:
            if data[at] != 0xFF:
                if is_strict:
                    raise DamagedError(f"there are stray bytes at {at}")
                at = data.index(0xFF, at)
            while data[at] == 0xFF:  # it may be repeated before any marker
                at += 1
            marker = data[at]
            if marker == EOI:
                return at + 1
            if marker in _ALONE:
                if is_strict:
                    raise DamagedError(f"there is a marker 0x{marker:02x} out of place")
                at += 1
                continue
            (length,) = struct.unpack_from(">H", data, at + 1)
            start, at = at + 3, at + 1 + length
            if length < 2 or at >= len(data):
                raise DamagedError("a segment is cut off")
            content, coded = data[start:at], b""
            if marker == SOS:
                end = _MARKER_AFTER_SCAN.search(data, at)
                if end is None:
                    raise DamagedError("its last scan has no end")
                coded, at = data[at : end.start()].rstrip(b"\xff"), end.start()
            yield Segment(marker, content, coded, start)
    except (IndexError, ValueError, struct.error) as error:
        if isinstance(error, DamagedError):
            raise
        raise DamagedError("it breaks off") from error


def walked(data: bytes) -> tuple[list[Segment], int | None]:
    """Return what segments of the first picture there are, and its end.

    The end is None where the file breaks off before it. Scans count as segments, each.
    """
    found: list[Segment] = []
    walk = segments(data, is_strict=False)
    try:
        while True:
            found.append(next(walk))
    except StopIteration as stop:
        return found, int(stop.value)
    except DamagedError:
        return found, None
