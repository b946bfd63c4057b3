"""What may be wished of a film: of its file, and of the colours of each frame."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

import numpy as np

from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.film.coloring import Ask, asking
from rehue.film.frames import read_frames
from rehue.film.hints import FilmHint, track
from rehue.film.likeness import in_likeness
from rehue.film.probing import PROGRESSIVE, Film
from rehue.film.shotlist import ShotList
from rehue.film.shots import Placed
from rehue.film.times import pts_at, thousandths
from rehue.scan import AS_IS
from rehue.wishes import Coloring

# A picture on which wishes are tried.
_GREY: Final = np.full((32, 32), 128, np.uint8)


@dataclass(frozen=True)
class FilmOptions:
    """What may be chosen of how a film is read and written.

    Attributes:
        codec: one of `encoding.CODECS`; None is H.264, and HEVC for deeper film.
        quality: 1 to 100; None is 80, 100 is lossless where the codec can.
        deinterlace: part woven fields first.
        overwrite: replace a target that Rehue made.
        recolor: colour a film that is in colour, from its luma.
        keep_work: leave the folder of work, so that a changed list of shots makes only those that
            changed anew.
        shots: a list of shots; None to find them.
        hints: colours at places, which are followed along the motion.
        start: seconds from the film's first frame to the first that is wanted.
        end: seconds to the first that is no longer wanted; None for all.
    """

    codec: str | None = None
    quality: int | None = None
    deinterlace: bool = False
    overwrite: bool = False
    recolor: bool = False
    keep_work: bool = False
    shots: ShotList | None = None
    hints: tuple[FilmHint, ...] = ()
    start: float = 0.0
    end: float | None = None

    def __post_init__(self) -> None:
        """Refuse a part that is none.

        Raises:
            FilmError: it ends before it begins, or a time is none.
        """
        end = self.start + 1 if self.end is None else self.end
        if not (0 <= self.start < end and isfinite(self.start) and isfinite(end)):
            to = "the end" if self.end is None else f"{self.end:g} s"
            raise FilmError(f"from {self.start:g} s to {to}: give a part of the film")


def as_read(film: Film, wished: FilmOptions) -> Film:
    """Return a film as its frames are when they are read: parted fields are no fields."""
    return replace(film, fields=PROGRESSIVE) if wished.deinterlace else film


def part_of(film: Film, wished: FilmOptions) -> tuple[int | None, int | None]:
    """Return the timestamps of the first frame that is wanted, and from which on none is.

    None is the film's first frame, and its end.

    Raises:
        FilmError: no frame lies there.
    """
    end = None if wished.end is None else pts_at(film, wished.end)
    if not wished.start:
        return None, end
    start = pts_at(film, wished.start)
    first = next(read_frames(film, start=start, deinterlace=wished.deinterlace), None)
    if first is None or (end is not None and first.pts >= end):
        long = "" if film.duration is None else f" (it is {film.duration:.1f} s long)"
        to = "" if wished.end is None else f" to {wished.end:g} s"
        raise FilmError(
            f"{film.path}: has no frames from {wished.start:g} s{to or ' on'}{long}: give another "
            "part"
        )
    return first.pts, end


def asking_for(film: Film, colorizer: Colorizer, coloring: Coloring, wished: FilmOptions) -> Ask:
    """Return how the network is asked of a film's frames, with all that is wished of each shot.

    Raises:
        RehueError: a wish that the model cannot fulfil, whichever shot it is for.
    """
    for wishes in _kinds_of(coloring, wished):
        colorizer.look(_GREY, scan=AS_IS).chroma(wishes)
    ask = asking(colorizer, film, _wishes_of(film, coloring, wished))
    shots = wished.shots
    if shots is None or all(shot.like is None for shot in shots.shots):
        return ask
    return in_likeness(ask, film, shots, deinterlace=wished.deinterlace)


def _kinds_of(coloring: Coloring, wished: FilmOptions) -> Iterator[Coloring]:
    """Yield one of each kind of wishes that the network has to understand."""
    shots = wished.shots
    count = 0 if shots is None else len(shots.shots)
    of_shots = [shots.wished(number, coloring) for number in range(count)] if shots else []
    kinds = {(tuple(one.palette), str(one.reference)): one for one in (coloring, *of_shots)}
    for one in kinds.values():
        if one.palette or one.reference is not None:
            yield one
    if wished.hints:
        yield replace(coloring, hints=(replace(wished.hints[0].hint, x=0, y=0),))


def _wishes_of(film: Film, coloring: Coloring, wished: FilmOptions) -> Callable[[Placed], Coloring]:
    """Return what is wished of the colours of a frame, by the shot that it is in."""
    shots = wished.shots
    tracked = track(film, wished.hints, shots)

    def of_shot(number: int) -> Coloring:
        return coloring if shots is None else shots.wished(number, coloring)

    def of_frame(here: Placed) -> Coloring:
        pts = here.reading.frame.pts
        of_all = of_shot(0 if shots is None else shots.number(thousandths(pts, film)))
        hints = tracked.get(pts, ())
        return replace(of_all, hints=hints) if hints else of_all

    return of_frame
