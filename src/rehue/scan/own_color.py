"""Parts that have real colour on an otherwise grey or toned picture: stamps, ink, colour targets.

What is grey or toned has one chroma for each tone and place (`rehue.color.neutrality`). A few
regions beside that rule are colours of their own if all the rest keeps to it closely; in a colour
photograph it does not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import white_code
from rehue.color.tone_fit import CHROMA_FROM_RGB, cast_terms, picture_cells, shared
from rehue.scan.regions import regions

# Units of chroma: code values of 8-bit Cb and Cr. A cell so far beside the rule has colour of its
# own, one half so far may have.
_OWN, _HALF = 9.0, 4.5
# A pixel at the edge of such a part belongs to it from here on.
_PIXEL = 5.0
# Shares of the picture: of such cells, and of them with what lies round them.
_LEAST, _MOST, _MOST_AROUND = 0.0008, 0.4, 0.6
# Chosen on photographs held back from training: some 0.5 % of the coloured ones keep within these.
# What the rest may leave over (root mean square), what neighbours may share of it, and how many
# cells there may have colour for one that has.
_REST, _PATTERN, _DOUBTFUL = 1.4, 1.0, 0.8
# So many times that, over tiles that are a rougher measure of it, is enough to stop at.
_HOPELESS = 1.5
# Smaller pictures have too few cells (px).
_SMALLEST = 48
_TONES = 24
_STIFFNESS = 3e-5


@dataclass(frozen=True, eq=False)
class OwnColor:
    """Where a picture has colours of its own, and the rule that the rest keeps to.

    Attributes:
        cells: rows x columns; the parts, with what they enclose.
        edge: rows x columns; round them, where single pixels decide.
        curve: chroma of each tone 0..255: 256 x 2.
        cast: chroma of white at each cell beside the curve: rows x columns x 2.
    """

    cells: NDArray[np.bool_]
    edge: NDArray[np.bool_]
    curve: NDArray[np.float32]
    cast: NDArray[np.float32]

    @property
    def share(self) -> float:
        """Of the picture that has colours of its own, 0..1."""
        return float(self.cells.mean())

    def part(self, rows: slice, columns: slice, size: tuple[int, int]) -> "OwnColor":
        """Return the same for a part of the picture, a cell for each pixel.

        Args:
            rows: of the part (px), with a start and a stop.
            columns: likewise.
            size: height and width of the picture (px).
        """
        height, width = size
        row = np.arange(rows.start, rows.stop) * self.cells.shape[0] // height
        column = np.arange(columns.start, columns.stop) * self.cells.shape[1] // width
        here = np.ix_(row, column)
        return OwnColor(self.cells[here], self.edge[here], self.curve, self.cast[here])

    def keep(self, pixels: NDArray[np.generic], colored: NDArray[np.generic]) -> None:
        """Put the parts that have colours of their own into a coloured picture, exactly.

        Args:
            pixels: the picture, height x width x 3.
            colored: likewise, of the same type; changed.
        """
        height, width = pixels.shape[:2]
        row = np.arange(height) * self.cells.shape[0] // height
        column = np.arange(width) * self.cells.shape[1] // width
        factor = np.float32(255 / white_code(pixels.dtype))
        for line in np.flatnonzero((self.cells | self.edge).any(axis=1)):
            rows = np.flatnonzero(row == line)
            part = pixels[rows]
            samples = part.astype(np.float32) * factor
            tone = samples.mean(axis=-1)
            usual = self.curve[np.clip(np.rint(tone), 0, 255).astype(np.intp)]
            usual = usual + tone[..., None] / 255 * self.cast[line, column]
            beside = samples @ CHROMA_FROM_RGB.T.astype(np.float32) - usual
            is_own = (np.hypot(beside[..., 0], beside[..., 1]) >= _PIXEL) & self.edge[line, column]
            is_own |= self.cells[line, column]
            colored[rows] = np.where(is_own[..., None], part, colored[rows])


def find_own_color(pixels: NDArray[np.generic]) -> OwnColor | None:
    """Find the parts of a grey or toned picture that have colours of their own.

    Args:
        pixels: height x width x 3; uint8, uint16 or float 0..1.

    Returns:
        None where there are none, or where the picture is a colour photograph.
    """
    if pixels.ndim == 2 or min(pixels.shape[:2]) < _SMALLEST:
        return None
    cells, _ = picture_cells(pixels)
    # What is as grey as this has nothing far beside any rule.
    rule = _rule(cells) if np.ptp(cells, axis=-1).max() >= _HALF else None
    if rule is None:
        return None
    left, curve, cast = rule
    size = np.hypot(left[..., 0], left[..., 1])
    own = size >= _OWN
    # Edges of the parts are mixed with what lies beside them: they are no witnesses.
    near = _grown(own, 2)
    if not _LEAST <= own.mean() <= _MOST or near.mean() > _MOST_AROUND:
        return None
    rest = np.where(near[..., None], 0, left)
    share = float(1 - near.mean())
    residue = np.sqrt((rest**2).sum(axis=-1).mean() / share)
    if residue > _REST or shared(rest) / share**0.5 > _PATTERN:
        return None
    if (size[~near] >= _HALF).mean() > _DOUBTFUL * own.mean():
        return None
    whole = _filled(_grown(own, 1))
    parts = own | ~_grown(~whole, 1)
    return OwnColor(parts, _grown(parts, 2) & ~parts, curve, cast)


def _rule(
    cells: NDArray[np.float32],
) -> tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32]] | None:
    """Fit chroma over tone and place to most cells: what is left, the curve and the cast.

    Chroma, and what the rule says, are both means over 3 x 3 cells: JPEG blurs the one alone.

    Returns:
        None where what is left of such tiles is far too much for any but a colour photograph.
    """
    rows, columns, _ = cells.shape
    tone = cells.mean(axis=-1) / 255
    chroma = cells @ CHROMA_FROM_RGB.T
    place = cast_terms(rows, columns).reshape(rows, columns, -1)
    hats, casts = _tile_hats(tone), _tiles(tone[..., None] * place)
    witnesses, seen = np.concatenate([hats, casts], axis=-1), _tiles(chroma)
    bends = np.diff(np.eye(_TONES), 2, axis=0)
    penalty = 1e-7 * np.eye(witnesses.shape[-1])
    penalty[:_TONES, :_TONES] += _STIFFNESS * bends.T @ bends
    kept = np.ones(len(witnesses), bool)
    for _ in range(8):
        chosen = witnesses[kept]
        normal = chosen.T @ chosen / len(chosen) + penalty
        solved = np.linalg.solve(normal, chosen.T @ seen[kept] / len(chosen))
        size = np.hypot(*(seen - witnesses @ solved).T)
        before, kept = kept, size <= max(2.5, 3 * float(np.median(size)))
        if np.array_equal(kept, before):
            break
    if _is_far_beside(size.reshape(rows // 3, columns // 3)):
        return None
    knots, codes = np.linspace(0, 1, _TONES), np.linspace(0, 1, 256)
    usual, curve = (
        np.stack([np.interp(at, knots, one) for one in solved[:_TONES].T], axis=-1)
        for at in (tone, codes)
    )
    cast = place @ solved[_TONES:]
    left = chroma - usual - tone[..., None] * cast
    return _blurred(left), curve.astype(np.float32), cast.astype(np.float32)


def _is_far_beside(size: NDArray[np.float64]) -> bool:
    """Whether tiles leave so much (rows x columns) that their cells need not be looked at."""
    rest = size[~_grown(size >= _OWN, 1)]
    return rest.size == 0 or float(np.sqrt((rest**2).mean())) > _HOPELESS * _REST


def _tiles(planes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means over 3 x 3 cells side by side: rows x columns x N to M x N."""
    rows, columns, count = planes.shape
    tiles = planes[: rows // 3 * 3, : columns // 3 * 3].reshape(
        rows // 3, 3, columns // 3, 3, count
    )
    return np.asarray(tiles.mean(axis=(1, 3)).reshape(-1, count))


