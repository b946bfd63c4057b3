"""Reading TIFFs: every page, any layout, 8 to 32 bits and floats, checked before it is decoded.

tifffile reads the directories and imagecodecs decodes strips and tiles (libtiff, by way of Pillow,
what it does not); what a header claims is held against the file's length and the pixels allowed
first, since both trust it.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import TiffImagePlugin

from rehue.color.gamut import fit_to_gamut
from rehue.color.lab import lab_to_srgb
from rehue.errors import PhotoError
from rehue.photo.formats.contract import Decoded, Source, left_out_channels
from rehue.photo.formats.heard import heard
from rehue.photo.formats.tiff.beside import beside_page, groups, photographs
from rehue.photo.formats.tiff.header import (
    CHANNELS,
    CIELAB,
    ICCLAB,
    PALETTE,
    WHITE_IS_ZERO,
    checked_size,
    compression_of,
    is_for_pillow,
    is_ycbcr_of_tiff,
    orientation,
    unusual,
)
from rehue.photo.formats.tiff.segments import decoded
from rehue.photo.formats.tiff.ycbcr import decoded_ycbcr
from rehue.photo.photograph import Beside, Carried
from rehue.photo.records import directories, exif, photoshop
from rehue.photo.records.directories import Layout
from rehue.photo.samples import depth, pixels
from rehue.photo.samples.orientation import as_stored

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

_ASSOCIATED, _UNASSOCIATED = 1, 2
_FAX = (2, 3, 4)  # compressions without a checksum
# Pages beyond this are a loop or an attack.
_MOST_PAGES = 10_000
_SILENT = logging.NullHandler()
# What libtiff says of a picture that is not all there; it says more of tags, which does no harm.
_BROKEN = re.compile(r"[Rr]ead error|[Nn]ot enough data|[Cc]orrupt|[Pp]remature|[Uu]nexpected|EOF")


def read_pages(source: Source) -> Iterator[Decoded]:
    """Yield the photographs of a TIFF, each with what stands beside it.

    Raises:
        PhotoError: a page is cut off, too large, or of a kind that Rehue does not read.
    """
    from tifffile import TiffFile, logger  # noqa: PLC0415 (slow to load, and not always needed)

    # What it remarks on would stand on standard error in the middle of a run.
    logger().addHandler(_SILENT)
    data, name = source.data, source.name
    offsets, notes = _directories(data, name)
    # tifffile's objects hold each other: without the buffer's end, the bytes would stay with them.
    with BytesIO(data) as buffer, TiffFile(buffer, _multifile=False) as file:
        every = list(_opened(file, offsets))
        pages = [page for page in every if not _is_manifest(page)]
        is_signed = any(directories.C2PA in page.tags for page in every)
        if not pages:
            raise PhotoError(f"{name} has no picture in it: give another file")
        whole = photographs(pages)
        left = source.max_pixels
        for number in whole:
            left -= checked_size(pages[number], source, left, len(whole))
        for number, others in groups(whole, len(pages)):
            page = pages[number]
            beside, said = beside_page(pages, data, number, others)
            decoded = _reader(page)(page, data, name, beside)
            records = replace(decoded.records, manifest=is_signed)
            yield replace(decoded, records=records, notes=(*notes, *said, *decoded.notes))
            notes = ()
            is_signed = False


def _reader(page: "TiffPage") -> Callable[..., Decoded]:
    if is_for_pillow(page):
        return _picture_by_pillow
    return _picture_of_ycbcr if is_ycbcr_of_tiff(page) else _picture


def _directories(data: bytes, name: str) -> tuple[list[int], tuple[str, ...]]:
    """Return where the pages' directories lie, and a note if their chain is broken."""
    layout = Layout.of(data)
    offsets: dict[int, None] = {}  # in order
    offset = layout.first
    while offset:
        if offset in offsets or len(offsets) >= _MOST_PAGES:
            raise PhotoError(
                f"{name} has pages without end (the {len(offsets) + 1}th leads back, or there are "
                f"more than {_MOST_PAGES:,}): open it in an image editor and save it anew"
            )
        try:
            after = directories.next_directory(data, layout, offset)
        except directories.TiffDirectoryError:
            if _is_there(data, layout, offset):
                return [*offsets, offset], ()  # without the closing link
            if offsets:
                return list(offsets), ("what should follow its last page is not in the file",)
            raise PhotoError(
                f"{name} is cut off before its end (its list of contents is not in it): copy or "
                "download it again"
            ) from None
        offsets[offset] = None
        offset = after
    return list(offsets), ()


def _is_there(data: bytes, layout: Layout, offset: int) -> bool:
    try:
        return bool(directories.read_directory(data, layout, offset)[0])
    except directories.TiffDirectoryError:
        return False


