"""Colours to choose from at a place: those that are likely, and those that exist."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rehue.look import Look
from rehue.model import hex_color
from rehue.picture.upsample import Box
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

    `here` is the colour that it has, before saturation and warmth: as a hint it stays.

    Args:
        look: at the photograph.
        coloring: what is wished of it.
        place: where, and how many.
    """
    x, y, most = place
    height, width = look.pixels.shape[:2]
    column, row = min(x * width, width - 1), min(y * height, height - 1)
    found = look.suggest(column, row, most, coloring)
    light = float(_at(look.seen.light, (0, 0, *look.seen.light.shape[::-1]), x, y))
    own = _at(look.seen.ab(coloring), look.seen.answer.box, x, y)
    return {
        "lightness": round(light, 1),
        "here": hex_color(light, *own.tolist()),
        "suggestions": [
            {
                "color": one.color,
                "tint": hex_color(min(max(light, _SEEN[0]), _SEEN[1]), one.a, one.b),
                "share": round(one.probability, 4),
            }
            for one in found
        ],
        "existing": colors_at(light),
    }


def _at(planes: NDArray[np.float32], box: Box, x: float, y: float) -> NDArray[np.float32]:
    """Return what ... x h x w have at shares of a box on their grid."""
    left, top, right, bottom = box
    row = min(int(top + (bottom - top) * y), planes.shape[-2] - 1)
    column = min(int(left + (right - left) * x), planes.shape[-1] - 1)
    found: NDArray[np.float32] = planes[..., row, column]
    return found
