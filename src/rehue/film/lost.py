"""What of a film is lost: packets that give no frame, times without a packet, an end too early."""

import heapq
from collections import deque
from collections.abc import Callable
from statistics import median
from typing import Final

from rehue.film.probing import Film
from rehue.film.times import clock

# Packets held before a timestamp that has no frame counts as lost: more than a decoder reorders.
_REORDERED: Final = 40
# A film's steps are even where so many of them are within so much of the usual one; then a step of
# so many usual ones is a gap.
_EVEN, _APART, _GAP = 12, 0.5, 2.5


class Lost:
    """Which packets gave no frame: damage raises nothing, it only leaves times without one."""

    def __init__(self, film: Film, tell: Callable[[str], None]) -> None:
        self._film, self._tell = film, tell
        self._steps: deque[int] = deque(maxlen=_EVEN)
        self.begin()

    def begin(self) -> None:
        """Begin anew, from another place."""
        self._waiting: list[int] = []
        self._frames: set[int] = set()
        self._begun = False

    def sent(self, pts: int | None) -> None:
        """Note a packet that goes to the decoder."""
        if pts is not None:
            heapq.heappush(self._waiting, pts)
        while len(self._waiting) > _REORDERED:
            self._settle()

    def got(self, pts: int | None, *, is_damaged: bool) -> None:
        """Note a frame that came from it."""
        if pts is not None:
            self._frames.add(pts)
        if is_damaged:
            self._tell(f"{self._film.path}: the frame at {clock(pts, self._film)} is damaged")

    def step(self, before: int, now: int) -> None:
        """Note a step from frame to frame, and say where it is a gap.

        Packets that lie within are told one by one.
        """
        film, has_packets = self._film, any(before < pts < now for pts in self._waiting)
        if _is_gap(now - before, self._steps) and not has_packets:
            self._tell(
                f"{film.path}: has no frames between {clock(before, film)} and "
                f"{clock(now, film)}: they are missing there, or it stands still"
            )
        self._steps.append(now - before)

    def end(self, last: int | None) -> None:
        """Settle what is left, and say where the file ends before its time."""
        while self._waiting:
            self._settle()
        film = self._film
        if last is None or film.duration is None:
            return
        # A file whose sound goes on for a while longer is whole.
        missing = film.duration - float((last - film.start) * film.time_base)
        expected = (film.frames or 0) / float(film.rate)
        shown = float((last - film.start) * film.time_base)
        if missing > 1 and expected - shown > 1:
            self._tell(
                f"{film.path}: ends at {clock(last, film)}, though it says that it is "
                f"{film.duration:.1f} s long: it was cut off"
            )

    def _settle(self) -> None:
        pts = heapq.heappop(self._waiting)
        if pts in self._frames:
            self._frames.discard(pts)
            self._begun = True
        elif self._begun:  # what comes before the first whole frame is no loss
            self._tell(f"{self._film.path}: a frame at {clock(pts, self._film)} does not decode")


def _is_gap(step: int, steps: deque[int]) -> bool:
    """Say whether a step from frame to frame is far longer than those before, which are even."""
    if len(steps) < _EVEN:
        return False
    usual = median(steps)
    return step > _GAP * usual and all(abs(s - usual) <= _APART * usual for s in steps)
