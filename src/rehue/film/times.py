"""Times of a film: as its timestamps count them, and as people read and write them."""

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Final

from rehue.errors import FilmError

if TYPE_CHECKING:
    from rehue.film.probing import Film

# A number that is no part of a time in a film: seconds of three years.
_LONGEST: Final = 1e8


def thousandths(pts: int, film: "Film") -> int:
    """Return a frame's time from the film's first frame."""
    return round((pts - film.start) * film.time_base * 1000)


def pts_at(film: "Film", seconds: float) -> int:
    """Return the first timestamp at or after some seconds from the film's first frame."""
    return film.start + ceil(Fraction(seconds).limit_denominator(1000) / film.time_base)


def clock(pts: int | None, film: "Film") -> str:
    """Return a timestamp as people read it: 0:01:02.345.

    >>> from types import SimpleNamespace; from fractions import Fraction
    >>> clock(1554, SimpleNamespace(start=0, time_base=Fraction(1, 25)))
    '0:01:02.160'
    """
    return clock_of(0 if pts is None else round((pts - film.start) * film.time_base * 1000))


def clock_of(time: int) -> str:
    """Return thousandths of a second as people read them.

    >>> clock_of(62160)
    '0:01:02.160'
    """
    sign, (minutes, rest) = "-" if time < 0 else "", divmod(abs(time), 60_000)
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


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
