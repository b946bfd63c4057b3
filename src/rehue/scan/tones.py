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
# Half of a print that came out too dark lies below this L, as half of 4 % of photographs does;
# the exponent by which it is shown lighter.
_DARK, _DARK_GAMMA = 16.0, 1.8
# The strongest gamma that tones can have; the other end is its inverse.
_LEAST = 0.2
# By how much less sure of its colours a network may be of a faded print at that contrast, and of a
# dark one shown lighter (nats).
_LESS_SURE, _LESS_SURE_LIGHTER = 0.4, 0.7


@dataclass(frozen=True)
class Tones:
    """Tones of a print, and how they come to full contrast.

    Attributes:
        black: L of its darkest tone, 0..100.
        white: L of its lightest.
        gamma: exponent that made its middle tones too dark (above 1) or too light.
    """

    black: float = 0.0
    white: float = 100.0
    gamma: float = 1.0

    def __post_init__(self) -> None:
        """Refuse tones that are none.

        Raises:
            PhotoError: they lie outside 0..100, or white is not above black; a gamma that is none.
        """
        if not 0 <= self.black < self.white <= 100:
            raise PhotoError(
                f"tones {self.black:g} to {self.white:g}: give two lightnesses from 0 to 100, the "
                "darker first"
            )
        if not _LEAST <= self.gamma <= 1 / _LEAST:
            raise PhotoError(
                f"tones with a gamma of {self.gamma:g}: give one from {_LEAST:g} to {1 / _LEAST:g}"
            )

    @property
    def is_full(self) -> bool:
        """Whether nothing is to be stretched."""
        return self == FULL

    def stretched(self, light: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return L (0..100) with these tones at the contrast of an ordinary photograph.

        They come to 10..90, or to black or white where they lie there; what lies beyond is cut.
        Their gamma is undone after that.
        """
        if self.is_full:
            return light
        beyond = (1 / _BROUGHT_TO - 1) / 2 * (self.white - self.black)
        black, white = max(0.0, self.black - beyond), min(100.0, self.white + beyond)
        full = (light - np.float32(black)) * np.float32(100 / (white - black))
        full = np.clip(full, np.float32(0), np.float32(100))
        if self.gamma != 1:
            full = np.float32(100) * (full / np.float32(100)) ** np.float32(1 / self.gamma)
        return np.asarray(full)

    def __str__(self) -> str:
        """Return them as `read_tones` reads them."""
        gamma = f",{self.gamma:g}" * (self.gamma != 1)
        return f"{self.black:g}-{self.white:g}{gamma}"


FULL = Tones()


def find_tones(light: NDArray[np.float32]) -> Tones:
    """Find which tones a print spans.

    Args:
        light: L (0..100) of a small copy, without what surrounds the print.

    Returns:
        Its span where that is narrow, otherwise the full one; with a gamma where most of it is
        nearly black.

    >>> round(find_tones(np.linspace(40, 70, 500, dtype=np.float32)).white)
    70
    """
    black, white = (float(tone) for tone in np.quantile(light, (_DARKEST, _LIGHTEST)))
    span = white - black
    if span >= _NARROW:
        return Tones(gamma=_DARK_GAMMA) if np.median(light) < _DARK else FULL
    if span < _FLAT:
        return FULL
    return Tones(round(max(black, 0.0)), round(min(white, 100.0)))


def is_nearly_as_sure(
    tones: Tones, stretched: NDArray[np.float32], plain: NDArray[np.float32]
) -> bool:
    """Say whether a network is nearly as sure of a picture's colours with its tones stretched.

    A scene that is as dark, foggy or plain as it looks has colours that go with that; a faded print
    of any other is unlike all that the network learnt from, until it is stretched.

    Args:
        tones: by which it was.
        stretched: logits, bins x rows x columns, that it gave the picture so.
        plain: those that it gave it as it is.
    """
    less_sure = _LESS_SURE if tones.gamma == 1 else _LESS_SURE_LIGHTER
    return bool(_entropy(stretched) <= _entropy(plain) + less_sure)


def _entropy(logits: NDArray[np.float32]) -> float:
    """Mean over a picture of how unsure a network is (bins x rows x columns to nats)."""
    shifted = logits - logits.max(axis=0)
    weights = np.exp(shifted)
    total = weights.sum(axis=0)
    return float((np.log(total) - (weights * shifted).sum(axis=0) / total).mean())
