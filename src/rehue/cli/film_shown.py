"""`rehue colorize --preview` and `--sheet`: what shows a film before all of it is coloured."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rehue.film import FilmOptions
    from rehue.wishes import Coloring


def show_films(
    sources: list[str],
    output: str | None,
    *,
    coloring: "Coloring",
    model: dict[str, Any],
    preview: str | None,
    options: "FilmOptions",
    quiet: bool,
) -> None:
    """Write previews of films, or a sheet of each one's shots where no preview is wanted."""
    from rehue import Colorizer
    from rehue.cli.board import say
    from rehue.errors import FilmError
    from rehue.film import probe, write_preview, write_sheet
    from rehue.film.times import time_of

    if output is not None and len(sources) > 1:
        raise typer.BadParameter("one -o for several films: name one film")
    colorizer = Colorizer(**model)
    for source in map(Path, sources):
        ending = "rehue-preview.mp4" if preview else "rehue-sheet.png"
        target = Path(output) if output else source.with_name(f"{source.stem}.{ending}")
        if target.exists() and not options.overwrite:
            raise FilmError(f"{target} is there already: remove it, name another, or --overwrite")
        film = probe(source)
        if preview:
            seconds = time_of(preview.removesuffix("s"), "--preview") / 1000
            said = f"{write_preview(film, target, seconds, colorizer, coloring, options)} frames"
        else:
            said = f"{write_sheet(film, target, colorizer, coloring, options)} shots"
        if not quiet:
            say(f"rehue: {target}: {said}")
