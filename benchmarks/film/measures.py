"""Measures of a film's colours over time, in NumPy and OpenCV; `steadiness.py` prints them.

All work on frames of one shot at one size: L (T x h x w) and ab (T x h x w x 2).
Flow comes from the clip as it was in colour, by Farneback's algorithm (2003): another than the one
that the colours were carried along.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from rehue.color import ciede2000, lab_to_srgb
from rehue.color.gamut import fit_to_gamut

Array = NDArray[np.float32]

# A place whose way back misses by more (px), or whose L differs by more, is hidden in one frame.
_MISS, _DIFFERS = 1.0, 8.0
# Places so near a moving edge count as at it (px); an edge moves where flow differs by so much.
_NEAR, _MOVES = 8, 1.0


@dataclass(frozen=True)
class Motion:
    """How a clip moves.

    Attributes:
        places: (T - 1) x h x w x 2: where each place of frame t + 1 was in frame t.
        seen: (T - 1) x h x w: whether it was to be seen there.
        edges: T x h x w: whether a moving edge is near.
    """

    places: Array
    seen: NDArray[np.bool_]
    edges: NDArray[np.bool_]


def motion_of(light: Array) -> Motion:
    """Find a clip's motion from its L."""
    grey = np.clip(light * 2.55, 0, 255).astype(np.uint8)
    height, width = grey.shape[1:]
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
    places, seen, edges = [], [], [np.zeros((height, width), bool)]
    for before, now in pairwise(grey):
        back, forth = (
            cv2.calcOpticalFlowFarneback(one, other, None, 0.5, 5, 15, 5, 7, 1.5, 0)
            for one, other in ((now, before), (before, now))
        )
        there = grid + back
        miss = np.linalg.norm(back + fetch(forth, there), axis=-1)
        differs = np.abs(fetch(before.astype(np.float32), there) - now) / 2.55
        inside = ((there >= 0) & (there <= (width - 1, height - 1))).all(-1)
        places.append(there)
        seen.append((miss < _MISS) & (differs < _DIFFERS) & inside)
        spread = cv2.morphologyEx(back[..., 0], cv2.MORPH_GRADIENT, np.ones((3, 3)))
        spread += cv2.morphologyEx(back[..., 1], cv2.MORPH_GRADIENT, np.ones((3, 3)))
        side = np.ones((2 * _NEAR + 1, 2 * _NEAR + 1), np.uint8)
        edges.append(cv2.dilate((spread > _MOVES).astype(np.uint8), side) > 0)
    return Motion(np.stack(places), np.stack(seen), np.stack(edges))


def fetch(values: Array, places: Array) -> Array:
    """Fetch values from places between pixels, bilinearly."""
    return cv2.remap(values, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def warp_error(ab: Array, motion: Motion, frames: int = 1) -> float:
    """Mean distance in ab of what is seen in two frames so far apart, hidden places left out."""
    errors = []
    for last in range(frames, len(ab)):
        places, seen = motion.places[last - 1], motion.seen[last - 1]
        for step in range(last - 2, last - frames - 1, -1):
            seen = seen & (fetch(motion.seen[step].astype(np.float32), places) > 0.99)
            places = fetch(motion.places[step], places)
        if seen.mean() > 0.05:
            distance = np.linalg.norm(ab[last] - fetch(ab[last - frames], places), axis=-1)
            errors.append(float(distance[seen].mean()))
    return float(np.mean(errors))


def distribution_consistency(light: Array, ab: Array) -> float:
    """Colour distribution consistency (Liu et al. 2021, TCVC, eq. 11): lower is calmer.

    Mean over steps of 1, 2 and 4 frames, and over red, green and blue, of the Jensen-Shannon
    divergence of the histograms of frames that far apart.
    """
    histograms = []
    for one, other in zip(light, ab, strict=True):
        rgb = shown(one, other)
        histograms.append([np.bincount(rgb[..., c].ravel(), minlength=256) for c in range(3)])
    shares = np.array(histograms, float)
    shares /= shares.sum(axis=-1, keepdims=True)
    found = []
    for step in (1, 2, 4):
        p, q = shares[:-step], shares[step:]
        middle = (p + q) / 2
        with np.errstate(all="ignore"):
            parts = [np.where(s > 0, s * np.log2(s / middle), 0).sum(-1) for s in (p, q)]
        found.append((parts[0] + parts[1]).mean() / 2)
    return float(np.mean(found))


def shown(light: Array, ab: Array) -> NDArray[np.uint8]:
    """Return sRGB of L and ab, fitted into the gamut."""
    lab = np.concatenate([light[..., None], ab], axis=-1).astype(np.float32)
    return lab_to_srgb(fit_to_gamut(lab), np.uint8)


def difference(light: Array, ab: Array, other: Array) -> Array:
    """CIEDE2000 of each pixel, at the same L."""
    pair = [
        np.concatenate([light[..., None], colors], axis=-1).astype(np.float32)
        for colors in (ab, other)
    ]
    return np.stack([ciede2000(one, two) for one, two in zip(*pair, strict=True)])
