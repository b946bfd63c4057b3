"""What stands behind the end of a JPEG's picture: further pictures, videos, trailers of programs.

What is as true of the coloured picture is kept, byte for byte: videos of motion photos, depth maps,
and gain maps. A gain map (ISO 21496-1, Ultra HDR) says by how much each place of the picture is
brighter on a screen that can show it. Multiplied with linear red, green and blue alike it leaves
their ratio as it is, and so the colours, too; and it was made for the luminance, which colouring
keeps. So a grey one is as true as before. One of colours is of the source's own, and is left out.

Smaller copies of the picture would show it without colour, and are left out, with a word. So is a
picture that nothing names. The index of pictures (MPF, CIPA DC-007:2009) is made anew.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from PIL import JpegImagePlugin

from rehue.errors import PhotoError
from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Source
from rehue.photo.formats.jpeg import container
from rehue.photo.formats.jpeg.beside import APP2, ISO_GAIN_MAP, MPF
from rehue.photo.formats.jpeg.segments import BESIDE, Segment, walked
from rehue.photo.photograph import Behind
from rehue.photo.records import directories
from rehue.photo.records.directories import LONG, UNDEFINED, Entry, Layout, TiffDirectoryError
from rehue.photo.samples import pixels

_VERSION, _COUNT, _ENTRIES = 0xB000, 0xB001, 0xB002
_KIND = 0xFFFFFF  # of an entry's attribute (CIPA DC-007, 5.2.3.3.1)
_BASELINE = 0x030000
_SOI = b"\xff\xd8\xff"
_GAIN_MAPS: Final = (b"hdr-gain-map/1.0/", ISO_GAIN_MAP, b"aux:hdrgainmap", b"HDRGainMap/1.0/")
# Apple's depth maps and mattes say so in an XMP packet of their own.
_DEPTH_MAPS: Final = (
    b"ns.apple.com/pixeldatainfo",
    b"ns.apple.com/depthData",
    b"photos/1.0/depthmap/",
)
GAIN_MAP, DEPTH_MAP, VIDEO = "gain map", "depth map", "video"


@dataclass(frozen=True)
class _Part:
    """A stretch of what is behind a picture."""

    start: int
    end: int
    attribute: int | None = None
    item: container.Item | None = None


def read_behind(
    source: Source, found: list[Segment], end: int, size: tuple[int, int], packet: bytes | None
) -> tuple[Behind | None, bytes | None, tuple[str, ...]]:
    """Say what stands behind a picture.

    Args:
        source: the file.
        found: its segments.
        end: of its picture.
        size: width and height of the picture.
        packet: its XMP.

    Returns:
        What is kept, the XMP packet without what names anything else, and what was left out.

    Raises:
        PhotoError: there are further pictures as large as the first.
    """
    tail = source.data[end:]
    primary, indexed, gone = _index(source.data, found, end)
    notes = []
    if gone:
        notes.append("its index names further pictures (MPF) that are not there: it is left out")
    items = container.items(packet)
    parts = _parts(tail, indexed, items)
    placed = {part.item for part in parts}
    absent = [item for item in items[1:] if item not in placed]
    notes += [f"its XMP names a {i.word} that is not there, and no longer does" for i in absent]
    holds, cut = set[str](), list[_Part]()
    for part in parts:
        kind, note = _kind(source, tail[part.start : part.end], part, size)
        if note:
            notes.append(note)
        if kind is None:
            cut.append(part)
        else:
            holds.add(kind)
    for start, stop in _gaps(parts, len(tail)):
        rest = tail[start:stop]
        if picture := _picture_length(rest):
            # Of a row of pictures none is more than the first.
            picture = len(rest) if _picture_length(rest[picture:]) else picture
            cut.append(_Part(start, start + picture))
            notes.append("a picture behind its end that nothing names is left out")
            rest = rest[picture:]
        if rest.strip(b"\0\xff"):
            holds.add(_word(rest, packet))
    kept, pictures = _without(tail, cut, [p for p in parts if p.attribute is not None])
    kept = kept if holds else b""
    gone_items = [p.item for p in cut if p.item] + (absent if holds else items[1:])
    behind = Behind(kept, pictures, primary, frozenset(holds)) if kept else None
    return behind, container.without(packet, gone_items), tuple(dict.fromkeys(notes))


def attached(picture: bytes, behind: Behind | None) -> bytes:
    """Return a JPEG with what stands behind it, and an index that names the pictures there."""
    if behind is None:
        return picture
    if not behind.pictures:
        return picture + behind.data
    at = _place_of_index(picture)
    length = len(_index_segment(behind, 0, 0))
    whole = len(picture) + length
    segment = _index_segment(behind, whole, whole - (at + 4 + len(MPF)))
    return picture[:at] + segment + picture[at:] + behind.data


def behind_of(data: bytes) -> Behind | None:
    """Return what stands behind the picture of a file that Rehue wrote, all of it."""
    found, end = walked(data)
    if end is None or end == len(data):
        return None
    primary, indexed, _ = _index(data, found, end)
    return Behind(data[end:], tuple(indexed), primary)


def _index(
    data: bytes, found: Iterable[Segment], end: int
) -> tuple[int, list[tuple[int, int, int]], int]:
    """Return attribute of the first picture, the others that are there, and how many are not.

    A picture is its attribute, where it begins behind the first one's end, and its length.
    """
    index = next((s for s in found if s.marker == APP2 and s.content.startswith(MPF)), None)
    if index is None:
        return 0, [], 0
    base = index.at + len(MPF)
    try:
        layout = Layout.of(index.content[len(MPF) :])
        entries, _ = directories.read_directory(index.content[len(MPF) :], layout)
    except TiffDirectoryError:
        return 0, [], 1
    raw = next((entry.data for entry in entries if entry.tag == _ENTRIES), b"")
    rows = list(struct.iter_unpack(layout.order + "IIIHH", raw[: len(raw) // 16 * 16]))
    there = []
    for attribute, length, offset, _, _ in rows[1:]:
        start = base + offset - end
        is_there = offset and start >= 0 and start + length <= len(data) - end
        if is_there and data.startswith(_SOI, end + start):
            there.append((attribute, start, length))
    return rows[0][0] if rows else 0, there, len(rows[1:]) - len(there)


def _parts(
    tail: bytes, indexed: list[tuple[int, int, int]], items: list[container.Item]
) -> list[_Part]:
    """Return the stretches that the index and the container name, in their order.

    An item that is not there ends them, for where the next would begin is not known.
    """
    parts = {start: _Part(start, start + size, about) for about, start, size in indexed}
    at = items[0].padding if items else 0
    for item in items[1:]:
        stop = at + item.length
        if not 0 < item.length <= len(tail) - at:
            break
        known = parts.get(at)
        parts[at] = replace(known, item=item) if known else _Part(at, stop, item=item)
        at = stop + item.padding
    apart: list[_Part] = []
    for start in sorted(parts):
        # None is looked at twice, whatever an index says.
        if not apart or start >= apart[-1].end:
            apart.append(parts[start])
    return apart


def _kind(
    source: Source, data: bytes, part: _Part, size: tuple[int, int]
) -> tuple[str | None, str | None]:
    """Say what a stretch is; None for what is left out, and why."""
    item = part.item
    if not data.startswith(_SOI):
        return (VIDEO if item and item.is_video else item.word if item else "file"), None
    found, _ = walked(data)
    beside = b"".join(s.content for s in found if s.marker in BESIDE)
    if any(sign in beside for sign in _GAIN_MAPS) or (item and item.word == GAIN_MAP):
        if _is_grey(source, data):
            return GAIN_MAP, None
        return None, "its gain map is of the source's own colours and is left out"
    if any(sign in beside for sign in _DEPTH_MAPS) or (item and item.word == DEPTH_MAP):
        return DEPTH_MAP, None
    try:
        image = by_pillow.opened(JpegImagePlugin.JpegImageFile, replace(source, data=data))
    except (OSError, SyntaxError, ValueError, PhotoError):
        return None, "a further picture that cannot be read is left out"
    if image.width * image.height >= size[0] * size[1] and item is None:
        raise PhotoError(
            f"{source.name} holds several pictures of one size, which Rehue colours in TIFFs "
            "alone: save the one that you want as a file of its own"
        )
    return None, "its further pictures show it without colour and are left out"


def _is_grey(source: Source, data: bytes) -> bool:
    try:
        image = by_pillow.opened(JpegImagePlugin.JpegImageFile, replace(source, data=data))
        by_pillow.load(image, source)
        return pixels.flat(image)[0].mode == "L"
    except (OSError, SyntaxError, ValueError, PhotoError):
        return False


def _without(
    tail: bytes, cut: list[_Part], named: list[_Part]
) -> tuple[bytes, tuple[tuple[int, int, int], ...]]:
    """Take parts out, and say where the named ones are then."""
    kept, at = [], 0
    for part in sorted(cut, key=lambda one: one.start):
        kept.append(tail[at : part.start])
        at = max(at, part.end)
    whole = b"".join([*kept, tail[at:]])
    moved = []
    for part in named:
        if part not in cut:
            before = sum(p.end - p.start for p in cut if p.start < part.start)
            length = part.end - part.start
            moved.append((part.attribute or 0, part.start - before, length))
    return whole, tuple(moved)


def _gaps(parts: list[_Part], length: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches that no part names."""
    at = 0
    for part in parts:
        if part.start > at:
            yield at, part.start
        at = max(at, part.end)
    if length > at:
        yield at, length


