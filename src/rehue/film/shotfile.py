"""A film's list of shots as a file that a person may edit."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from rehue.errors import FilmError, RehueError, nearest
from rehue.files import ANOTHER_OUTPUT, write_whole
from rehue.film.shotlist import Shot, ShotList
from rehue.film.times import clock_of, time_of
from rehue.model.hints import color_ab
from rehue.wishes import Coloring

# What may be wished of one shot, as `Coloring` has it.
_WISHES: Final = ("saturation", "warmth", "boldness", "palette", "reference")
_NAMES: Final = ("start", "frames", "like", *_WISHES)


def write_shots(path: Path, film: Path, shots: ShotList) -> None:
    """Write a list of shots, one a line.

    Raises:
        FilmError: it cannot be written; then nothing is left behind.
    """
    lines = ",\n".join(f"    {json.dumps(_row(shot), ensure_ascii=False)}" for shot in shots.shots)
    name = json.dumps(film.name, ensure_ascii=False)
    text = f'{{\n  "film": {name},\n  "shots": [\n{lines}\n  ]\n}}\n'
    write_whole(path, text.encode(), ANOTHER_OUTPUT, FilmError)


def _row(shot: Shot) -> dict[str, Any]:
    row: dict[str, Any] = {"start": clock_of(shot.start)}
    if shot.frames is not None:
        row["frames"] = shot.frames
    if shot.like is not None:
        row["like"] = shot.like
    return row | dict(shot.wishes)


def read_shots(path: Path) -> ShotList:
    """Read a list of shots.

    Raises:
        FilmError: it cannot be read, or a line of it is none.
    """
    try:
        held = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise FilmError(f"{path}: no list of shots ({error}): `rehue shots` writes one") from error
    rows = held.get("shots") if isinstance(held, dict) else held
    if not isinstance(rows, list) or not rows:
        raise FilmError(f"{path}: has no shots: `rehue shots` writes a list of them")
    shots = [_shot(row, path, number) for number, row in enumerate(rows, start=1)]
    for number, (one, other) in enumerate(pairwise(shots), start=2):
        if other.start <= one.start:
            raise FilmError(f"{path}, shot {number}: begins no later than the one before")
    for number, shot in enumerate(shots, start=1):
        seen, like = {number}, shot.like
        while like is not None:
            if not 1 <= like <= len(shots) or like in seen:
                raise FilmError(f"{path}, shot {number}: like {like} leads to no other shot")
            seen.add(like)
            like = shots[like - 1].like
    return ShotList((replace(shots[0], start=0), *shots[1:]))


def _shot(row: Any, path: Path, number: int) -> Shot:  # noqa: ANN401 (what JSON gives)
    where = f"{path}, shot {number}"
    if not isinstance(row, dict) or "start" not in row:
        raise FilmError(f"{where}: give its start, such as 0:01:02.500; found {row!r}")
    for name in row:
        if name not in _NAMES:
            raise FilmError(f"{where}: {name!r} is unknown ({nearest(name, list(_NAMES))})")
    for name, (is_one, what) in _KINDS.items():
        if row.get(name) is not None and not is_one(row[name]):
            raise FilmError(f"{where}: {name} {row[name]!r}: give {what}")
    wishes = {name: row[name] for name in _WISHES if row.get(name) is not None}
    try:
        if "palette" in wishes:
            wishes["palette"] = tuple(wishes["palette"])
            for color in wishes["palette"]:
                color_ab(color)
        if "reference" in wishes:
            wishes["reference"] = (path.parent / wishes["reference"]).absolute()
            if not wishes["reference"].is_file():
                raise FilmError(f"reference {row['reference']!r}: there is no such file")
        Coloring(**wishes)
    except (TypeError, RehueError) as error:
        raise FilmError(f"{where}: {error}") from error
    return Shot(time_of(row["start"], where), row.get("frames"), row.get("like"), wishes)


def _is_count(given: object) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and given >= 0


def _is_words(given: object) -> bool:
    return isinstance(given, list) and bool(given) and all(isinstance(one, str) for one in given)


# What is in a list besides numbers that `Coloring` checks itself: a test, and what to give.
_KINDS: Final[dict[str, tuple[Callable[[object], bool], str]]] = {
    "frames": (_is_count, "how many there are"),
    "like": (_is_count, "the number of a shot"),
    "palette": (_is_words, 'a list of colours, such as ["#b03030", "navy"]'),
    "reference": (lambda given: isinstance(given, str), "the path of a photograph"),
}
