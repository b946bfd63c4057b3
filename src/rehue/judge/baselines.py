"""What costs nothing, and stands beside every figure: plain grey and one constant colour."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rehue.color import fit_to_gamut, lab_to_srgb, srgb_to_lab
from rehue.errors import DatasetError

if TYPE_CHECKING:
    from rehue.dataset import Sample

PLAIN_GREY = (0.0, 0.0)
# `mean_color` of the 14,760 photographs of shards train-000 to train-006, before any further
# filter; no photograph of val-000, Kodak or COCO val2017 is among them. It is a constant: judged
# sets never shift it.
MEAN_COLOR = (1.67, 7.70)


def constant_ab(lightness: NDArray[np.floating], color: tuple[float, float]) -> NDArray[np.float32]:
    """Return a picture's ab when every pixel has the same: height x width x 2."""
    return np.broadcast_to(np.array(color, np.float32), (*lightness.shape, 2))


def paint(lightness: NDArray[np.floating], ab: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return the 8-bit sRGB picture of a lightness and an ab, fitted into the gamut.

    Args:
        lightness: height x width, L 0..100.
        ab: height x width x 2.

    Returns:
        height x width x 3.

    >>> paint(np.array([[50.03]]), np.zeros((1, 1, 2))).tolist()
    [[[119, 119, 119]]]
    """
    lab = np.concatenate([lightness[..., None], ab], axis=-1)
    painted: NDArray[np.uint8] = lab_to_srgb(fit_to_gamut(lab), np.uint8)
    return painted


def mean_color(photographs: "Iterable[Sample]") -> tuple[float, float]:
    """Return the mean over photographs of each photograph's mean ab.

    Args:
        photographs: training photographs, never those that are judged.

    Raises:
        DatasetError: there are none.
    """
    total, count = np.zeros(2), 0
    for sample in photographs:
        total += srgb_to_lab(sample.image)[..., 1:].mean(axis=(0, 1), dtype=np.float64)
        count += 1
    if not count:
        raise DatasetError("the mean colour needs photographs, found none: give training shards")
    a, b = total / count
    return float(a), float(b)
