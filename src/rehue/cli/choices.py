"""Options of `rehue colorize` that say how colours are chosen and how results are written."""

import math
from pathlib import Path
from typing import Annotated, TypeAlias

import typer


def finite(value: float) -> float:
    """Refuse what is no number to reckon with."""
    if not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a number to reckon with.")
    return value


_COLORS, _FILES = "Colours", "Files"

Saturation: TypeAlias = Annotated[
    float,
    typer.Option(
        help="Factor of the colours' strength: 0 is grey, 1 the model's choice.",
        min=0,
        max=10,
        callback=finite,
        rich_help_panel=_COLORS,
    ),
]
Warmth: TypeAlias = Annotated[
    float,
    typer.Option(
        help="Added to b* of CIE Lab, in its units: positive is yellower, against bluish "
        "results; negative is bluer, against sepia ones. 5 is seen, 15 is much.",
        min=-100,
        max=100,
        callback=finite,
        rich_help_panel=_COLORS,
    ),
]
Temperature: TypeAlias = Annotated[
    float | None,
    typer.Option(
        help="How bold colours are chosen where several are likely: 1 takes their mean, less goes "
        "towards the likeliest; if not given, the model's way.",
        min=0.01,
        max=10,
        show_default=False,
        rich_help_panel=_COLORS,
    ),
]
Recolor: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--recolor",
        help="Colour files that are in colour already, too, from their lightness.",
        rich_help_panel=_COLORS,
    ),
]
Hints: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Colours at places of one photograph: JSON or CSV with x, y, color and, if wanted, "
        "radius, in pixels.",
        show_default=False,
        rich_help_panel=_COLORS,
    ),
]
Palette: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="COLORS",
        help="Colours that the picture is to have: '#b03030,navy'.",
        show_default=False,
        rich_help_panel=_COLORS,
    ),
]
Reference: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="PHOTO",
        help="Borrow the colours of this photograph.",
        show_default=False,
        rich_help_panel=_COLORS,
    ),
]
Confidence: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.png",
        help="Write how sure the model is of each pixel of one photograph, too: white is sure.",
        show_default=False,
        rich_help_panel=_COLORS,
    ),
]
Alternatives: TypeAlias = Annotated[
    int,
    typer.Option(
        help="Write so many colourings of each photograph, the likeliest first: a.rehue.jpg, "
        "a.rehue-2.jpg, ...",
        min=1,
        max=4,
        rich_help_panel=_COLORS,
    ),
]
Refresh: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--refresh",
        help="Files that are in colour, but faded or tinted: undo it, and blend their own colours "
        "with the model's. Their lightness changes, too.",
        rich_help_panel=_COLORS,
    ),
]
Format: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Of the results, whatever they are called: jpeg, png, tiff, webp, jpeg2000, "
        "jpegxl, avif, heic or bmp; if not given, the original's.",
        show_default=False,
        rich_help_panel=_FILES,
    ),
]
Quality: TypeAlias = Annotated[
    int | None,
    typer.Option(
        help="Of formats that have one; if not given, as fine as the original.",
        min=1,
        max=100,
        show_default=False,
        rich_help_panel=_FILES,
    ),
]
BitDepth: TypeAlias = Annotated[
    int | None,
    typer.Option(
        help="Bits of a sample: 8, 16, or 32 for floats; if not given, the original's.",
        show_default=False,
        rich_help_panel=_FILES,
    ),
]
KeepTimes: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--keep-times",
        help="Give results the times of their originals.",
        rich_help_panel=_FILES,
    ),
]
Timestamp: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--timestamp",
        help="Write the time of the run into each result. Without it the same photograph gives "
        "the same bytes.",
        rich_help_panel=_FILES,
    ),
]
Layer: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--layer",
        help="Write only the colour, a PNG or TIFF to lay over the original with the blend mode "
        "Color (in GIMP: LCh Color).",
        rich_help_panel=_FILES,
    ),
]
VisibleMark: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--visible-mark",
        help="Write 'colourised by Rehue' and the model into a corner of each result.",
        rich_help_panel=_FILES,
    ),
]
C2pa: TypeAlias = Annotated[
    tuple[Path, Path] | None,
    typer.Option(
        "--c2pa",
        metavar="CHAIN KEY",
        help="Sign each result (extra `c2pa`): PEM files of your certificate chain and its "
        "private key.",
        show_default=False,
        rich_help_panel=_FILES,
    ),
]
MaxPixels: TypeAlias = Annotated[
    float,
    typer.Option(
        help="Refuse photographs of more megapixels, all pages together.",
        metavar="MEGAPIXELS",
        min=0.001,
        callback=finite,
        rich_help_panel=_FILES,
    ),
]
