"""Colour for a luma that is kept: Cb and Cr of an ab wanted, at a stream's own Y samples.

JPEG files and films store luma Y' apart from colour: Y' = kr R' + kg G' + kb B', with Cb and Cr
the differences B' - Y' and R' - Y', scaled to -0.5..0.5 (ITU-R BT.601-7, clause 2.5; BT.709-6,
clause 3; BT.2020-2, table 4, non-constant luminance; JFIF is BT.601 in full range). So a grey
picture's luma can stay as it is, bit for bit, and only Cb and Cr are made.

What is kept is luma, not lightness: at equal luma a blue is lighter than its grey, a yellow
darker. L is therefore free here, and so chosen that the colour with the ab wanted has exactly the
luma given: one step of Newton's method from the grey's own L. docs/film.md says how far L moves.

R'G'B' are taken as sRGB encodes them; those of BT.2020 lie on its own wider primaries.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from rehue.color.lab import WHITE, XYZ_FROM_RGB, lightness
from rehue.color.srgb import linear_to_srgb
from rehue.errors import PhotoError

Matrix: TypeAlias = Literal["bt601", "bt709", "bt2020"]
Samples: TypeAlias = NDArray[np.unsignedinteger]
Plane: TypeAlias = NDArray[np.float32]

# kr and kb of each matrix.
_WEIGHTS: Final[dict[str, tuple[float, float]]] = {
    "bt601": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020": (0.2627, 0.0593),
}
# Linear BT.709 to linear BT.2020 (ITU-R BT.2087-0, clause 4.2): rows sum to 1.
_WIDE_FROM_SRGB: Final = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)
# Linear light from which, to which and how finely its encoding is tabled: wide enough for every
# colour that a network asks for, fine enough for a tenth of a 10-bit code on the steepest part.
_FROM, _TO, _ENTRIES = -1.0, 3.0, 1 << 19
# Samples handled at a time: what is worked on stays in the processor's cache.
_STRIP: Final = 1 << 16
# Steps towards neutral for what rounding has brought out of range.
_SHRINKS: Final = 64


@dataclass(frozen=True)
class Coding:
    """How a stream stores R'G'B'.

    Attributes:
        matrix: `bt601`, `bt709` or `bt2020`.
        is_full_range: codes 0..2^bits - 1 (JPEG), not 16..235 and 16..240 of 8 bits (television).
        bits: of a sample, 8 to 16.

    Raises:
        PhotoError: another matrix or depth.
    """

    matrix: Matrix = "bt709"
    is_full_range: bool = False
    bits: int = 8

    def __post_init__(self) -> None:
        """Refuse what there is no table for."""
        if self.matrix not in get_args(Matrix):
            raise PhotoError(f"matrix {self.matrix!r}: give one of {', '.join(get_args(Matrix))}")
        if not 8 <= self.bits <= 16:
            raise PhotoError(f"{self.bits} bits a sample: give 8 to 16")

    @property
    def white(self) -> int:
        """Code of white's luma."""
        return (1 << self.bits) - 1 if self.is_full_range else 235 << (self.bits - 8)

    @property
    def black(self) -> int:
        """Code of black's luma."""
        return 0 if self.is_full_range else 16 << (self.bits - 8)

    @property
    def neutral(self) -> int:
        """Code of no colour, in Cb and Cr."""
        return 1 << (self.bits - 1)

    @property
    def chroma_span(self) -> int:
        """Codes between Cb (or Cr) of -0.5 and of 0.5."""
        return (1 << self.bits) - 1 if self.is_full_range else 224 << (self.bits - 8)

    @property
    def dtype(self) -> type[np.uint8] | type[np.uint16]:
        """Type of a sample."""
        return np.uint8 if self.bits == 8 else np.uint16


def encoded_grey(luma: Samples, coding: Coding) -> NDArray[np.uint8]:
    """Return luma samples as 8-bit sRGB greys, 0..255; what lies beyond black or white is clipped.

    >>> encoded_grey(np.array([16, 126, 235], np.uint8), Coding()).tolist()
    [0, 128, 255]
    """
    grey: NDArray[np.uint8] = _greys(coding)[luma]
    return grey


