"""Boxes: what JPEG 2000 (ISO/IEC 15444-1, annex I) and AVIF (ISO/IEC 14496-12) files are made of.

A box is its length, a type of four letters, and its content, which may be boxes again.
"""

from collections.abc import Iterator
from dataclasses import dataclass


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
