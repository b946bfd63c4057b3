"""Photoshop's image resources, which JPEG and TIFF carry, and the captions (IPTC-IIM) in them.

Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks".
"""

from collections.abc import Iterable, Iterator

from rehue.photo.records import statements

_UNTRUE = frozenset(statement.key for statement in statements.of("Photoshop"))
_CAPTIONS, _EXIF, _XMP = 1028, 1058, 1060
# What a format without a place for resources has otherwise: resolution, captions and their digest.
_RESOLUTION, _DIGEST = 1005, 1061
# How blocks begin; those of ImageReady and of PhotoDeluxe have numbers of their own.
_SIGNATURES = frozenset((b"8BIM", b"MeSa", b"PHUT", b"AgHg", b"DCSR"))


def put_right(resources: bytes) -> bytes:
    """Return image resources (8BIM blocks) that are true of the result, to the first bad one."""
    return b"".join(whole for number, _, whole in _blocks(resources) if number not in _UNTRUE)


def with_captions(iim: bytes) -> bytes:
    """Put captions (IPTC-IIM) into an image resource block."""
    size = len(iim).to_bytes(4, "big")
    return b"8BIM" + _CAPTIONS.to_bytes(2, "big") + bytes(2) + size + iim + bytes(len(iim) % 2)


def captions(resources: bytes) -> bytes | None:
    """Return the captions (IPTC-IIM) in image resources, if there are any."""
    return _first(resources, _CAPTIONS)


def without_captions(resources: bytes) -> bytes:
    """Return image resources without captions."""
    return b"".join(whole for number, _, whole in _blocks(resources) if number != _CAPTIONS)


def holds_others(resources: bytes) -> bool:
    """Say whether image resources say more than captions and resolution: a clipping path, say."""
    told = {_CAPTIONS, _RESOLUTION, _DIGEST}
    return any(number not in told for number, _, _ in _blocks(resources))


def joined(parts: Iterable[bytes]) -> bytes:
    """Return image resources of several places as one; of a number's the first place's count."""
    whole, *others = [*parts] or [b""]
    if others:
        whole = b"".join(block for _, _, block in _blocks(whole))
    for part in others:
        there = {number for number, _, _ in _blocks(whole)}
        whole += b"".join(block for number, _, block in _blocks(part) if number not in there)
    return whole


def exif(resources: bytes) -> bytes | None:
    """Return the EXIF record in image resources, if there is one."""
    return _first(resources, _EXIF)


def xmp(resources: bytes) -> bytes | None:
    """Return the XMP packet in image resources, if there is one."""
    return _first(resources, _XMP)


def _first(resources: bytes, wanted: int) -> bytes | None:
    return next((content for number, content, _ in _blocks(resources) if number == wanted), None)


def _blocks(resources: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield number (0 for one that is not Photoshop's), content and all of each block.

    They end at the first bad one.
    """
    at = 0
    while resources[at : at + 4] in _SIGNATURES and at + 12 <= len(resources):
        is_photoshop = resources[at : at + 4] == b"8BIM"
        number = int.from_bytes(resources[at + 4 : at + 6], "big") if is_photoshop else 0
        name = (resources[at + 6] + 2) // 2 * 2  # length byte and name, padded to even
        size_at = at + 6 + name
        size = int.from_bytes(resources[size_at : size_at + 4], "big")
        start, end = size_at + 4, size_at + 4 + size + size % 2
        if start + size > len(resources):
            return
        yield number, resources[start : start + size], resources[at:end].ljust(end - at, b"\0")
        at = end
