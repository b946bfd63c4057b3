"""What each format that Rehue writes can hold, as tables."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rehue.errors import PhotoError
from rehue.photo.failures import shown
from rehue.photo.photograph import Photograph
from rehue.photo.records import metadata


@dataclass(frozen=True)
class _Abilities:
    """What a format holds.

    Attributes:
        depths: bits of a sample; 32 are floats.
        longest_side: px; None where no picture is too long.
        lacks: what has no place in it, of `_PARTS`.
    """

    depths: tuple[int, ...]
    longest_side: int | None = None
    lacks: frozenset[str] = frozenset()


_IN_OTHERS_ONLY = {"comment", "text", "extended XMP"}
_FORMATS: Final = {
    # libjpeg's limit is a little below the standard's.
    "JPEG": _Abilities((8,), 65_500, frozenset({"text"})),
    "PNG": _Abilities((8, 16), None, frozenset({"comment", "extended XMP"})),
    "WEBP": _Abilities((8,), 16_383, frozenset({"IPTC", *_IN_OTHERS_ONLY})),
    "TIFF": _Abilities((8, 16, 32), None, frozenset(_IN_OTHERS_ONLY)),
    "JPEG2000": _Abilities((8, 16), None, frozenset(_IN_OTHERS_ONLY)),
    "AVIF": _Abilities((8, 12), 65_536, frozenset({"IPTC", *_IN_OTHERS_ONLY})),
    "HEIC": _Abilities((8, 12), 16_384, frozenset({"IPTC", *_IN_OTHERS_ONLY})),
    "BMP": _Abilities(
        (8,), None, frozenset({"EXIF", "XMP", "IPTC", "ICC profile", *_IN_OTHERS_ONLY})
    ),
}
# What can hold a coloured picture and its mark, by the ending of a file's name.
FORMATS: Final = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".jp2": "JPEG2000",
    ".avif": "AVIF",
    ".heic": "HEIC",
    ".heif": "HEIC",
}
# The ending that a format's files get where none says it yet.
ENDINGS: Final = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "TIFF": ".tif",
    "JPEG2000": ".jp2",
    "AVIF": ".avif",
    "HEIC": ".heic",
    "BMP": ".bmp",
}
# Cameras' raw files, by the names that their makers gave them; results of theirs are TIFFs.
RAW_ENDINGS: Final = frozenset(
    (".3fr", ".arw", ".cr2", ".cr3", ".dng", ".erf", ".iiq", ".mef", ".mos", ".mrw", ".nef")
) | frozenset((".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".sr2", ".srf", ".srw", ".x3f"))
# Written when asked for by name; the mark stands in a file beside the picture.
_WITH_SIDECAR = {".bmp": "BMP"}
# Editors open them, and they keep every value.
_FOR_LAYERS = {"PNG", "TIFF"}
_WORDS = {"JP2": "JPEG2000", "JPEG 2000": "JPEG2000", "HEIF": "HEIC"}


def result_format(photograph: Photograph, target: Path | None, asked: str | None = None) -> str:
    """Return what `write` writes: JPEG, PNG, WEBP, TIFF, JPEG2000, AVIF, HEIC or BMP.

    Raises:
        PhotoError: the format asked for, or the target's ending, is none of these.
    """
    if asked is not None:
        return format_named(asked)
    if target is None or not target.suffix:
        return photograph.carried.format
    by_name = (FORMATS | _WITH_SIDECAR).get(target.suffix.lower())
    if by_name is None:
        raise PhotoError(
            f"{shown(target)} ends in {shown(target.suffix)}, which cannot hold a coloured "
            "picture and its mark: name a .jpg, .png, .tif, .webp, .jp2 or .avif"
        )
    return by_name


def format_named(asked: str) -> str:
    """Return the format that a word stands for: a name, or an ending without its dot.

    >>> format_named("jpg"), format_named("JPEG 2000")
    ('JPEG', 'JPEG2000')

    Raises:
        PhotoError: it stands for none.
    """
    endings = FORMATS | _WITH_SIDECAR
    known = endings.get("." + asked.lower(), _WORDS.get(asked.upper(), asked.upper()))
    if known not in _FORMATS:
        raise PhotoError(
            f"format `{shown(asked)}` is unknown: take JPEG, PNG, TIFF, WEBP, JPEG2000, AVIF, "
            "HEIC or BMP"
        )
    return known


def layer_format(photograph: Photograph, target: Path | None, asked: str | None = None) -> str:
    """Return what a colour layer is written as: TIFF or PNG, which lose nothing.

    Where neither `asked` nor the target's name says, several pages and TIFFs become TIFFs.

    Raises:
        PhotoError: the format asked for, or the target's ending, is neither.
    """
    if asked is None and (target is None or not target.suffix):
        return "TIFF" if photograph.carried.format == "TIFF" or photograph.further else "PNG"
    chosen = result_format(photograph, target, asked)
    if chosen not in _FOR_LAYERS:
        raise PhotoError(
            f"a colour layer is a PNG or TIFF, not a {chosen}, which would lose some of it: name a "
            ".png or .tif"
        )
    return chosen


def result_bits(photograph: Photograph, kind: str, asked: int | None = None) -> int:
    """Return the bits of a sample that `write` writes: the source's, or the most there are.

    Raises:
        PhotoError: the format does not have the depth asked for.
    """
    depths = _FORMATS[kind].depths
    if asked is not None:
        if asked not in depths:
            have = " or ".join(map(str, depths))
            raise PhotoError(
                f"a {kind} has {have} bits a sample, not {asked}: ask for one of those"
            )
        return asked
    enough = [bits for bits in depths if bits >= photograph.bits]
    return min(enough) if enough else max(depths)


def longest_side(kind: str) -> int | None:
    """Return how long a side of a picture may be (px); None where there is no limit."""
    return _FORMATS[kind].longest_side


def sample_bits(bits: int) -> int:
    """Return the bits of the type that holds samples of a depth: 12 are handed over as 16.

    >>> sample_bits(12), sample_bits(32)
    (16, 32)
    """
    return 16 if bits == 12 else bits


def losses(photograph: Photograph, kind: str, bits: int | None = None) -> tuple[str, ...]:
    """Return what a result in a format cannot take over, one line each, for the notes of a run.

    Args:
        photograph: the source.
        kind: as `result_format` returns it.
        bits: as `result_bits` returns it, by default the default.
    """
    bits = bits or result_bits(photograph, kind)
    carried = photograph.carried
    parts = {
        "EXIF": carried.exif,
        "XMP": carried.xmp,
        "IPTC": metadata.captions(carried.photoshop),
        "ICC profile": carried.icc,
        "comment": carried.comment,
        "text": carried.text,
        "extended XMP": carried.extended_xmp,
    }
    lost = [name for name in parts if parts[name] and name in _FORMATS[kind].lacks]
    said = tuple(f"its {name} has no place in a {kind}" for name in lost)
    # What is handed over in 16 bits from a format that has 12 at most had no more.
    had = (
        bits if sample_bits(bits) == photograph.bits and carried.format == kind else photograph.bits
    )
    if bits < had:
        said = (f"its {photograph.bits} bits a sample become {bits}", *said)
    return said
