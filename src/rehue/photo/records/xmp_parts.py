"""XMP packets put together and taken apart, property by property."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias, cast
from xml.dom import minidom

from rehue.photo.records.xmp import RDF, XMLNS, Packet, elements, written

# A property is an element or an attribute of a description.
_Property: TypeAlias = minidom.Element | minidom.Attr

# Packets of one file that are read: programs write one, or one each in two places.
_MOST: Final = 8


def merged(base: bytes, over: bytes) -> bytes:
    """Return a packet of what two say; where both have a property, that of `over` counts.

    Of two of which one cannot be read it is the other.
    """
    below, above = Packet.parse_or_mend(base), Packet.parse_or_mend(over)
    if below is None or above is None:
        return over if above else base
    for _, found in _properties(above):
        below.remove(cast(str, found.namespaceURI), found.localName)
    about = next((d.getAttributeNS(RDF, "about") for d in below.descriptions()), None)
    for description in above.descriptions():
        taken = below.document.importNode(description, deep=True)
        for name, uri in _declared(description):
            if not taken.hasAttribute(name):
                taken.setAttributeNS(XMLNS, name, uri)
        if about is not None:
            taken.setAttributeNS(RDF, "rdf:about", about)
        below.rdf.appendChild(taken)
    return below.to_bytes()


def all_of(packets: Sequence[bytes]) -> tuple[bytes | None, tuple[str, ...]]:
    """Return what several packets of a file say, as one, and a line where there are too many.

    Args:
        packets: the first counts where two say a thing.
    """
    whole = b""
    for packet in reversed([*dict.fromkeys(packets[:_MOST])]):
        whole = merged(whole, packet) if whole else packet
    if len(packets) > _MOST:
        note = f"it has {len(packets):,} packets of XMP, and the first {_MOST} count"
        return whole or None, (note,)
    return whole or None, ()


def split(packet: Packet, room: int) -> Packet:
    """Move the longest properties of a packet to another one until it is short enough.

    Args:
        packet: is changed.
        room: bytes that it may have.

    Returns:
        A packet of what was moved.
    """
    rest = Packet.parse_or_new(None)
    sized = [(len(_text(found).encode()), of, found) for of, found in _properties(packet)]
    left = len(packet.to_bytes())
    for size, description, found in sorted(sized, key=lambda row: -row[0]):
        if left <= room:
            break
        _move(description, found, rest)
        left -= size
    return rest


def _properties(packet: Packet) -> Iterator[tuple[minidom.Element, _Property]]:
    for description in packet.descriptions():
        for attribute in description.attributes.values():
            if attribute.namespaceURI not in (XMLNS, RDF, None):
                yield description, attribute
        for child in elements(description):
            yield description, child


def _move(description: minidom.Element, found: _Property, rest: Packet) -> None:
    to = rest.document.createElementNS(RDF, "rdf:Description")
    for name, uri in [*_declared(description), ("xmlns:rdf", RDF)]:
        to.setAttributeNS(XMLNS, name, uri)
    to.setAttributeNS(RDF, "rdf:about", description.getAttributeNS(RDF, "about"))
    if isinstance(found, minidom.Attr):
        to.setAttributeNS(found.namespaceURI, found.name, found.value)
        description.removeAttributeNode(found)
    else:
        to.appendChild(rest.document.importNode(found, deep=True))
        description.removeChild(found)
    rest.rdf.appendChild(to)


def _declared(element: minidom.Element) -> Iterator[tuple[str, str]]:
    """Yield the declarations of namespaces that hold in an element, the nearest first."""
    seen: set[str] = set()
    node: minidom.Node | None = element
    while isinstance(node, minidom.Element):
        for attribute in node.attributes.values():
            if attribute.namespaceURI == XMLNS and attribute.name not in seen:
                seen.add(attribute.name)
                yield attribute.name, attribute.value
        node = node.parentNode


def _text(found: _Property) -> str:
    if isinstance(found, minidom.Attr):
        return f' {found.name}="{found.value}"'
    return "".join(written(found))
