"""XMP in a JPEG: a packet in one segment, and what is too long for it in segments of its own.

Source: ISO 16684-3:2021 (XMP part 3), 5.3 (JPEG): the main packet names the extension by the MD5 of
its bytes, in capitals; each segment has that, the whole length and its own place in it.
"""

import hashlib
import struct
from collections.abc import Iterator
from typing import Final

from rehue.photo.formats.jpeg.segments import MOST
from rehue.photo.records.xmp import Packet
from rehue.photo.records.xmp_parts import all_of, merged, split

XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
EXTENSION: Final = b"http://ns.adobe.com/xmp/extension/\0"
_NOTE: Final = "http://ns.adobe.com/xmp/note/"
_HEAD = 32 + 8  # digest, length and place
# Room that the name of the extension takes in the main packet, with its element.
_NAMED = 400
_LOST: Final = "some of its extended XMP is missing, and it is left out"


def joined_packet(packets: list[bytes], extensions: list[bytes]) -> tuple[bytes | None, list[str]]:
    """Return all XMP of a file as one packet.

    Args:
        packets: contents of XMP's segments; of several, the first counts where two say a thing.
        extensions: contents of the segments that continue them.
    """
    found, said = all_of(packets)
    whole, notes = found or b"", list(said)
    main = Packet.parse(whole) if extensions else None
    if extensions:
        named = main.properties(_NOTE).get("HasExtendedXMP", "") if main else ""
        extension = _extension(extensions, named)
        whole = merged(extension, whole) if extension and main else whole
        notes += [] if extension and main else [_LOST]
    if b"HasExtendedXMP" in whole and (main := Packet.parse(whole)):
        if not extensions and main.properties(_NOTE).get("HasExtendedXMP"):
            notes.append(_LOST)
        main.remove(_NOTE, "HasExtendedXMP")
        whole = main.to_bytes()
    return whole or None, notes


def segments_of(packet: bytes) -> Iterator[bytes]:
    """Yield the contents of the segments that hold a packet."""
    room = MOST - len(XMP)
    main, extension = packet, b""
    if len(packet) > room:
        parsed = Packet.parse_or_new(packet)
        extension = split(parsed, room - _NAMED).to_bytes(is_wrapped=False)
        digest = hashlib.md5(extension, usedforsecurity=False).hexdigest().upper()
        parsed.add({"xmpNote": _NOTE}, {"xmpNote:HasExtendedXMP": digest})
        main = parsed.to_bytes()
        if len(main) > room:
            raise ValueError(f"{len(packet):,} bytes of XMP cannot be cut into segments")
    yield XMP + main
    step = MOST - len(EXTENSION) - _HEAD
    for at in range(0, len(extension), step):
        place = digest.encode("ascii") + struct.pack(">II", len(extension), at)
        yield EXTENSION + place + extension[at : at + step]


def _extension(contents: list[bytes], named: str) -> bytes | None:
    """Join the extension of a name; None where a part is missing."""
    parts: dict[int, bytes] = {}
    length = None
    for content in contents:
        if len(content) >= _HEAD and content[:32].upper() == named.upper().encode():
            length, at = struct.unpack_from(">II", content, 32)
            parts[at] = content[_HEAD:]
    reached = 0
    for at in sorted(parts):
        if at != reached:
            return None
        reached += len(parts[at])
    return b"".join(parts[at] for at in sorted(parts)) if reached == length else None
