"""Records as texts of a PNG: `Raw profile type NAME`, as ImageMagick and exiftool write them.

A line with the name, one with the length in bytes, and then the bytes in hexadecimal (ImageMagick's
`png.c`; it has never been registered). What a PNG had no chunk for when this began was written so:
EXIF, captions, XMP, and before that profiles of colours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rehue.photo.records import exif, photoshop, xmp_parts

KEYWORD: Final = "Raw profile type "
# The keyword of XMP's own chunk, which libvips packs where the specification does not (3, 1.1.5).
XMP: Final = "XML:com.adobe.xmp"
_XMP_IN_APP1: Final = b"http://ns.adobe.com/xap/1.0/\0"
_KINDS: Final = {
    "exif": "exif",
    "icc": "icc",
    "icm": "icc",
    "xmp": "xmp",
    "8bim": "photoshop",
    "iptc": "photoshop",
}
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
    """Return the records among a PNG's texts, keyword and text.

    Of two the first counts where both say a thing; XMP's own place counts before raw profiles.
    """
    # Lists, for a file may have a million texts.
    others, unread, packets = list[tuple[str, str]](), list[str](), list[bytes]()
    records: dict[str, list[bytes]] = {"exif": [], "icc": [], "xmp": [], "photoshop": []}
    for keyword, text in texts:
        if keyword == XMP:
            # Pillow reads the letters of a chunk that is not international as Latin-1.
            encoding = "utf-8" if hasattr(text, "lang") else "latin-1"
            packets.append(text.encode(encoding))
        elif not keyword.startswith(KEYWORD):
            others.append((keyword, text))
        elif (record := _record(text)) is None:
            unread.append(keyword)
        elif (kind := _kind(keyword, record)) is None:
            others.append((keyword, text))
        else:
            records[kind].append(record)
    packets += [record.removeprefix(_XMP_IN_APP1) for record in records["xmp"]]
    packet, notes = xmp_parts.all_of(packets)
    return Found(
        exif=next(iter(records["exif"]), None),
        icc=next(iter(records["icc"]), None),
        xmp=packet,
        photoshop=photoshop.joined(map(_resources, records["photoshop"])),
        others=tuple(others),
        notes=(*notes, *_notes(unread), *exif.several(records["exif"])),
    )


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


def _kind(keyword: str, record: bytes) -> str | None:
    """Return what a record is; None where its kind is none that is known."""
    kind = keyword.removeprefix(KEYWORD).lower()
    if kind == "app1":
        return "xmp" if record.startswith(_XMP_IN_APP1) else "exif"
    return _KINDS.get(kind)


def _resources(record: bytes) -> bytes:
    """Return image resources; programs write bare captions there, too."""
    return photoshop.with_captions(record) if record.startswith(b"\x1c") else record


def _record(text: str) -> bytes | None:
    """Return the bytes of a raw profile, as many as it states; None when it has fewer.

    Some programs leave behind them what stood in their memory.
    """
    try:
        _, _, length, *lines = text.split("\n")
        record = bytes.fromhex("".join("".join(lines).split())[: 2 * int(length)])
    except ValueError:
        return None
    return record if record and len(record) == int(length) else None
