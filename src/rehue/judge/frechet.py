"""How near a set of pictures comes to a set of photographs, by the features of another network.

The Fréchet distance of two Gaussians (Dowson and Landau 1982), as Heusel et al. 2017, "GANs Trained
by a Two Time-Scale Update Rule", equation 6, use it on features of pictures. Figures of different
extractors, sizes of sets or numbers of components are not to be compared.
"""

import numpy as np
from numpy.typing import NDArray

from rehue.judge.bootstrap import Estimate


def frechet_distance(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Return the squared Fréchet distance of two sets of features.

    Args:
        first: N x D.
        second: M x D.

    >>> rng = np.random.default_rng(0)
    >>> features = rng.normal(size=(50, 3))
    >>> round(frechet_distance(features, features + [3, 0, 4]), 6)
    25.0
    """
    means = first.mean(axis=0) - second.mean(axis=0)
    one, other = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    # trace of sqrt(one @ other) = sum of the singular values of sqrt(one) @ sqrt(other)
    cross = np.linalg.svd(_root(one) @ _root(other), compute_uv=False).sum()
    return float(means @ means + np.trace(one) + np.trace(other) - 2 * cross)


def leading_components(
    originals: NDArray[np.floating], count: int
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Return the mean (D) and the leading principal axes (D x count) of features (N x D)."""
    mean = originals.mean(axis=0)
    _, _, axes = np.linalg.svd(originals - mean, full_matrices=False)
    return mean, np.ascontiguousarray(axes[:count].T)


def distance_over(
    pictures: NDArray[np.floating],
    grey: NDArray[np.floating],
    originals: NDArray[np.floating],
    *,
    draws: int = 100,
    seed: int = 0,
) -> Estimate:
    """Return the distance of pictures to the originals over that of the same ones in grey.

    The interval is the percentile bootstrap over photographs; the same ones are drawn for all
    three. Drawn with replacement, a set holds fewer different photographs, and its distances come
    out as those of a smaller set, to one side: so the draws are shifted until their mean is the
    figure (Efron and Tibshirani 1993, section 10.3).

    Args:
        pictures: N x D.
        grey: N x D, in the order of `pictures`.
        originals: N x D, likewise.
        draws: how often.
        seed: of the draws.
    """
    rng = np.random.default_rng(seed)
    count = len(originals)
    ratios = []
    for draw in range(1 + draws):
        chosen = rng.integers(0, count, count) if draw else np.arange(count)
        ours, plain, true = (each[chosen] for each in (pictures, grey, originals))
        ratios.append(frechet_distance(ours, true) / frechet_distance(plain, true))
    figure, *drawn = ratios
    center = np.mean(drawn or ratios)
    return Estimate.from_draws(np.array([center, *drawn]), value=figure)


def _root(covariance: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the root of a symmetric matrix without negative eigenvalues, but for rounding."""
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    root: NDArray[np.floating] = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return root
