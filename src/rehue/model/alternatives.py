"""Other colourings that a network would give a picture, each coherent over its regions.

A network's distribution at one place has several modes: a car may be red or blue, a meadow green or
yellow. Choosing a mode at each place by itself gives noise. So places whose distributions are alike
are put together, by k-means over what remains of the roots of their probabilities (whose distances
are Hellinger's) in a few principal components. Of each such region's mean distribution the modes
are found by k-means over the bins, one centre held at the colours shown; and at every place the
distribution is weighted towards one mode of its region, so that detail within a region stays, and
what the network is sure of stays as it is. Colours agree within a thing as the default's do. What
comes out runs from calm to bold: the modes differ in hue, and in chroma no more than is wanted.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rehue.color import Bins
from rehue.model.confidence import probabilities
from rehue.model.guided import guided

# All chosen on photographs held back from training, by `benchmarks/picture/confidence.py`.
_REGIONS: Final = 2
_COMPONENTS: Final = 12
# Weights beside the components, which are of the order of 0.3: of the place in the picture (0..1
# over its long side) and of L.
_PLACE, _LIGHT = 0.15, 0.01
# How sharply a place belongs to one region: the difference of squared distances that halves it, and
# half again, is about this.
_BLUR: Final = 0.03
# Width of the weight towards a mode, units of ab.
_WIDTH: Final = 25.0
# How probable the colours shown are on top, so that a place keeps them that has next to no others.
_SURE: Final = 2e-3
# Bins within so many units of ab of the colour shown are that colour.
_SHOWN: Final = 12.0
_ROUNDS: Final = 12
# Mean chroma of the others over that of the colours shown, from calm to bold; none is raised by
# more than a factor, and a picture shown all but grey counts as one of so many units of ab.
_CHROMA: Final = (0.75, 1.1, 1.5)
_RAISED, _GREY = 1.3, 6.0
# How many there are, besides the colours shown.
OTHERS: Final = len(_CHROMA)


def alternative_ab(
    logits: NDArray[np.floating],
    shown_ab: NDArray[np.floating],
    lightness: NDArray[np.floating],
    bins: Bins,
) -> list[NDArray[np.float32]]:
    """Return three other colourings of a whole picture, from calm to bold.

    Args:
        logits: B x h x w.
        shown_ab: 2 x h x w, the colours that they are alternatives to.
        lightness: h x w, L of the same cells.
        bins: B.

    Returns:
        `OTHERS` times 2 x h x w.
    """
    shares = probabilities(logits).reshape(len(bins), -1)
    shown = np.asarray(shown_ab, np.float32).reshape(2, -1)
    centers = bins.centers.astype(np.float32)
    made = np.zeros((OTHERS, 2, shares.shape[1]), np.float32)
    light = np.asarray(lightness, np.float32)
    for belongs in _memberships(shares, light):
        extent = belongs.sum()
        if extent < 1:
            continue
        modes = _modes(shares @ belongs / extent, shown @ belongs / extent, centers)
        for number, mode in enumerate(modes):
            squared = ((centers - mode) ** 2).sum(axis=1)
            leaning = shares * np.exp(-squared / (2 * _WIDTH**2))[:, None]
            mass = leaning.sum(axis=0) + np.float32(_SURE)
            made[number] += belongs * (centers.T @ leaning + np.float32(_SURE) * shown) / mass
    made = np.stack([guided(one.reshape(shown_ab.shape), light) for one in made])
    chroma = np.hypot(made[:, 0], made[:, 1]).mean(axis=(1, 2))
    own = max(float(np.hypot(*shown).mean()), _GREY)
    order = np.argsort(chroma, kind="stable")
    wanted = np.array(_CHROMA) * own / np.maximum(chroma[order], 1e-6)
    factors = np.minimum(wanted, _RAISED).astype(np.float32)
    return [made[number] * factor for number, factor in zip(order, factors, strict=True)]


def _memberships(
    shares: NDArray[np.float32], lightness: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return how far each cell belongs to each region: regions x cells, columns sum to 1."""
    height, width = lightness.shape
    roots = np.sqrt(shares).T
    roots = roots - roots.mean(axis=0)
    _, axes = np.linalg.eigh(roots.T @ roots)
    rows, columns = np.mgrid[0:height, 0:width].reshape(2, -1) / np.float32(max(height, width))
    place = np.stack([rows, columns, lightness.ravel() * (_LIGHT / _PLACE)], axis=1)
    points = np.concatenate([roots @ axes[:, -_COMPONENTS:], _PLACE * place], axis=1)
    points = points.astype(np.float32)
    count = min(_REGIONS, len(points))
    # Farthest first: no chance is in it.
    chosen = [int(((points - points.mean(axis=0)) ** 2).sum(axis=1).argmax())]
    while len(chosen) < count:
        chosen.append(int(_squared(points, points[chosen]).min(axis=1).argmax()))
    middles = points[chosen]
    for _ in range(_ROUNDS):
        nearest = _squared(points, middles).argmin(axis=1)
        for region in np.unique(nearest):
            middles[region] = points[nearest == region].mean(axis=0)
    squared = _squared(points, middles)
    belongs = np.exp((squared.min(axis=1, keepdims=True) - squared) / np.float32(_BLUR))
    return np.ascontiguousarray((belongs / belongs.sum(axis=1, keepdims=True)).T)


def _modes(
    share: NDArray[np.floating],
    shown: NDArray[np.floating],
    centers: NDArray[np.float32],
) -> NDArray[np.floating]:
    """Return a region's other colours, OTHERS x 2, the likeliest first."""
    modes = shown[None].astype(np.float64)
    # What is taken for the colour shown is no other.
    share = share * (_squared(centers, modes)[:, 0] > _SHOWN**2)
    while len(modes) <= OTHERS:
        farthest = share * _squared(centers, modes).min(axis=1)
        modes = np.concatenate([modes, centers[[farthest.argmax()]]])
    for _ in range(_ROUNDS):
        nearest = _squared(centers, modes).argmin(axis=1)
        for mode in range(1, OTHERS + 1):
            weights = share * (nearest == mode)
            if weights.sum() > 0:
                modes[mode] = weights @ centers / weights.sum()
    nearest = _squared(centers, modes).argmin(axis=1)
    mass = np.array([share[nearest == mode].sum() for mode in range(1, OTHERS + 1)])
    order = np.argsort(-mass, kind="stable")
    return modes[1:][order]


def _squared(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return squared distances, N x M, of N x D and M x D."""
    products = first @ second.T
    squared: NDArray[np.floating] = (
        (first**2).sum(axis=1)[:, None] - 2 * products + (second**2).sum(axis=1)
    )
    return squared
