"""What a user says of a scan, in place of its being looked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rehue.errors import PhotoError
from rehue.scan.tones import Tones

_NO_NUMBERS: Final = (
    "scan: give prints as lists of four corners x, y, and tones as two lightnesses, or with a gamma"
)
Quad = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Stated:
    """What a user says of a scan; what is not said is looked for.

    Attributes:
        as_is: nothing is looked for, the picture is shown to the network as it is.
        prints: corners of each print, as for `Print`; empty: there are none.
        tones: L of the darkest and the lightest tone of the prints, and their gamma.
        upright: degrees clockwise after which the prints are upright: 0, 90, 180 or 270.
        is_negative: it is to be inverted, and so written.
        input_gamma: by which its numbers are read where the file has no profile: `linear`, a
            number such as 1.8, or the path of an ICC profile.
        recolor: nothing of the colour that it has is kept, a stamp's neither.
    """

    as_is: bool = False
    prints: tuple[Quad, ...] | None = None
    tones: Tones | None = None
    upright: int | None = None
    is_negative: bool = False
    input_gamma: str | None = None
    recolor: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no print, and turns that are none.

        Raises:
            PhotoError: so it is.
        """
        if self.upright not in (None, 0, 90, 180, 270):
            raise PhotoError(f"upright {self.upright}: give 0, 90, 180 or 270 degrees clockwise")
        for corners in self.prints or ():
            if len(corners) != 4 or not _is_convex(corners):
                said = " ".join(f"{x:g},{y:g}" for x, y in corners)
                raise PhotoError(
                    f"a print of the corners {said}: give four, clockwise from its top left one, "
                    "and none of them inside the others"
                )

    def table(self) -> dict[str, Any]:
        """Return what is stated as a table that `stated_of` reads; see there."""
        prints = self.prints if self.prints is None else [list(map(list, p)) for p in self.prints]
        given = self.tones and [self.tones.black, self.tones.white, self.tones.gamma]
        tones = given and given[: 2 if given[2] == 1 else 3]
        table = {
            "as_is": self.as_is or None,
            "prints": prints,
            "tones": tones,
            "upright": self.upright,
            "negative": self.is_negative or None,
            "recolor": self.recolor or None,
        }
        return {name: value for name, value in table.items() if value is not None}

    def said(self) -> str:
        """Return what is stated in words for marks and journals; empty for nothing.

        `recolor` is none of it: a photograph that was coloured is not done again for it.

        >>> Stated(tones=Tones(40, 70)).said()
        'tones=40-70'
        """
        words = ["as-is"] * self.as_is
        if self.prints is not None:
            quads = [" ".join(f"{x:g},{y:g}" for x, y in corners) for corners in self.prints]
            words.append(f"prints={';'.join(quads) or 'none'}")
        if self.tones is not None:
            words.append(f"tones={self.tones}")
        words += [f"upright={self.upright}"] * (self.upright is not None)
        words += ["negative"] * self.is_negative
        words += [f"input-gamma={self.input_gamma}"] * (self.input_gamma is not None)
        return " ".join(words)

    def options(self) -> str:
        """Return the options of the command line that state the prints, tones and turn.

        >>> Stated(tones=Tones(40, 70), upright=90).options()
        '--tones 40-70 --upright 90'
        """
        words = []
        if self.prints is not None:
            quads = [" ".join(f"{x:.0f},{y:.0f}" for x, y in corners) for corners in self.prints]
            words.append(f'--prints "{"; ".join(quads) or "none"}"')
        if self.tones is not None:
            words.append(f"--tones {self.tones}")
        words += [f"--upright {self.upright}"] * (self.upright is not None)
        return " ".join(words)


NOTHING_STATED = Stated()
# Frames of a film are no scans: what was found of one would flicker.
AS_IS = Stated(as_is=True)


def stated_of(table: Mapping[str, Any]) -> Stated:
    """Return what a table states, by the names of the command line's options.

    `input_gamma` is none of them: it may name a file, and tables come from elsewhere.

    Raises:
        PhotoError: it states something else.

    >>> stated_of({"prints": [[[10, 20], [110, 20], [110, 220], [10, 220]]], "tones": [40, 75]})
    ... # doctest: +ELLIPSIS
    Stated(as_is=False, prints=(((10.0, 20.0), ...),), tones=Tones(black=40.0, ...), ...)
    """
    known = ("as_is", "prints", "tones", "upright", "negative", "recolor")
    flags = [table.get(name, False) for name in ("as_is", "negative", "recolor")]
    if set(table) - set(known) or not all(isinstance(flag, bool) for flag in flags):
        raise PhotoError(f"scan {dict(table)!r:.80}: give {', '.join(known)}")
    try:
        quads = np.array(table.get("prints", ()), np.float64).reshape(-1, 4, 2)
        tones = [float(number) for number in table.get("tones", ())]
    except (TypeError, ValueError) as error:
        raise PhotoError(_NO_NUMBERS) from error
    if "tones" in table and len(tones) not in (2, 3):
        raise PhotoError(_NO_NUMBERS)
    return Stated(
        as_is=flags[0],
        prints=_as_quads(quads) if "prints" in table else None,
        tones=Tones(*tones) if tones else None,
        upright=table.get("upright"),
        is_negative=flags[1],
        recolor=flags[2],
    )


def _as_quads(corners: NDArray[np.float64]) -> tuple[Quad, ...]:
    return tuple(tuple((x, y) for x, y in quad) for quad in corners.tolist())


def read_prints(text: str) -> tuple[Quad, ...]:
    """Read where prints lie: boxes or four corners each, with `;` between prints; or `none`.

    Raises:
        PhotoError: it says something else.

    >>> read_prints("10,20,110,220")
    (((10.0, 20.0), (110.0, 20.0), (110.0, 220.0), (10.0, 220.0)),)
    """
    if text.strip() == "none":
        return ()
    return tuple(_quad(one) for one in text.split(";"))


def read_tones(text: str) -> Tones:
    """Read the lightnesses that a print spans, such as `40-75`; with a gamma, `0-100,1.8`.

    Raises:
        PhotoError: it says something else.
    """
    span, comma, gamma = text.partition(",")
    try:
        black, white = (float(tone) for tone in span.split("-"))
        exponent = float(gamma) if comma else 1.0
    except ValueError as error:
        raise PhotoError(
            f"tones {text!r}: give two lightnesses, such as 40-75, or with a gamma 0-100,1.8"
        ) from error
    return Tones(black, white, exponent)


def _quad(text: str) -> Quad:
    try:
        numbers = [float(number) for number in text.replace(",", " ").split()]
    except ValueError:
        numbers = []
    if len(numbers) == 4:
        left, top, right, bottom = numbers
        if left < right:  # else it stays too short, and is refused
            numbers = [left, top, right, top, right, bottom, left, bottom]
    corners = tuple(zip(numbers[::2], numbers[1::2], strict=False))
    if len(numbers) != 8 or not _is_convex(corners):
        raise PhotoError(
            f"print at {text.strip()!r}: give LEFT,TOP,RIGHT,BOTTOM, or the x,y of its top left, "
            "top right, bottom right and bottom left corners"
        )
    return corners


def _is_convex(corners: Quad) -> bool:
    """Whether each corner turns clockwise (y is down)."""
    quad = np.array(corners)
    if not np.isfinite(quad).all():
        return False
    sides = np.roll(quad, -1, axis=0) - quad
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    return bool((turns > 0).all())
