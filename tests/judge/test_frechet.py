import numpy as np
import pytest
from scipy import linalg

from rehue.judge.frechet import distance_over, frechet_distance, leading_components


@pytest.fixture
def features():
    rng = np.random.default_rng(3)
    return rng.normal(size=(300, 6)) @ rng.normal(size=(6, 6))


def test_a_set_is_at_no_distance_from_itself(features):
    # Roots of covariances near one in float64, by LAPACK: 1e-14 here; a root of what should be zero
    # keeps half the digits, 1.5e-8.
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-8)
    assert frechet_distance(features, features[::-1]) == pytest.approx(0, abs=1e-8)


def test_the_distance_is_that_of_the_formula(features):
    """Heusel et al. 2017, equation 6, with SciPy's root of a matrix."""
    other = np.random.default_rng(4).normal(1, 2, (200, 6))
    one, two = np.cov(features, rowvar=False), np.cov(other, rowvar=False)
    means = features.mean(axis=0) - other.mean(axis=0)
    expected = means @ means + np.trace(one + two - 2 * linalg.sqrtm(one @ two).real)
    # Two ways to the same root, in float64.
    assert frechet_distance(features, other) == pytest.approx(expected, rel=1e-9)


def test_fewer_photographs_than_features(features):
    few = features[:4]
    # Two of the covariance's eigenvalues are zero, and their roots keep half the digits.
    assert frechet_distance(few, few + 1) == pytest.approx(6, rel=1e-6)


def test_components_keep_what_varies_most(features):
    wide = features * [100, 1, 1, 1, 1, 1]
    mean, axes = leading_components(wide, 2)
    assert mean == pytest.approx(wide.mean(axis=0))
    assert axes.shape == (6, 2)
    kept = ((wide - mean) @ axes).var(axis=0)
    assert kept.sum() > 0.95 * wide.var(axis=0).sum()
    # Eigenvectors in float64, by LAPACK.
    assert abs(axes.T @ axes - np.eye(2)).max() < 1e-9


def test_a_ratio_and_its_interval(features):
    noise = np.random.default_rng(5).normal(size=features.shape)
    near = distance_over(features + 0.1 * noise + 0.5, features + 2, features, draws=40)
    assert near.value == pytest.approx((6 * 0.25) / (6 * 4), rel=0.1)
    assert near.low < near.value < near.high
    assert near == distance_over(features + 0.1 * noise + 0.5, features + 2, features, draws=40)


def test_the_interval_of_few_photographs_lies_about_the_figure():
    """With hardly more photographs than features every draw's distances are off to one side."""
    rng = np.random.default_rng(6)
    originals = rng.normal(size=(60, 40))
    pictures = originals + 0.3 * rng.normal(size=originals.shape)
    found = distance_over(pictures, 0.5 * originals, originals, draws=60)
    assert found.low < found.value < found.high
