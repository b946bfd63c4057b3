"""Boxes: what JPEG 2000 (ISO/IEC 15444-1, annex I) and AVIF (ISO/IEC 14496-12) files are made of.

A box is its length, a type of four letters, and its content, which may be boxes again.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass

# Brands that name only the container; those that follow say what is in it.
_CONTAINERS = (b"mif1", b"msf1", b"miaf")
_C2PA = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")


@dataclass(frozen=True)
class Box:
    """One box of a file; `content` is what follows its header."""

    kind: bytes
    content: bytes


def boxes(content: bytes) -> Iterator[Box]:
    """Yield the boxes in a file or in a box, up to the first that is not whole."""
    at = 0
    while at + 8 <= len(content):
        size, head = int.from_bytes(content[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        elif size == 0:  # up to the end
            size = len(content) - at
        if size < head or at + size > len(content):
            return
        yield Box(content[at + 4 : at + 8], content[at + head : at + size])
        at += size


def first(content: bytes, *kinds: bytes) -> bytes | None:
    """Return the content of the first box of a kind, and in it of the next kind, and so on."""
    for kind in kinds:
        found = next((box.content for box in boxes(content) if box.kind == kind), None)
        if found is None:
            return None
        content = found
    return content


def is_manifest(found: Box) -> bool:
    """Say whether a box holds a C2PA manifest (C2PA 2.1, A.3 and A.4; JUMBF, ISO 19566-5).

    In HEIF and AVIF that is a `uuid` box, in JPEG XL a `jumb` box whose type begins with `c2pa`.
    """
    if found.kind == b"uuid":
        return found.content.startswith(_C2PA)
    return found.kind == b"jumb" and found.content[4:12] == b"jumdc2pa"


def box(kind: bytes, *contents: bytes) -> bytes:
    r"""Write a box.

    >>> box(b"free", b"abc")
    b'\x00\x00\x00\x0bfreeabc'
    """
    content = b"".join(contents)
    size = 8 + len(content)
    if size < 1 << 32:
        return size.to_bytes(4, "big") + kind + content
    return b"\0\0\0\1" + kind + (size + 8).to_bytes(8, "big") + content


def has_brand(start: bytes, brands: Container[bytes]) -> bool:
    r"""Say whether a file begins as one of certain brands does (ISO/IEC 14496-12, 4.3).

    Its first brand decides, unless that names only the container.

    >>> has_brand(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", {b"avif"})
    True
    """
    if start[4:8] != b"ftyp":
        return False
    if start[8:12] not in _CONTAINERS:
        return start[8:12] in brands
    size = min(int.from_bytes(start[:4], "big"), len(start))
    return any(start[at : at + 4] in brands for at in range(16, size - 3, 4))
