"""Colouring a film file into another: what is refused, what is done, how it goes on."""

import errno
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.files import replacing, write_whole
from rehue.film.checking import check, check_names
from rehue.film.crew import Setup, color_shots
from rehue.film.encoding import Encoding
from rehue.film.making import Follow, Pace, Task, Tell, segments
from rehue.film.marking import in_words, mark_of, text_beside
from rehue.film.mux import join
from rehue.film.naming import WORK
from rehue.film.numbered import is_sequence
from rehue.film.probing import probe
from rehue.film.segments import open_work
from rehue.film.sequence import write_sequence
from rehue.film.shotlist import ShotList, find_shots
from rehue.film.wishes import FilmOptions, as_read, asking_for, part_of
from rehue.wishes import Coloring

_AS_MODEL: Final = Coloring()


def colorize_film(
    source: Path,
    target: Path,
    colorizer: Colorizer,
    coloring: Coloring = _AS_MODEL,
    options: FilmOptions | None = None,
    *,
    tell: Tell = lambda _: None,
    follow: Follow = lambda _: None,
    workers: int = 1,
    cluster: str | None = None,
    model: dict[str, Any] | None = None,
) -> int:
    """Colour a film; what was done by an earlier run of the same is not done again.

    Args:
        source: a film.
        target: ends in .mp4, .mkv or .mov, or is a sequence such as color-%06d.png.
        colorizer: the model.
        coloring: what is wished of the colours.
        options: what is wished of the file.
        tell: is given a line for each thing that a person should know.
        follow: is told how far it is, after each frame, and with workers after each shot.
        workers: processes that colour shots side by side.
        cluster: address of a Ray cluster that does so in their place.
        model: arguments of `Colorizer` in workers.

    Returns:
        How many frames it has.

    Raises:
        LeftAloneError: it is in colour (unless `options.recolor`), or Rehue made it.
        FilmError: bad input, or a target that cannot hold the film; no target is left behind, and
            what is done so far is kept.
    """
    wished = options or FilmOptions()
    film = probe(source)
    encoding = check(film, target, wished, tell)
    film = as_read(film, wished)
    first, end = part_of(film, wished)
    free = partial(check_names, film, target, (first, end), overwrite=wished.overwrite)
    if is_sequence(target):
        free()
    said = in_words(mark_of(source, colorizer, coloring))
    settings = _settings(said, encoding, wished)
    if is_sequence(target):
        free(settings=settings)
    ask = asking_for(film, colorizer, coloring, wished)
    try:
        work = open_work(target.with_name(f"{target.name}{WORK}"), settings)
        task = Task(
            film,
            ask,
            encoding,
            work,
            wished.shots,
            wished.deinterlace,
            first,
            end,
            tell,
            wished.hints,
        )
        if workers > 1 or cluster:
            task = _shared(task, wished, coloring, settings, workers, cluster, model or {}, follow)
        made = list(segments(task, follow))
        if is_sequence(target):
            write_sequence(film, encoding, work, made, target)
            # It comes last: it says that all files are there.
            words = f"{said}\n".encode()
            write_whole(text_beside(target), words, "the same command goes on", FilmError)
        else:
            container = target.suffix[1:].lower()
            with replacing(target) as part:
                join(
                    *(film, encoding, work, made, part, container, said),
                    start=wished.start,
                    end=wished.end,
                )
        if wished.keep_work:
            work.drop_others(made)
        else:
            shutil.rmtree(work.folder)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise FilmError(
            f"{target}: the disk is full: make room, and the same command goes on"
        ) from error
    return sum(len(segment.table.rows) for segment in made)


def _shared(
    task: Task,
    wished: FilmOptions,
    coloring: Coloring,
    settings: dict[str, object],
    workers: int,
    cluster: str | None,
    model: dict[str, Any],
    follow: Follow,
) -> Task:
    """Have shots coloured side by side; return the task of joining them."""
    film = task.film
    found = find_shots(film, deinterlace=wished.deinterlace, first=task.first, end=task.end)
    shots = task.shots or ShotList(tuple(found))
    setup = Setup(
        film.path,
        model,
        coloring,
        replace(wished, shots=shots),
        task.encoding,
        task.work.folder,
        settings,
        task.first,
        task.end,
    )
    # The longest first, so that none is left over at the end.
    wanted = range(
        shots.number(task.time(None)),
        len(shots.shots) if task.end is None else shots.number(task.time(task.end)) + 1,
    )
    numbers = sorted(wanted, key=lambda n: -(shots.shots[n].frames or 0))
    pace = Pace(film.frames, follow)
    for done in color_shots(setup, numbers, workers, cluster):
        pace.step(done.frames, done.made)
        for line in done.said:
            task.tell(line)
    return replace(task, shots=shots)


def _settings(said: str, encoding: Encoding, wished: FilmOptions) -> dict[str, object]:
    """Return all that the coloured bits depend on, whichever shot they are of."""
    return {
        "mark": said,
        "deinterlace": wished.deinterlace,
        "part": [wished.start, wished.end],
        **encoding.facts,
    }
