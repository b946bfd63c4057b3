"""Which of two models is better on the same photographs: the paired bootstrap.

Two models that are judged on the same photographs find the same ones hard, so their difference
photograph by photograph moves far less than either average. The photographs are drawn with
replacement (Efron and Tibshirani 1993, chapter 13), and each draw counts for both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from rehue.errors import DatasetError
from rehue.judge.bootstrap import Estimate, weights
from rehue.judge.evaluation import DRAWS
from rehue.judge.results import DEFAULT, Evaluation, Judged

_Measure = Callable[[Judged, str], float]

# What can be compared; of each, lower is better.
PAIRED: dict[str, _Measure] = {
    "mse_ab": lambda photograph, predictor: photograph.mse_ab[predictor],
    "ciede2000": lambda photograph, predictor: photograph.ciede2000[predictor],
    "colorfulness_gap": lambda photograph, predictor: photograph.colorfulness_gap(predictor),
    "colorfulness_absolute_gap": lambda photograph, predictor: abs(
        photograph.colorfulness_gap(predictor)
    ),
}


class Verdict(StrEnum):
    """Is the first one's figure lower than the second's?"""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class PairedDifference:
    """What two models' figures say about each other.

    Attributes:
        count: photographs.
        difference: mean of the first one's figure less the second's.
        ratio: mean of the first one's figure over mean of the second's.
        verdict: yes or no where the difference's 95 % interval excludes zero.
    """

    count: int
    difference: Estimate
    ratio: Estimate

    @property
    def verdict(self) -> Verdict:
        """Whether the first one's figure is lower."""
        if self.difference.high < 0:
            return Verdict.YES
        if self.difference.low > 0:
            return Verdict.NO
        return Verdict.UNDECIDED


def paired_difference(
    first: Evaluation,
    second: Evaluation,
    figure: str = "mse_ab",
    *,
    predictors: tuple[str, str] = (DEFAULT, DEFAULT),
    draws: int = DRAWS,
    seed: int = 0,
) -> PairedDifference:
    """Compare one figure of two evaluations of the same photographs.

    Args:
        first: with its photographs: fresh, or read back from an evaluation.json that has them.
        second: likewise; may be the same one, to compare two of its predictors.
        figure: of `PAIRED`.
        predictors: of the first and of the second.
        draws: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        DatasetError: the photographs differ, there are none, or there is no such figure or
            predictor.
    """
    return compare_paired(
        by_photograph(first, figure, predictors[0]),
        by_photograph(second, figure, predictors[1]),
        draws=draws,
        seed=seed,
    )


def by_photograph(
    evaluation: Evaluation, figure: str = "mse_ab", predictor: str = DEFAULT
) -> dict[str, float]:
    """Return one figure of each photograph by its key.

    Of several runs of one recipe (seeds), average these before `compare_paired`.

    Raises:
        DatasetError: there are no photographs, or there is no such figure or predictor.
    """
    if figure not in PAIRED:
        raise DatasetError(f"{figure} cannot be paired: give one of {', '.join(PAIRED)}")
    if not evaluation.judged:
        raise DatasetError(
            f"{evaluation.model} on {evaluation.photographs}: no photographs' own figures in this "
            "evaluation: judge again, or read the evaluation.json of --output"
        )
    try:
        return {
            photograph.key: PAIRED[figure](photograph, predictor)
            for photograph in evaluation.judged
        }
    except KeyError as error:
        known = ", ".join(evaluation.judged[0].mse_ab)
        raise DatasetError(
            f"{evaluation.model} has no predictor {predictor!r}: give one of {known}"
        ) from error


def compare_paired(
    first: Mapping[str, float],
    second: Mapping[str, float],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> PairedDifference:
    """Compare figures photograph by photograph; see `paired_difference`.

    The order of the photographs does not matter.

    >>> pair = compare_paired({"a": 1.0, "b": 2.0}, {"b": 4.0, "a": 2.0})
    >>> pair.difference.value, pair.ratio.value, str(pair.verdict)
    (-1.5, 0.5, 'yes')
    """
    if first.keys() != second.keys() or not first:
        alone = sorted(first.keys() ^ second.keys())
        raise DatasetError(
            f"a paired comparison needs the same photographs, found {len(first)} and "
            f"{len(second)}, {len(alone)} in one alone{_such_as(alone)}: judge both on one set"
        )
    keys = sorted(first)
    ours, theirs = (np.array([side[key] for key in keys]) for side in (first, second))
    table = weights(len(keys), draws, seed)
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing over nothing: nan
        ratio = (table @ ours) / (table @ theirs)
    # Equal photographs differ by exactly nothing; a difference of averages would round.
    difference = table @ (ours - theirs)
    return PairedDifference(len(keys), Estimate.from_draws(difference), Estimate.from_draws(ratio))


def _such_as(keys: list[str]) -> str:
    return f" ({', '.join(keys[:3])}{', …' if len(keys) > 3 else ''})" if keys else ""
