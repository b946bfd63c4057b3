"""Reading TIFFs: every page, any layout, 8 and 16 bits and floats, checked before it is decoded.

tifffile reads the directories and imagecodecs decodes strips and tiles (libtiff, by way of Pillow,
what they do not); what a header claims is held against the file's length and the pixels allowed
first, since both trust it.
"""

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import TiffImagePlugin

from rehue.errors import PhotoError
from rehue.photo.formats.contract import Decoded, Source
from rehue.photo.formats.tiff.header import (
    CHANNELS,
    PALETTE,
    WHITE_IS_ZERO,
    checked_size,
    is_for_pillow,
    orientation,
    unusual,
)
from rehue.photo.formats.tiff.segments import decoded
from rehue.photo.photograph import Carried
from rehue.photo.records import directories, exif, photoshop
from rehue.photo.records.directories import Layout
from rehue.photo.samples import depth, pixels
from rehue.photo.samples.orientation import as_stored

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_ASSOCIATED, _UNASSOCIATED = 1, 2
_FAX = (2, 3, 4)  # compressions without a checksum
_REDUCED, _MASK = 1, 4
_OLD_SUBFILE = 255
# Pages beyond this are a loop or an attack.
_MOST_PAGES = 10_000
_SILENT = logging.NullHandler()


def read_pages(source: Source) -> Iterator[Decoded]:
    """Yield the pages of a TIFF; reduced copies and masks among them are left out, with a note.

    Raises:
        PhotoError: a page is cut off, too large, or of a kind that Rehue does not read.
    """
    from tifffile import TiffFile, logger  # noqa: PLC0415 (slow to load, and not always needed)

    # What it remarks on would stand on standard error in the middle of a run.
    logger().addHandler(_SILENT)
    data, name = source.data, source.name
    offsets = _directories(data, name)
    # tifffile's objects hold each other: without the buffer's end, the bytes would stay with them.
    with BytesIO(data) as buffer, TiffFile(buffer, _multifile=False) as file:
        pictures = [page for page in _opened(file, offsets) if not _is_manifest(page)]
        pages = [page for page in pictures if _is_full(page)]
        notes: tuple[str, ...] = ()
        if len(pages) < len(pictures):
            notes = ("its reduced copies and masks are left out",)
        left = source.max_pixels
        for page in pages:
            left -= checked_size(page, source, left, len(pages))
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
        offset = directories.next_directory(data, layout, offset)
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
    return page.imagewidth == 0 and directories.C2PA in page.tags


def _picture_by_pillow(page: "TiffPage", data: bytes, name: str, notes: tuple[str, ...]) -> Decoded:
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
    return _page(page, data, color, alpha, notes)


def _picture(page: "TiffPage", data: bytes, name: str, notes: tuple[str, ...]) -> Decoded:
    channels = CHANNELS[page.photometric]
    alpha_at, alpha_kind = _alpha(page, channels)
    color, alpha = decoded(page, data, name, alpha_at)
    if alpha is not None and alpha_kind == _ASSOCIATED:
        depth.divide(color, alpha)
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
    return _page(page, data, color, alpha, notes)


def _page(
    page: "TiffPage",
    data: bytes,
    color: NDArray[Any],
    alpha: NDArray[Any] | None,
    notes: tuple[str, ...],
) -> Decoded:
    layout = Layout.of(data)
    entries = {e.tag: e for e in directories.read_directory(data, layout, page.offset)[0]}

    def bytes_of(tag: int) -> bytes:
        return entries[tag].data if tag in entries else b""

    resources = bytes_of(directories.PHOTOSHOP)
    if directories.IPTC in entries and photoshop.captions(resources) is None:
        # Other formats have captions among the resources alone.
        resources = photoshop.put_right(resources)
        resources += photoshop.with_captions(bytes_of(directories.IPTC))
    records = Carried(
        exif=exif.from_tiff(data, page.offset),
        icc=bytes_of(directories.ICC) or None,
        xmp=bytes_of(directories.XMP) or None,
        photoshop=resources,
        dpi=directories.dpi(entries.values()),
        tiff_compression=int(page.compression),
        big_tiff=layout.big,
    )
    if directories.LAYERS in entries:
        notes = ("its Photoshop layers are left out", *notes)
    return Decoded(color, alpha, records, orientation(page), notes=notes)


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


def _from_palette(page: "TiffPage", index: NDArray[Any], name: str) -> NDArray[np.uint8]:
    table = page.colormap
    if table is None or index.max() >= table.shape[1]:
        raise unusual(name, "a palette that does not hold all its colours")
    # Some programs wrote 8-bit values where 16 bits are meant.
    levels = table if table.max() < 256 else table // 256
    return np.ascontiguousarray(levels.T.astype(np.uint8)[index])
