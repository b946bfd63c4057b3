"""Where one shot ends and the next begins: the texture of a frame that no motion explains.

Flow brings the frame before onto a frame; across a cut it finds nothing to bring, so the textures
of the two are unlike. A flash, a splice or a torn frame is unlike its neighbours too, but the
frames on both its sides are alike: hence the look at some frames beyond. In a whip pan or shaking
light all neighbouring frames are unlike, in a cut just two: hence the comparison with those around.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from rehue.film.flow import Light, Link, link
from rehue.film.frames import Frame

# Frames beyond a place that are looked at before it is called a cut.
LOOK_AHEAD: Final = 4
# A cut's likeness is less than this, and than so much of the median on either side of it.
_UNLIKE, _SHARE = 0.20, 0.45
# Frames before and after a place that are more alike than this are one shot: a flash lay between.
_ALIKE: Final = 0.45


@dataclass(frozen=True)
class Reading:
    """A frame as it was read, and how it hangs together with the one before.

    Attributes:
        frame: as decoded.
        light: for flow.
        link: to the frame before; None for the film's first.
    """

    frame: Frame
    light: Light
    link: Link | None

    @property
    def likeness(self) -> float:
        """To the frame before, 0..1; 1 for the first."""
        return 1.0 if self.link is None else self.link.likeness


@dataclass(frozen=True)
class Placed:
    """A frame that has its place in a shot.

    Attributes:
        reading: the frame.
        shot: number of the shot, from 0.
        place: of the frame in it, from 0.
        recent: likenesses of the last frames, with this one's, for going on after it.
        spared: so many frames after it begin no shot, because they lie in or end a flash.
    """

    reading: Reading
    shot: int
    place: int
    recent: tuple[float, ...]
    spared: int = 0


def placed(
    readings: Iterable[Reading],
    last: Placed | None = None,
    begins: Callable[[int, int], bool] | None = None,
) -> Iterator[Placed]:
    """Part consecutive frames into shots.

    Args:
        readings: from a film's first frame, or from behind `last` on.
        last: the frame before the first; None at the beginning of a film.
        begins: says whether a shot begins with a frame, given the timestamp of the frame before
            and its own; None to find out.
    """
    window: deque[Reading] = deque()

    def settled() -> Placed:
        nonlocal last
        reading = window.popleft()
        if last is None:
            last = Placed(reading, 0, 0, (1.0,))
            return last
        is_cut, spared = False, max(0, last.spared - 1)
        if begins is not None:
            is_cut = begins(last.reading.frame.pts, reading.frame.pts)
        elif not last.spared and _is_unlike(reading, last.recent, list(window)):
            # The shot may go on behind a flash: then a frame beyond is like the one before.
            before = last.reading.light
            alike = (n for n, r in enumerate(window, 1) if n > 1 and are_alike(before, r.light))
            spared = next(alike, 0)
            is_cut = not spared
        # What was cut away from says nothing of how calm the new shot is.
        recent = (*last.recent, 1.0 if is_cut else reading.likeness)[-LOOK_AHEAD:]
        shot, place = (last.shot + 1, 0) if is_cut else (last.shot, last.place + 1)
        last = Placed(reading, shot, place, recent, spared)
        return last

    for reading in readings:
        window.append(reading)
        if len(window) > LOOK_AHEAD:
            yield settled()
    while window:
        yield settled()


def _is_unlike(reading: Reading, past: tuple[float, ...], after: list[Reading]) -> bool:
    """Say whether a frame is less like the one before than those around are like theirs."""
    sides = [side for side in (past, [r.likeness for r in after]) if side]
    return reading.likeness < min(_UNLIKE, *(_SHARE * median(side) for side in sides))


def are_alike(one: Light, other: Light) -> bool:
    """Say whether two frames may be of one shot, or of one scene."""
    return link(one, other).likeness > _ALIKE
