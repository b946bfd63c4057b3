"""Which way is up, and whether this is a negative, by what a recogniser sees in a picture.

A network that ImageNet trained to name things (EfficientNet-Lite2, frozen) looks on beside the one
that colours, so that its features cost nothing more. Two small heads (`heads.npz`, which
`benchmarks/scan/learn_heads.py` makes) read them: of the four ways up, and negative or not. Most
pictures lie upright: the first look says so for most, and only where it does not the recogniser is
shown the picture turned to the other three ways, and all four must agree clearly.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

# Features count over so many rows and columns of a picture; neighbours are then put together.
_PLACES: Final = 6
_STRIDE: Final = 32
# Of the features that the heads can read.
CHANNELS: Final = 352
_TONES: Final = 32
# Chosen on photographs held back from training (docs/scans.md). The first look is enough where it
# gives upright so much of the probability.
_UPRIGHT: Final = 0.6
# By how much the best way must lead the next one (natural logarithm), each by the look that gives
# it least.
_LEAD: Final = 1.85
# What makes a negative (natural logarithm).
_NEGATIVE: Final = -0.015


class Features(NamedTuple):
    """What a recogniser saw in a picture as it was shown.

    Attributes:
        places: 6 x 6 x channels, means over the picture; of EfficientNet-Lite2 the 352 channels of
            its last block, before its head.
    """

    places: NDArray[np.float32]

    @classmethod
    def of(cls, answered: NDArray[np.float32], size: tuple[int, int], turn: int = 0) -> Self:
        """Take the means.

        Args:
            answered: channels x rows x columns at stride 32, turned back as the picture lies.
            size: its height and width as it lies (px); what lies beyond is padding.
            turn: quarter turns clockwise after which it was shown.
        """
        down, across = (
            _shares(cells, length / _STRIDE)
            for cells, length in zip(answered.shape[1:], size, strict=True)
        )
        places = np.einsum("ki,cij,lj->klc", down, answered, across, optimize=True)
        return cls(np.rot90(places, -turn))


class Recognized(NamedTuple):
    """What was told of a picture.

    Attributes:
        turn: quarter turns clockwise after which it is upright, 0 to 3.
        is_negative: it looks like a negative.
        is_faded: narrow tones are those of a faded print, not of what it shows.
    """

    turn: int = 0
    is_negative: bool = False
    is_faded: bool = True


def recognize(
    first: Features, look: Callable[[int], Features | None], light: NDArray[np.float32]
) -> Recognized:
    """Say which way is up, and whether it is a negative.

    Args:
        first: of the picture as it lies.
        look: gives those of the picture turned clockwise by 1 to 3 quarters; asked where needed.
        light: what was shown, L 0..100, height x width.
    """
    if negative_evidence(first, light) >= _NEGATIVE:
        return Recognized(is_negative=True)
    ways = ways_up(first)
    if ways[0] >= np.log(_UPRIGHT):
        return Recognized()
    least = ways
    for turn in (1, 2, 3):
        seen = look(turn)
        if seen is None:
            return Recognized()
        least = np.minimum(least, np.roll(ways_up(seen), turn))
    best = int(least.argmax())
    return Recognized(best if least[best] - np.sort(least)[-2] >= _LEAD else 0)


def ways_up(features: Features) -> NDArray[np.float32]:
    """Return how probable it is that a picture is upright after 0 to 3 quarter turns clockwise.

    Mirrored it is upright as well, after turns the other way: both count.

    Returns:
        Natural logarithms, 4.
    """
    both = (features.places, features.places[:, ::-1])
    ways, mirrored = (_log_softmax(_answer("ways", places)) for places in both)
    return np.asarray((ways + mirrored[[0, 3, 2, 1]]) / 2)


def negative_evidence(features: Features, light: NDArray[np.float32]) -> float:
    """Return how much more a picture looks like a negative than like a positive.

    Args:
        features: of it.
        light: L 0..100, height x width.

    Returns:
        The natural logarithm of how many times likelier that is.
    """
    positive, negative = _answer("negative", features.places, tones_of(light))
    return float(negative - positive)


def tones_of(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return which share of L (0..100, height x width) lies in each of 32 equal steps."""
    return (np.histogram(light, _TONES, (0, 100))[0] / light.size).astype(np.float32)


def _shares(cells: int, length: float) -> NDArray[np.float32]:
    """How much each cell counts in each place along one side: places x cells."""
    edges = np.linspace(0, length, _PLACES + 1, dtype=np.float32)[:, None]
    cell = np.arange(cells, dtype=np.float32)
    covered = np.minimum(edges[1:], cell + 1) - np.maximum(edges[:-1], cell)
    covered = np.maximum(covered, 0)
    return np.asarray(covered / covered.sum(axis=1, keepdims=True))


def _answer(
    head: str, places: NDArray[np.float32], beside: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Run a head: a layer of each place, one of neighbours together, and the last."""
    weights = _heads()
    cells = _relu(places @ weights[f"{head}.place.weight"] + weights[f"{head}.place.bias"])
    half = _PLACES // 2
    together = cells.reshape(half, 2, half, 2, -1).mean(axis=(1, 3)).ravel()
    if beside is not None:
        together = np.concatenate([together, beside])
    hidden = _relu(together @ weights[f"{head}.whole.weight"] + weights[f"{head}.whole.bias"])
    return np.asarray(hidden @ weights[f"{head}.last.weight"] + weights[f"{head}.last.bias"])


def _relu(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.maximum(values, np.float32(0))


def _log_softmax(values: NDArray[np.float32]) -> NDArray[np.float32]:
    shifted = values - values.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


@cache
def _heads() -> dict[str, NDArray[np.float32]]:
    """Weights, inputs x outputs, and biases of the heads by their names."""
    with files("rehue.scan").joinpath("heads.npz").open("rb") as file, np.load(file) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}