def _tile_hats(tone: NDArray[np.floating]) -> NDArray[np.float64]:
    """Weights of the knots of a curve that is linear between them: rows x columns to M x knots.

    Each tone (0..1) lies between two knots; the weights are means over tiles.
    """
    rows, columns = (side // 3 for side in tone.shape)
    at = tone[: 3 * rows, : 3 * columns] * (_TONES - 1)
    lower = np.clip(at.astype(np.intp), 0, _TONES - 2)
    share = at - lower
    tile = np.arange(rows)[:, None] * columns + np.arange(columns)
    first = lower + tile.repeat(3, axis=0).repeat(3, axis=1) * _TONES
    count = rows * columns * _TONES
    weights = np.bincount(first.ravel(), (1 - share).ravel(), count)
    weights += np.bincount(first.ravel() + 1, share.ravel(), count)
    return np.asarray(weights.reshape(-1, _TONES) / 9)


def _blurred(planes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means over 3 x 3 cells (rows x columns x N), at the edges with what is nearest."""
    for axis in (0, 1):
        edges = [(1, 1) if i == axis else (0, 0) for i in range(3)]
        wide = np.moveaxis(np.pad(planes, edges, "edge"), axis, 0)
        planes = np.moveaxis((wide[:-2] + wide[1:-1] + wide[2:]) / 3, 0, axis)
    return planes


def _grown(mask: NDArray[np.bool_], times: int) -> NDArray[np.bool_]:
    for _ in range(times):
        wide = np.pad(mask, 1)
        mask = (
            wide[1:-1, 1:-1] | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
        )
    return mask


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill what a mask encloses."""
    numbers = regions(~mask)
    outer = np.concatenate([numbers[0], numbers[-1], numbers[:, 0], numbers[:, -1]])
    return mask | ~np.isin(numbers, outer[outer > 0])
