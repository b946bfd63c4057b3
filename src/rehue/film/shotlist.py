"""A film's shots as a list that a person may edit: where each begins, and what is wished of it."""

import hashlib
import json
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor
from pathlib import Path
from typing import Any, Final

from rehue.errors import FilmError, RehueError, nearest
from rehue.files import ANOTHER_OUTPUT, write_whole
from rehue.film.flow import Light, flow_size, link, small_light
from rehue.film.frames import Frame, clock_of, read_frames
from rehue.film.probing import Film
from rehue.film.shots import Reading, are_alike, placed
from rehue.model.hints import color_ab
from rehue.wishes import Coloring

# What may be wished of one shot, as `Coloring` has it.
_WISHES: Final = ("saturation", "warmth", "boldness", "palette", "reference")
# A number that is no part of a time in a film: seconds of three years.
_LONGEST: Final = 1e8
# Shots before one that it may be like.
_BACK: Final = 6
_NAMES: Final = ("start", "frames", "like", *_WISHES)


@dataclass(frozen=True)
class Shot:
    """A shot.

    Attributes:
        start: thousandths of a second from the film's first frame to the shot's.
        frames: how many it has; None where nobody counted.
        like: number (from 1) of a shot whose colours it is to have; None for none.
        wishes: fields of `Coloring` that differ from those of the film.
    """

    start: int
    frames: int | None = None
    like: int | None = None
    wishes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ShotList:
    """All shots of a film, in order; the first begins at 0."""

    shots: tuple[Shot, ...]

    def begins(self, before: int, now: int) -> bool:
        """Say whether a shot begins with a frame, given its time and that of the one before."""
        return self.number(before) != self.number(now)

    def number(self, time: int) -> int:
        """Return the number (from 0) of the shot at a time, in thousandths of a second."""
        return max(0, bisect_right(self.shots, time, key=lambda shot: shot.start) - 1)

    def wished(self, number: int, coloring: Coloring) -> Coloring:
        """Return what is wished of a shot, where `coloring` is wished of the film."""
        return replace(coloring, **self.shots[number].wishes)

    def identity(self, number: int, hints: Iterable[tuple[int, str]] = ()) -> list[object]:
        """Return all that the colours of a shot depend on, to tell whether it has changed.

        Args:
            number: of the shot, from 0.
            hints: times, in thousandths of a second, and words of those that the film has.
        """
        shot, hints = self.shots[number], list(hints)
        after = self.shots[number + 1].start if number + 1 < len(self.shots) else None
        like = None if shot.like is None else self.identity(shot.like - 1, hints)
        # What is hinted behind the last frame of the shot before begins with this one's first.
        begins = self.shots[max(0, number - 1)].start
        own = [hint for hint in hints if begins <= hint[0] and (after is None or hint[0] < after)]
        wishes = sorted((name, _in_words(wish)) for name, wish in shot.wishes.items())
        return [shot.start, after, like, wishes, own]


def _in_words(wish: object) -> str:
    """Return a wish as text; of a file it tells what is in it, too."""
    if not isinstance(wish, Path) or not wish.is_file():
        return str(wish)
    found = wish.stat()
    return f"{wish} {_content_of(wish, found.st_mtime_ns, found.st_size)}"


@lru_cache(maxsize=256)
def _content_of(path: Path, _changed: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def thousandths(pts: int, film: Film) -> int:
    """Return a frame's time from the film's first frame."""
    return round((pts - film.start) * film.time_base * 1000)


def pts_at(film: Film, seconds: float) -> int:
    """Return the first timestamp at or after some seconds from the film's first frame."""
    return film.start + ceil(Fraction(seconds).limit_denominator(1000) / film.time_base)


def opening_frame(
    film: Film, shots: ShotList, number: int, *, deinterlace: bool = False
) -> Frame | None:
    """Return the first frame of a shot (numbered from 0); None where it has none."""
    # Times are rounded to thousandths: the frame may lie a little before.
    before = Fraction(shots.shots[number].start - 1, 1000)
    start = film.start + floor(before / film.time_base)
    for frame in read_frames(film, start=start, deinterlace=deinterlace):
        here = shots.number(thousandths(frame.pts, film))
        if here >= number:
            return frame if here == number else None
    return None


def find_shots(
    film: Film,
    *,
    deinterlace: bool = False,
    likenesses: bool = False,
    first: int | None = None,
    end: int | None = None,
) -> Iterator[Shot]:
    """Find a film's shots; yields each when it has come to its end.

    Args:
        film: from `probe`.
        deinterlace: part woven fields first.
        likenesses: say of shots what they are like: a shot not long before whose last frame they go
            on from, as where two people speak in turn.
        first: timestamp before which frames are left out; None for none. The first shot found
            begins at 0 all the same.
        end: timestamp from which on frames are left out; None for none.
    """
    size = flow_size(film.height, film.width, float(film.aspect))

    def readings() -> Iterator[Reading]:
        before = None
        for frame in read_frames(film, start=first, deinterlace=deinterlace):
            if end is not None and frame.pts >= end:
                return
            light = small_light(frame.luma, film.coding, size)
            yield Reading(frame, light, None if before is None else link(before, light))
            before = light

    start, frames, like = 0, 0, None
    ends: deque[tuple[int, Light]] = deque(maxlen=_BACK)
    light: Light | None = None
    for here in placed(readings()):
        if here.place == 0 and light is not None:
            yield Shot(start, frames, like)
            if likenesses:
                ends.appendleft((like or here.shot, light))
                alike = (n for n, end in ends if are_alike(end, here.reading.light))
                like = next(alike, None)
            start, frames = thousandths(here.reading.frame.pts, film), 0
        frames += 1
        light = here.reading.light
    yield Shot(start, frames, like)


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


def time_of(given: object, where: str) -> int:
    """Return thousandths of a second of a time as people write it: 62.5, 1:02.5 or 0:01:02.500.

    >>> time_of("1:02.5", "a shot"), time_of(62.5, "a shot")
    (62500, 62500)

    Raises:
        FilmError: it is none.
    """
    try:
        parts = [float(part) for part in str(given).split(":")]
    except ValueError:
        parts = []
    # NaN fails the comparison.
    if not (1 <= len(parts) <= 3 and all(0 <= part < _LONGEST for part in parts)):
        raise FilmError(f"{where}: {given!r} is no time: give seconds, or 0:01:02.500")
    seconds: float = sum(part * 60.0**power for power, part in enumerate(reversed(parts)))
    return round(1000 * seconds)
