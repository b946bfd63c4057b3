"""`rehue colorize -` in a chain of FFmpeg's: a film that comes and goes through pipes."""

import sys
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rehue.wishes import Coloring


def color_pipe(
    *, coloring: "Coloring", model: dict[str, Any], raw: str | None, quiet: bool
) -> None:
    """Colour a film from standard input to standard output, as y4m or as raw frames."""
    from rehue import Colorizer
    from rehue.cli.board import say
    from rehue.film.pipe import color_y4m
    from rehue.film.raw import color_raw

    given, taken, colorizer = sys.stdin.buffer, sys.stdout.buffer, Colorizer(**model)
    pixels = "y4m"
    if raw:
        frames, pixels = color_raw(given, taken, raw, colorizer, coloring)
    else:
        frames = color_y4m(given, taken, colorizer, coloring)
    if not quiet:
        say(f"rehue: {frames} frames in colour, {pixels}")


def check_pipe(output: str | None) -> None:
    """Refuse to write what comes through a pipe anywhere but into one.

    Raises:
        BadParameter: a file is named, or there is nothing but a terminal to write to.
    """
    if output not in (None, "-"):
        raise typer.BadParameter(
            f"a film that comes through a pipe goes out through one, not into {output}: leave -o "
            "out, and have FFmpeg write the file"
        )
    if sys.stdout.isatty():
        raise typer.BadParameter("the film would go to the terminal: add | ffmpeg -i - FILE.mkv")


def is_piped_film(sources: list[str]) -> bool:
    """Say whether a film comes in by standard input; nothing of it is taken."""
    from rehue.film.pipe import MAGIC

    peek = getattr(sys.stdin.buffer, "peek", None)  # not there where a test stands in for it
    return sources == ["-"] and peek is not None and bytes(peek(len(MAGIC))).startswith(MAGIC)
