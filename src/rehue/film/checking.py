"""What is refused before any work is done for a film, and what a person should know of it."""

import shutil
from pathlib import Path
from typing import Final

from rehue.errors import FilmError
from rehue.film.encoding import Encoding, choose_encoding
from rehue.film.fields import woven
from rehue.film.making import Tell
from rehue.film.marking import mark_beside, text_beside
from rehue.film.naming import CONTAINERS, WORK
from rehue.film.numbered import files_of, is_sequence
from rehue.film.output import check_numbered, check_target
from rehue.film.own_color import is_in_color
from rehue.film.probing import Film, probe
from rehue.film.segments import is_of, settings_in
from rehue.film.sequence import bytes_a_pixel, files_there, sequence_encoding
from rehue.film.wishes import FilmOptions
from rehue.photo import Mark

# Disk that is worth a word (bytes).
_MUCH: Final = 1e9


class LeftAloneError(FilmError):
    """A film that is not to be coloured: it is in colour, or Rehue made it."""


def check(film: Film, target: Path, wished: FilmOptions, tell: Tell) -> Encoding:
    """Refuse before any work what cannot be done, and say what a person should know.

    Raises:
        FilmError: as for `colorize_film`.
    """
    if film.mark is not None:
        raise LeftAloneError(
            f"{film.path} was coloured by Rehue and is left alone: give the original"
        )
    for note in film.notes:
        if not (wished.deinterlace and note.startswith("interlaced")):
            tell(f"{film.path}: {note}")
    if not (film.is_interlaced or wished.deinterlace):
        said = woven(film)
        if said:
            tell(f"{film.path}: {said}")
    if not wished.recolor and is_in_color(film):
        raise LeftAloneError(
            f"{film.path} is already in colour and is left alone; --recolor colours it all the same"
        )
    if not target.parent.is_dir():
        raise FilmError(f"{target.parent}: there is no such folder: make it first")
    if is_sequence(target):
        if wished.codec not in (None, "ffv1"):
            raise FilmError(f"{target}: numbered files have no codec: leave --codec out")
        encoding = sequence_encoding(film, target)
        for line in check_numbered(film):
            tell(line)
        _check_room(
            film, wished, encoding.bytes_a_pixel + bytes_a_pixel(encoding, target), target, tell
        )
        return encoding
    container = target.suffix[1:].lower()
    if container not in CONTAINERS:
        raise FilmError(f"{target}: films are written as {', '.join('.' + c for c in CONTAINERS)}")
    _check_free(film, target, overwrite=wished.overwrite)
    encoding = choose_encoding(film, wished.codec, wished.quality, container)
    for line in check_target(film, encoding, container):
        tell(line)
    # Segments and the film made of them lie side by side for a while.
    _check_room(film, wished, 2 * encoding.bytes_a_pixel, target, tell)
    return encoding


def _check_free(film: Film, target: Path, *, overwrite: bool) -> None:
    """Refuse to replace what is not to be replaced."""
    if not target.exists():
        return
    if film.path.exists() and target.samefile(film.path):
        raise FilmError(f"{target} is the film itself: name another file")
    if not overwrite:
        raise FilmError(f"{target} is there already: remove it, name another, or --overwrite")
    if mark_at(target) is None:
        raise FilmError(f"{target} was not made by Rehue, and is not replaced: name another")


def check_names(
    film: Film,
    target: Path,
    part: tuple[int | None, int | None],
    *,
    overwrite: bool,
    settings: dict[str, object] | None = None,
) -> None:
    """Refuse to replace numbered files that are not to be replaced.

    What a run that was stopped has written is in no way: its folder of work is there, and younger
    than the text that comes last.

    Args:
        film: the original.
        target: with %d or %06d in its name.
        part: timestamps, as `part_of` gives them.
        overwrite: replace what Rehue made.
        settings: of the work to be done; None while they are not known.

    Raises:
        FilmError: a file is one of the original's, is there, or is not Rehue's.
    """
    there = files_there(film, target, *part)
    if not there:
        return
    if is_sequence(film.path):
        originals = {(s.st_dev, s.st_ino) for s in (p.stat() for p in files_of(film.path))}
        for path in there:
            if ((found := path.stat()).st_dev, found.st_ino) in originals:
                raise FilmError(f"{path} is the original itself: name other files")
    work, beside = target.with_name(f"{target.name}{WORK}"), text_beside(target)
    noted = settings_in(work)
    is_begun = noted.exists() and (
        not beside.exists() or beside.stat().st_mtime_ns < noted.stat().st_mtime_ns
    )
    if overwrite:
        if not is_begun and mark_at(target) is None:
            raise FilmError(f"{there[0]} was not made by Rehue, and is not replaced: name another")
    elif not (is_begun and (settings is None or is_of(work, settings))):
        raise FilmError(f"{there[0]} is there already: remove it, name another, or --overwrite")


def mark_at(path: Path) -> Mark | None:
    """Return the mark of a film that is there; None where there is none, or no film."""
    if is_sequence(path):
        return mark_beside(path)
    try:
        return probe(path).mark if path.exists() else None
    except FilmError:
        return None


def _check_room(
    film: Film, wished: FilmOptions, bytes_a_pixel: float, target: Path, tell: Tell
) -> None:
    """Say what disk the work takes, as far as it can be told."""
    if film.frames is None:
        return
    whole = film.frames / film.rate
    seconds = max(0, min(whole, whole if wished.end is None else wished.end) - wished.start)
    wanted = seconds * film.rate * film.width * film.height * bytes_a_pixel
    free = shutil.disk_usage(target.parent).free
    takes = f"{target}: takes about {wanted / 1e9:.1f} GB of disk while it is made"
    if wanted > free:
        tell(f"{takes}, and {free / 1e9:.1f} GB are free: make room, or it will stop midway")
    elif wanted > _MUCH:
        tell(takes)
