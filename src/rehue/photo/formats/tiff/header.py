"""What a TIFF's directory claims, held against what is allowed before anything is decoded.

tifffile and imagecodecs trust it: a header of a few bytes could ask them for all memory.
"""

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rehue.errors import PhotoError
from rehue.photo.formats.contract import Source
from rehue.photo.records import directories

if TYPE_CHECKING:
    from tifffile import TiffPage

WHITE_IS_ZERO, GREY, RGB, PALETTE, MASK, CMYK, YCBCR = range(7)
CIELAB, ICCLAB = 8, 9
CHANNELS: Final = {WHITE_IS_ZERO: 1, GREY: 1, RGB: 3, PALETTE: 1, MASK: 1, CMYK: 4, YCBCR: 3}
CHANNELS.update({CIELAB: 3, ICCLAB: 3})
JPEG, WEBP = 7, 50001
# What imagecodecs decodes within the size that it is told, or that its own header says (`segments`
# holds that against the size).
_COMPRESSIONS = {1, 2, 3, 4, 5, JPEG, 8, 32773, 32946, 34925, 50000, WEBP}
_UNSIGNED, _FLOAT, _UNDEFINED = 1, 3, 4
# What their numbers mean, of those that are not read (libtiff's tiff.h).
_PACKINGS = {
    "JPEG of before 1995": {6},
    "JBIG": {9, 10, 34661},
    "NeXT's": {32766},
    "ThunderScan": {32809},
    "Pixar's": {32908, 32909},
    "JPEG 2000": {33003, 33005, 34712},
    "SGI's logarithms": {34676, 34677},
    "LERC": {34887},
    "lossy JPEG": {34892},
    "JPEG XL": {50002, 52546},
}
_COLORS = {32844: "logarithms of luminance", 32845: "logarithms of luminance and chroma"}
_KINDS = {2: "signed whole numbers", 5: "complex whole numbers", 6: "complex floats"}
_PLANES = 2
_MOST_SAMPLES = 16
# Pixels that a tile may have beyond the picture's own.
_TILE_ROOM = 1 << 24


def checked_size(page: "TiffPage", source: Source, left: int, pages: int) -> int:
    """Return the pixels of a page that may be decoded.

    Args:
        page: the page.
        source: the file.
        left: pixels that it may have.
        pages: how many there are.

    Raises:
        PhotoError: it has more, or is of a kind that Rehue does not read.
    """
    width, height, name = page.imagewidth, page.imagelength, source.name
    size = source.check_size(width, height, left=left, pages=pages)
    if page.imagedepth != 1 or not 1 <= page.samplesperpixel <= _MOST_SAMPLES:
        raise unusual(name, f"{page.samplesperpixel} samples a pixel, depth {page.imagedepth}")
    sample_type(page, name)
    if is_for_pillow(page):
        return size
    if page.photometric not in CHANNELS or page.samplesperpixel < CHANNELS[page.photometric]:
        what = _COLORS.get(page.photometric, f"photometric interpretation {int(page.photometric)}")
        raise unusual(name, f"{what} of {page.samplesperpixel} samples")
    if page.compression not in _COMPRESSIONS:
        raise unusual(name, compression_of(page))
    if page.tilewidth * page.tilelength > 2 * width * height + _TILE_ROOM:
        raise unusual(name, f"tiles of {page.tilewidth:,} x {page.tilelength:,} pixels")
    return size


def is_for_pillow(page: "TiffPage") -> bool:
    """Say whether libtiff, by way of Pillow, has to decode a page: rare kinds of 8 bits."""
    return page.bitspersample == 8 and page.compression not in _COMPRESSIONS


def is_ycbcr_of_tiff(page: "TiffPage") -> bool:
    """Say whether a page is YCbCr as `ycbcr` reads it: subsampled by TIFF itself, or in planes."""
    is_packed_apart = page.compression in (JPEG, WEBP) and page.planarconfig != _PLANES
    is_three_bytes = page.bitspersample == 8 and page.samplesperpixel == 3
    return page.photometric == YCBCR and is_three_bytes and not is_packed_apart


def sample_type(page: "TiffPage", name: str) -> np.dtype[Any]:
    """Return the sample type that a page is decoded to.

    Raises:
        PhotoError: it has neither 1 to 32 bits nor floats.
    """
    bits, kind = page.bitspersample, page.sampleformat
    is_lab = page.photometric == CIELAB  # whose a and b have a sign, whatever is said
    if kind in (None, _UNSIGNED, _UNDEFINED) or is_lab:
        if isinstance(bits, int) and 1 <= bits <= 32:
            return np.dtype(np.uint8 if bits <= 8 else np.uint16)
    elif kind == _FLOAT and bits in (16, 32, 64):
        return np.dtype(np.float32)
    more = f" ({_KINDS[kind]})" if kind in _KINDS else ""
    raise PhotoError(
        f"{name} has {bits} bits a sample{more}: save it with 8 or 16 bits, or as 32-bit floats"
    )


def orientation(page: "TiffPage") -> int:
    """Return the orientation 1..8 that a page gives."""
    said = page.tags.valueof(directories.ORIENTATION, 1)
    return said if said in range(1, 9) else 1


def compression_of(page: "TiffPage") -> str:
    """Return how a page is compressed, in words."""
    number = int(page.compression)
    known = [f", {words}" for words, numbers in _PACKINGS.items() if number in numbers]
    return "".join([f"compression {number}", *known])


def unusual(name: str, what: str) -> PhotoError:
    """Return the error for a kind of TIFF that is not read."""
    return PhotoError(
        f"{name} is a TIFF of a kind that Rehue does not read ({what}): "
        "open it in an image editor and save it as PNG or TIFF"
    )
