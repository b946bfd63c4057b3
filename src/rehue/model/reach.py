"""How far a hint reaches: over the thing that it lies on, not past its edge.

A network takes a hint for a word on the whole picture as well. Here what it changed counts as far
as the hint is near, by the shortest way over the picture's lightness, as Yatziv and Sapiro measure
it (2006, "Fast image and video colorization using chrominance blending", section II); and where the
hint is, its own colour stands. Several hints say something of the whole picture: the more there
are, the more of the network's answer to them counts everywhere.

Where a recogniser looked on, its features say instead how alike places are to those of the hints
(`alike`): far from a hint what the network changed counts where things are alike, and near it a
hint counts less on what is another thing.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.model.alike import directions, share_alike
from rehue.model.guided import guided

# Chosen on photographs held back from training (docs/log/2026-11-24-hints-and-more-photographs.md):
# a step of lightness between two cells that is no edge (units of L), what a step costs beside its
# lightness, and the way at which a hint counts exp(-1).
_NO_EDGE, _STEP, _REACH = 2.5, 0.05, 8.0
# So many hints beside the first one make the network's answer count by half, far from them all
# (docs/log/2026-11-26-at-rest.md).
_HALF_TRUST = 10
# How much of what the network changed counts far away where all is alike; how much of a hint counts
# nearby on what is not alike; and how much of the network's own variation stays about a hint's
# colour. Chosen on segments of one colour in photographs held back from training.
_FAR_ALIKE, _NEAR_UNLIKE, _OWN = 0.5, 0.3, 0.5
# Ways are counted in whole numbers of this, with the place of the hint in the lower bits.
_UNIT, _BITS = 1 / 1024, 32
_FAR = 1 << 61


def confine(
    hints: NDArray[np.float32],
    light: NDArray[np.float32],
    automatic: NDArray[np.float32],
    hinted: NDArray[np.float32],
    stride: int,
    count: int,
    pinned: NDArray[np.bool_],
    features: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Let hints count where they are near, and be met where they are.

    Args:
        hints: 3 x height x width (a, b, mask), on what the network saw.
        light: height x width, L as the network saw it.
        automatic: 2 x h x w, ab without hints.
        hinted: 2 x h x w, ab with them.
        stride: of the grid h x w.
        count: of the hints.
        pinned: height x width, where hints say that the automatic colour is right.
        features: C x height/32 x width/32 of a recogniser; None without one.

    Returns:
        2 x h x w.
    """
    planes = np.concatenate([hints[:2] * hints[2], hints[2:], light[None], pinned[None]])
    a, b, share, lightness, kept = _cells(planes, stride, automatic.shape[1:])
    given, kept = share > 0, 2 * kept > share
    if not (given & ~kept).any():
        return automatic
    way, nearest = _geodesic(given, lightness)
    counts = np.exp(-np.square(way / _REACH)).astype(np.float32)
    wanted = np.stack([a, b]) / np.maximum(share, np.float32(1e-6))
    missed = (wanted - hinted).reshape(2, -1)[:, nearest]
    met = hinted + missed
    # What a pin is nearest to stays, as far as a hint would count there.
    held = kept.ravel()[nearest]
    trust: float | NDArray[np.float32] = (count - 1) / (count - 1 + _HALF_TRUST)
    if features is not None:
        likeness = alike(features, given & ~kept, lightness)
        if held.any():
            likeness *= 1 - held * alike(features, kept, lightness)
        trust = _FAR_ALIKE * likeness
        counts *= _NEAR_UNLIKE + (1 - _NEAR_UNLIKE) * likeness
        met = _OWN * met + (1 - _OWN) * wanted.reshape(2, -1)[:, nearest]
    trusted = np.where(held, (1 - counts) * trust, trust).astype(np.float32)
    far = automatic + trusted * (hinted - automatic)
    met = np.where(held, automatic, met)
    confined: NDArray[np.float32] = far + counts * (met - far)
    return confined


def alike(
    features: NDArray[np.float32], given: NDArray[np.bool_], light: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return how alike each cell is to the given ones, 0..1, by what a recogniser saw.

    Args:
        features: C x h' x w'.
        given: h x w.
        light: h x w, L of the same cells, whose edges become those of what is alike.
    """
    coarse = features.shape[1:]
    factor = given.shape[0] // coarse[0]
    apart = directions(features)
    there = np.unique(np.argwhere(given) // factor, axis=0)
    cosine = np.einsum("cyx,cn->nyx", apart, apart[:, there[:, 0], there[:, 1]]).max(axis=0)
    size = (given.shape[1], given.shape[0])
    smooth = np.asarray(
        Image.fromarray(share_alike(cosine)).resize(size, Image.Resampling.BILINEAR)
    )
    fine: NDArray[np.float32] = np.clip(guided(smooth[None], light)[0], 0, 1)
    fine[given] = 1
    return fine


def _cells(planes: NDArray[np.float32], stride: int, grid: tuple[int, ...]) -> NDArray[np.float32]:
    """Area means on the network's grid, which is filled up beyond the picture by its edge."""
    height, width = grid
    beyond = (0, height * stride - planes.shape[1]), (0, width * stride - planes.shape[2])
    padded = np.pad(planes, ((0, 0), *beyond), mode="edge")
    parts = padded.reshape(len(planes), height, stride, width, stride)
    means: NDArray[np.float32] = parts.mean((2, 4))
    return means


def _geodesic(
    given: NDArray[np.bool_], lightness: NDArray[np.float32]
) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    """Return each cell's shortest way to a given cell, and that cell's flat number.

    Rows and columns are walked to and fro until nothing gets shorter (as Toivanen 1996, "New
    geodesic distance transforms for gray-scale images"). A way and its end are one whole number, so
    that the smaller way takes its end along.
    """
    ends = np.arange(given.size, dtype=np.int64).reshape(given.shape)
    key = np.where(given, ends, _FAR)
    walks = [_walked(lightness, axis) for axis in (0, 1)]
    while True:
        before = key
        for axis, walked in enumerate(walks):
            key = np.minimum.accumulate(key - walked, axis) + walked
            back = np.flip(key + walked, axis)
            key = np.flip(np.minimum.accumulate(back, axis), axis) - walked
        if np.array_equal(before, key):
            return (key >> _BITS) * _UNIT, key & ((1 << _BITS) - 1)


def _walked(lightness: NDArray[np.float32], axis: int) -> NDArray[np.int64]:
    """What it costs to walk from the first cell of each row or column to each, as keys."""
    steps = np.maximum(np.abs(np.diff(lightness, axis=axis)) - _NO_EDGE, 0) + _STEP
    first = np.zeros_like(np.take(steps, [0], axis)) if steps.size else np.zeros_like(lightness)
    whole = np.rint(np.concatenate([first, steps], axis) / _UNIT).astype(np.int64)
    return np.cumsum(whole, axis) << _BITS
