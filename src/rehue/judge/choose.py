"""Choosing how the distribution over colours becomes one colour, on a split of training shards.

The rule, for a list of decodings:

1. Fit for use are those whose colourfulness gap lies within `gap_limit` and whose mean absolute
   gap is at most `absolute_gap_limit`.
2. Of these the one with the smallest median CIEDE2000 over plain grey's wins; of equal ones the
   first.
3. If none is fit, the one that is least unfit: the smallest of max(|gap| / gap_limit, mean
   absolute gap / absolute_gap_limit).

What errs least in CIEDE2000 is dull, hence the limits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rehue.color import colorfulness, srgb_to_lab
from rehue.errors import DatasetError
from rehue.judge.baselines import PLAIN_GREY, constant_ab, paint
from rehue.judge.metrics import BINS, difference_histogram, histogram_median
from rehue.model import Decoding
from rehue.model.decode import HEADS, Head

if TYPE_CHECKING:
    from rehue.colorizer import Colorizer
    from rehue.dataset import Sample

# Every fourth pixel of every fourth row. Unlike averaging, skipping leaves the spread of colours
# as it is, so that figures are those of the full size but for sampling.
_STEP = 4


@dataclass(frozen=True)
class Candidate:
    """A decoding and its figures.

    Attributes:
        decoding: what was tried.
        median_over_grey: median CIEDE2000 over all pixels, over plain grey's.
        gap: colourfulness, mean less the originals' mean.
        absolute_gap: mean of each photograph's absolute gap.
    """

    decoding: Decoding
    median_over_grey: float
    gap: float
    absolute_gap: float


@dataclass(frozen=True)
class Choice:
    """What was chosen, and from what.

    Attributes:
        best: by the rule above.
        fit: whether it keeps both limits.
        candidates: all that were tried, in order.
        count: photographs it was chosen on.
    """

    best: Candidate
    fit: bool
    candidates: tuple[Candidate, ...]
    count: int


def decoding_grid(
    temperatures: Sequence[float] = (0.3, 0.35, 0.4, 0.5, 0.6),
    chromas: Sequence[float] = (1.0, 1.1, 1.2, 1.3, 1.35, 1.4, 1.45, 1.5, 1.55, 1.6),
    heads: Sequence[Head] = HEADS,
    evennesses: Sequence[float] = (0.0, 0.3),
) -> list[Decoding]:
    """Return what to try for a model with these heads.

    Where there are bins: every temperature with every chroma factor and evenness, and no
    regression, which has one temperature and so cannot be less dull; else the regression with
    every chroma factor and evenness.
    """
    if "bins" not in heads:
        return [Decoding("regression", 1.0, c, even) for even in evennesses for c in chromas]
    steps = product(temperatures, evennesses, chromas)
    return [Decoding("bins", t, chroma, even) for t, even, chroma in steps]


def choose_decoding(
    colorizer: "Colorizer",
    photographs: Iterable["Sample"],
    grid: Sequence[Decoding] | None = None,
    *,
    gap_limit: float = 3.0,
    absolute_gap_limit: float = 16.0,
) -> Choice:
    """Find the default decoding by the rule of this module.

    The network runs once a photograph, and each head, temperature and evenness is decoded once: a
    chroma factor only scales what comes out.

    Args:
        colorizer: the model.
        photographs: a split of the training shards by hash of the key; never a judged set.
        grid: what to try; `decoding_grid` of the model's heads if None.
        gap_limit: of the colourfulness gap, either way.
        absolute_gap_limit: of the mean absolute gap.

    Raises:
        DatasetError: there are no photographs.
    """
    grid = decoding_grid(heads=colorizer.card.heads) if grid is None else list(grid)
    grey = np.zeros(BINS, np.int64)
    pixels = np.zeros((len(grid), BINS), np.int64)
    gaps: list[list[float]] = []
    for sample in photographs:
        image = sample.image[::_STEP, ::_STEP]
        truth = srgb_to_lab(image)
        lightness = truth[..., 0]
        grey += _differences(paint(lightness, constant_ab(lightness, PLAIN_GREY)), truth)
        own = colorfulness(image)
        look = colorizer.look(sample.image)
        plain: dict[Decoding, NDArray[np.float32]] = {}
        gaps.append([])
        for at, decoding in enumerate(grid):
            unscaled = replace(decoding, chroma=1.0)
            if unscaled not in plain:
                plain[unscaled] = look.ab(unscaled)[::_STEP, ::_STEP]
            picture = paint(lightness, plain[unscaled] * np.float32(decoding.chroma))
            pixels[at] += _differences(picture, truth)
            gaps[-1].append(colorfulness(picture) - own)
    if not gaps:
        raise DatasetError("choosing a decoding needs photographs, found none: give a split")
    with np.errstate(divide="ignore", invalid="ignore"):
        medians = histogram_median(pixels) / histogram_median(grey)
    table = np.array(gaps)
    figures = zip(medians, table.mean(axis=0), np.abs(table).mean(axis=0), strict=True)
    candidates = tuple(
        Candidate(decoding, *map(float, three))
        for decoding, three in zip(grid, figures, strict=True)
    )

    def excess(candidate: Candidate) -> float:
        return max(abs(candidate.gap) / gap_limit, candidate.absolute_gap / absolute_gap_limit)

    fit = [candidate for candidate in candidates if excess(candidate) <= 1]
    best = min(fit, key=lambda c: c.median_over_grey) if fit else min(candidates, key=excess)
    return Choice(best, bool(fit), candidates, len(gaps))


def _differences(picture: NDArray[np.uint8], truth: NDArray[np.floating]) -> NDArray[np.int64]:
    return difference_histogram(srgb_to_lab(picture), truth)[1]
