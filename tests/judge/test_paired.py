from dataclasses import replace

import numpy as np
import pytest

from rehue.errors import DatasetError
from rehue.judge import evaluate as judge
from rehue.judge.paired import Verdict, by_photograph, compare_paired, paired_difference
from rehue.judge.results import GREY
from rehue.model import Decoding

PLAIN = {"prediction": Decoding("bins")}
BOTH = ("prediction", "prediction")


@pytest.fixture(scope="module")
def evaluations(stand_in, photographs):
    """Two models on the same photographs, in another order: 0.5 and 0.4 of the true chroma."""

    def scaled(share, samples):
        return judge(stand_in(lambda ab, how: ab * np.float32(share)), samples, PLAIN, draws=5)

    return scaled(0.5, photographs), scaled(0.4, photographs[::-1])


def test_the_better_model_is_found_and_the_worse_one_too(evaluations):
    better, worse = evaluations
    for figure in ("mse_ab", "ciede2000", "colorfulness_absolute_gap"):
        assert paired_difference(better, worse, figure, predictors=BOTH).verdict is Verdict.YES
        assert paired_difference(worse, better, figure, predictors=BOTH).verdict is Verdict.NO


def test_difference_and_ratio_are_those_of_the_averages(evaluations):
    better, worse = evaluations
    found = paired_difference(better, worse, predictors=BOTH)
    first, second = (e.row("prediction").figures["mse_ab"].value for e in evaluations)
    assert found.count == 6
    assert found.difference.value == pytest.approx(first - second)
    assert found.ratio.value == pytest.approx(first / second)
    # Squared errors of 0.5 and of 0.6 of the chroma, in every photograph.
    assert found.ratio.low == pytest.approx(0.25 / 0.36, rel=1e-4)
    assert found.ratio.high == pytest.approx(0.25 / 0.36, rel=1e-4)


def test_equal_models_are_undecided(evaluations):
    same = paired_difference(evaluations[0], evaluations[0], predictors=BOTH)
    assert same.verdict is Verdict.UNDECIDED
    assert (same.difference.low, same.difference.high) == (0, 0)
    assert same.ratio.value == 1


def test_pairs_decide_what_averages_alone_cannot():
    generator = np.random.default_rng(0)
    hard = generator.exponential(1.0, 200)
    first = {str(at): value for at, value in enumerate(hard)}
    second = {str(at): value * 1.02 for at, value in enumerate(hard)}
    assert compare_paired(first, second).verdict is Verdict.YES
    shuffled = dict(zip(first, generator.permutation(list(second.values())), strict=True))
    assert compare_paired(first, shuffled).verdict is Verdict.UNDECIDED


def test_noise_is_undecided_about_95_times_in_100():
    generator = np.random.default_rng(1)
    undecided = 0
    for trial in range(100):
        first, second = (dict(enumerate(generator.normal(10, 1, 50))) for _ in range(2))
        pair = compare_paired(first, second, draws=200, seed=trial)
        undecided += pair.verdict is Verdict.UNDECIDED
    assert 87 <= undecided <= 99


def test_two_predictors_of_one_evaluation(evaluations):
    found = paired_difference(evaluations[0], evaluations[0], predictors=("prediction", GREY))
    assert found.ratio.value == pytest.approx(0.25, rel=1e-4)


def test_the_same_seed_gives_the_same_interval(evaluations):
    def paired(seed):
        pair = paired_difference(
            *evaluations, "colorfulness_gap", predictors=BOTH, draws=50, seed=seed
        )
        return pair.difference

    assert paired(1) == paired(1)
    assert paired(1) != paired(2)


def test_other_photographs_are_an_error(evaluations):
    fewer = replace(evaluations[0], judged=evaluations[0].judged[1:])
    with pytest.raises(DatasetError, match=r"same photographs, found 6 and 5, 1 in one alone \(a"):
        paired_difference(evaluations[0], fewer, predictors=BOTH)


def test_what_cannot_be_paired_is_an_error(evaluations):
    first = evaluations[0]
    with pytest.raises(DatasetError, match="cannot be paired: give one of mse_ab"):
        by_photograph(first, "psnr", "prediction")
    with pytest.raises(DatasetError, match="has no predictor 'default output': give one of plain"):
        by_photograph(first)
    with pytest.raises(DatasetError, match="no photographs' own figures"):
        by_photograph(replace(first, judged=()))
