"""Photographs as files: read with all that they carry, written whole, marked, or not at all.

- `read`, `from_pillow`: a file, bytes, a stream or Pillow's picture becomes a `Photograph`;
  `photograph_of` takes any of these, `checked` an array
- `Photograph`, `Carried`: sRGB pixels as stored, and what goes over to the result
- `upright`, `as_stored`: EXIF orientation, there and back
- `write`, `to_pillow`: the coloured picture with all that was carried
- `check_target`, `result_format`, `result_bits`: what `write` would refuse, and would write;
  `FORMATS`, `ENDINGS`, `format_named`: formats by their names and endings
- `losses`: what has no place in a format
- `Mark`: how a picture says in XMP that it was coloured
- `draw_mark`, `visible_mark`: how it says so to whoever looks at it
- `Credentials`, `check_credentials`: what C2PA manifests are signed with
- `Output`, `OutputOptions`: what may be chosen of how a result is written; `for_layer`
- `inspect`: how a file was coloured, and whether its source still matches

Inside: `source` and `sniff` (bytes, and what they are), `pixels` (Pillow and arrays), `depth`
(8 and 16 bits, floats), `profile` and `deep_profile` (ICC), `metadata`, `exif`, `tiff`, `boxes` and
`xmp` (all that is not pixels), `formats` and `encode` (what a result is written as), one file for
each format that needs it, `c2pa` (signed manifests), `failures` (one line each).
Every failure is a `rehue.errors.PhotoError`.
"""

from rehue.photo.formats.table import (
    ENDINGS,
    FORMATS,
    RAW_ENDINGS,
    format_named,
    losses,
    result_bits,
    result_format,
)
from rehue.photo.given import Photo, checked, photograph_of
from rehue.photo.output import Output, OutputOptions, for_layer
from rehue.photo.photograph import Carried, Photograph
from rehue.photo.provenance.c2pa import Manifest, check_credentials
from rehue.photo.provenance.credentials import Credentials
from rehue.photo.provenance.inspection import Inspection, inspect
from rehue.photo.provenance.mark import Mark
from rehue.photo.provenance.visible_mark import draw_mark, visible_mark
from rehue.photo.read import MAX_PIXELS, from_pillow, read
from rehue.photo.samples.depth import with_bits
from rehue.photo.samples.orientation import as_stored, upright
from rehue.photo.write import check_target, to_pillow, write

__all__ = [
    "ENDINGS",
    "FORMATS",
    "MAX_PIXELS",
    "RAW_ENDINGS",
    "Carried",
    "Credentials",
    "Inspection",
    "Manifest",
    "Mark",
    "Output",
    "OutputOptions",
    "Photo",
    "Photograph",
    "as_stored",
    "check_credentials",
    "check_target",
    "checked",
    "draw_mark",
    "for_layer",
    "format_named",
    "from_pillow",
    "inspect",
    "losses",
    "photograph_of",
    "read",
    "result_bits",
    "result_format",
    "to_pillow",
    "upright",
    "visible_mark",
    "with_bits",
    "write",
]
