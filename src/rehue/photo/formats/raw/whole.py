"""Whether a raw file is all there: LibRaw fills up what is missing, and says little of it."""

import struct
from collections.abc import Iterator

from rehue.photo.formats.raw.record import CRW, FUJIFILM, as_tiff, heap_of
from rehue.photo.records import directories
from rehue.photo.records.directories import Entry, Layout, TiffDirectoryError

_WIDTH, _LENGTH, _SAMPLES, _PLANES = 256, 257, 277, 284
_TILE_WIDTH, _TILE_LENGTH, _ROWS = 322, 323, 278
_SUB_DIRECTORIES = 330
_STRIPS, _TILES = (273, 279), (324, 325)
_PANASONIC, _RAW_OFFSET = b"IIU\0", 280
# Where Fujifilm's header says offset and length: of the JPEG, of the description, of the mosaic.
_FUJIFILM_PARTS = (84, 92, 100)
# Cameras write some ten; each may claim as many bytes as the file has.
_MOST_DIRECTORIES = 200
# Bits that the finest of cameras' ways to compress takes for a sample, by far.
_LEAST_BITS = 0.25


def is_whole(data: bytes) -> bool:
    """Say whether all that a raw file's own lists name is in it."""
    if data.startswith(FUJIFILM):
        return len(data) >= 108 and all(
            sum(struct.unpack_from(">II", data, at)) <= len(data) for at in _FUJIFILM_PARTS
        )
    if data[4:8] == b"ftyp":
        return _has_whole_boxes(data)
    if data[6:14] == CRW:
        return heap_of(data) is not None
    return _has_whole_directories(as_tiff(data), is_panasonic=data.startswith(_PANASONIC))


def is_large_enough(data: bytes, samples: int) -> bool:
    """Say whether a file is as long as that many samples of a mosaic need, at the very least."""
    return len(data) * 8 >= samples * _LEAST_BITS


def directories_of(data: bytes) -> Iterator[list[Entry]]:
    """Yield the directories of a TIFF, those that others point to too.

    Raises:
        TiffDirectoryError: one of them is not there.
    """
    layout = Layout.of(data)
    waiting, seen = [layout.first], set[int]()
    while waiting:
        offset = waiting.pop(0)
        if not offset or offset in seen:
            continue
        if len(seen) >= _MOST_DIRECTORIES:
            raise TiffDirectoryError("directories without end")
        seen.add(offset)
        entries, _ = directories.read_directory(data, layout, offset)
        yield entries
        waiting.append(directories.next_directory(data, layout, offset))
        for entry in entries:
            if entry.tag == _SUB_DIRECTORIES:
                waiting += entry.numbers()


def _has_whole_boxes(data: bytes) -> bool:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size == 0:
            return True
        if size < 8:
            return False
        at += size
    return at == len(data)


def _has_whole_directories(data: bytes, *, is_panasonic: bool) -> bool:
    try:
        Layout.of(data)
    except TiffDirectoryError:
        return True  # of a kind that is LibRaw's alone
    try:
        for entries in directories_of(data):
            found = {entry.tag: entry.numbers() for entry in entries}
            if is_panasonic and _RAW_OFFSET in found:
                found[_STRIPS[0]] = found[_RAW_OFFSET]
            if not _is_there(found, len(data)):
                return False
    except TiffDirectoryError:
        return False
    return True


def _is_there(found: dict[int, tuple[int, ...]], length: int) -> bool:
    """Say whether all strips or tiles of a directory are named, and lie within the file."""
    for offsets, sizes in (_STRIPS, _TILES):
        at, long = found.get(offsets, ()), found.get(sizes, ())
        if any(place + size > length for place, size in zip(at, long, strict=False)):
            return False
        if any(place >= length for place in at):
            return False
    is_tiled = bool(found.get(_TILES[0]))
    named = min(len(found.get(tag, ())) for tag in (_TILES if is_tiled else _STRIPS))
    across, down = _first(found, _WIDTH), _first(found, _LENGTH)
    wide = _first(found, _TILE_WIDTH) if is_tiled else across
    high = _first(found, _TILE_LENGTH) if is_tiled else _first(found, _ROWS) or down
    if not (named and across and down and wide and high):
        return True
    planes = _first(found, _SAMPLES) if _first(found, _PLANES) == 2 else 1
    # One strip may hold what the rows of a strip would share out: cameras write it so.
    needed = -(-across // wide) * -(-down // high) * planes
    return named >= needed or (not is_tiled and named == 1)


def _first(found: dict[int, tuple[int, ...]], tag: int) -> int:
    return next(iter(found.get(tag, ())), 0)
