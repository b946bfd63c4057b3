"""What a picture says of itself: how it was coloured, and whether its source is still the same."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from rehue.errors import PhotoError
from rehue.files import reason, shown
from rehue.photo.provenance import c2pa, sidecar
from rehue.photo.provenance.c2pa import Manifest
from rehue.photo.provenance.luma import holds_luma_of
from rehue.photo.provenance.mark import Mark, source_type
from rehue.photo.read import MAX_PIXELS, read

# What results and layers have before their ending when they stand beside their source.
_RESULT, _LAYER = ".rehue", ".rehue-layer"


@dataclass(frozen=True)
class Inspection:
    """The facts of a file.

    Attributes:
        path: of the file.
        format: what it is.
        width: px, as stored.
        height: px, as stored.
        bits: of a sample; 32 are floats.
        pages: how many.
        mark: Rehue's; None when Rehue did not colour it, or nothing says so.
        source_type: IPTC's digital source type, whoever wrote it.
        sidecar: the file that the mark stands in, where the picture has no place for it.
        source: the file that was taken for the source, given or found beside.
        source_matches: whether the source is, byte for byte, what was coloured; None when there is
            no mark, no source, or no hash in the mark.
        luma_matches: whether the image data in a result whose luma was kept are the source's, byte
            for byte; False also when they are there no more; None when its mark says nothing of
            them, or there is no source.
        manifest: C2PA's, signed; None when there is none, or the extra is missing.
        notes: what reading it brought up, one line each.
    """

    path: Path
    format: str
    width: int
    height: int
    bits: int
    pages: int
    mark: Mark | None
    source_type: str | None
    sidecar: Path | None
    source: Path | None
    source_matches: bool | None
    luma_matches: bool | None
    manifest: Manifest | None
    notes: tuple[str, ...]


def inspect(
    path: str | Path, source: str | Path | None = None, *, max_pixels: int = MAX_PIXELS
) -> Inspection:
    """Read a picture and say how it was coloured, and whether its source still matches.

    Args:
        path: of the picture.
        source: what it was made from; by default a file beside it that bears the name results are
            named after (`a.rehue.jpg` after `a.jpg`, `a.bmp.rehue.png` after `a.bmp`).
        max_pixels: as for `read`.

    Raises:
        PhotoError: the picture cannot be read, or the source named does not exist.
    """
    path = Path(path)
    photograph = read(path, max_pixels=max_pixels)
    height, width = photograph.pixels.shape[:2]
    mark = photograph.mark
    found = Path(source) if source is not None else source_beside(path) if mark else None
    beside = sidecar.path_of(path)
    manifest, notes = None, photograph.notes
    try:
        manifest = c2pa.read_manifest(path)
    except PhotoError as error:
        # The extra is missing: all else can be told.
        notes += (str(error),)
    return Inspection(
        path=path,
        format=photograph.kind,
        width=width,
        height=height,
        bits=photograph.bits,
        pages=len(photograph.pages),
        mark=mark,
        source_type=source_type(photograph.carried.xmp),
        sidecar=beside if mark and sidecar.mark_beside(path) == mark else None,
        source=found,
        source_matches=_matches(found, mark),
        luma_matches=holds_luma_of(path, found) if mark and mark.luma else None,
        manifest=manifest,
        notes=notes,
    )


def source_beside(result: Path) -> Path | None:
    """Return the file beside a result that its name says it was made from."""
    stem = result.stem
    if not stem.endswith((_RESULT, _LAYER)):
        return None
    named = stem.removesuffix(_RESULT).removesuffix(_LAYER)
    # `a.rehue.png` was made from `a.png`; what cannot be a result keeps its ending before `.rehue`,
    # and so does what a layer was made from.
    candidates = (result.with_name(named + result.suffix), result.with_name(named))
    return next((path for path in candidates if path.is_file()), None)


def _matches(source: Path | None, mark: Mark | None) -> bool | None:
    if source is None or mark is None or mark.source_sha256 is None:
        return None
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == mark.source_sha256
    except FileNotFoundError as error:
        raise PhotoError(f"{shown(source)} does not exist: check the path of the source") from error
    except OSError as error:
        raise PhotoError(
            f"{shown(source)} cannot be read ({reason(error)}): check the path of the source"
        ) from error
