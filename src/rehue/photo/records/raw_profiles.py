"""Records as texts of a PNG: `Raw profile type NAME`, as ImageMagick and exiftool write them.

A line with the name, one with the length in bytes, and then the bytes in hexadecimal (ImageMagick's
`png.c`; it has never been registered). What a PNG had no chunk for when this began was written so:
EXIF, captions, XMP, and before that profiles of colours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from rehue.photo.records import photoshop

KEYWORD: Final = "Raw profile type "
# The keyword of XMP's own chunk, which libvips packs where the specification does not (3, 1.1.5).
XMP: Final = "XML:com.adobe.xmp"
_XMP_IN_APP1: Final = b"http://ns.adobe.com/xap/1.0/\0"
_LINE = 72
_MOST_NAMED = 8


@dataclass(frozen=True)
class Found:
    """What texts hold.

    Attributes:
        exif: an EXIF record.
        icc: a profile.
        xmp: a packet.
        photoshop: image resources.
        others: the texts that hold no record.
        notes: what cannot be read, one line each.
    """

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    photoshop: bytes = b""
    others: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def found_in(texts: Iterable[tuple[str, str]]) -> Found:
    """Return the records among a PNG's texts, keyword and text; of two of a kind the first."""
    found = Found()
    # Lists, for a file may have a million texts.
    others, unread = list[tuple[str, str]](), list[str]()
    for keyword, text in texts:
        if keyword == XMP:
            # Pillow reads the letters of a chunk that is not international as Latin-1.
            encoding = "utf-8" if hasattr(text, "lang") else "latin-1"
            found = replace(found, xmp=text.encode(encoding))
        elif not keyword.startswith(KEYWORD):
            others.append((keyword, text))
        elif (record := _record(text)) is None:
            unread.append(keyword)
        elif (taken := _with(found, keyword, record)) is None:
            others.append((keyword, text))
        else:
            found = taken
    return replace(found, others=tuple(others), notes=tuple(_notes(unread)))


def written(kind: str, record: bytes) -> tuple[str, str]:
    r"""Return keyword and text that hold a record.

    >>> written("iptc", b"abc")
    ('Raw profile type iptc', '\niptc\n       3\n616263\n')
    """
    digits = record.hex()
    lines = [digits[at : at + _LINE] for at in range(0, len(digits), _LINE)]
    return KEYWORD + kind, "\n".join(["", kind, f"{len(record):8d}", *lines, ""])


def _notes(unread: list[str]) -> Iterator[str]:
    """Say which records cannot be read: the first, and how many more."""
    for keyword in unread[:_MOST_NAMED]:
        yield f"its `{keyword}` cannot be read and is left out"
    more = len(unread) - _MOST_NAMED
    if more > 0:
        yield f"{more:,} more of its raw profiles cannot be read and are left out"


def _with(found: Found, keyword: str, record: bytes) -> Found | None:
    """Return what is found with one more record; None where its kind is none that is known."""
    kind = keyword.removeprefix(KEYWORD).lower()
    if kind == "app1":
        kind = "xmp" if record.startswith(_XMP_IN_APP1) else "exif"
    if kind == "xmp":
        return replace(found, xmp=found.xmp or record.removeprefix(_XMP_IN_APP1))
    if kind == "exif":
        return replace(found, exif=found.exif or record)
    if kind in ("icc", "icm"):
        return replace(found, icc=found.icc or record)
    if kind in ("8bim", "iptc"):
        # Programs write bare captions there as well as captions in an image resource.
        is_bare = record.startswith(b"\x1c")
        resources = photoshop.with_captions(record) if is_bare else record
        return replace(found, photoshop=found.photoshop or resources)
    return None


def _record(text: str) -> bytes | None:
    """Return the bytes of a raw profile, as many as it states; None when it has fewer."""
    try:
        _, _, length, *lines = text.split("\n")
        record = bytes.fromhex("".join(lines))[: int(length)]
    except ValueError:
        return None
    return record if record and len(record) == int(length) else None
