"""A grey JPEG's own image data, byte for byte, in a coloured JPEG, and out of it again.

The coded data of a picture of one component are exactly a scan of that component alone in a frame
of three (ITU-T T.81, A.2.2): blocks from left to right and from top to bottom, as many as the
picture's size in samples asks for, whatever the sampling factors. So a coloured file can hold the
grey one's tables and scans as they are, in a frame of three components (2 x 2, 1 x 1, 1 x 1), with
Cb and Cr after them as scans of their own, out of two small grey files.

Image data here are a grey JPEG in normal form: tables, frame header and scans, with nothing beside
them, and sampling factors of 1 x 1 (of one component they mean nothing).
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from rehue.photo.formats.jpeg.segments import (
    BASELINE,
    BESIDE,
    DHT,
    DQT,
    DRI,
    EXTENDED,
    FRAMES,
    PROGRESSIVE,
    SOS,
    Component,
    DamagedError,
    Frame,
    Segment,
    joined,
    segments,
)

_NO_RESTARTS = Segment(DRI, bytes(2))
# What is part of image data; other markers (arithmetic conditioning, numbers of lines, hierarchy)
# are of codings that are not kept.
_PARTS: Final = frozenset({DQT, DHT, DRI, SOS})
_CODINGS: Final = {
    0xC3: "it is lossless",
    **dict.fromkeys((0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xDE), "it is hierarchical"),
    **dict.fromkeys((0xC9, 0xCA, 0xCB, 0xCC), "it is coded arithmetically"),
    0xDC: "its height comes after its scan",
}


class NotKeptError(ValueError):
    """Image data that cannot stand in a coloured file as they are; says why, in a phrase."""


def image_data(data: bytes) -> bytes:
    """Return the image data of a grey JPEG.

    Raises:
        NotKeptError: they cannot be kept: they are damaged, or coded in another way than
            sequentially or progressively, by Huffman's codes, of 8 bits.
    """
    try:
        parts = list(_parts(s for s in segments(data) if s.marker not in BESIDE))
        _check(parts)
    except DamagedError as error:
        raise NotKeptError(f"it is damaged: {error}") from error
    return joined(parts)


def with_chroma(grey: bytes, cb: bytes, cr: bytes) -> bytes:
    """Return a coloured JPEG.

    Args:
        grey: image data, which stand in it byte for byte.
        cb: a grey JPEG of half the size, rounded up, progressive where `grey` is; what stands
            beside its image data stands beside the result's.
        cr: as `cb`, of the same quantisation table.
    """
    parts = list(segments(grey))
    frame = _frame(parts)
    (luma,) = frame.components
    planes = [list(segments(cb)), list(segments(cr))]
    table = _free_tables(parts)[0]
    others = [Component(luma.number + n, 1, 1, table) for n in (1, 2)]
    colored = replace(frame, components=(replace(luma, across=2, down=2), *others))
    written = [s for s in planes[0] if s.marker in BESIDE]
    for part in parts:
        if part.marker in FRAMES:
            quantisation = next(s for s in planes[0] if s.marker == DQT)
            written += [Segment(DQT, bytes((table,)) + quantisation.content[1:65])]
            part = colored.segment()  # noqa: PLW2901
        written.append(part)
    if any(part.marker == DRI for part in parts):
        written.append(_NO_RESTARTS)
    number = _huffman_number(parts)
    for component, plane in zip(others, planes, strict=True):
        written += _renumbered(plane, component.number, number)
    return joined(written)


def luma_of(data: bytes) -> bytes | None:
    """Return the image data that `with_chroma` put into a coloured JPEG; None where none are.

    A file that another program has saved again holds no such data, as a rule.
    """
    try:
        found = [s for s in segments(data) if s.marker not in BESIDE]
        at, frame = next((n, Frame.of(s)) for n, s in enumerate(found) if s.marker in FRAMES)
        if len(frame.components) != 3 or at == 0 or found[at - 1].marker != DQT:
            return None
        luma = frame.components[0]
        if any(s.content[0] != 1 for s in found if s.marker == SOS):
            return None
        grey = [*found[: at - 1], replace(frame, components=(luma,)).segment(), *found[at + 1 :]]
        its = (s for s in grey if s.marker != SOS or s.content[1] == luma.number)
        parts = list(_parts(its))
        _check(parts)
    except (DamagedError, NotKeptError, IndexError, StopIteration):
        return None
    return joined(parts)


def beside(data: bytes) -> list[Segment]:
    """Return the segments of a JPEG that are no part of its picture."""
    return [s for s in segments(data) if s.marker in BESIDE]


def _parts(found: Iterable[Segment]) -> Iterator[Segment]:
    """Yield a grey picture's segments up to its last scan, in normal form."""
    waiting: list[Segment] = []
    for segment in found:
        if segment.marker in _CODINGS:
            raise NotKeptError(_CODINGS[segment.marker])
        if segment.marker not in _PARTS and segment.marker not in FRAMES:
            raise NotKeptError(f"it has a segment 0x{segment.marker:02x}")
        if segment.marker in FRAMES:
            frame = Frame.of(segment)
            plain = tuple(replace(one, across=1, down=1) for one in frame.components)
            segment = replace(frame, components=plain).segment()  # noqa: PLW2901
        waiting.append(segment)
        if segment.marker == SOS:
            yield from waiting
            waiting = []


