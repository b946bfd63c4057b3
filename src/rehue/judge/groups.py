"""Success, medium, failure: the study's groups of colourings, by a written rule.

The study's authors sorted their colourings by eye: a success is better than the photograph it is
judged against (more colourful, better balanced), a medium one as good, a failure wrong, dull or
unfinished. The rule says the same of five measures, each of the picture against its original:

A colouring is a **failure** when it is much less colourful than the original, leaves much of the
picture uncoloured, loses its colour detail, has other hues, or is much further from white balance.
Of the others it is a **success** when its hues are the original's and it is clearly more colourful
or clearly better balanced; what remains is **medium**, as a photograph judged against itself.

Both pictures are brought to `SIDE` px first, so that the size does not count. The limits were
fitted by `benchmarks/study/groups.py` on photographs that training held back, and shown on others.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.color import colorfulness, srgb_to_lab
from rehue.judge.baselines import MEAN_COLOR

# Short side at which pictures are compared, px, and the side of the tiles for colour detail: an
# eighth of it, within which a wash of colour is flat.
SIDE = 128
_TILE = 16
# Units of ab: what an original has of it before a place counts as coloured; the same as what is
# not near-neutral to `judge.hues`.
_COLORED = 10.0
# Of the chroma of such a place a colouring keeps at least this share, or it is left uncoloured.
_KEPT = 0.2
# Where less of the original than this share is coloured, it counts as this much.
_SPECK = 0.02
# Detail and chroma that nobody sees, units of ab: so that flat and grey pictures compare, too.
_FAINT = 0.2
# What is nearest to grey in a picture, share of its pixels.
_GREYEST = 0.3
# The ab that the mean of a picture without a cast has, and that of its greyest pixels: photographs
# are warm. Chosen on the split with the limits: of multiples of `MEAN_COLOR`, those that see the
# worst seen of four casts (warm, cool, green, magenta) best.
_USUAL = (1.25 * MEAN_COLOR[0], 1.25 * MEAN_COLOR[1])
_USUAL_GREY = (0.5 * MEAN_COLOR[0], 0.5 * MEAN_COLOR[1])


class Outcome(StrEnum):
    """The groups."""

    SUCCESS = "success"
    MEDIUM = "medium"
    FAILURE = "failure"


# What the study's authors found by eye in their own results.
STUDY_SHARES = {Outcome.SUCCESS: 0.1235, Outcome.MEDIUM: 0.6941, Outcome.FAILURE: 0.1824}


@dataclass(frozen=True)
class Rule:
    """The limits of the five measures, as fitted.

    Attributes:
        least_colorfulness: less is a failure.
        most_uncolored: more is a failure.
        least_detail: less is a failure.
        least_agreement: less is a failure.
        worst_balance: less is a failure.
        success_agreement: less is no success: vivid colours in the wrong places are not better.
        more_colorful: this and more is a success.
        better_balanced: this and more is a success.
    """

    least_colorfulness: float = 0.34
    most_uncolored: float = 0.34
    least_detail: float = 0.56
    least_agreement: float = 0.27
    worst_balance: float = -11.17
    success_agreement: float = 0.5
    more_colorful: float = 1.57
    better_balanced: float = 1.19


RULE = Rule()


@dataclass(frozen=True)
class Appearance:
    """What the measures need of one picture.

    Attributes:
        ab: height x width x 2, `SIDE` px or less at its short side.
        colorfulness: M3 of Hasler and Süsstrunk.
    """

    ab: NDArray[np.floating]
    colorfulness: float

    @classmethod
    def of(cls, image: NDArray[np.uint8]) -> "Appearance":
        """Look at a picture, height x width x 3, uint8, sRGB."""
        small = _shrunk(image)
        return cls(srgb_to_lab(small)[..., 1:], colorfulness(small))


@dataclass(frozen=True)
class Measures:
    """A picture against its original.

    Attributes:
        colorfulness: the picture's over the original's, one added to both: that little is not seen.
        uncolored: share of what is coloured in the original that is left with less than a fifth of
            its chroma; a cast that only one of them has is taken off the original first.
        detail: standard deviation of ab within tiles, over the original's.
        agreement: -1..1: the cosine of the hues' difference, weighed by both chromas, or the
            correlation of ab where that is higher: a cast changes the one but not the other.
        balance: the original's cast less the picture's, units of ab; negative is a stronger cast.
            A picture that is the more colourful all over is not the worse balanced for it.
    """

    colorfulness: float
    uncolored: float
    detail: float
    agreement: float
    balance: float


def measure(picture: Appearance, original: Appearance) -> Measures:
    """Measure a picture against its original; both of one shape."""
    ours, theirs = picture.ab, original.ab
    mean, their_mean = ours.mean(axis=(0, 1)), theirs.mean(axis=(0, 1))
    # A median over pixels: half of the picture without colour is no cast. Where the gamut had no
    # room for a cast, taking it off would leave colour that never was: so the lesser one counts.
    balanced = theirs - np.median(theirs - ours, axis=(0, 1))
    expected = np.minimum(_chroma(theirs), _chroma(balanced))
    colored = expected >= _COLORED
    missing = colored & (_chroma(ours) < _KEPT * expected)
    vividness = (picture.colorfulness + 1) / (original.colorfulness + 1)
    return Measures(
        colorfulness=vividness,
        uncolored=float(missing.mean() / max(colored.mean(), _SPECK)),
        detail=(_detail(ours) + _FAINT) / (_detail(theirs) + _FAINT),
        agreement=max(_cosine(ours, theirs), _cosine(ours - mean, theirs - their_mean)),
        balance=_balance(cast(ours), cast(theirs), vividness),
    )


def cast(ab: NDArray[np.floating]) -> float:
    """Estimate how far a picture is from white balance.

    The mean of two distances: of its mean colour from that of photographs in general (the
    grey-world assumption with a data base's mean in place of grey; Barnard, Cardei and Funt 2002),
    and of the mean of its greyest pixels from theirs. To it a sunset has a cast: of a photograph
    and the same with a clear tint, the photograph comes out better balanced in some 85 of 100.

    Args:
        ab: height x width x 2.

    Returns:
        Units of ab.
    """
    chroma = _chroma(ab)
    greys = ab[chroma <= np.quantile(chroma, _GREYEST)]
    away = np.hypot(*(ab.mean(axis=(0, 1)) - _USUAL))
    return float(away + np.hypot(*(greys.mean(axis=0) - _USUAL_GREY))) / 2


def _balance(ours: float, theirs: float, vividness: float) -> float:
    if ours <= theirs:
        return theirs - ours
    return min(0.0, max(1.0, vividness) * theirs - ours)


def outcome_by(measures: Measures, rule: Rule = RULE) -> Outcome:
    """Put measures into a group."""
    if (
        measures.colorfulness < rule.least_colorfulness
        or measures.uncolored > rule.most_uncolored
        or measures.detail < rule.least_detail
        or measures.agreement < rule.least_agreement
        or measures.balance < rule.worst_balance
    ):
        return Outcome.FAILURE
    better = measures.colorfulness >= rule.more_colorful or measures.balance >= rule.better_balanced
    if better and measures.agreement >= rule.success_agreement:
        return Outcome.SUCCESS
    return Outcome.MEDIUM


def outcome_of(picture: Appearance, original: Appearance, rule: Rule = RULE) -> Outcome:
    """Put a colouring into a group."""
    return outcome_by(measure(picture, original), rule)


def _shrunk(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    share = SIDE / min(height, width)
    if share >= 1:
        return image
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX))


def _detail(ab: NDArray[np.floating]) -> float:
    """Standard deviation of ab within tiles; a picture smaller than a tile is one."""
    height, width = ab.shape[:2]
    down, across = min(_TILE, height), min(_TILE, width)
    rows, columns = height // down, width // across
    tiles = ab[: rows * down, : columns * across].reshape(rows, down, columns, across, 2)
    return float(np.sqrt(2 * tiles.var(axis=(1, 3), dtype=np.float64).mean()))


def _chroma(ab: NDArray[np.floating]) -> NDArray[np.floating]:
    chroma: NDArray[np.floating] = np.hypot(ab[..., 0], ab[..., 1])
    return chroma


def _cosine(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    def inner(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
        return float(np.mean(x * y, dtype=np.float64))

    scale = float(np.sqrt(inner(first, first) * inner(second, second)))
    return inner(first, second) / (scale + _FAINT**2)
