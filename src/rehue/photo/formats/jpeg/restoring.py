"""The grey JPEG out of a coloured one that holds its image data."""

from typing import Final

from rehue.photo.formats.jpeg import splice
from rehue.photo.formats.jpeg.behind import attached, behind_of
from rehue.photo.formats.jpeg.beside import APP1, APP2, APP11, MPF
from rehue.photo.formats.jpeg.extended_xmp import EXTENSION, XMP, joined_packet, segments_of
from rehue.photo.formats.jpeg.segments import Segment, joined, segments
from rehue.photo.provenance.mark import LUMA_KEPT, Mark, without_mark

# Profiles (of colours: those kept leave greys as they are), C2PA's manifests of the result, the
# index of further pictures, which is made anew, and XMP, which holds the mark.
_OF_RESULT: Final = (
    *((APP2, b"ICC_PROFILE\0"), (APP2, MPF), (APP11, b"JP")),
    *((APP1, XMP), (APP1, EXTENSION)),
)


def restored(data: bytes) -> bytes | None:
    """Return the grey JPEG whose image data a coloured one holds.

    What stands beside the picture and behind it comes with it, without the mark, the profile and a
    signature.

    Returns:
        None where it holds none, or where its mark does not say that they are a source's own: luma
        that was encoded anew lies in a file in the same way.
    """
    grey = splice.luma_of(data)
    beside = splice.beside(data) if grey else []
    packet, _ = joined_packet(_contents(beside, XMP), _contents(beside, EXTENSION))
    mark = Mark.from_xmp(packet)
    if grey is None or packet is None or mark is None or mark.luma != LUMA_KEPT:
        return None
    kept = [segment for segment in beside if not _is_of_result(segment)]
    rest = without_mark(packet)
    said = [Segment(APP1, content) for content in segments_of(rest)] if rest else []
    return attached(joined([*_with_xmp(kept, said), *segments(grey)]), behind_of(data))


def _contents(beside: list[Segment], prefix: bytes) -> list[bytes]:
    its = [s.content for s in beside if s.marker == APP1 and s.content.startswith(prefix)]
    return [content[len(prefix) :] for content in its]


def _is_of_result(segment: Segment) -> bool:
    return any(segment.marker == m and segment.content.startswith(p) for m, p in _OF_RESULT)


def _with_xmp(beside: list[Segment], xmp: list[Segment]) -> list[Segment]:
    """Return segments with those of XMP at their place: behind JFIF's and EXIF's."""
    at = next((n for n, s in enumerate(beside) if s.marker > APP1), len(beside))
    return [*beside[:at], *xmp, *beside[at:]]
