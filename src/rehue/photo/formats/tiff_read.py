"""Reading TIFFs: every page, any layout, 8 and 16 bits and floats, checked before it is decoded.

tifffile reads the directories and imagecodecs decodes strips and tiles (libtiff, by way of Pillow,
what they do not); what a header claims is held against the file's length and the pixels allowed
first, since both trust it.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import TiffImagePlugin

from rehue.errors import PhotoError
from rehue.photo.formats.tiff_header import (
    CHANNELS,
    JPEG,
    PALETTE,
    WHITE_IS_ZERO,
    checked_size,
    is_for_pillow,
    orientation,
    sample_type,
    unusual,
)
from rehue.photo.records import metadata, tiff
from rehue.photo.records.metadata import Found
from rehue.photo.records.tiff import Layout
from rehue.photo.samples import depth, pixels
from rehue.photo.samples.orientation import as_stored

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_ASSOCIATED, _UNASSOCIATED = 1, 2
_FAX = (2, 3, 4)  # compressions without a checksum
_REDUCED, _MASK = 1, 4
_SUBFILE, _OLD_SUBFILE, _DNG_VERSION, _PHOTOMETRIC, _CFA = 254, 255, 50706, 262, 32803
# Pages beyond this are a loop or an attack.
_MOST_PAGES = 10_000
_THREADS = 4
_SILENT = logging.NullHandler()


@dataclass(frozen=True)
class TiffPicture:
    """One page.

    Attributes:
        color: H x W, H x W x 3 (RGB) or H x W x 4 (CMYK, 0 is no ink); uint8, uint16 or float32.
        alpha: H x W, not multiplied into the colours.
        found: what stands beside the pixels.
        orientation: 1..8.
    """

    color: NDArray[Any]
    alpha: NDArray[Any] | None
    found: Found
    orientation: int


def is_camera_raw(data: bytes) -> bool:
    """Say whether a TIFF is a camera's raw file: one that begins with a small copy, or a mosaic."""
    entries, _ = tiff.read_directory(data, Layout.of(data))
    numbers = {e.tag: e.number() for e in entries if e.kind in (tiff.BYTE, tiff.SHORT, tiff.LONG)}
    return (
        _DNG_VERSION in numbers
        or bool(numbers.get(_SUBFILE, 0) & _REDUCED)
        or numbers.get(_PHOTOMETRIC) == _CFA
    )


def read_pages(data: bytes, name: str, max_pixels: int) -> Iterator[TiffPicture]:
    """Yield the pages of a TIFF; reduced copies and masks among them are left out, with a note.

    Raises:
        PhotoError: a page is cut off, too large, or of a kind that Rehue does not read.
    """
    from tifffile import TiffFile, logger  # noqa: PLC0415 (slow to load, and not always needed)

    # What it remarks on would stand on standard error in the middle of a run.
    logger().addHandler(_SILENT)
    offsets = _directories(data, name)
    # tifffile's objects hold each other: without the buffer's end, the bytes would stay with them.
    with BytesIO(data) as buffer, TiffFile(buffer, _multifile=False) as file:
        pictures = [page for page in _opened(file, offsets) if not _is_manifest(page)]
        pages = [page for page in pictures if _is_full(page)]
        notes: tuple[str, ...] = ()
        if len(pages) < len(pictures):
            notes = ("its reduced copies and masks are left out",)
        left = max_pixels
        for page in pages:
            left -= checked_size(page, name, left, len(pages))
        for page in pages:
            read = _picture_by_pillow if is_for_pillow(page) else _picture
            yield read(page, data, name, notes)
            notes = ()


def _directories(data: bytes, name: str) -> list[int]:
    layout = Layout.of(data)
    offsets: dict[int, None] = {}  # in order
    offset = layout.first
    while offset:
        if offset in offsets or len(offsets) >= _MOST_PAGES:
            raise PhotoError(
                f"{name} has pages without end (the {len(offsets) + 1}th leads back, or there are "
                f"more than {_MOST_PAGES:,}): open it in an image editor and save it anew"
            )
        offsets[offset] = None
        offset = tiff.next_directory(data, layout, offset)
    return list(offsets)


