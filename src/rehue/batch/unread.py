"""What else is in folders: pictures of kinds that are not taken, each with its reason; sidecars.

A file is told by its ending alone; nothing of it is read. What is neither (texts, lists of
checksums, databases of programs) is counted, and left alone like these.
"""

import os
from collections.abc import Iterable
from typing import Final

from rehue.photo import BECOMES, PHOTOGRAPHS

_SAVE: Final = "save it as TIFF or PNG"
_NAME: Final = "name it to have it coloured"
_KINDS: Final = {
    "a Photoshop document": ".psd .psb",
    "a PDF document": ".pdf",
    "a PostScript file": ".eps .ps",
    "a drawing": ".ai .svg .svgz .wmf .emf .cdr .indd .afphoto .afdesign",
    "a project of a painting program": ".xcf .kra .ora .clip .pdn .procreate .pspimage",
    "an OpenEXR picture": ".exr",
    "a Radiance picture": ".hdr",
    "a Targa picture": ".tga",
    "a PCX picture": ".pcx",
    "a portable anymap": ".pbm .pgm .pnm .ppm .pam .pfm",
    "a picture of film scanners (DPX, Cineon)": ".dpx .cin",
    "a picture of telescopes (FITS)": ".fit .fits .fts",
    "a picture of medicine (DICOM)": ".dcm .dicom",
    "a DjVu document": ".djv .djvu",
    "a JPEG XR picture": ".jxr .wdp .hdp",
    "a JPEG-LS picture": ".jls",
    "an icon": ".ico .icns .cur",
    "a picture of an old kind": ".pict .pct .pic .ras .sun .sgi .rgb .xbm .xpm .iff .lbm .pcd .fpx",
    "a picture of a rare kind": ".bpg .flif .jng .mng .qoi .jxs .ktx .dds",
    "a picture of several views": ".mpo .jps",
}
_WHY: Final[dict[str, str]] = {
    ending: f"{kind}, which Rehue does not read: {_SAVE}"
    for kind, endings in _KINDS.items()
    for ending in endings.split()
}
_RAW: Final = frozenset(BECOMES) - PHOTOGRAPHS
_SIDECAR: Final = ".xmp"


def why_unread(ending: str) -> str | None:
    """Return why files of an ending are not taken from folders; None where they are no pictures.

    >>> why_unread(".psd")
    'a Photoshop document, which Rehue does not read: save it as TIFF or PNG'
    """
    if ending in _RAW:
        return f"a camera's raw file, which is not taken from folders: {_NAME}"
    return _WHY.get(ending)


def sorted_out(others: Iterable[str], photographs: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """Tell the other files of a folder apart.

    Args:
        others: names of files that are not taken.
        photographs: of those that are.

    Returns:
        Names of pictures, sorted, but for raw files beside a photograph of their name, as cameras
        write both; and how many files there are that are neither pictures nor their sidecars.
    """
    names = set(photographs)
    stems = {_split(name)[0] for name in names}
    unread, count = [], 0
    for name in others:
        stem, ending = _split(name)
        kind = ending.lower()
        if why_unread(kind):
            if kind not in _RAW or stem not in stems:
                unread.append(name)
        elif kind != _SIDECAR or (stem not in stems and stem not in names):
            count += 1
    return tuple(sorted(unread)), count


def _split(name: str) -> tuple[str, str]:
    return os.path.splitext(name)  # noqa: PTH122 (five times as quick, and a tree has many names)
