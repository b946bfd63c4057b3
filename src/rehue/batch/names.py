"""How results are called: by their source's name alone, and never two alike.

- in a target folder: the source's name; one that cannot hold colour and a mark (.bmp, .gif, or an
  ending that Rehue does not know) gets .png after it: `a.jpg`, `a.tif`, `a.bmp.png`
- beside the source: the same with .rehue before the ending: `a.rehue.jpg`, `a.bmp.rehue.png`
- a before/after picture: `a.jpg.rehue-compare.jpg`, beside the result
- what would be the same file as an earlier one, also where upper and lower case or the writing of
  accents do not count, gets -2, -3, ... before its ending: `a-2.jpg`
"""

import os
import unicodedata
from itertools import count
from pathlib import Path

from rehue.photo import FORMATS

_MARK = ".rehue"


def name_in_folder(name: str) -> str:
    """Return what the result of a file is called in another folder.

    >>> name_in_folder("a.TIF"), name_in_folder("a.bmp"), name_in_folder("scan")
    ('a.TIF', 'a.bmp.png', 'scan.png')
    """
    return name if Path(name).suffix.lower() in FORMATS else f"{name}.png"


def name_beside(name: str) -> str:
    """Return what the result of a file is called in the same folder.

    >>> name_beside("a.jpg"), name_beside("a.bmp")
    ('a.rehue.jpg', 'a.bmp.rehue.png')
    """
    kept = Path(name_in_folder(name))
    return f"{kept.stem}{_MARK}{kept.suffix}"


def compare_beside(result: Path) -> Path:
    """Return the path of the before/after picture of a result.

    >>> compare_beside(Path("a.rehue.tif")).name, compare_beside(Path("a.png")).name
    ('a.tif.rehue-compare.jpg', 'a.png.rehue-compare.jpg')
    """
    original = f"{result.stem.removesuffix(_MARK)}{result.suffix}"
    return result.with_name(f"{original}{_MARK}-compare.jpg")


def is_like_a_result(name: str) -> bool:
    """Say whether a file is called as results are; only its mark says that it is one."""
    return _MARK in name


class Names:
    """The paths given out so far; no two of them are one file on any file system."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: Path) -> Path:
        """Return the path wanted, or with -2, -3, ... before its ending when it is taken."""
        numbered = (wanted.with_name(f"{wanted.stem}-{n}{wanted.suffix}") for n in count(2))
        path = wanted
        while _folded(path) in self._taken:
            path = next(numbered)
        self._taken.add(_folded(path))
        return path


def _folded(path: Path) -> str:
    return unicodedata.normalize("NFC", os.path.abspath(path)).casefold()  # noqa: PTH100 (no links)
