"""`rehue shots`: the shots of a film as a list that may be edited."""

from pathlib import Path
from typing import Annotated

import typer

from rehue.cli.choices import Deinterlace


def shots(
    film: Annotated[Path, typer.Argument(metavar="FILM", help="A film.", show_default=False)],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where the list goes; if not given, FILM.shots.json beside the film.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a list that is there.")
    ] = False,
    deinterlace: Deinterlace = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what failed.")] = False,
) -> None:
    """Find the shots of a film, and write them as a list that may be edited.

    A line is a shot. Take lines out where there is no cut, add some where one was missed; beside a
    shot's start may stand "like": 3 (the colours of shot 3, as is proposed where a shot goes on
    from an earlier one), saturation, warmth, boldness, palette (a list of colours) and reference (a
    photograph). Then
    rehue colorize FILM --shots FILE.

    Exit code: 0; 1 when the film cannot be read; 2 for wrong usage.
    """
    from rehue.cli.board import say
    from rehue.errors import FilmError
    from rehue.film import ShotList, find_shots, probe, write_shots

    target = output or film.with_name(f"{film.name}.shots.json")
    if target.exists() and not overwrite:
        raise FilmError(f"{target} is there already: remove it, name another, or --overwrite")
    found = ShotList(tuple(find_shots(probe(film), deinterlace=deinterlace, likenesses=True)))
    write_shots(target, film, found)
    if not quiet:
        say(f"rehue: {film} has {len(found.shots)} shots: {target}")
