"""What a user says of places: colours given at points, brought to what a network sees."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from rehue.color import srgb_to_lab
from rehue.color.gamut import fit_to_gamut
from rehue.errors import ModelError

# Colours that are moved by more than this to exist at their lightness are told (units of ab).
_TOLD: Final = 10.0

# The colour of a hint that says: stay as you are.
KEEP: Final = "keep"

Unit: TypeAlias = Literal["pixels", "share"]
# Of a hint that says none: in pixels, and as a share of the longer side.
USUAL_RADIUS: Final[dict[Unit, float]] = {"pixels": 4.0, "share": 0.003}


@dataclass(frozen=True)
class Hint:
    """A colour at a place.

    Attributes:
        x: column of its middle, in the photograph as it is seen upright; 0 is the left edge.
        y: row of its middle, likewise; 0 is the upper edge.
        color: `#rrggbb`, `#rgb`, `rgb(r, g, b)` or a name of CSS; its lightness does not count. Or
            `keep`: a pin, which says that the automatic colour of the place is right.
        radius: of the disc that it covers; None is a small one, 4 pixels or 0.003 of the longer
            side. What the network sees is covered by one pixel at least.
        unit: `pixels` of the photograph; or `share`: x of its width, y of its height (0..1) and
            radius of its longer side, so that a hint fits every size of one photograph.
    """

    x: float
    y: float
    color: str
    radius: float | None = None
    unit: Unit = "pixels"

    def __post_init__(self) -> None:
        """Refuse what is no place or no colour.

        Raises:
            ModelError: a number that is not finite, a radius below 0, an unknown colour or unit.
        """
        numbers = (self.x, self.y, 0 if self.radius is None else self.radius)
        if not all(isinstance(n, int | float | np.number) and np.isfinite(n) for n in numbers):
            raise ModelError(f"hint at {self.x}, {self.y}: give numbers for x, y and radius")
        if self.radius is not None and self.radius < 0:
            raise ModelError(f"hint at {self.x:g}, {self.y:g}: radius {self.radius:g} is below 0")
        if self.unit not in get_args(Unit):
            raise ModelError(
                f"hint at {self.x:g}, {self.y:g}: unit {self.unit!r}: give pixels or share"
            )
        if not self.is_pin:
            color_ab(self.color)

    @property
    def is_pin(self) -> bool:
        """Whether its place is to stay as it is without hints."""
        return self.color == KEEP

    def __str__(self) -> str:
        """Return it in words for marks and messages.

        >>> print(Hint(30, 20, "navy"), Hint(0.5, 0.25, "#b03030", unit="share"), sep="; ")
        30,20,navy,4; 0.5,0.25,#b03030,0.003,share
        """
        radius = USUAL_RADIUS[self.unit] if self.radius is None else self.radius
        unit = "" if self.unit == "pixels" else f",{self.unit}"
        return f"{self.x:g},{self.y:g},{self.color},{radius:g}{unit}"

    def in_pixels(self, height: int, width: int) -> "Hint":
        """Return the same hint in pixels of a photograph of this size, with a radius."""
        radius = USUAL_RADIUS[self.unit] if self.radius is None else self.radius
        if self.unit == "pixels":
            return replace(self, radius=radius)
        longer = max(height, width)
        return Hint(self.x * width, self.y * height, self.color, radius * longer)


def color_ab(color: str) -> NDArray[np.float64]:
    """Return a and b of a colour's name.

    >>> color_ab("#808080").round(3).tolist()
    [0.0, 0.0]

    Raises:
        ModelError: there is no such colour.
    """
    try:
        rgb = np.asarray(ImageColor.getrgb(color)[:3], np.uint8)
    except (ValueError, AttributeError, TypeError) as error:
        raise ModelError(
            f"{color!r} is no colour: give #rrggbb, such as #b03030, or a name of CSS, such as navy"
        ) from error
    ab: NDArray[np.float64] = srgb_to_lab(rgb)[1:].astype(np.float64) + 0.0
    return ab


class Placed(NamedTuple):
    """Hints as they lie on what the network sees.

    Attributes:
        drawn: 3 x height x width: a, b, mask.
        pinned: height x width, where the hint is a pin.
        notes: a line for each hint that could not be taken as given.
    """

    drawn: NDArray[np.float32]
    pinned: NDArray[np.bool_]
    notes: tuple[str, ...]


def place_hints(
    hints: Iterable[Hint],
    light: NDArray[np.floating],
    size: tuple[int, int],
    automatic: NDArray[np.float32] | None = None,
) -> Placed:
    """Draw hints on what the network sees.

    A hint beyond the picture's edge is left out, a colour that does not exist at the lightness of
    its place is brought to the nearest that does: both are told. Where hints overlap the later
    one counts.

    Args:
        hints: of the photograph.
        light: height x width, L as the network sees it.
        size: height and width of the photograph, upright.
        automatic: 2 x height x width, ab without hints, which pins take; None where there is none.
    """
    height, width = light.shape
    drawn = np.zeros((3, height, width), np.float32)
    pinned = np.zeros((height, width), np.bool_)
    notes = []
    scale_y, scale_x = height / size[0], width / size[1]
    for given in hints:
        named = f"hint {given.color} at {given.x:g}, {given.y:g}"
        hint = given.in_pixels(*size)
        if not (0 <= hint.x <= size[1] and 0 <= hint.y <= size[0]):
            whole = f"{size[1]} x {size[0]} pixels" if given.unit == "pixels" else "0 to 1"
            notes.append(f"{named} lies outside {whole}: left out")
            continue
        rows, columns = _disc(
            hint.x * scale_x, hint.y * scale_y, (hint.radius or 0.0) * scale_x, light.shape
        )
        pinned[rows, columns] = hint.is_pin
        if hint.is_pin and automatic is not None:
            drawn[:2, rows, columns] = automatic[:, rows, columns]
            drawn[2, rows, columns] = 1
            continue
        a, b = color_ab(hint.color)
        here = float(np.median(light[rows, columns]))
        fitted_a, fitted_b = fit_to_gamut(np.array([[here, a, b]]))[0, 1:]
        if np.hypot(fitted_a - a, fitted_b - b) > _TOLD:
            notes.append(f"{named} does not exist at the lightness there: the nearest is taken")
        drawn[:, rows, columns] = np.array([[fitted_a], [fitted_b], [1.0]], np.float32)
    return Placed(drawn, pinned, tuple(notes))


def _disc(
    x: float, y: float, radius: float, shape: tuple[int, ...]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the pixels whose middle a disc covers, and of that it lies in."""
    height, width = shape
    radius = min(radius, height + width)  # all of it: what is larger is no number to count with
    own_row, own_column = min(int(y), height - 1), min(int(x), width - 1)
    top, left = min(max(0, int(y - radius)), own_row), min(max(0, int(x - radius)), own_column)
    bottom, right = min(int(y + radius) + 1, height), min(int(x + radius) + 1, width)
    part = np.mgrid[top:bottom, left:right]
    rows, columns = part.reshape(2, -1)
    inside = (rows + 0.5 - y) ** 2 + (columns + 0.5 - x) ** 2 <= radius**2
    # A disc that covers no pixel's middle still has the pixel that it lies in.
    inside |= (rows == own_row) & (columns == own_column)
    return rows[inside], columns[inside]