def _opened(file: "TiffFile", offsets: list[int]) -> Iterator["TiffPage"]:
    from tifffile import TiffPage  # noqa: PLC0415 (slow to load, and not always needed)

    for number, offset in enumerate(offsets):
        file.filehandle.seek(offset)
        yield TiffPage(file, number)


def _is_full(page: "TiffPage") -> bool:
    return not (page.subfiletype & (_REDUCED | _MASK) or page.tags.valueof(_OLD_SUBFILE) == 2)


def _is_manifest(page: "TiffPage") -> bool:
    """Say whether a directory has a C2PA manifest and no picture: one more, in files of pages."""
    return page.imagewidth == 0 and tiff.C2PA in page.tags


def _picture_by_pillow(
    page: "TiffPage", data: bytes, name: str, notes: tuple[str, ...]
) -> TiffPicture:
    image = TiffImagePlugin.TiffImageFile(BytesIO(data))
    image.seek(page.index)
    if sorted(image.size) != sorted((page.imagewidth, page.imagelength)):
        raise unusual(name, "a header that says two sizes")
    turn = orientation(page)
    image.load()
    flat, alpha = pixels.flat(image)
    # Pillow turns TIFFs, and nothing else, upright while it loads them.
    color = np.ascontiguousarray(as_stored(np.asarray(flat), turn))
    if alpha is not None:
        alpha = np.ascontiguousarray(as_stored(alpha, turn))
    found = metadata.gather_tiff(data, page.offset, int(page.compression))
    return TiffPicture(color, alpha, Found(found.carried, found.icc, found.notes + notes), turn)


def _picture(page: "TiffPage", data: bytes, name: str, notes: tuple[str, ...]) -> TiffPicture:
    channels = CHANNELS[page.photometric]
    alpha_at, alpha_kind = _alpha(page, channels)
    color, alpha = _decoded(page, data, name, alpha_at)
    if alpha is not None and alpha_kind == _ASSOCIATED:
        _divide(color, alpha)
    unused = page.samplesperpixel - channels - (alpha is not None)
    if unused:
        notes += (f"{unused} extra channels are left out",)
    if channels == 1:
        color = color[..., 0]
    if page.photometric == PALETTE:
        color = _from_palette(page, color, name)
    color = depth.without_idle_channels(np.ascontiguousarray(color))
    if page.compression in _FAX and not _libtiff_agrees(page, data, color):
        raise PhotoError(f"{name} is damaged (its fax code is broken): copy or download it again")
    found = metadata.gather_tiff(data, page.offset, int(page.compression))
    return TiffPicture(
        color,
        alpha,
        Found(found.carried, found.icc, found.notes + notes),
        orientation(page),
    )


def _libtiff_agrees(page: "TiffPage", data: bytes, color: NDArray[Any]) -> bool:
    """Say whether libtiff reads the same bits: fax code tells no error by itself.

    Decoders go on after a word that there is not, each in a way of its own.
    """
    import imagecodecs  # noqa: PLC0415 (slow to load)

    try:
        bits = imagecodecs.tiff_decode(data, index=page.index) > 0
    except (ValueError, RuntimeError):
        return False
    return np.array_equal(bits ^ (page.photometric == WHITE_IS_ZERO), color > 127)


def _alpha(page: "TiffPage", channels: int) -> tuple[int | None, int | None]:
    """Return which sample is alpha, and of which kind; extra samples of no kind are none."""
    for place, kind in enumerate(page.extrasamples, start=channels):
        if kind in (_ASSOCIATED, _UNASSOCIATED) and place < page.samplesperpixel:
            return place, int(kind)
    return None, None


