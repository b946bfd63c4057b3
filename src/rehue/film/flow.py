"""How a picture moves from one frame to the next, and how far that can be trusted.

Dense inverse search (Kroeger, Timofte, Dai and Van Gool 2016, OpenCV's `DISOpticalFlow`), both
ways, on luma of about 480 x 270; carried is chroma at half of that.
"""

from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rehue.color.ycbcr import Coding, encoded_grey
from rehue.film.opening import opencv

Map: TypeAlias = NDArray[np.float32]
Light: TypeAlias = NDArray[np.uint8]

# Pixels of the picture in which flow is looked for.
_AREA: Final = 480 * 270
# Greys by which a place may differ from where it came from, and half the side of the square in
# which a difference counts as one of the whole: flicker of the light is no other place.
_RESIDUAL, _AROUND = 16.0, 15
# Cells by which the way there and back may miss, and the share of the way that adds to it.
_MISS, _MISS_SHARE = 1.0, 0.06


def flow_size(height: int, width: int, aspect: float = 1.0) -> tuple[int, int]:
    """Return height and width of the picture in which flow is looked for; both are even.

    >>> flow_size(1080, 1920)
    (270, 480)
    """
    factor = min(1.0, sqrt(_AREA / (height * width * aspect)))
    sides = (height * factor, width * aspect * factor)
    tall, wide = (max(16, 2 * round(side / 2)) for side in sides)
    return tall, wide


def small_light(luma: NDArray[Any], coding: Coding, size: tuple[int, int]) -> Light:
    """Return luma at the size for flow, as 8-bit grey."""
    cv2 = opencv()
    way = cv2.INTER_AREA if size[0] < luma.shape[0] else cv2.INTER_LINEAR
    small = cv2.resize(luma, size[::-1], interpolation=way)
    return encoded_grey(small, coding)


@dataclass(frozen=True)
class Link:
    """How a frame hangs together with the one before it, on the grid of chroma.

    Attributes:
        back: for each place of this frame, where it was in the one before: h x w x 2, x and y.
        forth: for each place of the one before, where it is in this frame.
        trust: how far what `back` brings is to be believed, h x w, 0..1.
        trust_before: the same for `forth`.
        likeness: how alike the frame's texture and the one before's are where flow has brought
            it: 1 is the same, 0 another picture.
    """

    back: Map
    forth: Map
    trust: Map
    trust_before: Map
    likeness: float


def link(before: Light, now: Light) -> Link:
    """Look for the motion between two neighbouring frames.

    Args:
        before: height x width, from `small_light`.
        now: the next frame's, of the same size.
    """
    cv2 = opencv()
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    to_before, to_now = search.calc(now, before, None), search.calc(before, now, None)
    size = (now.shape[1] // 2, now.shape[0] // 2)
    halves = [
        cv2.resize(way, size, interpolation=cv2.INTER_AREA) * 0.5 for way in (to_before, to_now)
    ]
    lights = [
        cv2.resize(light, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        for light in (before, now)
    ]
    back, forth = (way + _places(size) for way in halves)
    brought = carry(lights[0], back)
    return Link(
        back=back,
        forth=forth,
        trust=_trust(lights[1], brought, halves[0], carry(halves[1], back)),
        trust_before=_trust(lights[0], carry(lights[1], forth), halves[1], carry(halves[0], forth)),
        likeness=_likeness(brought, lights[1]),
    )


def carry(values: Map, places: Map) -> Map:
    """Fetch values (h x w or h x w x channels) from places between cells, bilinearly.

    Beyond the edge the edge's own are taken.
    """
    cv2 = opencv()
    fetched: Map = cv2.remap(
        values, places, None, interpolation=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return fetched


def _trust(light: Map, brought: Map, way: Map, way_back: Map) -> Map:
    """Weigh places by the local residual of light and by how well the way back meets the way."""
    cv2 = opencv()
    difference = light - brought
    side = 2 * _AROUND + 1
    difference -= cv2.blur(difference, (side, side))
    residual = cv2.blur(np.abs(difference), (3, 3))
    miss = way + way_back
    squares = miss[..., 0] ** 2 + miss[..., 1] ** 2
    length = way[..., 0] ** 2 + way[..., 1] ** 2
    allowed = (_MISS + _MISS_SHARE * np.sqrt(length)) ** 2
    trust: Map = np.exp(-((residual / _RESIDUAL) ** 2) - squares / allowed)
    return trust


def _likeness(brought: Map, light: Map) -> float:
    """Correlate the textures of two pictures: what is left of each without its surroundings."""
    cv2 = opencv()
    one, other = (p - cv2.blur(p, (9, 9)) for p in (brought, light))
    energy = float((one * one).sum() * (other * other).sum())
    # A picture without texture, such as a black one, tells nothing.
    floor = one.size * 1.0
    likeness: float = (float((one * other).sum()) + floor) / (sqrt(energy) + floor)
    return likeness


@cache
def _places(size: tuple[int, int]) -> Map:
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    return np.stack([x, y], axis=-1)
