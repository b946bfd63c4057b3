"""XMP in a file of its own beside a picture.

Read are `x.jpg.xmp`, as darktable, digiKam and exiftool call it, and `x.xmp`, as Adobe's programs
do, the first before the second. What they say of the picture stands in the result; how a program
would develop it does not: that was never done to the pixels, and would be done to the result.

Written is one, called as the picture with `.xmp` after it, for a result whose format has no place
for its mark (BMP).
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from rehue.files import reason, shown
from rehue.photo.photograph import Photograph
from rehue.photo.provenance.mark import Mark, without_mark
from rehue.photo.records.xmp import MENDED, Packet, readable
from rehue.photo.records.xmp_edits import remove_edits
from rehue.photo.records.xmp_parts import merged

# A sidecar is some kilobytes, with masks some megabytes; what is larger by far is none.
_LONGEST: Final = 1 << 26
_PHOTOSHOP: Final = "http://ns.adobe.com/photoshop/1.0/"
_TIFF: Final = "http://ns.adobe.com/tiff/1.0/"


def path_of(picture: Path) -> Path:
    """Return where the XMP of a picture stands.

    >>> path_of(Path("a/b.bmp")).name
    'b.bmp.xmp'
    """
    return picture.with_name(picture.name + ".xmp")


def mark_beside(picture: Path) -> Mark | None:
    """Return the mark that stands beside a picture; None when there is none."""
    try:
        with path_of(picture).open("rb") as file:
            return Mark.from_xmp(file.read(_LONGEST))
    except (OSError, ValueError):
        return None


def with_sidecars(photograph: Photograph) -> tuple[Photograph, tuple[str, ...]]:
    """Return a photograph with what the XMP files beside it say, and a line on each.

    They count before its own XMP.
    """
    if photograph.path is None:
        return photograph, ()
    packet, notes = photograph.carried.xmp, list[str]()
    for path in _beside(photograph.path):
        found, said = _read(path, photograph.path)
        notes += said
        if found:
            packet = merged(packet, found) if packet else found
    carried = replace(photograph.carried, xmp=packet)
    return replace(photograph, carried=carried), tuple(notes)


def _beside(picture: Path) -> Iterator[Path]:
    """Yield the sidecars that there are, those that count less first."""
    for name in dict.fromkeys((picture.stem, picture.name)):
        places = (picture.with_name(name + ending) for ending in (".xmp", ".XMP"))
        found = next((place for place in places if place != picture and place.is_file()), None)
        if found:
            yield found


def _read(path: Path, picture: Path) -> tuple[bytes | None, list[str]]:
    name = shown(path.name)
    try:
        with path.open("rb") as file:
            whole = file.read(_LONGEST)
    except OSError as error:
        return None, [f"{name} beside it cannot be read ({reason(error)}) and is left out"]
    packet, note = readable(whole)
    parsed = Packet.parse(packet) if packet else None
    if packet is None or parsed is None:
        return None, [f"{name} beside it holds no XMP that can be read, and is left out"]
    of = parsed.properties(_PHOTOSHOP).get("SidecarForExtension", "")
    if of and of.lower() != picture.suffix[1:].lower():
        return None, []  # of another file of that name
    if Mark.from_xmp(packet):
        parsed = Packet.parse_or_new(without_mark(packet))
    parsed.remove(_PHOTOSHOP, "SidecarForExtension")
    parsed.remove(_TIFF, "Orientation")  # the file's own counts
    edits = ", but for its edits" if remove_edits(parsed) else ""
    mended = ", as far as it can be read" if note == MENDED else ""
    return parsed.to_bytes(), [f"what {name} beside it says is in the result{edits}{mended}"]