def _picture_length(rest: bytes) -> int:
    """Return how much of a stretch is padding and a picture; 0 where there is none."""
    padding = len(rest) - len(rest.lstrip(b"\0"))
    if not rest.startswith(_SOI, padding):
        return 0
    _, end = walked(rest[padding:])
    return len(rest) if end is None else padding + end


def _word(rest: bytes, packet: bytes | None) -> str:
    is_video = (
        rest[4:8] == b"ftyp" or b"MotionPhoto_Data" in rest or b"MicroVideo" in (packet or b"")
    )
    return VIDEO if is_video else f"{len(rest):,} bytes behind its end"


def _place_of_index(picture: bytes) -> int:
    """Return the end of the segments that stand before the picture's own."""
    found, _ = walked(picture)
    at = 2
    for segment in found:
        if segment.marker not in BESIDE:
            break
        at = segment.at + len(segment.content)
    return at


def _index_segment(behind: Behind, whole: int, base: int) -> bytes:
    """Write an index.

    Args:
        behind: what it names.
        whole: length of the first picture, with the index.
        base: how far behind the index's header the first picture ends.
    """
    rows = [(behind.primary or _BASELINE, whole, 0)]
    rows += [(about, length, base + start) for about, start, length in behind.pictures]
    packed = b"".join(struct.pack("<IIIHH", *row, 0, 0) for row in rows)
    record = b"II*\0\x08\0\0\0" + directories.pack(
        [
            Entry(_VERSION, UNDEFINED, 4, b"0100"),
            Entry(_COUNT, LONG, 1, len(rows).to_bytes(4, "little")),
            Entry(_ENTRIES, UNDEFINED, len(packed), packed),
        ],
        8,
    )
    content = MPF + record
    return struct.pack(">BBH", 0xFF, APP2, len(content) + 2) + content
