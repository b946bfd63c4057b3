"""Judge a model on photographs whose colours are known.

Truth is the file's own ab at the file's own size, whatever size the network works at. The chroma
error is taken on the network's ab as it comes; all that concerns the picture (PSNR, SSIM,
CIEDE2000, colourfulness) on the 8-bit picture that a user gets, fitted into the gamut. A figure of
a set is the average over photographs of each photograph's own; "over grey" is the ratio of two
such averages.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rehue import model
from rehue.errors import DatasetError
from rehue.judge.baselines import MEAN_COLOR, PLAIN_GREY, constant_ab, paint
from rehue.judge.bootstrap import Estimate, weights
from rehue.judge.comparison import Comparison, Original
from rehue.judge.summary import Group, Record, summarize
from rehue.model import Decoding

if TYPE_CHECKING:
    from rehue.colorizer import Colorizer
    from rehue.dataset import Sample

ALL = "all"
ORIGINAL = "original"
GREY = "plain grey"
CONSTANT = "constant mean colour"
EXPECTED = "expected colour"
REGRESSION = "regression"
DEFAULT = "default output"

DRAWS = 1000
_BASELINES = {GREY: PLAIN_GREY, CONSTANT: MEAN_COLOR}


@dataclass(frozen=True)
class Row:
    """The figures of one predictor over one group of photographs.

    Attributes:
        predictor: "plain grey", "constant mean colour", a decoding's name, or "original", whose
            one figure is its colourfulness.
        group: "all" or a kind.
        count: photographs in the group.
        figures: by the names that `report.FIGURES` explains.
    """

    predictor: str
    group: str
    count: int
    figures: Mapping[str, Estimate]


@dataclass(frozen=True)
class Judged:
    """One photograph that was judged.

    Attributes:
        key: its name in the set.
        kind: what it shows, where the set says so.
        height: px.
        width: px.
        colorfulness: by predictor, "original" among them.
    """

    key: str
    kind: str | None
    height: int
    width: int
    colorfulness: Mapping[str, float]


@dataclass(frozen=True)
class Evaluation:
    """What was judged, on what, and the figures.

    Attributes:
        model: name on the card.
        sha256: of the weight file.
        commit: of the code, where it was given.
        size: short side at which the network worked, px; None if each photograph kept its own.
        runtime: what ran the network.
        photographs: name of the set.
        count: photographs judged.
        left_out: keys that the set left out, by reason.
        rows: one a predictor and group.
        judged: the photographs; not part of the report.
    """

    model: str
    sha256: str
    commit: str | None
    size: int | None
    runtime: str
    photographs: str
    count: int
    left_out: Mapping[str, tuple[str, ...]]
    rows: tuple[Row, ...]
    judged: tuple[Judged, ...] = field(default=(), compare=False, repr=False)

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups: "all", then the kinds, the largest first."""
        return tuple(dict.fromkeys(row.group for row in self.rows))

    @property
    def predictors(self) -> tuple[str, ...]:
        """Names of the predictors in the order of the rows."""
        return tuple(dict.fromkeys(row.predictor for row in self.rows))

    def row(self, predictor: str, group: str = ALL) -> Row:
        """Look a row up.

        Raises:
            KeyError: there is none such.
        """
        for row in self.rows:
            if (row.predictor, row.group) == (predictor, group):
                return row
        raise KeyError((predictor, group))


def default_decodings(colorizer: "Colorizer") -> dict[str, Decoding]:
    """Return the decodings that every model is judged by, named."""
    return {
        EXPECTED: model.EXPECTED,
        REGRESSION: model.REGRESSION,
        DEFAULT: colorizer.card.default_decoding,
    }


