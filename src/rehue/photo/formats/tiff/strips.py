"""Writing TIFFs strip by strip, or by rows of tiles: a picture is never in memory a second time.

tifffile writes whole pictures, and no EXIF directories; here imagecodecs packs each strip as it
comes, and `directories.pack` writes the directories that were carried, entry by entry.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rehue.photo.formats.contract import Page
from rehue.photo.photograph import Beside, Carried, Photograph
from rehue.photo.records import directories
from rehue.photo.records.directories import LONG, LONG8, RATIONAL, SHORT, UNDEFINED, Entry
from rehue.photo.samples.reduced import reduced

_NONE, _LZW, _JPEG, _DEFLATE, _PACKBITS, _LZMA, _ZSTD = 1, 5, 7, 8, 32773, 34925, 50000
# The source's compression is kept where it suits colour; fax and rare ones become Deflate.
_KEPT = {_NONE, _LZW, _JPEG, _DEFLATE, _PACKBITS, _LZMA, _ZSTD}
_PREDICTED = {_LZW, _DEFLATE, _ZSTD}
_HORIZONTAL, _FLOATING_POINT = 2, 3
_RGB, _YCBCR = 2, 6
_FLOAT = 3
_UNASSOCIATED = 2
_FINE = 95
_STRIP_BYTES = 1 << 20
_LARGEST_TILE = 4096  # px a side
_STRIPS, _TILES = (273, 279), (324, 325)
_SUBFILE, _REDUCED, _SUB_DIRECTORIES = 254, 1, 330
# A JPEG strip holds whole blocks of its subsampled chroma.
_JPEG_ROWS = 16
_THREADS = 4
# Offsets of a plain TIFF end here, less room for directories.
_PLAIN_MOST = (1 << 32) - (1 << 26)


def write_pages(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write pages, taken one after the other, into an empty file that can seek."""
    link, big = 0, False
    for page in pages:
        if not link:
            big = _needs_wide_offsets(page)
            file.write(b"II+\0\x08\0\0\0" if big else b"II*\0")
            link = file.tell()
            file.write(bytes(8 if big else 4))
        beside = page.carried.beside
        inside = [
            _placed(file, _beside(file, page, one, big), big) for one in beside if one.is_inside
        ]
        entries = _write_parts(file, page, big)
        if inside:
            entries.append(_numbers(_SUB_DIRECTORIES, LONG8 if big else LONG, *inside))
        link = _linked(file, link, entries, big)
        for one in beside:
            if not one.is_inside:
                link = _linked(file, link, _beside(file, page, one, big), big)


def _placed(file: BinaryIO, entries: list[Entry], big: bool) -> int:
    """Write a directory to the end of a file and return where it stands."""
    file.seek(0, 2)
    at = file.tell() + file.tell() % 2
    file.seek(at)
    file.write(directories.pack(entries, at, big=big))
    return at


def _linked(file: BinaryIO, link: int, entries: list[Entry], big: bool) -> int:
    """Write a directory that follows the last; return where it will say what follows it."""
    at = _placed(file, entries, big)
    file.seek(link)
    file.write(at.to_bytes(8 if big else 4, "little"))
    file.seek(0, 2)
    head, entry = (8, 20) if big else (2, 12)
    return at + head + entry * len(entries)


def _beside(file: BinaryIO, page: Page, beside: Beside, big: bool) -> list[Entry]:
    """Write what stands beside a page: a smaller copy in colour, or what stays as it is."""
    if beside.size:
        return [
            _numbers(_SUBFILE, LONG, _REDUCED),
            *_write_parts(file, _smaller(page, beside.size), big),
        ]
    offsets = []
    for part in beside.parts:
        file.write(b"\0" * (file.tell() % 2))
        offsets.append(file.tell())
        file.write(part)
    tags = _TILES if beside.is_tiled else _STRIPS
    kind = LONG8 if big else LONG
    places = [_numbers(tags[0], kind, *offsets), _numbers(tags[1], kind, *map(len, beside.parts))]
    return [*beside.entries, *places]


def _smaller(page: Page, size: tuple[int, int]) -> Page:
    """Return a page at a smaller size, with its profile and nothing else that it carries."""
    own = page.photograph
    alpha = None if own.alpha is None else reduced(own.alpha, size)
    carried = Carried(
        icc=own.carried.icc, tiff_compression=own.carried.tiff_compression, tile=own.carried.tile
    )
    return replace(
        page,
        photograph=replace(own, alpha=alpha, carried=carried),
        color=reduced(page.rgb, size),
        xmp=b"",
    )


