"""Options of one photograph: saying more of its colours, and seeing how sure the model is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from rehue.cli.options import Group
from rehue.wishes import WISHES


@dataclass(frozen=True)
class Steering(Group):
    """Saying more of the colours of one photograph, and seeing how sure the model is."""

    panel: ClassVar[str] = "Steering"

    hints: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"{WISHES['hints'].help} JSON or CSV with x, y, color and, if wanted, radius, in "
            "pixels; or in shares of the picture (0 to 1) where unit says share.",
            show_default=False,
        ),
    ] = None
    palette: Annotated[
        str | None,
        typer.Option(metavar="COLORS", help=WISHES["palette"].help, show_default=False),
    ] = None
    reference: Annotated[
        Path | None,
        typer.Option(metavar="PHOTO", help=WISHES["reference"].help, show_default=False),
    ] = None
    alternatives: Annotated[
        int,
        typer.Option(
            help="Write so many colourings of each photograph, the default, then from calm to "
            "bold: a.rehue.jpg, a.rehue-2.jpg, ...",
            min=1,
            max=int(WISHES["alternative"].high or 1),
        ),
    ] = 1
    confidence: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.png",
            help="Write how sure the model is of each pixel of one photograph, too: white is sure.",
            show_default=False,
        ),
    ] = None
