"""Colouring a film file into another: what is refused, what is done, how it goes on."""

import errno
import shutil
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from rehue import __version__
from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.files import replacing
from rehue.film.coloring import asking
from rehue.film.crew import Setup, color_shots
from rehue.film.encoding import CONTAINERS, Encoding, choose_encoding
from rehue.film.making import Follow, Progress, Task, Tell, segments
from rehue.film.mux import join
from rehue.film.numbered import is_sequence
from rehue.film.output import check_target
from rehue.film.probe import MARK_BEGINS, Film, probe
from rehue.film.segments import fingerprint, open_work
from rehue.film.sequence import sequence_encoding, write_sequence
from rehue.film.shotlist import ShotList, find_shots
from rehue.film.wishes import FilmOptions, pts_at, wishes_of
from rehue.wishes import Coloring

_AS_MODEL: Final = Coloring()
_WORK: Final = "rehue-work"
_MARK: Final = "rehue.txt"


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
        FilmError: bad input, or a target that cannot hold the film; no target is left behind, and
            what is done so far is kept.
    """
    wished = options or FilmOptions()
    film = probe(source)
    encoding = check(film, target, wished, tell)
    settings = _settings(film, colorizer, coloring, encoding, wished)
    ask = asking(colorizer, film, wishes_of(film, colorizer, coloring, wished))
    try:
        work = open_work(target.with_name(f"{target.name}.{_WORK}"), settings)
        task = Task(
            film,
            ask,
            encoding,
            work,
            wished.shots,
            wished.deinterlace,
            pts_at(film, wished.start) if wished.start else None,
            None if wished.end is None else pts_at(film, wished.end),
            tell,
        )
        if workers > 1 or cluster:
            task = _shared(task, wished, coloring, settings, workers, cluster, model or {}, follow)
        made = list(segments(task, follow))
        said = mark(colorizer, coloring)
        if is_sequence(target):
            write_sequence(film, encoding, work, made, target)
            # Frames have no place for it that all formats share.
            target.with_name(f"{target.name}.{_MARK}").write_text(said + "\n", "utf-8")
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
    shots = task.shots or ShotList(tuple(find_shots(film, deinterlace=wished.deinterlace)))
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
    numbers = sorted(range(len(shots.shots)), key=lambda n: -(shots.shots[n].frames or 0))
    done, started = 0, perf_counter()
    for frames, said in color_shots(setup, numbers, workers, cluster):
        done += frames
        follow(Progress(done, film.frames, done / (perf_counter() - started)))
        for line in said:
            task.tell(line)
    return replace(task, shots=shots)


def check(film: Film, target: Path, wished: FilmOptions, tell: Tell) -> Encoding:
    """Refuse before any work what cannot be done, and say what a person should know.

    Raises:
        FilmError: as for `colorize_film`.
    """
    if film.mark is not None:
        raise FilmError(f"{film.path} was {film.mark.partition(',')[0]}: give the original")
    for note in film.notes:
        if not (wished.deinterlace and note.startswith("interlaced")):
            tell(f"{film.path}: {note}")
    if not target.parent.is_dir():
        raise FilmError(f"{target.parent}: there is no such folder: make it first")
    if is_sequence(target):
        if wished.codec not in (None, "ffv1"):
            raise FilmError(f"{target}: numbered files have no codec: leave --codec out")
        return sequence_encoding(film, target, overwrite=wished.overwrite)
    container = target.suffix[1:].lower()
    if container not in CONTAINERS:
        raise FilmError(f"{target}: films are written as {', '.join('.' + c for c in CONTAINERS)}")
    if target.exists():
        if film.path.exists() and target.samefile(film.path):
            raise FilmError(f"{target} is the film itself: name another file")
        if not wished.overwrite:
            raise FilmError(f"{target} is there already: remove it, name another, or --overwrite")
        if not _is_ours(target):
            raise FilmError(f"{target} was not made by Rehue, and is not replaced: name another")
    encoding = choose_encoding(film, wished.codec, wished.quality, container)
    for line in check_target(film, encoding, container):
        tell(line)
    _check_room(film, encoding, target, tell)
    return encoding


def _is_ours(path: Path) -> bool:
    try:
        return probe(path).mark is not None
    except FilmError:
        return False


def _check_room(film: Film, encoding: Encoding, target: Path, tell: Tell) -> None:
    """Say what disk the work takes, as far as it can be told."""
    if film.frames is None:
        return
    pixels = film.frames * film.width * film.height
    # Segments and the film made of them lie side by side for a while.
    wanted = 2 * pixels * encoding.bytes_a_pixel
    free = shutil.disk_usage(target.parent).free
    if wanted > free:
        tell(
            f"{target}: takes about {wanted / 1e9:.1f} GB of disk while it is made, and "
            f"{free / 1e9:.1f} GB are free: make room, or it will stop midway"
        )


def mark(colorizer: Colorizer, coloring: Coloring) -> str:
    """Return what a film says of how it was coloured."""
    card = colorizer.card
    return (
        f"{MARK_BEGINS} {__version__}, a trained model; model {card.name} "
        f"{card.sha256[:12]}; {colorizer.runtime}; {colorizer.settings(coloring=coloring)}; "
        "digital source type compositeWithTrainedAlgorithmicMedia"
    )


def _settings(
    film: Film, colorizer: Colorizer, coloring: Coloring, encoding: Encoding, wished: FilmOptions
) -> dict[str, object]:
    """Return all that the coloured bits depend on."""
    return {
        "source": str(film.path.resolve()),
        "fingerprint": fingerprint(film.path),
        "mark": mark(colorizer, coloring),
        "sha256": colorizer.card.sha256,
        "size": colorizer.size,
        "deinterlace": wished.deinterlace,
        "part": [wished.start, wished.end],
        "hints": [str(hint) for hint in wished.hints],
        **encoding.facts,
    }
