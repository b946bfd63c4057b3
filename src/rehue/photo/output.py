"""How a result is written: what a user may choose, with what is taken where nothing is chosen."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, TypedDict

from rehue.errors import PhotoError
from rehue.photo.formats.table import layer_format
from rehue.photo.photograph import Photograph
from rehue.photo.provenance.credentials import Credentials


@dataclass(frozen=True)
class Output:
    """How a coloured photograph is written.

    Attributes:
        format: of the file, whatever the target's name says (`result_format`).
        quality: 1..100, for formats that have one; None is as fine as the source.
        bit_depth: bits of a sample; None is the source's, or the most that the format has.
        keep_times: give the target the source's times of access and change.
        timestamp: stands in the mark; without it the same input gives the same bytes.
        layer: write only the colour, to be laid over the source with the blend mode Color.
        visible_mark: write into a corner of the picture that it was coloured.
        credentials: sign a C2PA manifest with them; then no two files have the same bytes.
    """

    format: str | None = None
    quality: int | None = None
    bit_depth: int | None = None
    keep_times: bool = False
    timestamp: str | None = None
    layer: bool = False
    visible_mark: bool = False
    credentials: Credentials | None = None


class OutputOptions(TypedDict, total=False):
    """The fields of `Output` as keywords of a function."""

    format: str | None
    quality: int | None
    bit_depth: int | None
    keep_times: bool
    timestamp: str | None
    layer: bool
    visible_mark: bool
    credentials: Credentials | None


def for_layer(
    photograph: Photograph, target: Path | BinaryIO, output: Output
) -> tuple[Photograph, Output]:
    """Return a photograph and wishes with which its colour layer is written without loss.

    Raises:
        PhotoError: the format would lose something, or a visible mark is wished for.
    """
    if output.visible_mark:
        raise PhotoError(
            "a colour layer shows no text when it is laid over a picture: leave out the visible "
            "mark"
        )
    path = target if isinstance(target, Path) else None
    chosen = layer_format(photograph, path, output.format)
    pages = [
        # JPEG in a TIFF would lose some of it; without a number it is Deflate.
        replace(page, carried=replace(page.carried, tiff_compression=None))
        for page in photograph.pages
    ]
    return replace(pages[0], further=tuple(pages[1:])), replace(output, format=chosen)
