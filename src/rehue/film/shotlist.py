"""A film's shots: where each begins, and what is wished of it; a person may edit the list."""

import hashlib
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from math import floor
from pathlib import Path
from typing import Any, Final

from rehue.film.flow import Light, flow_size, link, small_light
from rehue.film.frames import Frame, read_frames
from rehue.film.probing import Film
from rehue.film.shots import Reading, are_alike, placed
from rehue.film.times import thousandths
from rehue.wishes import Coloring

# Shots before one that it may be like.
_BACK: Final = 6


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
