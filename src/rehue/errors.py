"""What can go wrong, in one line each: what was wrong, what was found, what to do."""

import difflib

from rehue import __version__


class RehueError(Exception):
    """Bad input or a missing piece; the message is one line, meant for the person at the keys."""


class PhotoError(RehueError):
    """A photograph that cannot be read, coloured or written."""


class FilmError(RehueError):
    """A film that cannot be read, coloured or written."""


class ModelError(RehueError):
    """A weight file, a card or a runtime that cannot be used."""


class DatasetError(RehueError):
    """Photographs to learn from, or to judge on, that cannot be used."""


class RecipeError(RehueError):
    """A training recipe, or a run of it, that cannot go on."""


def nearest(name: str, known: list[str]) -> str:
    """Say which of the known names is near, or list them all."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"nearest: {close[0]}" if close else f"known: {', '.join(known)}"


def install_line(extra: str) -> str:
    """Say how an extra is installed.

    No public index has Rehue: it comes from a clone or as a wheel.
    """
    wheel = f"rehue-{__version__}-py3-none-any.whl"
    return f'pip install ".[{extra}]" in the clone of Rehue, or pip install "{wheel}[{extra}]"'
