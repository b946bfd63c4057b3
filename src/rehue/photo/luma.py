"""Luma that stays as a grey JPEG stores it: where it does, and why not where it might."""

from dataclasses import replace
from pathlib import Path

from rehue.photo import formats
from rehue.photo.formats import listed
from rehue.photo.formats.contract import Format
from rehue.photo.output import Output, result_format
from rehue.photo.photograph import Photograph


def keeps_luma(photograph: Photograph, target: Path | None, output: Output) -> bool:
    """Say whether a result's luma stays as its source stores it: a grey JPEG's, in a JPEG.

    So it is where nothing is wished for that changes the luma or how finely it is coded.
    """
    form = formats.named(result_format(photograph, target, output.format))
    return has_luma_for(photograph, form) and not _changes_luma(output)


def has_luma_for(photograph: Photograph, form: Format) -> bool:
    """Say whether a photograph's luma can stand as it is stored in a result of a format."""
    settings = photograph.carried.jpeg
    is_there = settings is not None and not settings.not_kept and photograph.pixels.ndim == 2
    return is_there and form.keeps_luma and photograph.kind == form.name and not photograph.further


def why_not_kept(
    photograph: Photograph, target: Path | None, output: Output, *, is_negative: bool = False
) -> str | None:
    """Return a line for a grey JPEG whose luma would stay as it is, if it could."""
    form = formats.named(result_format(photograph, target, output.format))
    settings = photograph.carried.jpeg
    is_meant = form.keeps_luma and form.name == photograph.kind and photograph.pixels.ndim == 2
    if settings is None or not is_meant or output.lightness == "exact" or output.layer:
        return None
    why = (
        settings.not_kept
        or ("it is a negative" if is_negative else "")
        or ("a visible mark is drawn into them" if output.visible_mark else "")
        or (f"with quality {output.quality}" if output.quality is not None else "")
    )
    return f"its image data are encoded anew, {why}" if why else None


def _changes_luma(output: Output) -> bool:
    wished = output.quality is not None or output.layer or output.visible_mark
    return wished or output.lightness == "exact"


def of_positive(photograph: Photograph) -> tuple[Photograph, tuple[str, ...]]:
    """Return a photograph whose negative is turned, with what is true of the positive, too."""
    carried = photograph.carried
    if carried.behind is None or "gain map" not in carried.behind.holds:
        return photograph, ()
    note = f"its {listed(sorted(carried.behind.holds))} is of the negative and is left out"
    return replace(photograph, carried=replace(carried, behind=None)), (note,)
