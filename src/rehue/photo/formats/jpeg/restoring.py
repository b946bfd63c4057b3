"""The grey JPEG out of a coloured one that holds its image data."""

from dataclasses import replace
from typing import Final

from rehue.photo.formats.jpeg import splice
from rehue.photo.formats.jpeg.segments import Segment, joined, segments
from rehue.photo.provenance.mark import without_mark

XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
# Profiles (of colours: those kept leave greys as they are) and C2PA's manifests of the result.
_OF_COLORS: Final = frozenset({0xE2, 0xEB})


def restored(data: bytes) -> bytes | None:
    """Return the grey JPEG whose image data a coloured one holds; None where it holds none.

    What stands beside the picture comes with it, without the mark, the profile and a signature.
    """
    grey = splice.luma_of(data)
    if grey is None:
        return None
    beside = (_without_mark(s) for s in splice.beside(data) if s.marker not in _OF_COLORS)
    return joined([*(s for s in beside if s), *segments(grey)])


def _without_mark(segment: Segment) -> Segment | None:
    if segment.marker != 0xE1 or not segment.content.startswith(XMP):
        return segment
    packet = without_mark(segment.content[len(XMP) :])
    return replace(segment, content=XMP + packet) if packet else None
