"""The text of an XMP packet: out of any of its encodings, and mended where it is no XML.

ISO 16684-1:2019, 7.3.2 allows UTF-8, UTF-16 and UTF-32. Programs and hands that write XMP without
an XML library leave bare `&`, values without quotes, prefixes that nobody declared and elements
that never end; readers such as exiftool take what they can, and an XML parser takes nothing.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

# What a packet begins with, in any encoding: a mark of byte order, or `<` in so many bytes.
_ENCODINGS: Final = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
# Elements within elements: RDF's own nesting takes about ten.
_DEEPEST: Final = 100
_WRAPPERS: Final = (":xmpmeta", ":xapmeta")
_PADDING: Final = "\0\ufeff \t\r\n"
# Of namespaces that files speak of without declaring them, those that most have.
_WELL_KNOWN: Final = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}

_NAME = r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?"
_VALUE = r"\"[^\"<]*\"|'[^'<]*'"
_TOKEN = re.compile(
    rf"<(?P<end>/?)(?P<name>{_NAME})(?P<rest>(?:[^<>\"']|{_VALUE})*)>"
    r"|<!--(?:(?!--).)*-->|<\?[^<>]*\?>",
    re.DOTALL,
)
# A value without quotes lasts until the next name.
_ATTRIBUTE = re.compile(rf"({_NAME})\s*=\s*({_VALUE}|[^\s\"'=][^\"'=]*?(?=\s+{_NAME}\s*=|\s*$))")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_NUMBERED = re.compile(r"&#(x?)([0-9A-Fa-f]+);")
# XML 1.0, 2.2.
_NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(packet: bytes) -> str | None:
    r"""Return a packet's text without padding; None when its bytes are none in its encoding.

    >>> text_of("<x:xmpmeta/>\n".encode("utf-16-be"))
    '<x:xmpmeta/>'
    """
    padded = packet.lstrip(b" \t\r\n")
    encoding = next((name for start, name in _ENCODINGS if padded.startswith(start)), "utf-8")
    if encoding.endswith("-le"):
        padded = packet  # what was taken off may have been half of a character
    try:
        return padded.decode(encoding).strip(_PADDING)
    except UnicodeDecodeError:
        return None


def mended(packet: bytes) -> str | None:
    """Return a packet that an XML parser refuses as well-formed text, with all that can be read.

    Tags and values are kept as they stand; what is added is what XML asks for (quotes, ends of
    elements, declarations). Attributes that are there twice count once.

    Returns:
        None when nothing in it looks like XMP, or when it has a document type.
    """
    text = text_of(packet)
    if text is None:
        # Bytes that are no UTF-8 are of old programs that wrote their system's letters.
        text = packet.decode("cp1252", errors="replace").strip(_PADDING)
    if "<!DOCTYPE" in text or "<!ENTITY" in text or "RDF" not in text:
        return None
    text = _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
    outside: dict[str, str] = {}
    declared, used = {"xml", "xmlns", "x"}, dict[str, None]()
    body = "".join(_well_formed(text, outside, declared, used))
    for prefix in used:
        if prefix not in declared:
            uri = _WELL_KNOWN.get(prefix, f"urn:x-unknown:{prefix}")
            outside.setdefault(f"xmlns:{prefix}", f'"{uri}"')
    outside["xmlns:x"] = f'"{_WELL_KNOWN["x"]}"'
    return f"<x:xmpmeta{''.join(map(_attribute, outside.items()))}>{body}</x:xmpmeta>"


def _well_formed(
    text: str, outside: dict[str, str], declared: set[str], used: dict[str, None]
) -> Iterator[str]:
    """Yield elements and texts as XML.

    Args:
        text: of a packet.
        outside: gets what the element around all (`x:xmpmeta`), which is left out, declares.
        declared: gets the prefixes that are declared elsewhere.
        used: gets those that are used, in order.
    """
    inside: list[str] = []
    at = 0
    for token in _TOKEN.finditer(text):
        yield _content(text[at : token.start()]) if inside else ""
        at = token.end()
        name = token["name"]
        if name is None:
            continue  # comments and instructions say nothing of the picture
        if not token["end"]:
            rest = token["rest"].rstrip()
            attributes = {found[0]: found[1] for found in _ATTRIBUTE.findall(rest.rstrip("/"))}
            spaces = {key: uri for key, uri in attributes.items() if key.startswith("xmlns:")}
            if name.endswith(_WRAPPERS):
                outside |= spaces
                continue
            declared.update(key.removeprefix("xmlns:") for key in spaces)
            prefixed = [key for key in (name, *attributes) if ":" in key and key not in spaces]
            used.update(dict.fromkeys(key.split(":")[0] for key in prefixed))
            yield f"<{name}{''.join(map(_attribute, attributes.items()))}"
            yield "/>" if rest.endswith("/") else ">"
            if not rest.endswith("/"):
                inside.append(name)
        elif name in inside[-_DEEPEST:]:
            while (inner := inside.pop()) != name:
                yield f"</{inner}>"
            yield f"</{name}>"
    yield from (f"</{name}>" for name in reversed(inside))


def _attribute(found: tuple[str, str]) -> str:
    name, value = found
    quote = value[0] if value[0] in "\"'" else '"'
    return f" {name}={quote}{_content(value.strip(quote))}{quote}"


def _content(text: str) -> str:
    text = _BARE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace("]]>", "]]&gt;")
    return _NUMBERED.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    number = int(found[2], 16 if found[1] else 10) if found[1] or found[2].isdecimal() else 0
    is_one = number <= 0x10FFFF and not _NO_CHARACTER.match(chr(number))
    return escape(chr(number)) if is_one else "\N{REPLACEMENT CHARACTER}"
