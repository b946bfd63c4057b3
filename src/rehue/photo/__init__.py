"""Photographs as files: read with all that they carry, written whole, marked, or not at all.

- `read`, `from_pillow`: a file, bytes, a stream or Pillow's picture becomes a `Photograph`;
  `photograph_of` takes any of these, `checked` an array
- `Photograph`, `Carried`: sRGB pixels as stored, and what goes over to the result
- `Chroma`: colour for a luma that stays as the file holds it; `keeps_luma`: whether it does,
  `why_not_kept`; `of_positive`: what is true of a negative that was turned
- `upright`, `as_stored`, `box_as_stored`: EXIF orientation, there and back; `turned`: another one
- `write`, `to_pillow`: the coloured picture with all that was carried
- `check_target`, `result_format`, `result_bits`: what `write` would refuse, and would write
- `FORMATS`, `ENDINGS`, `PHOTOGRAPHS`, `BECOMES`: formats and endings of names; `format_named`
- `losses`: what has no place in a format; `sidecar_of`: where the mark is that has none;
  `with_sidecars`: what XMP files beside a photograph say of it
- `Mark`: how a picture says in XMP that it was coloured
- `draw_mark`, `visible_mark`: how it says so to whoever looks at it
- `Credentials`, `check_credentials`: what C2PA manifests are signed with
- `Output`, `OutputOptions`: what may be chosen of how a result is written; `for_layer`
- `inspect`: how a file was coloured, and whether its source still matches; `restore`: the grey
  JPEG out of a coloured one

Inside: `read` and `write`, and below them `formats` (one file each, listed in one place),
`records` (EXIF, XMP, captions, boxes), `samples` (depth, orientation, profiles) and `provenance`
(the mark and signatures).
Every failure is a `rehue.errors.PhotoError`.
"""

from rehue.photo.given import Photo, checked, photograph_of
from rehue.photo.luma import keeps_luma, of_positive, why_not_kept
from rehue.photo.output import (
    BECOMES,
    ENDINGS,
    FORMATS,
    KINDS,
    PHOTOGRAPHS,
    Lightness,
    Output,
    OutputOptions,
    for_layer,
    format_named,
    losses,
    name_of_layers,
    result_bits,
    result_format,
)
from rehue.photo.photograph import Carried, Chroma, Photograph
from rehue.photo.provenance.c2pa import Manifest, check_credentials
from rehue.photo.provenance.credentials import Credentials
from rehue.photo.provenance.inspection import Inspection, inspect, source_beside
from rehue.photo.provenance.luma import restore
from rehue.photo.provenance.mark import LUMA_KEPT, SOURCE_TYPE, Mark
from rehue.photo.provenance.sidecar import with_sidecars
from rehue.photo.provenance.visible_mark import draw_mark, visible_mark
from rehue.photo.read import MAX_PIXELS, from_pillow, read
from rehue.photo.samples.assumed import assumed_profile, with_assumed_profile
from rehue.photo.samples.depth import with_bits
from rehue.photo.samples.orientation import as_stored, box_as_stored, upright
from rehue.photo.turned import turned
from rehue.photo.write import check_target, sidecar_of, to_pillow, write

__all__ = [
    "BECOMES",
    "ENDINGS",
    "FORMATS",
    "KINDS",
    "LUMA_KEPT",
    "MAX_PIXELS",
    "PHOTOGRAPHS",
    "SOURCE_TYPE",
    "Carried",
    "Chroma",
    "Credentials",
    "Inspection",
    "Lightness",
    "Manifest",
    "Mark",
    "Output",
    "OutputOptions",
    "Photo",
    "Photograph",
    "as_stored",
    "assumed_profile",
    "box_as_stored",
    "check_credentials",
    "check_target",
    "checked",
    "draw_mark",
    "for_layer",
    "format_named",
    "from_pillow",
    "inspect",
    "keeps_luma",
    "losses",
    "name_of_layers",
    "of_positive",
    "photograph_of",
    "read",
    "restore",
    "result_bits",
    "result_format",
    "sidecar_of",
    "source_beside",
    "to_pillow",
    "turned",
    "upright",
    "visible_mark",
    "why_not_kept",
    "with_assumed_profile",
    "with_bits",
    "with_sidecars",
    "write",
]
