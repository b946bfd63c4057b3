"""Colours given at places of a film, which go with what they lie on, along its motion."""

import json
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rehue.errors import FilmError
from rehue.film.flow import Link, flow_size, link, small_light
from rehue.film.frames import read_frames
from rehue.film.probing import Film
from rehue.film.shotlist import ShotList
from rehue.film.shots import Placed, Reading, placed
from rehue.film.times import clock_of, thousandths, time_of
from rehue.model import Hint

# Seconds before its time to which a hint reaches back.
_REACH: Final = 10
# A place that flow is trusted less at is lost: something has gone before it, or it has gone.
_LOST: Final = 0.05
_NAMES: Final = ("time", "x", "y", "color", "radius")


@dataclass(frozen=True)
class FilmHint:
    """A colour at a place of a film.

    Attributes:
        time: thousandths of a second from the film's first frame.
        hint: the place and its colour, in pixels of the film as it is shown.
    """

    time: int
    hint: Hint


def read_film_hints(path: Path) -> tuple[FilmHint, ...]:
    """Read hints from a file: a JSON list of time, x, y, color and, if wanted, radius.

    Raises:
        FilmError: it cannot be read, or a hint is none.
    """
    try:
        rows = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise FilmError(f"{path}: hints cannot be read ({error}): give a JSON list") from error
    rows = rows if isinstance(rows, list) else [rows]
    return tuple(_hint(row, f"{path}, hint {n}") for n, row in enumerate(rows, start=1))


def _hint(row: Any, where: str) -> FilmHint:  # noqa: ANN401 (what JSON gives)
    wanted = set(_NAMES[:4])
    if not isinstance(row, dict) or not wanted <= set(row) <= set(_NAMES):
        raise FilmError(f"{where}: give time, x, y, color and, if wanted, radius; found {row!r}")
    of_place = {name: row[name] for name in row if name != "time"}
    return FilmHint(time_of(row["time"], where), Hint(**of_place))


def track(
    film: Film, hints: Iterable[FilmHint], shots: ShotList | None = None
) -> dict[int, tuple[Hint, ...]]:
    """Return the hints of each frame that has some, by its timestamp.

    A hint is followed forwards and back along the motion, within its shot, until its place is lost
    from sight; back by ten seconds at most.

    Args:
        film: from `probe`.
        hints: from `read_film_hints`.
        shots: where shots begin; None to find them.

    Raises:
        FilmError: a hint lies outside the picture or behind the film's end.
    """
    found: dict[int, list[Hint]] = defaultdict(list)
    for given in hints:
        for pts, hint in _ways(film, given, shots):
            found[pts].append(hint)
    return {pts: tuple(of_frame) for pts, of_frame in found.items()}


def _ways(film: Film, given: FilmHint, shots: ShotList | None) -> Iterator[tuple[int, Hint]]:
    """Follow one hint."""
    grid = _Grid(film)
    where = f"{film.path}: the hint at {clock_of(given.time)}"
    if not grid.holds(given.hint):
        across, down = grid.shown
        raise FilmError(f"{where} lies outside {across} x {down} pixels")
    past: deque[tuple[int, Link | None]] = deque()
    place: tuple[float, float] | None = None
    shot = 0
    for here in _near(film, given.time, shots):
        pts, link_before = here.reading.frame.pts, here.reading.link
        if place is None:
            if here.place == 0:
                past.clear()
            past.append((pts, link_before if here.place else None))
            if thousandths(pts, film) >= given.time:
                place, shot = grid.place(given.hint), here.shot
                yield from ((p, grid.hint(at, given.hint)) for p, at in _back(past, place))
            continue
        if here.shot != shot or link_before is None:
            return
        moved = _moved(place, link_before.forth, link_before.trust_before)
        if moved is None:
            return
        place = moved
        yield pts, grid.hint(place, given.hint)
    if place is None:
        raise FilmError(f"{where} lies behind the film's last frame")


def _near(film: Film, time: int, shots: ShotList | None) -> Iterator[Placed]:
    """Yield a film's frames from some time before a hint on, in their shots."""
    size = flow_size(film.height, film.width, float(film.aspect))
    start = film.start + round(max(0, time / 1000 - _REACH) / film.time_base)

    def readings() -> Iterator[Reading]:
        before = None
        for frame in read_frames(film, start=start):
            light = small_light(frame.luma, film.coding, size)
            yield Reading(frame, light, None if before is None else link(before, light))
            before = light

    def begins(before: int, now: int) -> bool:
        times = (thousandths(pts, film) for pts in (before, now))
        return shots is not None and shots.begins(*times)

    return placed(readings(), begins=None if shots is None else begins)


def _back(
    past: Iterable[tuple[int, Link | None]], place: tuple[float, float]
) -> Iterator[tuple[int, tuple[float, float]]]:
    """Follow a place back through the frames of its shot."""
    at: tuple[float, float] | None = place
    for pts, link_before in reversed(list(past)):
        if at is None:
            return
        yield pts, at
        at = None if link_before is None else _moved(at, link_before.back, link_before.trust)


def _moved(place: tuple[float, float], ways: Any, trust: Any) -> tuple[float, float] | None:  # noqa: ANN401
    """Return where a place is in the neighbouring frame; None where it is lost."""
    height, width = trust.shape
    column, row = (
        min(max(round(v), 0), n - 1) for v, n in zip(place, (width, height), strict=True)
    )
    if trust[row, column] < _LOST:
        return None
    # What its cell moves by, it moves by.
    x = place[0] + float(ways[row, column, 0]) - column
    y = place[1] + float(ways[row, column, 1]) - row
    return (x, y) if -0.5 <= x < width - 0.5 and -0.5 <= y < height - 0.5 else None


class _Grid:
    """Places on the grid of chroma, and in the picture as it is shown."""

    def __init__(self, film: Film) -> None:
        tall, wide = (s // 2 for s in flow_size(film.height, film.width, float(film.aspect)))
        self._stored = (wide, tall)
        self._turn = film.turn
        across = max(1, round(film.width * float(film.aspect)))
        self.shown = (film.height, across) if film.turn % 2 else (across, film.height)

    def holds(self, hint: Hint) -> bool:
        """Say whether a hint lies in the picture."""
        return 0 <= hint.x <= self.shown[0] and 0 <= hint.y <= self.shown[1]

    def place(self, hint: Hint) -> tuple[float, float]:
        """Return a hint's place, in cells; the middle of the first is 0."""
        x, y = hint.x / self.shown[0], hint.y / self.shown[1]
        for _ in range(self._turn):
            x, y = 1 - y, x
        return x * self._stored[0] - 0.5, y * self._stored[1] - 0.5

    def hint(self, place: tuple[float, float], given: Hint) -> Hint:
        """Return a hint at another place."""
        x, y = (place[0] + 0.5) / self._stored[0], (place[1] + 0.5) / self._stored[1]
        for _ in range(self._turn):
            x, y = y, 1 - x
        return Hint(x * self.shown[0], y * self.shown[1], given.color, given.radius)
