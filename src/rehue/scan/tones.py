"""Which tones a print spans: a faded or dense one is shown to the network at full contrast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehue.errors import PhotoError

# L 0..100 and shares of pixels. Dust and specular lights lie beyond these shares.
_DARKEST, _LIGHTEST = 0.002, 0.998
# A span below this may be that of a faded or dense print; of photographs held back from training
# 0.7 % have less, and come out further from the truth at more contrast than they have.
_NARROW = 52.0
# With less there is nothing to see: a plain sheet.
_FLAT = 4.0
# What of the full span they are brought to: nine tenths of photographs have more.
_BROUGHT_TO = 0.8
# By how much less sure of its colours a network may be of a faded print at that contrast (nats).
_LESS_SURE = 0.4


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
        """Return L (0..100) with these tones at the contrast of an ordinary photograph.

        They come to 10..90, or to black or white where they lie there; what lies beyond is cut.
        """
        if self.is_full:
            return light
        beyond = (1 / _BROUGHT_TO - 1) / 2 * (self.white - self.black)
        black, white = max(0.0, self.black - beyond), min(100.0, self.white + beyond)
        full = (light - np.float32(black)) * np.float32(100 / (white - black))
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


def is_nearly_as_sure(stretched: NDArray[np.float32], plain: NDArray[np.float32]) -> bool:
    """Say whether a network is nearly as sure of a picture's colours at the contrast of another.

    A scene that is as dark, foggy or plain as it looks has colours that go with that; a faded print
    of any other is unlike all that the network learnt from, until it is stretched.

    Args:
        stretched: logits, bins x rows x columns, that it gave the picture at more contrast.
        plain: those that it gave it as it is.
    """
    return bool(_entropy(stretched) <= _entropy(plain) + _LESS_SURE)


def _entropy(logits: NDArray[np.float32]) -> float:
    """Mean over a picture of how unsure a network is (bins x rows x columns to nats)."""
    shifted = logits - logits.max(axis=0)
    weights = np.exp(shifted)
    total = weights.sum(axis=0)
    return float((np.log(total) - (weights * shifted).sum(axis=0) / total).mean())
