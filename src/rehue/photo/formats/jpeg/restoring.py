"""The grey JPEG out of a coloured one that holds its image data."""

from dataclasses import replace
from typing import Final

from rehue.photo.formats.jpeg import splice
from rehue.photo.formats.jpeg.behind import attached, behind_of
from rehue.photo.formats.jpeg.beside import APP1, APP2, APP11, MPF
from rehue.photo.formats.jpeg.extended_xmp import XMP
from rehue.photo.formats.jpeg.segments import Segment, joined, segments
from rehue.photo.provenance.mark import without_mark

# Profiles (of colours: those kept leave greys as they are), C2PA's manifests of the result, and the
# index of further pictures, which is made anew.
_OF_RESULT: Final = ((APP2, b"ICC_PROFILE\0"), (APP2, MPF), (APP11, b"JP"))


def restored(data: bytes) -> bytes | None:
    """Return the grey JPEG whose image data a coloured one holds; None where it holds none.

    What stands beside the picture and behind it comes with it, without the mark, the profile and a
    signature.
    """
    grey = splice.luma_of(data)
    if grey is None:
        return None
    beside = [_without_mark(s) for s in splice.beside(data) if not _is_of_result(s)]
    whole = joined([*(s for s in beside if s), *segments(grey)])
    return attached(whole, behind_of(data))


def _is_of_result(segment: Segment) -> bool:
    return any(segment.marker == m and segment.content.startswith(p) for m, p in _OF_RESULT)


def _without_mark(segment: Segment) -> Segment | None:
    if segment.marker != APP1 or not segment.content.startswith(XMP):
        return segment
    packet = without_mark(segment.content[len(XMP) :])
    return replace(segment, content=XMP + packet) if packet else None
