"""Whether one thing has one colour: unrest and patches in calm segments of the original.

A network that is unsure paints parts of one thing in several colours, which people see at once and
averages of errors hardly tell. So the original is divided into segments, and in those whose own
colour is calm the colours shown are looked at.
"""

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from rehue.errors import DatasetError, install_line

# Felzenszwalb and Huttenlocher 2004, "Efficient Graph-Based Image Segmentation": how large segments
# tend to be, the blur before (px) and the smallest (px), on L*a*b* / 100.
_SCALE, _BLUR, _SMALLEST = 200, 0.8, 50
# Segments that count: their share of the picture, and how far their own ab vary at most.
_LEAST_SHARE, _CALM = 0.01, 5.0
# A patch: a pixel with at least this chroma whose hue is so many degrees off its segment's.
_CHROMA, _DEGREES = 15.0, 40.0


@dataclass(frozen=True)
class Unrest:
    """What was seen in the calm segments of one photograph; nan where it has none.

    Attributes:
        shown: how far the shown ab vary within a segment (root of the summed variances of a and b,
            units of ab), averaged over segments.
        original: the same of the original's.
        patches: share of the segments' pixels that are patches.
    """

    shown: float
    original: float
    patches: float


def can_segment() -> bool:
    """Say whether scikit-image (extra `evaluate`) is installed."""
    return find_spec("skimage") is not None


def calm_segments(lab: NDArray[np.floating]) -> list[NDArray[np.intp]]:
    """Divide an original into segments and return those whose colour is calm.

    Args:
        lab: height x width x 3, L*a*b* of the original.

    Returns:
        For each segment the flat indices of its pixels.

    Raises:
        DatasetError: scikit-image, of the extra `evaluate`, is not installed.
    """
    try:
        from skimage.segmentation import felzenszwalb  # noqa: PLC0415 (an extra, and slow to load)
    except ImportError as error:
        raise DatasetError(f"unrest needs scikit-image: {install_line('evaluate')}") from error
    labels = felzenszwalb(
        lab.astype(np.float64) / 100, _SCALE, _BLUR, _SMALLEST, channel_axis=-1
    ).ravel()
    order = np.argsort(labels, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(labels))[:-1])
    flat = lab[..., 1:].reshape(-1, 2)
    least = _LEAST_SHARE * len(flat)
    return [m for m in members if len(m) >= least and _spread(flat[m]) <= _CALM]


def measure_unrest(
    shown: NDArray[np.floating],
    original: NDArray[np.floating],
    segments: list[NDArray[np.intp]],
) -> Unrest:
    """Look at the colours shown in the calm segments of an original.

    Args:
        shown: height x width x 2, ab as a user gets them.
        original: the same shape.
        segments: of the original, by `calm_segments`.
    """
    if not segments:
        return Unrest(np.nan, np.nan, np.nan)
    ours, theirs = shown.reshape(-1, 2), original.reshape(-1, 2)
    patches = sum(_patches(ours[members]) for members in segments)
    return Unrest(
        shown=float(np.mean([_spread(ours[members]) for members in segments])),
        original=float(np.mean([_spread(theirs[members]) for members in segments])),
        patches=patches / sum(map(len, segments)),
    )


def _spread(ab: NDArray[np.floating]) -> float:
    return float(np.sqrt(ab.var(axis=0, dtype=np.float64).sum()))


def _patches(ab: NDArray[np.floating]) -> int:
    """Count the pixels of a segment that stand out of its mean colour."""
    mean = ab.mean(axis=0, dtype=np.float64)
    chroma = np.hypot(ab[:, 0], ab[:, 1])
    # Angle between each colour and the mean, by their products.
    along, across = ab @ mean, ab[:, 0] * mean[1] - ab[:, 1] * mean[0]
    angle = np.degrees(np.abs(np.arctan2(across, along)))
    return int(((chroma > _CHROMA) & (angle > _DEGREES)).sum())
