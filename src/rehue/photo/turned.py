"""Saying in a photograph's records that it is to be seen turned: its pixels stay as stored."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from rehue.photo.photograph import Photograph
from rehue.photo.records import exif
from rehue.photo.records.xmp import Packet
from rehue.photo.samples import orientation

_TIFF: Final = "http://ns.adobe.com/tiff/1.0/"


def turned(photograph: Photograph, turns: Iterable[int]) -> Photograph:
    """Return a photograph whose pages are seen turned.

    Args:
        photograph: what `rehue.photo.read` returned.
        turns: of each page, in quarters clockwise.
    """
    first, *further = map(_turned, photograph.pages, turns)
    return replace(first, further=tuple(further))


def _turned(page: Photograph, turn: int) -> Photograph:
    if not turn:
        return page
    seen = orientation.turned(page.orientation, turn)
    carried = page.carried
    record = exif.oriented(carried.exif, seen) if carried.exif else None
    record = record or exif.of_orientation(seen, carried.dpi)
    return replace(
        page,
        orientation=seen,
        carried=replace(carried, exif=record, xmp=_turned_xmp(carried.xmp, seen)),
    )


def _turned_xmp(xmp: bytes | None, seen: int) -> bytes | None:
    """Return an XMP packet that says the same orientation, where it says any."""
    packet = Packet.parse(xmp) if xmp else None
    if packet is None or "Orientation" not in packet.properties(_TIFF):
        return xmp
    packet.change(_TIFF, "Orientation", str(seen))
    return packet.to_bytes()
