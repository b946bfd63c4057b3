"""Making a film's segments: those that are there are taken, the others are coloured and encoded."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain, takewhile
from time import perf_counter
from typing import TypeAlias

import numpy as np

from rehue.errors import FilmError
from rehue.film.coloring import Ask, colored
from rehue.film.encoding import Encoding
from rehue.film.flow import small_light
from rehue.film.frames import Frame, read_frames
from rehue.film.hints import FilmHint
from rehue.film.probing import Film
from rehue.film.segments import Place, Segment, SegmentWriter, Work, segment_frames
from rehue.film.shotlist import ShotList, opening_frame
from rehue.film.times import clock, thousandths


@dataclass(frozen=True)
class Progress:
    """How far a film is.

    Attributes:
        frames: done, with those of an earlier run.
        total: as the file says; None where it does not.
        per_second: frames of this run.
    """

    frames: int
    total: int | None
    per_second: float

    @property
    def left(self) -> float | None:
        """Seconds that the rest takes, at this rate."""
        if self.total is None or not self.per_second:
            return None
        return max(0, self.total - self.frames) / self.per_second


Tell: TypeAlias = Callable[[str], None]
Follow: TypeAlias = Callable[[Progress], None]


@dataclass(frozen=True)
class Task:
    """What is to be made of a film.

    Attributes:
        film: from `probe`.
        ask: how the network is asked of a frame.
        encoding: how frames are written.
        work: where segments lie.
        shots: where shots begin; None to find them.
        deinterlace: part woven fields first.
        first: timestamp of the first frame that is wanted, from `first_frame`; None for the film's.
        end: timestamp from which on frames are left out; None for none.
        tell: is given a line for what a person should know.
        hints: colours at places.
        until: the last frame is the first of which this is true; None for the film's last.
    """

    film: Film
    ask: Ask
    encoding: Encoding
    work: Work
    shots: ShotList | None = None
    deinterlace: bool = False
    first: int | None = None
    end: int | None = None
    tell: Tell = lambda _: None
    hints: tuple[FilmHint, ...] = ()
    until: Callable[[Frame], bool] | None = None

    def begins(self, before: int, now: int) -> bool:
        """Say whether a listed shot begins with a frame."""
        times = (thousandths(pts, self.film) for pts in (before, now))
        return self.shots is not None and self.shots.begins(*times)

    def key(self, at: Place) -> str:
        """Return the name of the segment that begins at a place."""
        hints = [(hint.time, str(hint.hint)) for hint in self.hints]
        if self.shots is None:
            return self.work.key([at.pts, at.place, self.first, self.end, hints])
        shot = self.shots.identity(self.shots.number(self.time(at.pts)), hints)
        return self.work.key([at.pts, at.place, self.first, self.end, shot])

    def time(self, pts: int | None) -> int:
        """Return a timestamp in thousandths of a second; None is the first that is wanted."""
        pts = self.first if pts is None else pts
        return 0 if pts is None else thousandths(pts, self.film)


def segments(task: Task, follow: Follow) -> Iterator[Segment]:
    """Yield all segments of a film in order: those that are there, and those that are made now.

    Raises:
        FilmError: no frame is there where one was, or is wanted.
    """
    pace = Pace(task.film.frames, follow)
    at: Place | None = Place()
    while at is not None:
        found = task.work.find(task.key(at))
        if found is not None:
            pace.frames += len(found.table.rows)
            yield found
            at = found.following
            continue
        if pace.frames and not pace.made:
            task.tell(f"{task.film.path}: goes on after {pace.frames} frames")
        made, where = None, clock(at.pts, task.film)
        for made in _made(task, at, pace):
            yield made
            at = made.following
            if at is not None and task.work.find(task.key(at)) is not None:
                break
        if made is None:
            raise FilmError(f"{task.film.path}: has no frames from {where} on")


def segments_of_shot(task: Task, number: int, pace: "Pace") -> Iterator[Segment]:
    """Yield the segments of one listed shot, numbered from 0; none where it has no frames.

    `pace` counts its frames.
    """
    shots, film = task.shots, task.film
    if shots is None:
        raise ValueError("shots are not listed")

    def number_of(frame: Frame) -> int:
        return shots.number(thousandths(frame.pts, film))

    at: Place | None = Place()
    begins = shots.number(task.time(None))
    if number < begins:
        return
    if number > begins:
        first = opening_frame(film, shots, number, deinterlace=task.deinterlace)
        if first is None:
            return
        at = Place(first.pts)
    # The next shot's first frame is what says that this one is whole.
    of_shot = replace(task, until=lambda frame: number_of(frame) > number)
    while at is not None and (at.place or at.state is None):
        found = task.work.find(task.key(at))
        if found is None:
            for found in _made(of_shot, at, pace):
                yield found
                if found.following is None or found.following.place == 0:
                    return
            return
        pace.frames += len(found.table.rows)
        yield found
        at = found.following


class Pace:
    """Counts frames, and says how many a second.

    Args:
        total: frames in all; None where nobody knows.
        follow: is told.

    Attributes:
        frames: so far, with those of an earlier run.
        made: of them, now.
    """

    def __init__(self, total: int | None = None, follow: Follow = lambda _: None) -> None:
        self.frames = self.made = 0
        self._started = perf_counter()
        self._total, self._follow = total, follow

    def step(self, frames: int = 1, made: int = 1) -> None:
        """Count frames that are done, and say so."""
        self.frames += frames
        self.made += made
        took = perf_counter() - self._started
        self._follow(Progress(self.frames, self._total, self.made / took if took else 0.0))


def _made(task: Task, at: Place, pace: Pace) -> Iterator[Segment]:
    """Colour from a place on to the film's end, and yield each segment when it is whole."""
    longest = segment_frames(task.film)
    here: Place | None = at
    writer: SegmentWriter | None = None
    begins = None if task.shots is None else task.begins
    frames = _frames_from(task, at)
    with closing(colored(task.film, frames, task.ask, task.encoding, at.state, begins)) as coming:
        try:
            for frame in chain(coming, [None]):
                if writer is not None and (
                    frame is None or frame.state.placed.place % longest == 0
                ):
                    made, writer = writer.close(frame), None
                    here = made.following
                    yield made
                if frame is None or here is None:
                    break
                if writer is None:
                    key = task.key(here)
                    writer = SegmentWriter(task.film, task.encoding, task.work, key)
                writer.add(frame)
                pace.step()
        finally:
            if writer is not None:
                writer.abandon()


