"""BMP, which has no place for anything but pixels and resolution: the mark stands beside it."""

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from PIL import BmpImagePlugin

from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Page, Source
from rehue.photo.samples import pixels
from rehue.photo.samples.orientation import upright

# Sizes of the header that follows the file header; "BM" alone begins many a text.
_HEADERS = (12, 40, 52, 56, 64, 108, 124)


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture."""
    image = by_pillow.opened(BmpImagePlugin.BmpImageFile, source)
    yield by_pillow.decoded(image, source)


def encode(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write a page, upright, for there is no place to say how it is turned."""
    (page,) = pages
    seen = upright(page.colors(), page.photograph.orientation)
    options = {"dpi": page.carried.dpi} if page.carried.dpi else {}
    file.write(by_pillow.saved(pixels.picture(np.ascontiguousarray(seen)), "BMP", options))


FORMAT = Format(
    name="BMP",
    words=("BMP",),
    endings=(".bmp",),
    claims=lambda start: start[:2] == b"BM" and int.from_bytes(start[14:18], "little") in _HEADERS,
    read=read,
    encode=encode,
    media_type="image/bmp",
    lacks=frozenset({"pages", "alpha", "EXIF", "XMP", "IPTC", "ICC profile", "comment", "text"}),
    result="PNG",
)
