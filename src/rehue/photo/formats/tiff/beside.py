"""What stands in a TIFF beside its photographs: smaller copies, masks, infrared, by kind.

A page is a photograph unless it says that it is a mask or a smaller copy (TIFF 6.0,
NewSubfileType), or is grey, of 8 or 16 bits, and follows a colour page of its own size, as film
scanners' infrared does, in whatever depth and compression. A grey page before a colour one is a
photograph, for a document may begin so, and so is one of 1 bit. Smaller copies are made anew from
the coloured photograph; everything else stays as it is.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rehue.photo.formats.tiff.header import JPEG, MASK
from rehue.photo.photograph import Beside
from rehue.photo.records import directories
from rehue.photo.records.directories import Entry, Layout, TiffDirectoryError

if TYPE_CHECKING:
    from tifffile import TiffPage

_REDUCED, _IS_MASK = 1, 4
_SUBFILE, _OLD_SUBFILE = 254, 255
_WIDTH, _LENGTH, _BITS, _COMPRESSION, _PREDICTOR = 256, 257, 258, 259, 317
_STRIPS, _TILES, _SUB_DIRECTORIES = (273, 279), (324, 325), 330
# Tags that say where something lies, which a copy elsewhere would no longer be true to.
_POINTERS = {*_STRIPS, *_TILES, _SUB_DIRECTORIES, 288, 289, 513, 514, 519, 520, 521}
_DEPTHS_OF_INFRARED = (8, 16)
# Directories that are kept beside one photograph.
_MOST = 256
_DEFLATE, _PLAIN_DEFLATE = 32946, 8


def photographs(pages: Sequence["TiffPage"]) -> list[int]:
    """Return which pages are photographs; where none says so, the largest is."""
    whole = [number for number, page in enumerate(pages) if _says_whole(page)]
    if not whole:
        return [max(range(len(pages)), key=lambda n: (_pixels(pages[n]), -n))]
    found: list[int] = []
    for number in whole:
        before = pages[found[-1]] if found else None
        if before is None or not _is_infrared(pages[number], before):
            found.append(number)
    return found


def beside_page(
    pages: Sequence["TiffPage"], data: bytes, photograph: int, others: Sequence[int]
) -> tuple[tuple[Beside, ...], tuple[str, ...]]:
    """Return what stands beside a photograph, and what there is to say of it.

    Args:
        pages: all of the file.
        data: the file.
        photograph: the number of its page.
        others: the numbers of those that belong to it.
    """
    page = pages[photograph]
    places = [(at, True) for at in _sub_directories(page, data)]
    places += [(pages[number].offset, False) for number in others]
    # Directories may share their bytes, or be many: together they are no more than the file, and
    # copies no more than a pyramid.
    left, room = len(data), 2 * _pixels(page)
    found: list[Beside | None] = []
    for at, is_inside in places:
        one = _beside(data, at, page, is_inside=is_inside) if len(found) < _MOST else None
        if one is not None:
            left -= sum(map(len, one.parts)) + sum(len(entry.data) for entry in one.entries)
            room -= one.size[0] * one.size[1] if one.size else 0
        found.append(one if left >= 0 and room >= 0 else None)
    kept = tuple(one for one in found if one is not None)
    notes = []
    copies = sum(one.size is not None for one in kept)
    if copies:
        what = "copy is" if copies == 1 else "copies are"
        notes.append(f"its {_number(copies)}smaller {what} made anew from the coloured picture")
    if len(kept) > copies:
        many = len(kept) - copies
        what = "page is no photograph (a mask, infrared or small picture) and stays as it is"
        if many > 1:
            what = "pages are no photographs (masks, infrared, small pictures) and stay as they are"
        notes.append(f"{many} {what}")
    if None in found:
        many = found.count(None)
        what = "directory is" if many == 1 else "directories are"
        notes.append(f"its {_number(many)}further {what} left out")
    return kept, tuple(notes)


def _number(count: int) -> str:
    return "" if count == 1 else f"{count} "


def _says_whole(page: "TiffPage") -> bool:
    is_marked = page.subfiletype & (_REDUCED | _IS_MASK) or page.tags.valueof(_OLD_SUBFILE) == 2
    return not is_marked and page.photometric != MASK


def _is_infrared(page: "TiffPage", before: "TiffPage") -> bool:
    size, other = ((one.imagewidth, one.imagelength) for one in (page, before))
    is_grey = page.samplesperpixel == 1 and page.bitspersample in _DEPTHS_OF_INFRARED
    return size == other and is_grey and before.samplesperpixel >= 3


def _pixels(page: "TiffPage") -> int:
    return int(page.imagewidth * page.imagelength)


def _sub_directories(page: "TiffPage", data: bytes) -> tuple[int, ...]:
    entries, _ = directories.read_directory(data, Layout.of(data), page.offset)
    return next((entry.numbers() for entry in entries if entry.tag == _SUB_DIRECTORIES), ())


def _beside(data: bytes, offset: int, page: "TiffPage", *, is_inside: bool) -> Beside | None:
    """Return what a directory holds; None where it cannot be kept."""
    layout = Layout.of(data)
    try:
        entries, _ = directories.read_directory(data, layout, offset)
        said = directories.description(data, offset)
    except TiffDirectoryError:
        return None
    found = {entry.tag: entry for entry in entries}
    size = _first(found, _WIDTH), _first(found, _LENGTH)
    is_copy = _first(found, _SUBFILE) & (_REDUCED | _IS_MASK) == _REDUCED
    if (is_copy or _first(found, _OLD_SUBFILE) == 2) and _is_smaller(size, page):
        return Beside(size=size, is_inside=is_inside)
    is_tiled = _TILES[0] in found
    places = _TILES if is_tiled else _STRIPS
    spans = list(zip(*(found[t].numbers() if t in found else () for t in places), strict=False))
    if not spans or any(at + long > len(data) or long < 1 for at, long in spans):
        return None
    parts = tuple(data[at : at + long] for at, long in spans)
    kept = [e for e in entries if e.tag not in _POINTERS | {directories.EXIF, directories.GPS}]
    kept += [entry for entry in said if entry.children]
    turned = _little_endian(parts, found, layout)
    if turned is None:
        return None
    parts, changed = turned
    kept = [changed.get(entry.tag, entry) for entry in kept]
    return Beside(None, is_inside, tuple(kept), parts, is_tiled)


def _is_smaller(size: tuple[int, int], page: "TiffPage") -> bool:
    """Say whether a size is the page's, smaller: its sides differ from that by rounding alone."""
    width, height = size
    if not (0 < width <= page.imagewidth and 0 < height <= page.imagelength):
        return False
    factor = max(page.imagewidth / width, page.imagelength / height)
    room = max(2.0, 0.02 * max(width, height))
    return abs(page.imagewidth / factor - width) <= room and (
        abs(page.imagelength / factor - height) <= room
    )


