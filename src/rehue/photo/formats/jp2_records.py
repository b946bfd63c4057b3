"""What the boxes of a JPEG 2000 file say besides its picture: records, and boxes of others.

EXIF, XMP, captions and Photoshop's image resources stand in UUID boxes, as other programs write
them (for XMP: ISO 16684-3); EXIF and captions have two numbers each.
"""

from collections.abc import Iterator
from typing import Final

from rehue.photo.formats.contract import Page, left_out_foreign
from rehue.photo.photograph import Carried
from rehue.photo.records import boxes, exif, photoshop, xmp_parts
from rehue.photo.records.boxes import box

_XMP: Final = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
_EXIF: Final = (b"JpgTiffExif->JP2", bytes.fromhex("0537CDAB9D0C4431A72AFA561F2A113E"))
_IPTC: Final = (
    bytes.fromhex("33C7A4D2B81D4723A0BAF1A3E097AD38"),
    bytes.fromhex("09A14E97C0B442E0BEBF36DF6F0CE36F"),
)
_RESOURCES: Final = bytes.fromhex("2C4C0100850440B9A03E562148D6DFEB")
_READ: Final = frozenset((_XMP, *_EXIF, *_IPTC, _RESOURCES))
# Boxes that say something of the picture, and stay as they are: GeoJP2's, GMLJP2's, METS.
_KEPT: Final = frozenset((b"xml ", b"uuid", b"uinf", b"asoc", b"jp2i"))
# What a file is made of (15444-1, annex I; 15444-2, annex M).
_OWN: Final = frozenset(
    (b"jP  ", b"ftyp", b"jp2h", b"jp2c", b"rreq", b"jpch", b"jplh", b"ftbl", b"mdat", b"free")
)


def read(data: bytes) -> tuple[Carried, tuple[str, ...]]:
    """Return what the boxes of a file say, and a line on what is left out.

    Args:
        data: a file of boxes, not a bare codestream.
    """
    found = list(boxes.boxes(data))
    uuids = [(one.content[:16], one.content[16:]) for one in found if one.kind == b"uuid"]

    def contents(*names: bytes) -> list[bytes]:
        return [content for name in names for number, content in uuids if number == name]

    packet, notes = xmp_parts.all_of(contents(_XMP))
    records = contents(*_EXIF)
    captions = map(photoshop.with_captions, contents(*_IPTC))
    kept = [one for one in found if one.kind in _KEPT and one.content[:16] not in _READ]
    others = {one.kind for one in found} - _KEPT - _OWN
    return Carried(
        exif=next(iter(records), None),
        xmp=packet,
        photoshop=photoshop.joined((*contents(_RESOURCES), *captions)),
        boxes=b"".join(box(one.kind, one.content) for one in kept),
    ), (*notes, *exif.several(records), *left_out_foreign(others))


def written(page: Page) -> Iterator[bytes]:
    """Yield the boxes of a result that stand beside its picture."""
    carried = page.carried
    named = (
        (_XMP, page.xmp),
        (_EXIF[0], carried.exif),
        (_IPTC[0], photoshop.captions(carried.photoshop)),
        (_RESOURCES, photoshop.without_captions(carried.photoshop)),
    )
    yield from (box(b"uuid", number, content) for number, content in named if content)
    yield carried.boxes
