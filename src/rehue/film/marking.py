"""The mark of a film: a text in its container's metadata that says what a picture's mark says.

Numbered files have it in a file beside them.
"""

import hashlib
import re
from pathlib import Path
from typing import Any, Final

from rehue import __version__
from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.files import reason
from rehue.film.numbered import files_of, is_sequence
from rehue.photo import SOURCE_TYPE, Mark
from rehue.wishes import Coloring

# The tag that holds it, and how it begins, by which it is known under any tag.
TAG: Final = "rehue"
_TEXT: Final = "rehue.txt"
_BEGINS: Final = "coloured by Rehue"
_FORM: Final = re.compile(
    rf"{_BEGINS} (?P<version>.*?), a trained model; model (?P<model>.*?); "
    r"model sha256 (?P<model_sha256>\w*); runtime (?P<runtime>.*?); settings (?P<settings>.*); "
    r"source sha256 (?P<source_sha256>\w*); digital source type "
)


def mark_of(source: Path, colorizer: Colorizer, coloring: Coloring) -> Mark:
    """Return what a film made of a source is to say; the source is read through for it.

    Raises:
        FilmError: it cannot be read.
    """
    card = colorizer.card
    return Mark(
        model=card.name,
        model_sha256=card.sha256,
        version=__version__,
        runtime=colorizer.runtime,
        settings=colorizer.settings(coloring=coloring),
        source_sha256=content_of(source),
    )


def content_of(source: Path) -> str:
    """Return the sha256 of a film's bytes; of numbered files, of all of them one after the other.

    Raises:
        FilmError: it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        for path in files_of(source) if is_sequence(source) else [source]:
            with path.open("rb") as file:
                while part := file.read(1 << 20):
                    digest.update(part)
    except OSError as error:
        raise FilmError(f"{source}: cannot be read ({reason(error)}): check its rights") from error
    return digest.hexdigest()


def in_words(mark: Mark) -> str:
    """Return a mark as one line of text.

    >>> made = Mark("m", "12ab", "1.0", "onnxruntime 1.2", "size=256", "34cd")
    >>> from_words(in_words(made)) == made
    True
    """
    return (
        f"{_BEGINS} {mark.version}, a trained model; model {mark.model}; "
        f"model sha256 {mark.model_sha256}; runtime {mark.runtime}; settings {mark.settings}; "
        f"source sha256 {mark.source_sha256}; digital source type {SOURCE_TYPE}"
    )


def from_words(words: str) -> Mark | None:
    """Return the mark that a text is; what of it cannot be read is empty. None for other texts."""
    if not words.startswith(_BEGINS):
        return None
    found = _FORM.match(words)
    said: dict[str, Any] = found.groupdict() if found else {}
    return Mark(**(dict.fromkeys(_FORM.groupindex, "") | said))


def text_beside(pattern: Path) -> Path:
    """Return where the mark of numbered files stands, which have no place for it in common."""
    return pattern.with_name(f"{pattern.name}.{_TEXT}")


def mark_beside(pattern: Path) -> Mark | None:
    """Return the mark of numbered files; None for none."""
    beside = text_beside(pattern)
    try:
        return from_words(beside.read_text("utf-8")) if beside.exists() else None
    except (OSError, ValueError):
        return None


def mark_in(metadata: dict[str, str]) -> Mark | None:
    """Return the mark in a container's metadata, under whatever tag; None for none."""
    return next((mark for words in metadata.values() if (mark := from_words(words))), None)
