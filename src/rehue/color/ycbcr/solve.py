"""Cb and Cr of an ab wanted, at a luma: one step of Newton's method, from tables."""

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color.lab import WHITE, XYZ_FROM_RGB, lightness
from rehue.color.srgb import linear_to_srgb
from rehue.color.ycbcr.coding import WEIGHTS, Coding, Matrix, Plane

# Linear BT.709 to linear BT.2020 (ITU-R BT.2087-0, clause 4.2): rows sum to 1.
_WIDE_FROM_SRGB: Final = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)
# Linear light from which, to which and how finely its encoding is tabled: wide enough for every
# colour that a network asks for, fine enough for a tenth of a 10-bit code on the steepest part.
_FROM, _TO, _ENTRIES = -1.0, 3.0, 1 << 19


def solved(
    total: NDArray[np.intp], a: Plane, b: Plane, coding: Coding, count: int
) -> tuple[Plane, Plane]:
    """Return Cb and Cr (-0.5..0.5) of ab at a luma, given as the sum of `count` codes."""
    table = _lights(coding, count)
    light, slope, luma = (column.take(total) for column in table)
    first = _luma(_encoded(light, a, b, coding.matrix), coding.matrix)
    light += (luma - first) * slope
    red, green, blue = _encoded(light, a, b, coding.matrix)
    kr, kb = WEIGHTS[coding.matrix]
    own = _luma((red, green, blue), coding.matrix)
    u = (blue - own) * np.float32(0.5 / (1 - kb))
    v = (red - own) * np.float32(0.5 / (1 - kr))
    return u, v


def _encoded(light: Plane, a: Plane, b: Plane, matrix: Matrix) -> tuple[Plane, Plane, Plane]:
    """Return R'G'B' of (L + 16) / 116 and ab, unclipped."""
    x, z = a * np.float32(1 / 500), b * np.float32(-1 / 200)
    x += light
    z += light
    # Cubes throughout, without the line near black of CIE's definition: a darkest tone's colours
    # are drawn in anyway, and this keeps them in order.
    y = light * light * light
    x *= x * x
    x -= y
    z *= z * z
    z -= y
    encoding = _encoding()
    scale = np.float32((_ENTRIES - 1) / (_TO - _FROM))
    # The place in the table of what is linear in y, x and z.
    y *= scale
    y += np.float32(0.5 - _FROM * float(scale))
    planes = []
    for row in _rgb_from_relative(matrix):
        place = x * np.float32(row[0] * scale)
        place += y
        place += z * np.float32(row[2] * scale)
        planes.append(encoding.take(place.astype(np.intp), mode="clip"))
    red, green, blue = planes
    return red, green, blue


def _luma(rgb: tuple[Plane, Plane, Plane], matrix: Matrix) -> Plane:
    kr, kb = WEIGHTS[matrix]
    red, green, blue = rgb
    luma: Plane = green + np.float32(kr) * (red - green) + np.float32(kb) * (blue - green)
    return luma


@cache
def _rgb_from_relative(matrix: Matrix) -> NDArray[Any]:
    narrow: NDArray[Any] = np.linalg.inv(XYZ_FROM_RGB / WHITE[:, None])
    return _WIDE_FROM_SRGB @ narrow if matrix == "bt2020" else narrow


@cache
def _encoding() -> Plane:
    linear = np.linspace(_FROM, _TO, _ENTRIES)
    table = linear_to_srgb(linear).astype(np.float32)
    table.setflags(write=False)
    return table


@cache
def _lights(coding: Coding, count: int) -> tuple[Plane, Plane, Plane]:
    """Return (L + 16) / 116 of the grey, its slope and its luma for each sum of `count` codes."""
    sums = np.arange(count * ((1 << coding.bits) - 1) + 1) / count
    luma = np.clip((sums - coding.black) / (coding.white - coding.black), 0, 1)
    light = (lightness(luma[:, None])[:, 0] + 16) / 116
    step = 1e-3
    cubes = [linear_to_srgb((light + way) ** 3) for way in (step, -step)]
    slope = 2 * step / (cubes[0] - cubes[1])
    return light.astype(np.float32), slope.astype(np.float32), luma.astype(np.float32)
