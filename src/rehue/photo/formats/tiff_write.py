"""Writing TIFFs strip by strip: a large picture is never in memory a second time.

tifffile writes whole pictures, and no EXIF directories; here imagecodecs packs each strip as it
comes, and `tiff.pack` writes the directories that were carried, entry by entry.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rehue.photo.photograph import Photograph
from rehue.photo.records import tiff
from rehue.photo.records.tiff import LONG, LONG8, RATIONAL, SHORT, UNDEFINED, Entry
from rehue.photo.samples import deep_profile, depth

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


@dataclass(frozen=True)
class Page:
    """What becomes one page.

    Attributes:
        photograph: the page's source.
        rgb: H x W x 3, sRGB-encoded, in stored order.
        xmp: its packet, with the mark.
    """

    photograph: Photograph
    rgb: NDArray[Any]
    xmp: bytes


def write_pages(
    file: BinaryIO, pages: Iterator[Page], source: Photograph, bits: int, quality: int | None
) -> None:
    """Write a TIFF into an empty file that can seek.

    Args:
        file: to write to.
        pages: taken one after the other.
        source: the photograph whose pages they are.
        bits: 8, 16 or 32 (floats).
        quality: 1..100, of JPEG strips.
    """
    size = sum(page.pixels[..., :1].size * (bits // 8) * 4 for page in source.pages)
    big = source.carried.big_tiff or size > _PLAIN_MOST
    width = 8 if big else 4
    file.write(b"II+\0\x08\0\0\0" if big else b"II*\0")
    link = file.tell()
    file.write(bytes(width))
    for page in pages:
        entries = _write_strips(file, page, bits, quality, big)
        at = file.tell() + file.tell() % 2
        file.seek(link)
        file.write(at.to_bytes(width, "little"))
        file.seek(at)
        file.write(tiff.pack(entries, at, big=big))
        head, entry = (8, 20) if big else (2, 12)
        link = at + head + entry * len(entries)
        file.seek(0, 2)


def _write_strips(
    file: BinaryIO, page: Page, bits: int, quality: int | None, big: bool
) -> list[Entry]:
    """Write a page's strips and return its directory."""
    height, width = page.rgb.shape[:2]
    alpha = page.photograph.alpha
    compression = _compression(page.photograph, bits)
    channels = 3 if alpha is None else 4
    rows = max(1, _STRIP_BYTES // (width * channels * bits // 8))
    if compression == _JPEG:
        rows = -(-rows // _JPEG_ROWS) * _JPEG_ROWS
    rows = min(rows, height)

    def packed(top: int) -> bytes:
        strip = slice(top, min(top + rows, height))
        samples = deep_profile.for_file(page.rgb[strip], page.photograph.carried.icc, bits)
        if alpha is not None:
            over = depth.with_bits(alpha[strip], bits)[..., None]
            samples = np.concatenate([samples, over], axis=-1)
        return _pack(np.ascontiguousarray(samples), compression, quality)

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
    own = _layout(page, bits, compression, rows)
    kind = LONG8 if big else LONG
    own += [_numbers(273, kind, *offsets), _numbers(279, kind, *sizes)]
    return _with_carried(own, page)


def _layout(page: Page, bits: int, compression: int, rows: int) -> list[Entry]:
    height, width = page.rgb.shape[:2]
    channels = 3 if page.photograph.alpha is None else 4
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
    carried = page.photograph.carried
    own.append(Entry(tiff.XMP, tiff.BYTE, len(page.xmp), page.xmp))
    if carried.icc:
        own.append(Entry(tiff.ICC, UNDEFINED, len(carried.icc), carried.icc))
    if carried.photoshop:
        own.append(Entry(tiff.PHOTOSHOP, tiff.BYTE, len(carried.photoshop), carried.photoshop))
    said = list(tiff.description(carried.exif)) if carried.exif else []
    if carried.dpi and tiff.X_RESOLUTION not in {entry.tag for entry in said}:
        said += tiff.resolution(carried.dpi)
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
