"""GIF (GIF89a), which is read only: it holds 256 colours."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from PIL import GifImagePlugin

from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Source, begins_with, left_out_foreign
from rehue.photo.records import photoshop

# XMP lies bare in its extension, before a trailer that leads any reader to its end (ISO 16684-3,
# clause 6); a profile lies in sub-blocks (ICC.1, annex B, of 2001).
_XMP, _ICC = b"XMP DataXMP", b"ICCRGBG1012"
# As ImageMagick writes captions; C2PA's, and browsers' words on animations.
_RESOURCES, _CAPTIONS, _MANIFEST = b"MGK8BIM0000", b"MGKIPTC0000", b"C2PA_GIF"
_ANIMATION = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_OWN = (_XMP, _ICC, _RESOURCES, _CAPTIONS, _MANIFEST, *_ANIMATION)
_TRAILER = b"\x01\xff\xfe"
_EXTENSION, _PICTURE, _COMMENT, _APPLICATION = 0x21, 0x2C, 0xFE, 0xFF


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture, with its XMP, profile and comments."""
    image = by_pillow.opened(GifImagePlugin.GifImageFile, source)
    by_pillow.check_still(image, source.name)
    decoded = by_pillow.decoded(image, source)
    found = dict(reversed(list(_extensions(source.data))))
    foreign = [name.decode("latin-1") for name in found if name and not name.startswith(_OWN)]
    comments = [content for name, content in _extensions(source.data) if name == b""]
    # A PNG's texts are Latin-1 or UTF-8; a GIF's comments are meant to be ASCII.
    text = tuple(("Comment", _text(comment)) for comment in comments if comment)
    records = replace(
        decoded.records,
        xmp=found.get(_XMP),
        icc=found.get(_ICC),
        photoshop=photoshop.joined(_resources(found)),
        text=text,
        manifest=any(name.startswith(_MANIFEST) for name in found),
    )
    notes = (*_screen_note(source.data, image.size), *left_out_foreign(foreign))
    yield replace(decoded, records=records, notes=(*decoded.notes, *notes))


FORMAT = Format(
    name="GIF",
    words=("GIF",),
    endings=(".gif",),
    claims=begins_with(b"GIF8"),
    read=read,
    media_type="image/gif",
    result="PNG",
)


def _resources(found: Mapping[bytes, bytes]) -> Iterator[bytes]:
    """Yield image resources, and captions as one."""
    if _RESOURCES in found:
        yield found[_RESOURCES]
    if _CAPTIONS in found:
        yield photoshop.with_captions(found[_CAPTIONS])


def _screen_note(data: bytes, size: tuple[int, int]) -> Iterator[str]:
    """Say that a picture reaches beyond the screen that its file states, where some cut it off."""
    screen = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if size != screen:
        yield f"it reaches beyond its screen of {screen[0]:,} x {screen[1]:,} pixels, and is whole"


def _extensions(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and content of applications' extensions, and comments under an empty name."""
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while at + 2 < len(data):
        kind, label = data[at], data[at + 1]
        if kind == _PICTURE and at + 10 <= len(data):
            at += 10 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0)
            at = _end(data, at + 1)
        elif kind == _EXTENSION:
            name = data[at + 3 : at + 3 + data[at + 2]] if label == _APPLICATION else b""
            first = at + 3 + len(name) if name else at + 2
            if name == _XMP:
                end = data.find(_TRAILER, first)
                if end < 0:
                    return
                yield name, data[first:end]
                at = _end(data, end)
                continue
            end = _end(data, first)
            if label in (_COMMENT, _APPLICATION):
                yield name, b"".join(_blocks(data, first))
            at = end
        else:
            return


def _blocks(data: bytes, at: int) -> Iterator[bytes]:
    while at < len(data) and data[at]:
        yield data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]


def _end(data: bytes, at: int) -> int:
    """Return where a row of sub-blocks ends."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def _text(comment: bytes) -> str:
    try:
        return comment.decode("utf-8").rstrip("\0")
    except UnicodeDecodeError:
        return comment.decode("latin-1").rstrip("\0")
