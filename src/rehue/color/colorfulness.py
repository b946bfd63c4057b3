"""How colourful a picture is, as people rate it."""

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import white_code


def colorfulness(image: NDArray[np.generic]) -> float:
    """Return the colourfulness M3 of Hasler and Süsstrunk (2003, equation 9).

    Args:
        image: height x width x 3, sRGB-encoded, uint8, uint16 or float 0..1.

    Returns:
        0 for a grey picture; about 15 slightly, 33 moderately, 59 quite colourful (their table 2).

    >>> colorfulness(np.full((4, 4, 3), 128, np.uint8))
    0.0
    """
    red, green, blue = np.moveaxis(
        image.astype(np.float64) * (255 / white_code(image.dtype)), -1, 0
    )
    red_green = red - green
    yellow_blue = (red + green) / 2 - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    return float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))