def _opened(file: "TiffFile", offsets: list[int]) -> Iterator["TiffPage"]:
    from tifffile import TiffPage  # noqa: PLC0415 (slow to load, and not always needed)

    for number, offset in enumerate(offsets):
        file.filehandle.seek(offset)
        yield TiffPage(file, number)


def _is_manifest(page: "TiffPage") -> bool:
    """Say whether a directory has a C2PA manifest and no picture: one more, in files of pages."""
    return page.imagewidth == 0 and directories.C2PA in page.tags


def _picture_by_pillow(
    page: "TiffPage", data: bytes, name: str, beside: tuple[Beside, ...]
) -> Decoded:
    """Decode a page of a rare kind, of 8 bits, by way of libtiff."""
    turn = orientation(page)
    try:
        with heard() as remarks:
            image = TiffImagePlugin.TiffImageFile(BytesIO(data))
            image.seek(page.index)
            if sorted(image.size) != sorted((page.imagewidth, page.imagelength)):
                raise unusual(name, "a header that says two sizes")
            image.load()
    except (OSError, SyntaxError, LookupError, ValueError) as error:
        raise unusual(name, compression_of(page)) from error
    if any(_BROKEN.search(remark) for remark in remarks):
        raise PhotoError(f"{name} has a part missing or damaged: copy or download it again")
    flat, alpha = pixels.flat(image)
    # Pillow turns TIFFs, and nothing else, upright while it loads them.
    color = np.ascontiguousarray(as_stored(np.asarray(flat), turn))
    if alpha is not None:
        alpha = np.ascontiguousarray(as_stored(alpha, turn))
    return _page(page, data, color, alpha, (), beside)


def _picture_of_ycbcr(
    page: "TiffPage", data: bytes, name: str, beside: tuple[Beside, ...]
) -> Decoded:
    color = depth.without_idle_channels(decoded_ycbcr(page, data, name))
    return _page(page, data, color, None, (), beside)


def _from_lab(page: "TiffPage", lab: NDArray[Any], name: str) -> NDArray[Any]:
    """Return sRGB of CIE L*a*b* (TIFF 6.0, section 23; ICC's encoding, TIFF technote 4).

    a and b are taken as they are: the white that they are relative to becomes sRGB's.
    """
    if page.bitspersample not in (8, 16):
        raise unusual(name, f"L*a*b* of {page.bitspersample} bits")
    unit = 1 if page.bitspersample == 8 else 256
    white = 255 * unit if unit == 1 else 65535
    signed = np.int8 if unit == 1 else np.int16
    made = np.empty_like(lab)
    for rows in depth.strips(lab):
        part = lab[rows]
        wide = np.empty(part.shape, np.float32)
        if page.photometric == ICCLAB:
            wide[..., 0] = part[..., 0] * np.float32(100 / (255 if unit == 1 else 65280))
            wide[..., 1:] = part[..., 1:].astype(np.float32) / unit - 128
        else:
            wide[..., 0] = part[..., 0] * np.float32(100 / white)
            wide[..., 1:] = part[..., 1:].astype(signed).astype(np.float32) / unit
        made[rows] = lab_to_srgb(fit_to_gamut(wide), lab.dtype)
    return made


def _picture(page: "TiffPage", data: bytes, name: str, beside: tuple[Beside, ...]) -> Decoded:
    notes: tuple[str, ...] = ()
    channels = CHANNELS[page.photometric]
    alpha_at, alpha_kind = _alpha(page, channels)
    color, alpha = decoded(page, data, name, alpha_at)
    if alpha is not None and alpha_kind == _ASSOCIATED:
        depth.divide(color, alpha)
    unused = page.samplesperpixel - channels - (alpha is not None)
    notes += left_out_channels(unused)
    if page.bitspersample > 16 and color.dtype.kind == "u":
        notes += (f"its {page.bitspersample} bits a sample become 16",)
    if channels == 1:
        color = color[..., 0]
    if page.photometric in (CIELAB, ICCLAB):
        color = _from_lab(page, color, name)
    if page.photometric == PALETTE:
        color = _from_palette(page, color, name)
    color = depth.without_idle_channels(np.ascontiguousarray(color))
    if page.compression in _FAX and not _libtiff_agrees(page, data, color):
        raise PhotoError(f"{name} is damaged (its fax code is broken): copy or download it again")
    return _page(page, data, color, alpha, notes, beside)


def _page(
    page: "TiffPage",
    data: bytes,
    color: NDArray[Any],
    alpha: NDArray[Any] | None,
    notes: tuple[str, ...],
    beside: tuple[Beside, ...],
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
        tile=(page.tilewidth, page.tilelength) if page.is_tiled else None,
        beside=beside,
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
        with heard():
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