def _needs_wide_offsets(first: Page) -> bool:
    """Say whether a file of all pages of a source has to be a BigTIFF, as its source was."""
    pages = first.photograph.pages
    size = sum(page.pixels[..., :1].size * (first.bits // 8) * 4 for page in pages)
    for page in pages:
        for one in page.carried.beside:
            width, height = one.size or (0, 0)
            size += width * height * (first.bits // 8) * 4 + sum(map(len, one.parts))
    return first.carried.big_tiff or size > _PLAIN_MOST


def _write_parts(file: BinaryIO, page: Page, big: bool) -> list[Entry]:
    """Write a page's strips, or tiles where its source has them, and return its directory."""
    height, width = page.rgb.shape[:2]
    compression = _compression(page.photograph, page.bits)
    channels = 3 if page.photograph.alpha is None else 4
    tile = _tile(page.carried.tile)
    if tile:
        rows = tile[1]
    else:
        rows = max(1, _STRIP_BYTES // (width * channels * page.bits // 8))
        if compression == _JPEG:
            rows = -(-rows // _JPEG_ROWS) * _JPEG_ROWS
        rows = min(rows, height)

    def packed(top: int) -> list[bytes]:
        samples = page.samples(slice(top, min(top + rows, height)))
        pieces = _tiles(samples, tile) if tile else [samples]
        return [_pack(np.ascontiguousarray(one), compression, page.quality) for one in pieces]

    offsets, sizes = [], []
    with ThreadPoolExecutor(_THREADS) as pool:
        # Some at a time, so that strips do not pile up before a slow disk.
        tops = range(0, height, rows)
        for start in range(0, len(tops), 2 * _THREADS):
            for part in chain.from_iterable(pool.map(packed, tops[start : start + 2 * _THREADS])):
                file.write(b"\0" * (file.tell() % 2))
                offsets.append(file.tell())
                sizes.append(len(part))
                file.write(part)
    own = _layout(page, compression, rows, tile)
    kind = LONG8 if big else LONG
    places = _TILES if tile else _STRIPS
    own += [_numbers(places[0], kind, *offsets), _numbers(places[1], kind, *sizes)]
    return _with_carried(own, page)


def _tile(size: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return the size of a source's tiles where it is one that TIFF 6.0, section 15, allows."""
    if size is None or any(side % 16 or not 16 <= side <= _LARGEST_TILE for side in size):
        return None
    return size


def _tiles(band: NDArray[Any], tile: tuple[int, int]) -> Iterator[NDArray[Any]]:
    """Cut a row of tiles apart; those at the edges are filled up with what the edge shows."""
    wide, high = tile
    missing = high - len(band), -band.shape[1] % wide
    if any(missing):
        band = np.pad(band, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")
    for left in range(0, band.shape[1], wide):
        yield band[:, left : left + wide]


def _layout(page: Page, compression: int, rows: int, tile: tuple[int, int] | None) -> list[Entry]:
    height, width = page.rgb.shape[:2]
    channels = 3 if page.photograph.alpha is None else 4
    bits = page.bits
    entries = [
        _numbers(256, LONG, width),
        _numbers(257, LONG, height),
        _numbers(258, SHORT, *[bits] * channels),
        _numbers(259, SHORT, compression),
        _numbers(262, SHORT, _YCBCR if compression == _JPEG else _RGB),
        _numbers(277, SHORT, channels),
        _numbers(284, SHORT, 1),
    ]
    if tile:
        entries += [_numbers(322, LONG, tile[0]), _numbers(323, LONG, tile[1])]
    else:
        entries.append(_numbers(278, LONG, rows))
    if channels == 4:
        entries.append(_numbers(338, SHORT, _UNASSOCIATED))
    if bits == 32:
        entries.append(_numbers(339, SHORT, *[_FLOAT] * channels))
    if compression in _PREDICTED:
        entries.append(_numbers(317, SHORT, _FLOATING_POINT if bits == 32 else _HORIZONTAL))
    if compression == _JPEG:
        entries.append(_numbers(530, SHORT, 1, 1))
        levels = (0, 255, 128, 255, 128, 255)
        entries.append(_numbers(532, RATIONAL, *(n for level in levels for n in (level, 1))))
    return entries


def _with_carried(own: list[Entry], page: Page) -> list[Entry]:
    """Add what was carried; what says how the pixels lie is the file's own."""
    carried = page.carried
    if page.xmp:
        own.append(Entry(directories.XMP, directories.BYTE, len(page.xmp), page.xmp))
    if carried.icc:
        own.append(Entry(directories.ICC, UNDEFINED, len(carried.icc), carried.icc))
    if carried.photoshop:
        own.append(
            Entry(
                directories.PHOTOSHOP, directories.BYTE, len(carried.photoshop), carried.photoshop
            )
        )
    said = list(directories.description(carried.exif)) if carried.exif else []
    if carried.dpi and directories.X_RESOLUTION not in {entry.tag for entry in said}:
        said += directories.resolution(carried.dpi)
    taken = {entry.tag for entry in own}
    return own + [entry for entry in said if entry.tag not in taken]


def _compression(photograph: Photograph, bits: int) -> int:
    kept = photograph.carried.tiff_compression
    if kept not in _KEPT:
        return _DEFLATE
    return _DEFLATE if kept == _JPEG and (bits > 8 or photograph.alpha is not None) else kept


def _pack(samples: NDArray[Any], compression: int, quality: int | None) -> bytes:
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    if compression == _JPEG:
        level = _FINE if quality is None else quality
        packed = imagecodecs.jpeg8_encode(
            samples, level=level, colorspace="rgb", outcolorspace="ycbcr", subsampling="444"
        )
        return bytes(packed)
    if compression in _PREDICTED:
        if samples.dtype.kind == "f":
            samples = imagecodecs.floatpred_encode(samples, axis=-2)
        else:
            samples = imagecodecs.delta_encode(samples, axis=-2)
    if compression == _PACKBITS:
        # TIFF 6.0, section 9: each row is packed by itself.
        rows = samples.reshape(samples.shape[0], -1)
        return b"".join(imagecodecs.packbits_encode(row.tobytes()) for row in rows)
    encoders: dict[int, Callable[[bytes], bytes | bytearray]] = {
        _NONE: bytes,
        _LZW: imagecodecs.lzw_encode,
        _DEFLATE: lambda data: imagecodecs.deflate_encode(data, level=6),
        _LZMA: imagecodecs.lzma_encode,
        _ZSTD: lambda data: imagecodecs.zstd_encode(data, level=3),
    }
    return bytes(encoders[compression](samples.tobytes()))


def _numbers(tag: int, kind: int, *numbers: int) -> Entry:
    width = {SHORT: 2, LONG: 4, LONG8: 8, RATIONAL: 4}[kind]
    data = b"".join(number.to_bytes(width, "little") for number in numbers)
    count = len(numbers) // 2 if kind == RATIONAL else len(numbers)
    return Entry(tag, kind, count, data)
