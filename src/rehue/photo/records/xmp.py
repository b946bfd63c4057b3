"""XMP packets (ISO 16684-1): parsed safely, changed in place, written so that nothing is lost.

`xml.etree` would give every namespace a new prefix, and `minidom` would write line breaks in
attributes as they are, which the next reader turns into spaces; so a small writer stands here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Final, cast
from xml.dom import Node, minidom
from xml.parsers.expat import ExpatError

from rehue.photo.records.xmp_text import mended, text_of

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMLNS = "http://www.w3.org/2000/xmlns/"

_EMPTY = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}"/></x:xmpmeta>'
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_BREAKS = str.maketrans({"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
# What is around descriptions, and alone where a packet says nothing.
_WRAPPING = re.compile(rb"</?x:[^<>]*>|<\?[^<>]*\?>")
_PADDING: Final = b"\0 \t\r\n\xef\xbb\xbf"
MENDED: Final = "its XMP is no whole XML: what can be read of it is kept"
UNREADABLE: Final = "its XMP cannot be read and is left out"
# Elements within elements: RDF's own nesting takes about ten.
_DEEPEST = 100
_END = '\n<?xpacket end="w"?>'


@dataclass(frozen=True)
class Packet:
    """A parsed packet: its document, the document's element, and the rdf:RDF in it."""

    document: minidom.Document
    root: minidom.Element
    rdf: minidom.Element

    @classmethod
    def parse(cls, packet: bytes) -> "Packet | None":
        """Parse a packet; None when it cannot be read.

        Nor are packets read that have a document type, whose entities could be made to grow without
        bound, or that are nested deeper than any tool's.
        """
        text = text_of(packet)
        return None if text is None else cls._of(text)

    @classmethod
    def _of(cls, text: str) -> "Packet | None":
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            return None
        try:
            document = minidom.parseString(text)  # noqa: S318 (no DTD, so no entities)
        except (ExpatError, ValueError):
            return None
        root = document.documentElement
        if root is None or _is_too_deep(root):
            return None
        found = [
            e for e in (root, *elements(root)) if (e.namespaceURI, e.localName) == (RDF, "RDF")
        ]
        return cls(document, root, found[0]) if found else None

    @classmethod
    def parse_or_mend(cls, packet: bytes) -> "Packet | None":
        """Parse a packet, also one that is not well-formed, as far as it can be read."""
        parsed = cls.parse(packet)
        if parsed is None and (text := mended(packet)):
            parsed = cls._of(text)
        return parsed

    @classmethod
    def parse_or_new(cls, packet: bytes | None) -> "Packet":
        """Parse or mend a packet; start an empty one when there is none, or none can be read."""
        parsed = cls.parse_or_mend(packet) if packet else None
        if parsed is None:
            document = minidom.parseString(_EMPTY)  # noqa: S318 (our own)
            root = cast(minidom.Element, document.documentElement)
            parsed = cls(document, root, *elements(root))
        return parsed

    def to_bytes(self, *, is_wrapped: bool = True) -> bytes:
        """Write the packet in UTF-8, without padding; what extends one in a JPEG is not wrapped."""
        text = "".join(written(self.root))
        return (_BEGIN + text + _END if is_wrapped else text).encode()

    @property
    def says_something(self) -> bool:
        """Whether there is a description in it."""
        return bool(self.descriptions())

    def properties(self, namespace: str) -> dict[str, str]:
        """Return the simple properties of a namespace, written as attributes or as elements."""
        found = {}
        for description in self.descriptions():
            for attribute in description.attributes.values():
                if attribute.namespaceURI == namespace:
                    found[attribute.localName] = attribute.value
            for child in elements(description):
                if child.namespaceURI == namespace:
                    found[child.localName] = _text(child)
        return found

    def remove(self, namespace: str, name: str | None = None) -> None:
        """Remove a property, or all of a namespace, and the descriptions that this empties."""
        self.change(namespace, name, None)

    def change(
        self,
        namespace: str,
        name: str | None,
        value: str | None,
        only: tuple[str, ...] = (),
        *,
        is_anywhere: bool = False,
    ) -> None:
        """Give a property another value where it is there, or remove it.

        Args:
            namespace: of the property.
            name: in it; None for all of the namespace.
            value: a text; None removes it, and the descriptions that this empties.
            only: the values that are changed; all where there are none.
            is_anywhere: also within other properties.
        """
        for holder in elements(self.rdf, below=is_anywhere):
            its: list[minidom.Element | minidom.Attr] = [*holder.attributes.values()]
            its += elements(holder)
            found = [
                node
                for node in its
                if node.namespaceURI == namespace
                and name in (None, node.localName)
                and (not only or _text(node).strip() in only)
            ]
            for node in found:
                _set(holder, node, value)
            if found and holder.parentNode is self.rdf and _says_nothing(holder):
                self.rdf.removeChild(holder)

    def items(self, namespace: str, name: str) -> list[str]:
        """Return the texts of an array's items, in their order; none where there is no array."""
        return [
            _text(item)
            for description in self.descriptions()
            for prop in elements(description)
            if (prop.namespaceURI, prop.localName) == (namespace, name)
            for array in elements(prop)
            for item in elements(array)
        ]

    def add(self, namespaces: dict[str, str], values: dict[str, str | tuple[str, ...]]) -> None:
        """Add a description of properties.

        Args:
            namespaces: prefix to URI.
            values: `prefix:Name` to a text, or to several, which become an ordered array (rdf:Seq).
        """
        about = next((d.getAttributeNS(RDF, "about") for d in self.descriptions()), "")
        description = self.document.createElementNS(RDF, "rdf:Description")
        for prefix, uri in {"rdf": RDF, **namespaces}.items():
            description.setAttributeNS(XMLNS, f"xmlns:{prefix}", uri)
        description.setAttributeNS(RDF, "rdf:about", about)
        for name, said in values.items():
            element = self.document.createElementNS(namespaces[name.split(":")[0]], name)
            if isinstance(said, str):
                element.appendChild(self.document.createTextNode(said))
            else:
                element.appendChild(self._sequence(said))
            description.appendChild(element)
        self.rdf.appendChild(description)

    def _sequence(self, texts: tuple[str, ...]) -> minidom.Element:
        sequence = self.document.createElementNS(RDF, "rdf:Seq")
        for text in texts:
            item = self.document.createElementNS(RDF, "rdf:li")
            item.appendChild(self.document.createTextNode(text))
            sequence.appendChild(item)
        return sequence

    def descriptions(self) -> list[minidom.Element]:
        """Return the elements that say something of the picture."""
        return [
            child
            for child in elements(self.rdf)
            if (child.namespaceURI, child.localName) == (RDF, "Description")
        ]