def read_hints(path: Path) -> list[Hint]:
    """Read hints from a file: JSON (a list of tables) or CSV.

    Tables and headings name the fields of `Hint`: x, y, color and, if wanted, radius and unit. JSON
    may also state the unit once: `{"unit": "share", "hints": [...]}`. A CSV whose first line is a
    hint has no heading: its columns are these, in this order.

    Raises:
        ModelError: it cannot be read, is neither, holds none, or a hint is none.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: hints cannot be read ({error}): give JSON or CSV") from error
    rows: Any
    if text.lstrip()[:1] in ("[", "{"):
        try:
            rows = json.loads(text)
        except ValueError as error:
            raise ModelError(f"{path}: not JSON ({error})") from error
        if isinstance(rows, dict) and "hints" in rows:
            rows = _of_one_unit(rows, str(path))
        rows = rows if isinstance(rows, list) else [rows]
    else:
        rows = _rows(text)
    if not rows:
        raise ModelError(f"{path}: holds no hints: give a line a hint, such as 120,80,#b03030")
    return hints_of(rows, str(path))


def hints_of(rows: Iterable[object], where: str) -> list[Hint]:
    """Return the hints that tables hold, as `read_hints` reads them from a file.

    Args:
        rows: a table each, with the fields of `Hint`.
        where: what messages call them.

    Raises:
        ModelError: one is no hint.
    """
    return [_hint(row, f"{where}, hint {number}") for number, row in enumerate(rows, start=1)]


def _of_one_unit(table: dict[str, Any], where: str) -> list[Any]:
    hints = table["hints"]
    if not isinstance(hints, list) or not set(table) <= {"unit", "hints"}:
        raise ModelError(f"{where}: give unit and a list of hints, found {', '.join(table)}")
    unit = {"unit": table["unit"]} if "unit" in table else {}
    return [{**unit, **row} if isinstance(row, dict) else row for row in hints]


def _rows(text: str) -> list[dict[str, str]]:
    lines = csv.reader(io.StringIO(text), skipinitialspace=True)
    table = [[cell.strip() for cell in line] for line in lines if any(map(str.strip, line))]
    if not table:
        return []
    has_heading = not all(map(_is_number, table[0][:2]))
    heading = table.pop(0) if has_heading else [f.name for f in fields(Hint)]
    # What is beyond the heading has a name that no hint has, and so is refused.
    return [dict(zip_longest(heading[: len(line)], line, fillvalue="?")) for line in table]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _hint(row: object, where: str) -> Hint:
    names = [f.name for f in fields(Hint)]
    if not isinstance(row, Mapping) or not set(row) <= set(names) or not {*names[:3]} <= set(row):
        raise ModelError(
            f"{where}: give x, y, color and, if wanted, radius and unit; found {row!r}"
        )
    said = {key: value for key, value in row.items() if value not in (None, "")}
    try:
        numbers = {key: float(said[key]) for key in ("x", "y", "radius") if key in said}
    except (TypeError, ValueError) as error:
        raise ModelError(f"{where}: {error}: give numbers for x, y and radius") from error
    if "x" not in numbers or "y" not in numbers:
        raise ModelError(f"{where}: give x and y, found {row!r}")
    try:
        return Hint(color=row["color"], unit=said.get("unit", "pixels"), **numbers)
    except ModelError as error:
        raise ModelError(f"{where}: {error}") from error
