"""Photographs as files: read with all that they carry, written whole, marked, or not at all.

- `read`, `from_pillow`: a file, bytes, a stream or Pillow's picture becomes a `Photograph`
- `Photograph`, `Carried`: sRGB pixels as stored, and what goes over to the result
- `upright`, `as_stored`: EXIF orientation, there and back
- `write`, `to_pillow`: the coloured picture with all that was carried
- `check_target`, `result_format`: what `write` would refuse, and what it would write
- `Mark`: how a picture says in XMP that it was coloured

Inside: `sniff` (what a file is), `pixels` (Pillow and arrays), `profile` (ICC), `metadata`,
`exif`, `tiff` and `xmp` (all that is not pixels), `encode` (formats), `failures` (one line each).
Every failure is a `rehue.errors.PhotoError`.
"""

from rehue.photo.mark import Mark
from rehue.photo.orientation import as_stored, upright
from rehue.photo.photograph import Carried, Photograph
from rehue.photo.read import MAX_PIXELS, from_pillow, read
from rehue.photo.write import FORMATS, check_target, result_format, to_pillow, write

__all__ = [
    "FORMATS",
    "MAX_PIXELS",
    "Carried",
    "Mark",
    "Photograph",
    "as_stored",
    "check_target",
    "from_pillow",
    "read",
    "result_format",
    "to_pillow",
    "upright",
    "write",
]
