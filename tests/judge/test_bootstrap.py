import numpy as np
import pytest

from rehue.judge.bootstrap import Estimate, weights


def test_weights_are_averages_and_the_first_is_the_set_itself():
    table = weights(count=7, draws=50, seed=3)
    assert table.shape == (51, 7)
    np.testing.assert_allclose(table.sum(axis=1), 1)
    np.testing.assert_array_equal(table[0], np.full(7, 1 / 7))
    np.testing.assert_array_equal(table * 7, np.rint(table * 7))


def test_the_same_seed_gives_the_same_draws():
    np.testing.assert_array_equal(weights(20, 30, seed=5), weights(20, 30, seed=5))
    assert (weights(20, 30, seed=5) != weights(20, 30, seed=6)).any()


def test_interval_of_a_mean_is_about_two_standard_errors():
    values = np.random.default_rng(0).normal(10, 3, 400)
    estimate = Estimate.from_draws(weights(400, 2000, seed=0) @ values)
    assert estimate.value == pytest.approx(values.mean())
    half = 1.96 * values.std() / np.sqrt(400)
    assert estimate.value - estimate.low == pytest.approx(half, rel=0.1)
    assert estimate.high - estimate.value == pytest.approx(half, rel=0.1)


def test_intervals_cover_the_truth_about_95_times_in_100():
    generator = np.random.default_rng(1)
    covered = 0
    for trial in range(200):
        values = generator.exponential(2.0, 80)
        estimate = Estimate.from_draws(weights(80, 300, seed=trial) @ values)
        covered += estimate.low <= 2.0 <= estimate.high
    assert 176 <= covered <= 198


def test_ratios_are_resampled_jointly():
    generator = np.random.default_rng(2)
    grey = generator.exponential(1.0, 100)
    better = 0.7 * grey
    table = weights(100, 200, seed=0)
    ratio = Estimate.from_draws((table @ better) / (table @ grey))
    # Apart, numerator and denominator move by a tenth; together they do not move at all.
    assert ratio.high - ratio.low < 1e-12
    assert ratio.value == pytest.approx(0.7)


def test_an_interval_is_shifted_to_the_value_known_better():
    estimate = Estimate.from_draws(np.array([2.0, 1.0, 3.0]), value=2.5)
    assert estimate.value == 2.5
    assert estimate.low == pytest.approx(1.55)
    assert estimate.high == pytest.approx(3.45)
