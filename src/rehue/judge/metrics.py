"""Figures of one picture against its original: pure functions of arrays.

`squared_error` and `mse_ab` compare chroma; `psnr`, `ssim` and `difference_histogram` compare
pictures. How colourful a picture is says `rehue.color.colorfulness`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehue.color import ciede2000, normalize_ab

# CIEDE2000 is counted in bins this wide up to this far (the largest within sRGB is about 120), so
# that the median over all pixels of a set needs no list of its pixels.
BIN_WIDTH = 0.01
BINS = 20_000

# Two 8-bit pictures that are equal get a finite figure, so that one of them in a set does not make
# the set's average infinite.
LARGEST_PSNR = 100.0

# Wang, Bovik, Sheikh and Simoncelli 2004, sections III.B and III.C: an 11 x 11 Gaussian window of
# sigma 1.5, C1 = (0.01 * 255)^2, C2 = (0.03 * 255)^2.
_RADIUS = 5
_WINDOW = np.exp(-0.5 * (np.arange(_RADIUS + 1) / 1.5) ** 2)
_WINDOW /= 2 * _WINDOW.sum() - _WINDOW[0]
_C1 = (0.01 * 255) ** 2
_C2 = (0.03 * 255) ** 2
# Variances do not care where zero lies; near the middle of the range float32 keeps their digits.
_MIDDLE = 127.5


def squared_error(
    predicted: NDArray[np.floating], truth: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return each pixel's squared error of ab in the study's normalisation.

    Args:
        predicted: height x width x 2, units of ab.
        truth: the same shape.

    Returns:
        height x width, the mean over both channels of ((ab' - ab) / 255)^2.
    """
    error = normalize_ab(predicted) - normalize_ab(truth)
    return (np.square(error[..., 0]) + np.square(error[..., 1])) / 2


def mse_ab(predicted: NDArray[np.floating], truth: NDArray[np.floating]) -> float:
    """Return the mean of `squared_error`.

    >>> round(mse_ab(np.full((2, 2, 2), 25.5), np.zeros((2, 2, 2))), 9)
    0.01
    """
    return float(np.mean(squared_error(predicted, truth), dtype=np.float64))


def psnr(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Return the peak signal-to-noise ratio of two 8-bit pictures of one shape, in dB.

    Equal pictures get `LARGEST_PSNR`.

    >>> round(psnr(np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 16, np.uint8)), 2)
    24.05
    """
    error = first.astype(np.int32) - second
    mean_squared = float(np.mean(np.square(error), dtype=np.float64))
    if mean_squared == 0:
        return LARGEST_PSNR
    return min(LARGEST_PSNR, float(10 * np.log10(255**2 / mean_squared)))


@dataclass(frozen=True)
class Moments:
    """What SSIM needs of one picture alone, so that an original's is computed once.

    Attributes:
        planes: 3 x height x width, samples around the middle of their range.
        mean: 3 x (height - 10) x (width - 10), within each window, around the middle too.
        variance: the same shape.
    """

    planes: NDArray[np.float32]
    mean: NDArray[np.float32]
    variance: NDArray[np.float32]

    @classmethod
    def of(cls, image: NDArray[np.uint8]) -> "Moments":
        """Compute them; a picture narrower than the window is continued by its mirror image."""
        planes = np.ascontiguousarray(np.moveaxis(image, -1, 0)).astype(np.float32) - _MIDDLE
        if min(image.shape[:2]) <= 2 * _RADIUS:
            around = ((0, 0), (_RADIUS, _RADIUS), (_RADIUS, _RADIUS))
            planes = np.pad(planes, around, mode="symmetric")
        mean = _blur(planes)
        return cls(planes, mean, _blur(planes * planes) - mean * mean)


def ssim(first: NDArray[np.uint8] | Moments, second: NDArray[np.uint8]) -> float:
    """Return the structural similarity of two 8-bit pictures, averaged over their channels.

    Wang et al. 2004, equation 13, over the places where the whole window lies in the picture.

    Args:
        first: height x width x 3, or its moments.
        second: height x width x 3.

    Returns:
        1 for equal pictures.

    >>> ssim(np.zeros((16, 16, 3), np.uint8), np.zeros((16, 16, 3), np.uint8))
    1.0
    """
    x = first if isinstance(first, Moments) else Moments.of(first)
    y = Moments.of(second)
    covariance = _blur(x.planes * y.planes) - x.mean * y.mean
    mean_x, mean_y = x.mean + _MIDDLE, y.mean + _MIDDLE
    luminance = (2 * mean_x * mean_y + _C1) / (mean_x * mean_x + mean_y * mean_y + _C1)
    structure = (2 * covariance + _C2) / (x.variance + y.variance + _C2)
    return float(np.mean(luminance * structure, dtype=np.float64))


def difference_histogram(
    first: NDArray[np.floating], second: NDArray[np.floating]
) -> tuple[float, NDArray[np.int64]]:
    """Return the mean CIEDE2000 of two L*a*b* pictures and how often each difference occurs.

    Args:
        first: height x width x 3.
        second: the same shape.

    Returns:
        The mean over pixels, and counts in `BINS` bins of `BIN_WIDTH` from 0; the last takes
        what lies beyond.
    """
    differences = ciede2000(first, second)
    return float(differences.mean(dtype=np.float64)), count_differences(differences)


def count_differences(differences: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return how often each CIEDE2000 difference occurs, as in `difference_histogram`."""
    index = np.minimum(differences / BIN_WIDTH, BINS - 1).astype(np.int32)
    return np.bincount(index.ravel(), minlength=BINS)


def histogram_median(counts: NDArray[np.number], width: float = BIN_WIDTH) -> NDArray[np.float64]:
    """Return the median that a histogram tells, linear within the bin that holds it.

    Args:
        counts: ... x bins, from 0 upwards; weights will do.
        width: of a bin.

    Returns:
        One median for each leading index; within `width` of the true one.

    >>> float(histogram_median(np.array([1, 2, 1]), width=1.0))
    1.5
    """
    reached = np.cumsum(counts, axis=-1, dtype=np.float64)
    half = reached[..., -1:] / 2
    holder = np.argmax(reached >= half, axis=-1)[..., None]
    inside = np.take_along_axis(counts, holder, axis=-1)
    before = np.take_along_axis(reached, holder, axis=-1) - inside
    with np.errstate(invalid="ignore"):  # an empty histogram has no median: nan
        return np.asarray(((holder + (half - before) / inside) * width)[..., 0])


def _blur(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gaussian window mean of C x height x width where it fits: smaller by its radius all round."""
    return _blur_rows(_blur_rows(planes.swapaxes(1, 2)).swapaxes(1, 2))


def _blur_rows(planes: NDArray[np.float32]) -> NDArray[np.float32]:
    """The window along axis 1; its two halves are equal and are added before they are weighted."""
    length = planes.shape[1] - 2 * _RADIUS
    total = planes[:, _RADIUS : _RADIUS + length] * np.float32(_WINDOW[0])
    for step, weight in enumerate(_WINDOW[1:].astype(np.float32), start=1):
        pair = (
            planes[:, _RADIUS - step : _RADIUS - step + length]
            + planes[:, _RADIUS + step : _RADIUS + step + length]
        )
        pair *= weight
        total += pair
    return total
