"""Colours to choose from at a place: those that are likely, and those that exist."""

from typing import Any, Final, NamedTuple

from rehue.color import lightness
from rehue.look import Look
from rehue.model import hex_color
from rehue.model.hints import USUAL_RADIUS
from rehue.studio.pictures import colors_at
from rehue.wishes import Coloring

# L at which colours can be told from each other.
_SEEN: Final = (45.0, 85.0)


class Place(NamedTuple):
    """Where colours are asked for.

    Attributes:
        x: share of the width, 0..1.
        y: share of the height, 0..1.
        most: of likely colours.
    """

    x: float
    y: float
    most: int


def suggestions_at(look: Look, coloring: Coloring, place: Place) -> dict[str, Any]:
    """Return likely colours at a place as the API tells them, and those that exist there.

    Args:
        look: at the photograph.
        coloring: what is wished of it.
        place: where, and how many.
    """
    x, y, most = place
    height, width = look.pixels.shape[:2]
    column, row = min(x * width, width - 1), min(y * height, height - 1)
    found = look.suggest(column, row, most, coloring)
    light = _lightness_at(look, int(column), int(row))
    return {
        "lightness": round(light, 1),
        "suggestions": [
            {
                "color": hex_color(light, one.a, one.b),
                "tint": hex_color(min(max(light, _SEEN[0]), _SEEN[1]), one.a, one.b),
                "share": round(one.probability, 4),
            }
            for one in found
        ],
        "existing": colors_at(light),
    }


def _lightness_at(look: Look, column: int, row: int) -> float:
    """Return L around a pixel, as far as a hint is wide, as it is shown: a network sees another."""
    around = round(USUAL_RADIUS["share"] * max(look.pixels.shape[:2]))
    rows, columns = (slice(max(0, at - around), at + around + 1) for at in (row, column))
    return float(lightness(look.pixels[rows, columns]).mean())
