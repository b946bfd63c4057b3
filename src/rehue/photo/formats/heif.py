"""What HEIF, and so AVIF and HEIC, says of its first picture: which part is shown, and for whom.

Properties stand in boxes of their own, tied to pictures by number (ISO/IEC 23008-12, 9.3).
"""

import struct
from collections.abc import Iterator
from fractions import Fraction

from rehue.photo.records import boxes

# Numbers of PQ and HLG (ITU-T H.273, table 3).
HDR_TRANSFERS = {16, 18}
HDR_NOTE = "it is made for HDR screens (PQ or HLG), and its numbers are read as sRGB's"
# Left, top, width and height, px.
Rectangle = tuple[int, int, int, int]


def clean_aperture(data: bytes, width: int, height: int) -> Rectangle | None:
    """Return the part of the first picture that is shown; None where that is all of it.

    It is the clean aperture (ISO/IEC 14496-12, 12.1.4).

    Args:
        data: the file.
        width: of the picture as it is coded (px).
        height: of the same.
    """
    content = next(_properties(data, b"clap"), None)
    if content is None or len(content) < 32:
        return None
    numbers = struct.unpack(">IIIIiIiI", content[:32])
    if 0 in numbers[1::2]:
        return None
    wide, high, right, below = (
        Fraction(above, under) for above, under in zip(numbers[::2], numbers[1::2], strict=True)
    )
    left, top = right + (width - wide) / 2, below + (height - high) / 2
    parts = (left, top, wide, high)
    if any(part.denominator != 1 for part in parts) or min(left, top) < 0 or min(wide, high) < 1:
        return None
    is_all = wide == width and high == height
    if left + wide > width or top + high > height or is_all:
        return None
    return int(left), int(top), int(wide), int(high)


def hdr_note(data: bytes) -> tuple[str, ...]:
    """Say that a picture is made for HDR screens, by its `nclx` box (ISO/IEC 14496-12, 12.1.5)."""
    for content in _properties(data, b"colr"):
        if content[:4] == b"nclx" and int.from_bytes(content[6:8], "big") in HDR_TRANSFERS:
            return (HDR_NOTE,)
    return ()


def _properties(data: bytes, kind: bytes) -> Iterator[bytes]:
    """Yield the properties of a kind of the picture that the file names first."""
    meta = (boxes.first(data, b"meta") or b"")[4:]
    properties = list(boxes.boxes(boxes.first(meta, b"iprp", b"ipco") or b""))
    ties = boxes.first(meta, b"iprp", b"ipma") or b""
    named = boxes.first(meta, b"pitm") or b""
    if len(ties) < 8 or len(named) < 6:
        return
    primary = int.from_bytes(named[4 : 8 if named[0] else 6], "big")
    wide_item, wide_tie = 4 if ties[0] else 2, 2 if ties[3] & 1 else 1
    at = 8
    for _ in range(int.from_bytes(ties[4:8], "big")):
        if at + wide_item >= len(ties):
            return
        item, count = int.from_bytes(ties[at : at + wide_item], "big"), ties[at + wide_item]
        at += wide_item + 1
        for place in range(at, at + count * wide_tie, wide_tie):
            number = int.from_bytes(ties[place : place + wide_tie], "big")
            number &= 0x7FFF if wide_tie == 2 else 0x7F
            is_one = item == primary and 1 <= number <= len(properties)
            if is_one and properties[number - 1].kind == kind:
                yield properties[number - 1].content
        at += count * wide_tie
