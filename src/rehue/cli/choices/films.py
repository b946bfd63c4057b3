"""Options of films."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, TypeAlias

import typer

from rehue.cli.options import Group

Deinterlace: TypeAlias = Annotated[
    bool,
    typer.Option("--deinterlace", help="Part the fields of an interlaced film first."),
]


@dataclass(frozen=True)
class Films(Group):
    """What counts for films alone."""

    panel: ClassVar[str] = "Films"

    # The whole command line, to tell which options are given: not all have an effect on films.
    line: typer.Context
    codec: Annotated[
        str | None,
        typer.Option(
            help="h264, hevc, av1, prores or ffv1; if not given, h264, and hevc for more than 8 "
            "bits.",
            show_default=False,
        ),
    ] = None
    deinterlace: Deinterlace = False
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="TIME",
            help="Where the part that is wanted begins: seconds, or 0:01:02.5.",
        ),
    ] = "0"
    end: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="TIME",
            help="Where it ends; if not given, at the film's end.",
            show_default=False,
        ),
    ] = None
    preview: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="Colour so many seconds, from places spread over the film, before and after side "
            "by side: NAME.rehue-preview.mp4.",
            show_default=False,
        ),
    ] = None
    sheet: Annotated[
        bool,
        typer.Option(
            "--sheet", help="Draw a picture of each shot, in colour: NAME.rehue-sheet.png."
        ),
    ] = False
    shots: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The film's shots, as `rehue shots` writes them and you have edited them.",
            show_default=False,
        ),
    ] = None
    raw: Annotated[
        str | None,
        typer.Option(
            metavar="FORM",
            help="Standard input is raw frames, and so is standard output: "
            "WIDTHxHEIGHT:PIXELS@RATE, such as 1920x1080:gray10le@24.",
            show_default=False,
        ),
    ] = None
    keep_work: Annotated[
        bool,
        typer.Option(
            "--keep-work",
            help="Leave what is done in the film's folder of work, so that a list of shots that "
            "changes later makes only those that changed anew.",
        ),
    ] = False