def readable(packet: bytes | None) -> tuple[bytes | None, str | None]:
    """Return a packet that can be parsed, and what there is to say of it.

    Returns:
        The packet itself, if it can be; mended, if it is no XML; None, if it says nothing that can
        be read.
    """
    if not packet or not _WRAPPING.sub(b"", packet).strip(_PADDING):
        return None, None
    if Packet.parse(packet):
        return packet, None
    found = Packet.parse_or_mend(packet)
    return (found.to_bytes(), MENDED) if found else (None, UNREADABLE)


def elements(parent: minidom.Element, *, below: bool = False) -> list[minidom.Element]:
    """Return the elements right below one, or all that are in it."""
    right = [child for child in parent.childNodes if isinstance(child, minidom.Element)]
    if not below:
        return right
    return [one for child in right for one in (child, *elements(child, below=True))]


def _text(node: minidom.Element | minidom.Attr) -> str:
    if isinstance(node, minidom.Attr):
        return str(node.value)
    return "".join(part.data for part in node.childNodes if hasattr(part, "data"))


def _set(holder: minidom.Element, node: minidom.Element | minidom.Attr, value: str | None) -> None:
    if isinstance(node, minidom.Attr):
        if value is None:
            holder.removeAttributeNode(node)
        else:
            node.value = value
        return
    if value is None:
        holder.removeChild(node)
        return
    while node.firstChild:
        node.removeChild(node.firstChild)
    document = cast(minidom.Document, holder.ownerDocument)
    node.appendChild(document.createTextNode(value))


def _is_too_deep(root: minidom.Element) -> bool:
    level = [root]
    for _ in range(_DEEPEST):
        level = [child for element in level for child in elements(element)]
    return bool(level)


def _says_nothing(description: minidom.Element) -> bool:
    attributes = description.attributes.values()
    return not elements(description) and all(a.namespaceURI in (XMLNS, RDF) for a in attributes)


def written(node: minidom.Node) -> Iterator[str]:
    """Yield the parts of an element or text as XML."""
    if isinstance(node, minidom.Element):
        attributes = "".join(
            f' {a.name}="{escape(a.value).translate(_BREAKS)}"' for a in node.attributes.values()
        )
        yield f"<{node.tagName}{attributes}"
        if not node.childNodes:
            yield "/>"
            return
        yield ">"
        for child in node.childNodes:
            yield from written(child)
        yield f"</{node.tagName}>"
    elif node.nodeType in (Node.TEXT_NODE, Node.CDATA_SECTION_NODE):
        yield escape(node.nodeValue or "", quote=False).replace("\r", "&#13;")
    elif node.nodeType == Node.COMMENT_NODE:
        yield f"<!--{node.nodeValue}-->"
    elif isinstance(node, minidom.ProcessingInstruction):
        yield f"<?{node.target} {node.data}?>"
