"""The formats that photographs are read from and written as: one file each, listed here.

A new one is a file that states a `Format` (`contract`), and its name in `FORMATS`.
"""

from collections.abc import Iterable
from typing import Final

from rehue.errors import PhotoError
from rehue.photo.formats import (
    avif,
    bmp,
    gif,
    heic,
    jpeg,
    jpeg2000,
    jpegxl,
    png,
    raw,
    tiff,
    webp,
)
from rehue.photo.formats.contract import Format
from rehue.photo.formats.unknown import SEEN, looks_like

FORMATS: Final[tuple[Format, ...]] = tuple(
    module.FORMAT for module in (jpeg, png, tiff, webp, jpeg2000, jpegxl, avif, heic, raw, bmp, gif)
)
RESULTS: Final = tuple(form for form in FORMATS if form.encode)
_BY_NAME: Final = {form.name: form for form in FORMATS}
_BY_ENDING: Final = {ending: form for form in FORMATS for ending in form.endings}
_BY_WORD: Final = {word.upper(): form for form in FORMATS for word in (form.name, *form.words)}


def named(name: str) -> Format:
    """Return the format of that name; `by_word` takes what people write."""
    return _BY_NAME[name]


def by_ending(ending: str) -> Format | None:
    """Return the format whose files' names end so (with the dot, in any case), if there is one."""
    return _BY_ENDING.get(ending.lower())


def by_word(word: str) -> Format | None:
    """Return the format that a name, or an ending without its dot, stands for, if one does."""
    return by_ending(f".{word}") or _BY_WORD.get(word.upper())


def claiming(start: bytes, name: str) -> Format:
    """Return the format of a file that begins with `start` (`SEEN` bytes, or all there are).

    Raises:
        PhotoError: it is empty, or none that Rehue reads; says what it looks like.

    >>> claiming(b"GIF89a", "flag.gif").name
    'GIF'
    """
    found = next((form for form in FORMATS if form.claims(start)), None)
    if found:
        return found
    if not start:
        raise PhotoError(f"{name} is empty (0 bytes): copy or download it again")
    raise PhotoError(
        f"{name} is not a picture that Rehue reads, it looks like {looks_like(start)}: "
        f"give a {listed(form.words[0] for form in FORMATS)} file"
    )


def listed(words: Iterable[str]) -> str:
    """Return words in a row, "or" before the last.

    >>> listed(["PNG", "TIFF", "WebP"])
    'PNG, TIFF or WebP'
    """
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


__all__ = ["FORMATS", "RESULTS", "SEEN", "by_ending", "by_word", "claiming", "listed", "named"]
