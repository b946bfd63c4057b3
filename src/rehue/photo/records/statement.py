"""One statement that is true of the grey file, and what becomes of it in the result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

IFD0, EXIF, INTEROPERABILITY = 0, 34665, 40965
# Where a value stays as it is.
KEPT: Final = object()
# What a statement's value is in a result; None where it is left out.
Value: TypeAlias = Callable[["Result"], Any]
LEFT_OUT: Final = "left out"


@dataclass(frozen=True)
class Result:
    """What the result is, as far as statements depend on it.

    Attributes:
        is_srgb: its numbers are sRGB's.
        has_own_profile: it carries its source's profile, whatever that is.
        media_type: of its format.
        is_turned: its pixels are upright where its source's were not.
        behind: what stands behind it (`rehue.photo.photograph.Behind.holds`).
        further_samples: how many more its pixels have than its source's: 2 for a grey one.
    """

    is_srgb: bool = True
    has_own_profile: bool = False
    media_type: str = ""
    is_turned: bool = False
    behind: frozenset[str] = frozenset()
    further_samples: int = 0


def nothing(_: Result) -> None:
    """Leave it out."""


@dataclass(frozen=True)
class Statement:
    """One statement.

    Attributes:
        place: "EXIF", "XMP", "Photoshop" (image resources) or "JPEG" (segments).
        name: as exiftool and the standards call it.
        key: directory and tag; namespace and name (None: all of them); number; marker, and what its
            content begins with (a regular expression).
        why: it is no longer true.
        becomes: what becomes of it, in words.
        value: what it is in a result; None where it is left out.
        only: the values that it is about; all where there are none.
        is_anywhere: of XMP, also within other properties.
        note: what is said when it is left out.
        rewritten: of a text of EXIF, what becomes of it; empty where it is left out.
    """

    place: str
    name: str
    key: Any
    why: str
    becomes: str = LEFT_OUT
    value: Value = nothing
    only: tuple[str, ...] = ()
    is_anywhere: bool = False
    note: str = ""
    rewritten: Callable[[bytes, Result], bytes] | None = None
