"""Options of scans: what kind of thing was scanned."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import typer

from rehue.cli.options import Group


@dataclass(frozen=True)
class Scans(Group):
    """What kind of thing was scanned, where that is not to be looked for."""

    panel: ClassVar[str] = "Scans"

    as_is: Annotated[
        bool,
        typer.Option(
            "--as-is",
            help="Look for no prints, fading, halftone, coloured parts or turned pictures: take "
            "each file for an ordinary photograph.",
        ),
    ] = False
    prints: Annotated[
        str | None,
        typer.Option(
            metavar="PLACES",
            help="Where the prints on each page lie, in pixels: LEFT,TOP,RIGHT,BOTTOM or the x,y "
            "of four corners, with ; between prints; or none. If not given, they are looked for.",
            show_default=False,
        ),
    ] = None
    tones: Annotated[
        str | None,
        typer.Option(
            metavar="BLACK-WHITE",
            help="Which lightnesses (0-100) faded prints span, such as 40-75; 0-100,1.8 where they "
            "came out dark by a gamma of 1.8. If not given, they are measured.",
            show_default=False,
        ),
    ] = None
    upright: Annotated[
        int | None,
        typer.Option(
            metavar="DEGREES",
            help="How far clockwise to turn them for the network: 0, 90, 180 or 270; files stay as "
            "stored. If not given, that is looked for, where the model can tell.",
            show_default=False,
        ),
    ] = None
    turn: Annotated[
        bool,
        typer.Option(
            "--turn",
            help="Write the orientation tag of pictures that lie on their side or head, so that "
            "viewers show results upright.",
        ),
    ] = False
    negative: Annotated[
        bool,
        typer.Option("--negative", help="They are negatives: colour and write the positives."),
    ] = False
    input_gamma: Annotated[
        str | None,
        typer.Option(
            metavar="GAMMA",
            help="How to read numbers of files without a profile: linear, 1.8 or another gamma, or "
            "an ICC file; if not given, as sRGB. Results carry the profile.",
            show_default=False,
        ),
    ] = None
