"""From the figures of photographs to the figures of a set, as `judge.evaluation` defines them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rehue.judge.bootstrap import Estimate
from rehue.judge.comparison import Comparison
from rehue.judge.groups import Outcome
from rehue.judge.metrics import BIN_WIDTH, BINS, histogram_median

# Each photograph keeps a coarse histogram, for the interval of the median alone; the median itself
# comes from the fine one, which is kept once a kind. A set of 36,500 photographs stays in memory.
_COARSER = 25
_MEASURED = ("mse_ab", "psnr", "ssim", "ciede2000", "colorfulness", "unrest", "patches")
_SHARES = tuple(outcome.value for outcome in Outcome)


@dataclass
class Record:
    """What one predictor did, photograph by photograph."""

    measured: dict[str, list[float]] = field(
        default_factory=lambda: {name: [] for name in (*_MEASURED, *_SHARES)}
    )
    hues: list[NDArray[np.float64]] = field(default_factory=list)
    coarse: list[NDArray[np.uint32]] = field(default_factory=list)
    fine: dict[str | None, NDArray[np.int64]] = field(default_factory=dict)

    def add(self, comparison: Comparison, kind: str | None) -> None:
        """Take in the next photograph."""
        for name in _MEASURED:
            self.measured[name].append(getattr(comparison, name))
        for name in _SHARES:
            self.measured[name].append(float(comparison.outcome == name))
        self.hues.append(comparison.hues)
        counts = comparison.differences
        self.coarse.append(counts.reshape(-1, _COARSER).sum(axis=1).astype(np.uint32))
        self.fine.setdefault(kind, np.zeros(BINS, np.int64))[:] += counts


@dataclass(frozen=True)
class Group:
    """Photographs that are summed up together.

    Attributes:
        name: "all" or a kind.
        kinds: the kinds that it holds, whole.
        members: positions of its photographs.
        weights: (1 + draws) x members, from `bootstrap.weights`.
    """

    name: str
    kinds: tuple[str | None, ...]
    members: NDArray[np.intp]
    weights: NDArray[np.float64]

    def average(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Averages over the group, one a draw, of one value for each photograph of the set.

        A photograph without a value (nan) is left out; without any the average is nan.
        """
        own = values[self.members]
        known = ~np.isnan(own)
        if known.all():
            return self.weights @ own
        weights = self.weights[:, known]
        with np.errstate(invalid="ignore"):
            averages: NDArray[np.float64] = (weights @ own[known]) / weights.sum(axis=1)
        return averages

    def middle(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Medians over the group, one a draw, of one value for each photograph of the set.

        Of an even number it is the lower one; a photograph without a value (nan) is the last.
        """
        own = values[self.members]
        order = np.argsort(own, kind="stable")
        reached = np.cumsum(self.weights[:, order], axis=1)
        # A hair below the half: shares of photographs do not sum exactly.
        medians: NDArray[np.float64] = own[order][(reached >= 0.5 - 1e-9).argmax(axis=1)]
        return medians

    def median(self, record: Record) -> tuple[NDArray[np.float64], float]:
        """Medians of CIEDE2000 over all pixels: one a draw, and the set's own, exactly."""
        coarse = self.weights @ np.stack([record.coarse[member] for member in self.members])
        fine = np.sum([record.fine[kind] for kind in self.kinds], axis=0)
        return histogram_median(coarse, BIN_WIDTH * _COARSER), float(histogram_median(fine))


def summarize(
    group: Group, record: Record, grey: Record, originals: NDArray[np.float64]
) -> Mapping[str, Estimate]:
    """Return the figures of one predictor over one group.

    Args:
        group: which photographs.
        record: the predictor's.
        grey: plain grey's.
        originals: colourfulness of every original of the set.
    """
    figures: dict[str, NDArray[np.float64]] = {}
    for name, values in record.measured.items():
        figures[name] = group.average(np.array(values))
    gaps = np.array(record.measured["colorfulness"]) - originals
    figures["colorfulness_gap"] = group.average(gaps)
    figures["colorfulness_absolute_gap"] = group.average(np.abs(gaps))
    median, exact = group.median(record)
    grey_median, grey_exact = group.median(grey)
    with np.errstate(divide="ignore", invalid="ignore"):  # a set without colour: nan
        for name in ("mse_ab", "ciede2000"):
            grey_average = group.average(np.array(grey.measured[name]))
            figures[f"{name}_over_grey"] = figures[name] / grey_average
        ratios = np.array(record.measured["mse_ab"]) / np.array(grey.measured["mse_ab"])
        figures["mse_ab_over_grey_median"] = group.middle(ratios)
        estimates = {name: Estimate.from_draws(draws) for name, draws in figures.items()}
        estimates["ciede2000_median"] = Estimate.from_draws(median, exact)
        estimates["ciede2000_median_over_grey"] = Estimate.from_draws(
            median / grey_median, float(np.divide(exact, grey_exact))
        )
    return estimates