def evaluate(
    colorizer: "Colorizer",
    photographs: Iterable["Sample"],
    decodings: Mapping[str, Decoding] | None = None,
    *,
    name: str = "",
    commit: str | None = None,
    limit: int | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    advance: Callable[[], None] | None = None,
) -> Evaluation:
    """Judge a model's decodings beside plain grey and the constant mean colour.

    Photographs pass one by one and are not kept; the predictors are compared on as many threads
    as the colorizer has, with the same result for any number.

    Args:
        colorizer: looks at a photograph once for all decodings.
        photographs: in colour; what the set left out is read from its `left_out` afterwards.
        decodings: by the names of their rows; those of `default_decodings` if None.
        name: of the set, for the report.
        commit: of the code, for the report.
        limit: judge only the first so many.
        draws: of the bootstrap.
        seed: of the bootstrap.
        advance: called after each photograph.

    Raises:
        DatasetError: there is no photograph to judge.
    """
    decodings = default_decodings(colorizer) if decodings is None else decodings
    records = {predictor: Record() for predictor in (*_BASELINES, *decodings)}
    judged: list[Judged] = []
    with ThreadPoolExecutor(colorizer.threads) as pool:
        for sample in photographs:
            judged.append(_judge(colorizer, sample, decodings, records, pool))
            if advance:
                advance()
            if len(judged) == limit:
                break
    left_out = {
        reason: tuple(keys) for reason, keys in getattr(photographs, "left_out", {}).items()
    }
    if not judged:
        reasons = ", ".join(f"{len(keys)} {reason}" for reason, keys in left_out.items())
        raise DatasetError(
            f"{name or 'the set'}: no photograph to judge (left out: {reasons or 'none'}); "
            "give colour photographs"
        )
    return Evaluation(
        model=colorizer.card.name,
        sha256=colorizer.card.sha256,
        commit=commit,
        size=colorizer.size,
        runtime=colorizer.runtime,
        photographs=name,
        count=len(judged),
        left_out=left_out,
        rows=tuple(_rows(judged, records, draws, seed)),
        judged=tuple(judged),
    )


def _judge(
    colorizer: "Colorizer",
    sample: "Sample",
    decodings: Mapping[str, Decoding],
    records: Mapping[str, Record],
    pool: Executor,
) -> Judged:
    """Compare every predictor with one photograph and note it in `records`."""
    original = Original(sample.image)
    lightness = original.lab[..., 0]
    look = colorizer.look(sample.image)

    def compare(predictor: str) -> Comparison:
        if predictor in decodings:
            decoding = decodings[predictor]
            return original.compare(look.ab(decoding), look.colorize(decoding=decoding))
        ab = constant_ab(lightness, _BASELINES[predictor])
        return original.compare(ab, paint(lightness, ab))

    colorfulness = {ORIGINAL: original.colorfulness}
    for predictor, comparison in zip(records, pool.map(compare, records), strict=True):
        records[predictor].add(comparison, sample.kind)
        colorfulness[predictor] = comparison.colorfulness
    height, width = sample.image.shape[:2]
    return Judged(sample.key, sample.kind, height, width, colorfulness)


def _rows(
    judged: list[Judged], records: Mapping[str, Record], draws: int, seed: int
) -> Iterable[Row]:
    originals = np.array([photograph.colorfulness[ORIGINAL] for photograph in judged])
    for group in _groups(judged, draws, seed):
        count = len(group.members)
        for predictor, record in records.items():
            figures = summarize(group, record, records[GREY], originals)
            yield Row(predictor, group.name, count, figures)
        own = Estimate.from_draws(group.average(originals))
        yield Row(ORIGINAL, group.name, count, {"colorfulness": own})


def _groups(judged: list[Judged], draws: int, seed: int) -> Iterable[Group]:
    """All photographs, then each kind, the largest first."""
    kinds = Counter(photograph.kind for photograph in judged)
    everything = np.arange(len(judged))
    yield Group(ALL, tuple(kinds), everything, weights(len(judged), draws, seed))
    for kind in sorted(filter(None, kinds), key=lambda kind: (-kinds[kind], kind)):
        members = np.array([at for at, photograph in enumerate(judged) if photograph.kind == kind])
        yield Group(kind, (kind,), members, weights(len(members), draws, seed))
