"""Is a network as sure as it is right? Confidence against how often the colour shown is near.

A colour is right where its ab lies within `REACH` units of the true one. Expected calibration
error: Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3, in 15 bins of equal
width.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color import srgb_to_lab
from rehue.errors import DatasetError
from rehue.model import confidence
from rehue.model.confidence import REACH
from rehue.scan import AS_IS

if TYPE_CHECKING:
    from rehue.colorizer import Colorizer
    from rehue.dataset import Sample

BINS: Final = 15
# What is tried; a distribution that was learnt from soft classes needs less than 1.
TEMPERATURES: Final = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 1.6, 2.0)


@dataclass(frozen=True)
class Calibration:
    """How well confidence fits.

    Attributes:
        temperature: of the distribution.
        error: expected calibration error, 0..1.
        sure_over_unsure: mean squared error of ab of the surest half of the cells over that of the
            other half.
        right: share of cells whose colour is near the true one.
        bins: for each of the bins its share of cells, mean confidence, and share that is right.
    """

    temperature: float
    error: float
    sure_over_unsure: float
    right: float
    bins: tuple[tuple[float, float, float], ...]


def measure_calibration(
    colorizer: "Colorizer",
    photographs: Iterable["Sample"],
    temperatures: Sequence[float] | None = None,
) -> list[Calibration]:
    """Hold confidence against truth, on the network's own grid, each photograph counting the same.

    Args:
        colorizer: its model has classes.
        photographs: in colour.
        temperatures: to try; that of the card alone if None.

    Returns:
        One for each temperature.

    Raises:
        DatasetError: there are no photographs.
    """
    card = colorizer.card
    tried = (card.confidence_temperature,) if temperatures is None else tuple(temperatures)
    sure: list[list[NDArray[np.float32]]] = [[] for _ in tried]
    squared: list[NDArray[np.floating]] = []
    weights: list[NDArray[np.floating]] = []
    for sample in photographs:
        look = colorizer.look(sample.image, scan=AS_IS)
        logits, shown, rows, columns = look.cells()
        truth = np.moveaxis(srgb_to_lab(sample.image[np.ix_(rows, columns)])[..., 1:], -1, 0)
        squared.append(((shown - truth) ** 2).sum(axis=0).ravel())
        weights.append(np.full(squared[-1].size, 1 / squared[-1].size))
        for kept, temperature in zip(sure, tried, strict=True):
            kept.append(confidence(logits, shown, card.bins, temperature).ravel())
    if not squared:
        raise DatasetError("calibration needs photographs, found none: give a split")
    errors, weight = np.concatenate(squared), np.concatenate(weights)
    weight = weight / weight.sum()
    return [
        _calibration(temperature, np.concatenate(kept), errors, weight)
        for temperature, kept in zip(tried, sure, strict=True)
    ]


def _calibration(
    temperature: float,
    sure: NDArray[np.float32],
    squared: NDArray[np.floating],
    weight: NDArray[np.floating],
) -> Calibration:
    right = squared <= REACH**2
    number = np.minimum((sure * BINS).astype(int), BINS - 1)
    share, mean, good = (
        np.bincount(number, weight * values, minlength=BINS) for values in (1, sure, right)
    )
    error = np.abs(mean - good).sum()
    order = np.argsort(sure, kind="stable")
    is_sure = np.cumsum(weight[order]) > 0.5
    split = [
        np.average(squared[order][half], weights=weight[order][half])
        for half in (is_sure, ~is_sure)
    ]
    filled = np.maximum(share, 1e-12)
    bins = zip(share, mean / filled, good / filled, strict=True)
    return Calibration(
        temperature,
        float(error),
        float(split[0] / split[1]),
        float((weight * right).sum()),
        tuple((float(a), float(b), float(c)) for a, b, c in bins),
    )
