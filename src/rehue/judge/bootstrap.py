"""How far a figure would move had other photographs of the same kind been judged.

The percentile bootstrap of Efron and Tibshirani (1993, chapter 13), over photographs: each draw
takes as many photographs as there are, with replacement, and the same ones for every figure and
every predictor, so that ratios are resampled jointly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COVERAGE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % bootstrap interval; nan where it has no value."""

    value: float
    low: float
    high: float

    @classmethod
    def from_draws(cls, draws: NDArray[np.floating], value: float | None = None) -> "Estimate":
        """Sum up a figure computed under each row of `weights`, the first being the set itself.

        Draws in which the figure has no value are left out of the interval.

        Args:
            draws: the figure of the set as it is, then of each draw.
            value: the figure of the set where it is known better than `draws[0]` says; the
                interval is shifted to it.
        """
        tail = (1 - COVERAGE) / 2
        low, high = draws[0], draws[0]
        drawn = draws[1:][np.isfinite(draws[1:])]
        if len(drawn):
            low, high = np.quantile(drawn, [tail, 1 - tail])
        shift = 0.0 if value is None else value - draws[0]
        return cls(float(draws[0] + shift), float(low + shift), float(high + shift))


def weights(count: int, draws: int, seed: int) -> NDArray[np.float64]:
    """Return how often each photograph counts: (1 + draws) x count, each row summing to 1.

    The first row is the set as it is; the same arguments give the same rows.
    """
    generator = np.random.default_rng(seed)
    table = np.empty((1 + draws, count))
    table[0] = 1
    for row in table[1:]:
        row[:] = np.bincount(generator.integers(0, count, count), minlength=count)
    return table / count