def chroma_at_luma(
    luma: Samples,
    a: Plane,
    b: Plane,
    coding: Coding,
    subsampling: tuple[int, int] = (2, 2),
) -> tuple[Samples, Samples]:
    """Return the Cb and Cr that give an ab at luma samples that stay.

    Where a colour would leave the range of R'G'B' at any luma sample that it serves, it is drawn
    towards neutral, at the same ratio of Cb to Cr, until all of them decode to within half a code
    of the range. A luma sample that is itself beyond black or white makes its colour neutral.

    Args:
        luma: height x width, in the coding's own codes.
        a: ceil(height / down) x ceil(width / across).
        b: as `a`.
        coding: of the stream.
        subsampling: luma samples across and down that share a chroma sample: (2, 2) is 4:2:0.

    Returns:
        Cb and Cr, of the shape of `a` and the coding's type.

    >>> grey = np.full((2, 2), 126, np.uint8)
    >>> cb, cr = chroma_at_luma(grey, np.float32([[20]]), np.float32([[30]]), Coding())
    >>> cb.tolist(), cr.tolist()
    ([[106]], [[156]])
    """
    across, down = subsampling
    rows, columns = a.shape
    if (rows, columns) != (-(-luma.shape[0] // down), -(-luma.shape[1] // across)):
        raise PhotoError(
            f"ab of {columns} x {rows} for luma of {luma.shape[1]} x {luma.shape[0]} at "
            f"{across} x {down} luma samples a colour: give one for each group"
        )
    cb, cr = np.empty((rows, columns), coding.dtype), np.empty((rows, columns), coding.dtype)
    step = max(1, _STRIP // columns)
    for top in range(0, rows, step):
        part = slice(top, min(top + step, rows))
        under = _groups(luma[part.start * down : part.stop * down], across, down)
        cb[part], cr[part] = _strip(under, a[part], b[part], coding)
    return cb, cr


def decode_ycbcr(luma: Samples, cb: Samples, cr: Samples, coding: Coding) -> NDArray[np.float32]:
    """Return R'G'B' (... x 3, 0..1 in range, unclipped) of samples of one shape.

    >>> (decode_ycbcr(*np.uint8([[126], [106], [156]]), Coding()) * 255).round().tolist()
    [[178.0, 118.0, 82.0]]
    """
    y = (luma.astype(np.float32) - coding.black) / np.float32(coding.white - coding.black)
    u, v = (
        (plane.astype(np.float32) - coding.neutral) / np.float32(coding.chroma_span)
        for plane in (cb, cr)
    )
    return np.stack([y + part for part in _parts(u, v, coding.matrix)], axis=-1)


def _groups(luma: Samples, across: int, down: int) -> list[Samples]:
    """Return a plane for each place in a group, all of one shape: edges are repeated."""
    bottom, right = -luma.shape[0] % down, -luma.shape[1] % across
    if bottom or right:
        luma = np.pad(luma, ((0, bottom), (0, right)), "edge")
    return [luma[y::down, x::across] for y in range(down) for x in range(across)]


def _strip(
    under: list[Samples], a: Plane, b: Plane, coding: Coding
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Solve some rows; codes as floats that are whole numbers."""
    total = under[0].astype(np.uint32)
    lowest = highest = under[0]
    for plane in under[1:]:
        total += plane
        lowest, highest = np.minimum(lowest, plane), np.maximum(highest, plane)
    u, v = _solved(total, a, b, coding, len(under))
    span = np.float32(coding.white - coding.black)
    half = np.float32(0.499) / span  # what rounds to the range's end
    above = (coding.white - highest.astype(np.float32)) / span
    below = (coding.black - lowest.astype(np.float32)) / span
    # Luma that is itself beyond the range leaves room for no colour.
    above = np.where(above < 0, 0, above + half)
    below = np.where(below > 0, 0, below - half)
    share = _largest_share(_parts(u, v, coding.matrix), below, above)
    scale = np.float32(coding.chroma_span)
    cb, cr = np.rint(u * share * scale), np.rint(v * share * scale)
    for _ in range(_SHRINKS):
        parts = _parts(cb / scale, cr / scale, coding.matrix)
        highest_part = np.maximum(np.maximum(parts[0], parts[1]), parts[2])
        lowest_part = np.minimum(np.minimum(parts[0], parts[1]), parts[2])
        outside = (highest_part > above) | (lowest_part < below)
        outside &= (cb != 0) | (cr != 0)
        if not outside.any():
            break
        for plane in (cb, cr):
            # A code nearer to neutral, and no less than a sixteenth: few steps reach it.
            inner = plane[outside]
            plane[outside] = np.sign(inner) * np.floor(np.abs(inner) * np.float32(15 / 16))
    return cb + coding.neutral, cr + coding.neutral


def _solved(
    total: NDArray[np.uint32], a: Plane, b: Plane, coding: Coding, count: int
) -> tuple[Plane, Plane]:
    """Return Cb and Cr (-0.5..0.5) of ab at a luma, given as the sum of `count` codes."""
    table = _lights(coding, count)
    light, slope, luma = (column.take(total) for column in table)
    first = _luma(_encoded(light, a, b, coding.matrix), coding.matrix)
    light += (luma - first) * slope
    red, green, blue = _encoded(light, a, b, coding.matrix)
    kr, kb = _WEIGHTS[coding.matrix]
    own = _luma((red, green, blue), coding.matrix)
    u = (blue - own) * np.float32(0.5 / (1 - kb))
    v = (red - own) * np.float32(0.5 / (1 - kr))
    return u, v


def _encoded(light: Plane, a: Plane, b: Plane, matrix: Matrix) -> tuple[Plane, Plane, Plane]:
    """Return R'G'B' of (L + 16) / 116 and ab, unclipped."""
    x, z = light + a * np.float32(1 / 500), light - b * np.float32(1 / 200)
    # Cubes throughout, without the line near black of CIE's definition: a darkest tone's colours
    # are drawn in anyway, and this keeps them in order.
    y = light * light * light
    x, z = x * x * x - y, z * z * z - y
    rows = _rgb_from_relative(matrix)
    encoding = _encoding()
    scale = np.float32((_ENTRIES - 1) / (_TO - _FROM))
    planes = []
    for row in rows:
        linear = y + np.float32(row[0]) * x + np.float32(row[2]) * z
        place = ((linear - np.float32(_FROM)) * scale + np.float32(0.5)).astype(np.int32)
        planes.append(encoding.take(place, mode="clip"))
    red, green, blue = planes
    return red, green, blue


def _luma(rgb: tuple[Plane, Plane, Plane], matrix: Matrix) -> Plane:
    kr, kb = _WEIGHTS[matrix]
    red, green, blue = rgb
    luma: Plane = green + np.float32(kr) * (red - green) + np.float32(kb) * (blue - green)
    return luma


def _parts(u: Plane, v: Plane, matrix: Matrix) -> tuple[Plane, Plane, Plane]:
    """Return what Cb and Cr (-0.5..0.5) add to luma in R', G' and B'."""
    kr, kb = _WEIGHTS[matrix]
    red = v * np.float32(2 * (1 - kr))
    blue = u * np.float32(2 * (1 - kb))
    green = (red * np.float32(kr) + blue * np.float32(kb)) * np.float32(-1 / (1 - kr - kb))
    return red, green, blue


def _largest_share(parts: tuple[Plane, Plane, Plane], below: Plane, above: Plane) -> Plane:
    """Return the largest factor, at most 1, that keeps all parts between two bounds."""
    highest = np.maximum(np.maximum(parts[0], parts[1]), parts[2])
    lowest = np.minimum(np.minimum(parts[0], parts[1]), parts[2])
    least = np.float32(1e-6)
    share: Plane = np.minimum(
        above / np.maximum(highest, least), below / np.minimum(lowest, -least)
    )
    return np.minimum(share, 1, out=share)


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


@cache
def _greys(coding: Coding) -> NDArray[np.uint8]:
    codes = np.arange(1 << coding.bits)
    luma = np.clip((codes - coding.black) / (coding.white - coding.black), 0, 1)
    return np.floor(luma * 255 + 0.5).astype(np.uint8)