def _decoded(
    page: "TiffPage", data: bytes, name: str, alpha_at: int | None
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Decode all segments into H x W x channels and alpha, black 0 and white full."""
    import imagecodecs  # noqa: F401, PLC0415 (tifffile's decoders; loaded before the threads start)

    channels, size = CHANNELS[page.photometric], (page.imagelength, page.imagewidth)
    wanted = sample_type(page, name)
    color = np.zeros((*size, channels), wanted)
    alpha = None if alpha_at is None else np.zeros(size, wanted)
    options: dict[str, Any] = {}
    if page.compression == JPEG:
        options = {"jpegtables": page.jpegtables, "jpegheader": page.jpegheader}
    is_planar = page.planarconfig == 2 and page.samplesperpixel > 1

    def place(numbered: tuple[int, memoryview]) -> None:
        number, packed = numbered
        decoded, (plane, _, top, left, _), _ = page.decode(packed, number, **options)
        if decoded is None:
            raise PhotoError(f"{name} lacks parts of its picture: copy or download it again")
        part = decoded[0, : page.imagelength - top, : page.imagewidth - left]
        spot = slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
        first = plane if is_planar else 0
        used = min(channels - first, part.shape[2])
        if used > 0:
            color[*spot, first : first + used] = _scaled(page, part[..., :used], name)
        if alpha is not None and alpha_at is not None and 0 <= alpha_at - first < part.shape[2]:
            alpha[spot] = _scaled(page, part[..., alpha_at - first], name, inverted=False)

    page.decode  # noqa: B018 (made at the first look, which is not safe between threads)
    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(place, list(_segments(page, data, name))):
            pass
    return color, alpha


def _segments(page: "TiffPage", data: bytes, name: str) -> Iterator[tuple[int, memoryview]]:
    """Yield number and bytes of each strip or tile, all of which must be there."""
    whole = memoryview(data)
    count = int(np.prod(page.chunked))
    offsets, sizes = page.dataoffsets, page.databytecounts
    if len(offsets) < count or len(sizes) < count:
        raise PhotoError(
            f"{name} lists {len(offsets)} of its {count} strips or tiles: copy or download it again"
        )
    for number in range(count):
        offset, size = offsets[number], sizes[number]
        if size < 1 or offset < 1 or offset + size > len(data):
            raise PhotoError(
                f"{name} is cut off before its end (strip or tile {number + 1} of {count} is not "
                "all there): copy or download it again"
            )
        packed = whole[offset : offset + size]
        if page.compression == JPEG:
            _check_jpeg(page, packed, name)
        yield number, packed


def _check_jpeg(page: "TiffPage", packed: memoryview, name: str) -> None:
    """Refuse a JPEG strip or tile that says it is larger than its place."""
    size = metadata.jpeg_size(bytes(packed[: 1 << 16]))
    length = page.tilelength if page.is_tiled else page.rowsperstrip
    width = page.tilewidth if page.is_tiled else page.imagewidth
    if size and (size[0] > width + 15 or size[1] > min(length, page.imagelength) + 15):
        raise unusual(name, f"a JPEG of {size[0]:,} x {size[1]:,} pixels in a smaller place")


def _scaled(
    page: "TiffPage", part: NDArray[Any], name: str, *, inverted: bool = True
) -> NDArray[Any]:
    """Bring samples to the full range of their type, with black as 0 where that is `inverted`."""
    inverted = inverted and page.photometric == WHITE_IS_ZERO
    if part.dtype.kind == "f":
        part = part.astype(np.float32)
        low, high = float(part.min()), float(part.max())
        # NaN fails both comparisons; resampling leaves values a little beyond 0..1.
        if not (low >= -0.5 and high <= 1.5):
            raise PhotoError(
                f"{name} has floats from {low:g} to {high:g}: scale them to 0..1 first"
            )
        part = np.clip(part, 0, 1)
        return 1 - part if inverted else part
    bits = page.bitspersample
    white = 255 if bits <= 8 else 65535
    if page.photometric == PALETTE:
        return part
    if bits not in (8, 16):
        part = (part.astype(np.uint32) * white + ((1 << bits) - 1) // 2) // ((1 << bits) - 1)
    return white - part if inverted else part


def _from_palette(page: "TiffPage", index: NDArray[Any], name: str) -> NDArray[np.uint8]:
    table = page.colormap
    if table is None or index.max() >= table.shape[1]:
        raise unusual(name, "a palette that does not hold all its colours")
    # Some programs wrote 8-bit values where 16 bits are meant.
    levels = table if table.max() < 256 else table // 256
    return np.ascontiguousarray(levels.T.astype(np.uint8)[index])


def _divide(color: NDArray[Any], alpha: NDArray[Any]) -> None:
    """Take alpha out of colours that it was multiplied into (TIFF 6.0, section 18)."""
    bits = depth.bits_of(alpha)
    for rows in depth.strips(color):
        share = depth.with_bits(alpha[rows], 32)[..., None]
        whole = depth.with_bits(color[rows], 32) / np.where(share > 0, share, 1)
        color[rows] = depth.quantized(whole, bits)