def _little_endian(
    parts: tuple[bytes, ...], found: dict[int, Entry], layout: Layout
) -> tuple[tuple[bytes, ...], dict[int, Entry]] | None:
    """Turn samples round where a file's byte order is not a result's; None where that is unknown.

    Returns:
        The strips or tiles, and the entries that this changes.
    """
    bits = max(found[_BITS].numbers(), default=1) if _BITS in found else 1
    packing = _first(found, _COMPRESSION) or 1
    is_floating = _first(found, _PREDICTOR) == 3  # whose bytes have one order everywhere
    if layout.order == "<" or bits <= 8 or packing == JPEG or is_floating:
        return parts, {}
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    unpack: dict[int, Any] = {
        1: bytes,
        5: imagecodecs.lzw_decode,
        _PLAIN_DEFLATE: imagecodecs.zlib_decode,
        _DEFLATE: imagecodecs.zlib_decode,
    }
    if packing not in unpack or bits not in (16, 32, 64):
        return None
    width = bits // 8
    try:
        turned = [_reversed(bytes(unpack[packing](part)), width) for part in parts]
    except (ValueError, RuntimeError):
        return None
    if packing == 1:
        return tuple(turned), {}
    packed = tuple(bytes(imagecodecs.deflate_encode(part, level=6)) for part in turned)
    number = _PLAIN_DEFLATE.to_bytes(2, "little")
    return packed, {_COMPRESSION: Entry(_COMPRESSION, directories.SHORT, 1, number)}


def _reversed(samples: bytes, width: int) -> bytes:
    turned = bytearray(samples)
    whole = len(samples) // width * width
    for place in range(width):
        turned[place:whole:width] = samples[width - 1 - place : whole : width]
    return bytes(turned)


def _first(found: dict[int, Entry], tag: int) -> int:
    return next(iter(found[tag].numbers()), 0) if tag in found else 0


def groups(whole: list[int], count: int) -> Iterator[tuple[int, list[int]]]:
    """Yield each photograph's page and those that belong to it: what follows it, or begins."""
    for place, number in enumerate(whole):
        end = whole[place + 1] if place + 1 < len(whole) else count
        first = 0 if place == 0 else number
        yield number, [n for n in range(first, end) if n != number]
