"""Options of files: what is taken, how results are written, and where."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import typer

from rehue.cli.options import Group, finite


@dataclass(frozen=True)
class Files(Group):
    """What is taken, how results are written, and where."""

    panel: ClassVar[str] = "Files"

    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="TARGET",
            help="A file, for one photograph; a folder, if it is one, ends in / or stands for "
            "several; or - for standard output. If not given, results lie beside the originals.",
            show_default=False,
        ),
    ] = None
    format: Annotated[
        str | None,
        typer.Option(
            help="Of the results, whatever they are called: jpeg, png, tiff, webp, jpeg2000, "
            "jpegxl, avif, heic or bmp; if not given, the original's.",
            show_default=False,
        ),
    ] = None
    quality: Annotated[
        int | None,
        typer.Option(
            help="Of formats that have one; if not given, as fine as the original.",
            min=1,
            max=100,
            show_default=False,
        ),
    ] = None
    bit_depth: Annotated[
        int | None,
        typer.Option(
            help="Bits of a sample: 8, 16, or 32 for floats; if not given, the original's.",
            show_default=False,
        ),
    ] = None
    lightness: Annotated[
        Literal["stored", "exact"],
        typer.Option(
            help="stored: a grey JPEG's own image data stay in its result, byte for byte; exact: "
            "each pixel's lightness (L) stays, and the file is encoded anew, as all others are."
        ),
    ] = "stored"
    layer: Annotated[
        bool,
        typer.Option(
            "--layer",
            help="Write only the colour, a PNG or TIFF to lay over the original with the blend "
            "mode Color (in GIMP: LCh Color).",
        ),
    ] = False
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Write a before/after picture, NAME.EXT.rehue-compare.jpg, beside each "
            "result, too.",
        ),
    ] = False
    visible_mark: Annotated[
        bool,
        typer.Option(
            "--visible-mark",
            help="Write 'colourised by Rehue' and the model into a corner of each result.",
        ),
    ] = False
    c2pa: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            "--c2pa",
            metavar="CHAIN KEY",
            help="Sign each result (extra `c2pa`): PEM files of your certificate chain and its "
            "private key.",
            show_default=False,
        ),
    ] = None
    keep_times: Annotated[
        bool,
        typer.Option("--keep-times", help="Give results the times of their originals."),
    ] = False
    timestamp: Annotated[
        bool,
        typer.Option(
            "--timestamp",
            help="Write the time of the run into each result. Without it the same photograph "
            "gives the same bytes.",
        ),
    ] = False
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Do again what is done. Only files that Rehue made are ever replaced.",
        ),
    ] = False
    recolor: Annotated[
        bool,
        typer.Option(
            "--recolor",
            help="Colour files that are in colour already, too, from their lightness.",
        ),
    ] = False
    max_pixels: Annotated[
        float,
        typer.Option(
            help="Refuse photographs of more megapixels, all pages together.",
            metavar="MEGAPIXELS",
            min=0.001,
            callback=finite,
        ),
    ] = 200.0