def _frames_from(task: Task, at: Place) -> Iterator[Frame]:
    """Yield the frames from a place on; what a seek brings is compared with what was there."""
    film = task.film
    if at.state is None:
        frames = _frames(task, task.first if at.pts is None else at.pts)
    else:
        known = at.state.placed.reading
        last = known.frame.pts
        frames = _frames(task, last)
        first = next(frames, None)
        tall, wide = known.light.shape
        if (
            first is None
            or first.pts != last
            or not np.array_equal(small_light(first.luma, film.coding, (tall, wide)), known.light)
        ):
            # Some files cannot be entered midway, or not at the right frame: read from the start.
            frames = (frame for frame in _frames(task, None) if frame.pts > last)
    end, until = task.end, task.until
    if end is not None:
        frames = takewhile(lambda frame: frame.pts < end, frames)
    return frames if until is None else _to_first(until, frames)


def _to_first(until: Callable[[Frame], bool], frames: Iterator[Frame]) -> Iterator[Frame]:
    """Yield frames up to the first of which something is true, and that one, too."""
    for frame in frames:
        yield frame
        if until(frame):
            return


def _frames(task: Task, start: int | None) -> Iterator[Frame]:
    return read_frames(task.film, start=start, deinterlace=task.deinterlace, tell=task.tell)
