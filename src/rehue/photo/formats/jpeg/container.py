"""What XMP names of a JPEG's further parts: Google's container (Ultra HDR, Motion Photo 1.0).

`Container:Directory` is a sequence of items, the picture first; each says what it is, and how long,
and they follow the picture in that order, each after the padding of the one before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from xml.dom import minidom

from rehue.photo.records.xmp import Packet, elements

_CONTAINER: Final = "http://ns.google.com/photos/1.0/container/"
_ITEM: Final = "http://ns.google.com/photos/1.0/container/item/"
_WORDS: Final = {
    "GainMap": "gain map",
    "RecoveryMap": "gain map",
    "Depth": "depth map",
    "DepthMap": "depth map",
    "ConfidenceMap": "depth map",
    "MotionPhoto": "video",
}


@dataclass(frozen=True)
class Item:
    """One item.

    Attributes:
        number: of its place in the directory.
        word: what it is.
        is_video: whether it says so.
        length: bytes.
        padding: bytes behind it.
    """

    number: int
    word: str
    is_video: bool
    length: int
    padding: int


def items(packet: bytes | None) -> list[Item]:
    """Return the items that a packet names, the picture first; none where it has no container."""
    if not packet or _CONTAINER.encode() not in packet:
        return []
    parsed = Packet.parse(packet)
    return [_item(number, entry) for number, entry in enumerate(_entries(parsed))] if parsed else []


def without(packet: bytes | None, gone: Iterable[Item]) -> bytes | None:
    """Return a packet that does not name some items."""
    numbers = {item.number for item in gone}
    parsed = Packet.parse(packet) if packet and numbers else None
    if parsed is None:
        return packet
    for number, entry in enumerate(_entries(parsed)):
        if number in numbers and entry.parentNode:
            entry.parentNode.removeChild(entry)
    return parsed.to_bytes()


def _entries(packet: Packet) -> list[minidom.Element]:
    """Return the rdf:li elements of the directory."""
    found = [
        e
        for e in elements(packet.rdf, below=True)
        if (e.namespaceURI, e.localName) == (_CONTAINER, "Directory")
    ]
    return [entry for array in elements(found[0]) for entry in elements(array)] if found else []


def _item(number: int, entry: minidom.Element) -> Item:
    said: dict[str, str] = {}
    for element in (entry, *elements(entry, below=True)):
        for attribute in element.attributes.values():
            if attribute.namespaceURI == _ITEM:
                said[attribute.localName] = attribute.value
        if element.namespaceURI == _ITEM:
            said[element.localName] = "".join(
                part.data for part in element.childNodes if hasattr(part, "data")
            )
    meaning, mime = said.get("Semantic", ""), said.get("Mime", "")
    is_video = mime.startswith("video/") or meaning == "MotionPhoto"
    word = _WORDS.get(meaning) or ("video" if is_video else meaning or "file")
    return Item(number, word, is_video, _number(said.get("Length")), _number(said.get("Padding")))


def _number(text: str | None) -> int:
    return int(text) if text and text.strip().isdecimal() and len(text) < 12 else 0