def _check(parts: list[Segment]) -> None:
    frame = _frame(parts)
    if len(frame.components) != 1:
        raise NotKeptError("it has several components")
    if frame.bits != 8:
        raise NotKeptError(f"it has {frame.bits} bits a sample")
    if frame.marker not in (BASELINE, EXTENDED, PROGRESSIVE):
        raise NotKeptError("its coding is unknown")
    if not frame.height or not frame.width:
        raise NotKeptError(_CODINGS[0xDC])
    scans = [n for n, part in enumerate(parts) if part.marker == SOS]
    if not scans or (len(scans) > 1 and frame.marker != PROGRESSIVE):
        raise DamagedError(f"it has {len(scans)} scans")
    if any(part.marker == DQT for part in parts[scans[0] :]):
        raise NotKeptError("it changes its quantisation table between scans")
    if frame.components[0].number > 252:
        # Cb and Cr get the next two, and FFmpeg does not know 255.
        raise NotKeptError("its component's number is the last there is")
    if not _free_tables(parts):
        raise NotKeptError("it has four quantisation tables already")
    _check_scans(parts, frame)


def _check_scans(parts: list[Segment], frame: Frame) -> None:
    """Refuse scans of another component, or without the restart markers that they should have."""
    blocks = -(-frame.width // 8) * -(-frame.height // 8)
    interval = 0
    for part in parts:
        if part.marker == DRI:
            interval = _unpacked(part.content)
        elif part.marker == SOS:
            if len(part.content) != 6 or part.content[:2] != bytes((1, frame.components[0].number)):
                raise DamagedError("a scan is of another component")
            restarts = -(-blocks // interval) - 1 if interval else 0
            if part.restarts() != bytes(0xD0 + n % 8 for n in range(restarts)):
                raise DamagedError("its restart markers are out of order")


def _frame(parts: list[Segment]) -> Frame:
    frames = [part for part in parts if part.marker in FRAMES]
    if len(frames) != 1:
        raise DamagedError(f"it has {len(frames)} frame headers")
    return Frame.of(frames[0])


def _free_tables(parts: list[Segment]) -> list[int]:
    """Return the numbers, of 0 to 3, that no quantisation table of a picture has."""
    taken = {_frame(parts).components[0].table}
    for part in parts:
        at = 0
        while part.marker == DQT and at < len(part.content):
            taken.add(part.content[at] & 15)
            at += 129 if part.content[at] >> 4 else 65
    return sorted({0, 1, 2, 3} - taken)


def _huffman_number(parts: list[Segment]) -> int:
    """Return a number for Cb's and Cr's Huffman tables; of two there are in the baseline process.

    They may be defined anew before any scan (B.2.4.2), so the luma's would not be in the way; but
    there are decoders that read all tables first.
    """
    used = {number for p in parts if p.marker == SOS for number in divmod(p.content[2], 16)}
    return 1 if 0 in used else 0


def _renumbered(plane: list[Segment], component: int, number: int) -> Iterator[Segment]:
    """Yield Huffman tables and scans of a small file for a component, with tables of a number."""
    for segment in plane:
        if segment.marker == DHT:
            yield Segment(DHT, b"".join(_with_number(segment.content, number)))
        elif segment.marker == SOS:
            first, last, bits = segment.content[3:]
            # Numbers that a scan has no use for are 0 (table B.3, and G.1.2).
            dc = number if first == 0 and bits < 16 else 0
            ac = number if last > 0 else 0
            yield replace(segment, content=bytes((1, component, dc << 4 | ac, first, last, bits)))


def _with_number(tables: bytes, number: int) -> Iterator[bytes]:
    """Yield the tables of a segment (B.2.4.2): class and number, 16 counts, values."""
    at = 0
    while at < len(tables):
        end = at + 17 + sum(tables[at + 1 : at + 17])
        yield bytes((tables[at] & 0xF0 | number,)) + tables[at + 1 : end]
        at = end


def _unpacked(content: bytes) -> int:
    try:
        (number,) = struct.unpack(">H", content)
    except struct.error as error:
        raise DamagedError("its restart interval is cut off") from error
    return int(number)
