"""How results are called: by their source's name alone, and never two alike.

- in a target folder: the source's name; one that cannot hold colour and a mark (.bmp, .gif, or an
  ending that Rehue does not know) gets .png after it, a camera's raw file .tif: `a.jpg`, `a.tif`,
  `a.bmp.png`, `a.cr2.tif`. Where a format was asked for, all others get its ending: `a.jpg.tif`
- beside the source: the same with .rehue before the ending: `a.rehue.jpg`, `a.bmp.rehue.png`
- a colour layer: `a.jpg.rehue-layer.png`, of a TIFF `a.tif.rehue-layer.tif`, in either place
- a film, whatever format pictures are to have, stays one: `a.mkv`, `a.avi.mkv`, `a.rehue.mkv`; it
  has no layer and no before/after picture
- a before/after picture: `a.jpg.rehue-compare.jpg`, beside the result
- other colourings of a photograph: `a.rehue-2.jpg`, `a.rehue-3.jpg`, beside the first
- what would be the same file as an earlier one, also where upper and lower case or the writing of
  accents do not count, gets -2, -3, ... before its ending: `a-2.jpg`
"""

import os
import unicodedata
from itertools import count

from rehue.film.naming import BY_NAME_ALONE, FILMS, in_container, is_film
from rehue.photo import BECOMES, ENDINGS, FORMATS, PHOTOGRAPHS, name_of_layers

_MARK = ".rehue"
# What results are where the name says nothing; the file may say otherwise.
_UNKNOWN = "PNG"


def name_in_folder(name: str, kind: str | None = None) -> str:
    """Return what the result of a file is called in another folder.

    Args:
        name: of the source.
        kind: the format asked for, as `rehue.photo.format_named` returns it; None for the source's.

    >>> name_in_folder("a.TIF"), name_in_folder("a.bmp"), name_in_folder("scan")
    ('a.TIF', 'a.bmp.png', 'scan.png')
    >>> name_in_folder("a.jpeg", "JPEG"), name_in_folder("a.jpeg", "TIFF")
    ('a.jpeg', 'a.jpeg.tif')
    """
    if is_film(name):
        return in_container(name)
    ending = ending_of(name)
    if kind is not None:
        return name if FORMATS.get(ending) == kind else f"{name}{ENDINGS[kind]}"
    if ending in FORMATS:
        return name
    return f"{name}{ENDINGS[BECOMES.get(ending, _UNKNOWN)]}"


def name_beside(name: str, kind: str | None = None) -> str:
    """Return what the result of a file is called in the same folder; see `name_in_folder`.

    >>> name_beside("a.jpg"), name_beside("a.bmp"), name_beside("a.jpg", "PNG")
    ('a.rehue.jpg', 'a.bmp.rehue.png', 'a.jpg.rehue.png')
    """
    stem, ending = _split(name_in_folder(name, kind))
    return f"{stem}{_MARK}{ending}"


def name_of_layer(name: str, kind: str | None = None) -> str:
    """Return what the colour layer of a file is called, in any folder.

    >>> name_of_layer("a.jpg"), name_of_layer("a.tif"), name_of_layer("a.jpg", "TIFF")
    ('a.jpg.rehue-layer.png', 'a.tif.rehue-layer.tif', 'a.jpg.rehue-layer.tif')
    """
    ending = ending_of(name)
    usual = FORMATS.get(ending) or BECOMES.get(ending, _UNKNOWN)
    return f"{name}{_MARK}-layer{ENDINGS[name_of_layers(kind or usual)]}"


def name_of_comparison(result: str) -> str:
    """Return what the before/after picture of a result is called.

    >>> name_of_comparison("a.rehue.tif"), name_of_comparison("a.png")
    ('a.tif.rehue-compare.jpg', 'a.png.rehue-compare.jpg')
    """
    stem, ending = _split(result)
    return f"{stem.removesuffix(_MARK)}{ending}{_MARK}-compare.jpg"


def name_of_alternative(result: str, number: int) -> str:
    """Return what another colouring of a result is called.

    >>> name_of_alternative("a.rehue.tif", 2), name_of_alternative("a.png", 3)
    ('a.rehue-2.tif', 'a.rehue-3.png')
    """
    stem, ending = _split(result)
    return f"{stem.removesuffix(_MARK)}{_MARK}-{number}{ending}"


def is_like_a_result(name: str) -> bool:
    """Say whether a file is called as results are; only its mark says that it is one."""
    return _MARK in name


def is_colored(name: str) -> bool:
    """Say whether a file in a folder is taken for a photograph or a film, by its ending."""
    ending = ending_of(name)
    return ending in PHOTOGRAPHS or ending in FILMS - BY_NAME_ALONE


def ending_of(name: str) -> str:
    """Return the ending of a file's name in lower case, with its dot."""
    return _split(name)[1].lower()


def folded(text: str) -> str:
    """Return what two names share that are one on a disk without case or ways of accents."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text).casefold()


def _split(name: str) -> tuple[str, str]:
    return os.path.splitext(name)  # noqa: PTH122 (five times as quick, and a tree has many names)


class Names:
    """The names given out in one folder so far; no two of them are one file on any disk."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        """Return the name wanted, or with -2, -3, ... before its ending when it is taken."""
        name = wanted
        if folded(name) in self._taken:
            stem, ending = _split(wanted)
            numbered = (f"{stem}-{number}{ending}" for number in count(2))
            name = next(name for name in numbered if folded(name) not in self._taken)
        self._taken.add(folded(name))
        return name
