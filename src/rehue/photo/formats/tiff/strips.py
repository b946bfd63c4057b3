"""Writing TIFFs strip by strip: a large picture is never in memory a second time.

tifffile writes whole pictures, and no EXIF directories; here imagecodecs packs each strip as it
comes, and `directories.pack` writes the directories that were carried, entry by entry.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rehue.photo.formats.contract import Page
from rehue.photo.photograph import Photograph
from rehue.photo.records import directories
from rehue.photo.records.directories import LONG, LONG8, RATIONAL, SHORT, UNDEFINED, Entry

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
# A JPEG strip holds whole blocks of its subsampled chroma.
_JPEG_ROWS = 16
_THREADS = 4
# Offsets of a plain TIFF end here, less room for directories.
_PLAIN_MOST = (1 << 32) - (1 << 26)


def write_pages(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write pages, taken one after the other, into an empty file that can seek."""
    link = width = 0
    big = False
    for page in pages:
        if not link:
            big = _needs_wide_offsets(page)
            width = 8 if big else 4
            file.write(b"II+\0\x08\0\0\0" if big else b"II*\0")
            link = file.tell()
            file.write(bytes(width))
        entries = _write_strips(file, page, big)
        at = file.tell() + file.tell() % 2
        file.seek(link)
        file.write(at.to_bytes(width, "little"))
        file.seek(at)
        file.write(directories.pack(entries, at, big=big))
        head, entry = (8, 20) if big else (2, 12)
        link = at + head + entry * len(entries)
        file.seek(0, 2)


def _needs_wide_offsets(first: Page) -> bool:
    """Say whether a file of all pages of a source has to be a BigTIFF, as its source was."""
    pages = first.photograph.pages
    size = sum(page.pixels[..., :1].size * (first.bits // 8) * 4 for page in pages)
    return first.carried.big_tiff or size > _PLAIN_MOST


def _write_strips(file: BinaryIO, page: Page, big: bool) -> list[Entry]:
    """Write a page's strips and return its directory."""
    height, width = page.rgb.shape[:2]
    compression = _compression(page.photograph, page.bits)
    channels = 3 if page.photograph.alpha is None else 4
    rows = max(1, _STRIP_BYTES // (width * channels * page.bits // 8))
    if compression == _JPEG:
        rows = -(-rows // _JPEG_ROWS) * _JPEG_ROWS
    rows = min(rows, height)

    def packed(top: int) -> bytes:
        samples = page.samples(slice(top, min(top + rows, height)))
        return _pack(np.ascontiguousarray(samples), compression, page.quality)

    offsets, sizes = [], []
    with ThreadPoolExecutor(_THREADS) as pool:
        # Some at a time, so that strips do not pile up before a slow disk.
        tops = range(0, height, rows)
        for start in range(0, len(tops), 2 * _THREADS):
            for strip in pool.map(packed, tops[start : start + 2 * _THREADS]):
                file.write(b"\0" * (file.tell() % 2))
                offsets.append(file.tell())
                sizes.append(len(strip))
                file.write(strip)
    own = _layout(page, compression, rows)
    kind = LONG8 if big else LONG
    own += [_numbers(273, kind, *offsets), _numbers(279, kind, *sizes)]
    return _with_carried(own, page)


def _layout(page: Page, compression: int, rows: int) -> list[Entry]:
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
        _numbers(278, LONG, rows),
        _numbers(284, SHORT, 1),
    ]
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
