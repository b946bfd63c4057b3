"""Which tones a print spans: a faded or dense one is shown to the network at full contrast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehue.errors import PhotoError

# L 0..100 and shares of pixels. Dust and specular lights lie beyond these shares.
_DARKEST, _LIGHTEST = 0.002, 0.998
# A span below this is faded or dense; of photographs held back from training 2 % have less, and
# those, too, come out nearer to the truth for it.
_NARROW = 60.0
# With less there is nothing to see: a plain sheet.
_FLAT = 4.0


@dataclass(frozen=True)
class Tones:
    """Tones of a print, and how they come to full contrast.

    Attributes:
        black: L of its darkest tone, 0..100.
        white: L of its lightest.
    """

    black: float = 0.0
    white: float = 100.0

    def __post_init__(self) -> None:
        """Refuse tones that are none.

        Raises:
            PhotoError: they lie outside 0..100, or white is not above black.
        """
        if not 0 <= self.black < self.white <= 100:
            raise PhotoError(
                f"tones {self.black:g} to {self.white:g}: give two lightnesses from 0 to 100, the "
                "darker first"
            )

    @property
    def is_full(self) -> bool:
        """Whether nothing is to be stretched."""
        return self == FULL

    def stretched(self, light: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return L (0..100) brought from these tones to the full span; what lies beyond is cut."""
        factor = np.float32(100 / (self.white - self.black))
        full = (light - np.float32(self.black)) * factor
        return np.asarray(np.clip(full, np.float32(0), np.float32(100)))


FULL = Tones()


def find_tones(light: NDArray[np.float32]) -> Tones:
    """Find which tones a print spans.

    Args:
        light: L (0..100) of a small copy, without what surrounds the print.

    Returns:
        Its span where that is narrow, otherwise the full one.

    >>> round(find_tones(np.linspace(40, 70, 500, dtype=np.float32)).white)
    70
    """
    black, white = (float(tone) for tone in np.quantile(light, (_DARKEST, _LIGHTEST)))
    if not _FLAT <= white - black < _NARROW:
        return FULL
    return Tones(round(max(black, 0.0)), round(min(white, 100.0)))
