"""Figures by hue family: is a model good at blue and green, and weak at yellow and red?

A pixel belongs to a family by the hue angle of its true colour in CIE L*a*b*, h = atan2(b, a), or
to the near-neutral ones by its true chroma, C = hypot(a, b) (CIE 15:2018, equations 8.10, 8.11).
The boundaries are where people change the name: for each two neighbours the whole degree at which
the fewest colours of the XKCD survey (Munroe 2010: 954 names given by some 200,000 people;
`matplotlib.colors.XKCD_COLORS`) whose name ends in the one word or the other lie on the wrong side,
each name weighed by one over the number of its family's names. Teal, turquoise and aqua count as
cyan, violet and magenta as purple. Of the survey's "greys" without a hue in their name the most
colourful has a chroma of 8.3, of the names that end in a hue the least colourful one 13.1: below 10
counts as near-neutral. Pink is mostly red here, brown and skin are orange.

Each photograph weighs the same: a figure is the average over photographs of what one photograph's
pixels of the family add up to, over the photograph's pixels, over the same average of the family's
share (of the errors) or of its true chroma (of the chroma kept). So the families' `mse_ab`,
weighed by their shares, add up to the set's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehue.judge.bootstrap import Estimate

NEUTRAL = "near-neutral"
# The first hue angle of each family, degrees; the last one ends where the first begins.
STARTS = {
    "red": 0,
    "orange": 45,
    "yellow": 80,
    "green": 117,
    "cyan": 160,
    "blue": 207,
    "purple": 308,
}
FAMILIES = (*STARTS, NEUTRAL)
NEUTRAL_CHROMA = 10.0


@dataclass(frozen=True)
class HueRow:
    """The figures of one predictor in one family, over all photographs.

    Attributes:
        predictor: as in `evaluation.Row`; "original" has `share` and `chroma` alone.
        family: of `FAMILIES`.
        figures: by the names that `report.HUE_FIGURES` explains; those without a value, as of a
            family without a pixel, are left out.
    """

    predictor: str
    family: str
    figures: Mapping[str, Estimate]


@dataclass(frozen=True)
class TrueHues:
    """One photograph's pixels by hue family.

    Attributes:
        family: height x width, positions in `FAMILIES`.
        direction: height x width x 2, true ab over true chroma; zeros where there is none.
        totals: families x 2: number of pixels and their chroma, over the photograph's pixels.
    """

    family: NDArray[np.intp]
    direction: NDArray[np.floating]
    totals: NDArray[np.float64]

    @classmethod
    def of(cls, ab: NDArray[np.floating]) -> "TrueHues":
        """Sort the pixels of a true ab, height x width x 2."""
        chroma = np.hypot(ab[..., 0], ab[..., 1])
        family = hue_family(ab, chroma)
        direction = ab / np.maximum(chroma, np.finfo(chroma.dtype).tiny)[..., None]
        totals = np.stack([_add_up(family, None), _add_up(family, chroma)], axis=-1)
        return cls(family, direction, totals)

    def measure(
        self,
        squared_error: NDArray[np.floating],
        differences: NDArray[np.floating],
        ab: NDArray[np.floating],
    ) -> NDArray[np.float64]:
        """Add up a prediction's errors and chroma by family.

        Args:
            squared_error: height x width, of the raw ab, the mean of both channels.
            differences: height x width, CIEDE2000 of the picture.
            ab: height x width x 2, of the picture.

        Returns:
            families x 4: squared error, difference, chroma and chroma along the true hue, added up
            over the family's pixels and divided by the photograph's.
        """
        along = ab[..., 0] * self.direction[..., 0] + ab[..., 1] * self.direction[..., 1]
        added = (squared_error, differences, np.hypot(ab[..., 0], ab[..., 1]), along)
        return np.stack([_add_up(self.family, values) for values in added], axis=-1)


def hue_family(
    ab: NDArray[np.floating], chroma: NDArray[np.floating] | None = None
) -> NDArray[np.intp]:
    """Return the family of colours, as positions in `FAMILIES`.

    Args:
        ab: ... x 2.
        chroma: of these, where it is known already.

    >>> [FAMILIES[at] for at in hue_family(np.array([[80.1, 67.2], [79.2, -107.9], [3, 4]]))]
    ['red', 'blue', 'near-neutral']
    """
    chroma = np.hypot(ab[..., 0], ab[..., 1]) if chroma is None else chroma
    # One table look-up of the whole degree is several times as fast as a search.
    degrees = np.degrees(np.arctan2(ab[..., 1], ab[..., 0]))
    family = _FAMILY_OF_DEGREE[np.floor(degrees).astype(np.intp) % 360]
    return np.where(chroma < NEUTRAL_CHROMA, FAMILIES.index(NEUTRAL), family)


_FAMILY_OF_DEGREE = np.searchsorted(list(STARTS.values()), np.arange(360), side="right") - 1


def summarize_hues(
    weights: NDArray[np.float64],
    totals: Sequence[NDArray[np.float64]],
    measured: Mapping[str, Sequence[NDArray[np.float64]]],
    *,
    grey: str,
    original: str,
) -> Iterator[HueRow]:
    """Yield the rows of every predictor and family.

    Args:
        weights: (1 + draws) x photographs, from `bootstrap.weights`.
        totals: `TrueHues.totals` of each photograph.
        measured: by predictor, what `TrueHues.measure` returned for each photograph.
        grey: name of the predictor that the ratios are taken to.
        original: name of the rows of the photographs themselves.
    """
    share, chroma = np.moveaxis(_average(weights, totals), -1, 0)
    averages = {name: _average(weights, photographs) for name, photographs in measured.items()}
    grey_squared, grey_difference = np.moveaxis(averages[grey], -1, 0)[:2]
    for name, average in averages.items():
        squared, difference, kept, along = np.moveaxis(average, -1, 0)
        with np.errstate(divide="ignore", invalid="ignore"):  # nothing over nothing: nan
            figures = {
                "mse_ab": squared / share,
                "mse_ab_over_grey": squared / grey_squared,
                "ciede2000": difference / share,
                "ciede2000_over_grey": difference / grey_difference,
                "chroma_kept": kept / chroma,
                "chroma_kept_along_hue": along / chroma,
            }
        yield from _rows(name, figures)
    with np.errstate(divide="ignore", invalid="ignore"):
        yield from _rows(original, {"share": share, "chroma": chroma / share})


def _rows(predictor: str, figures: Mapping[str, NDArray[np.float64]]) -> Iterator[HueRow]:
    """One row a family of figures that are (1 + draws) x families."""
    for at, family in enumerate(FAMILIES):
        known = {name: draws[:, at] for name, draws in figures.items() if np.isfinite(draws[0, at])}
        estimates = {name: Estimate.from_draws(draws) for name, draws in known.items()}
        yield HueRow(predictor, family, estimates)


def _add_up(family: NDArray[np.intp], values: NDArray[np.floating] | None) -> NDArray[np.float64]:
    """Sums by family over the number of pixels; counts if there are no values."""
    weights = None if values is None else values.ravel()
    return np.bincount(family.ravel(), weights, minlength=len(FAMILIES)) / family.size


def _average(
    weights: NDArray[np.float64], photographs: Sequence[NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Averages over photographs: (1 + draws) x the shape of one."""
    table = np.stack(photographs)
    return (weights @ table.reshape(len(table), -1)).reshape(-1, *table.shape[1:])
