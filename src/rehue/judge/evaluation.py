"""Judge a model on photographs whose colours are known.

Truth is the file's own ab at the file's own size, whatever size the network works at. The chroma
error is taken on the network's ab as it comes; all that concerns the picture (PSNR, SSIM,
CIEDE2000, colourfulness) on the 8-bit picture that a user gets, fitted into the gamut. A figure of
a set is the average over photographs of each photograph's own; "over grey" is the ratio of two
such averages. What is found of scans is not the model's, and is judged by itself.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rehue import model
from rehue.errors import DatasetError
from rehue.judge.baselines import MEAN_COLOR, PLAIN_GREY, constant_ab, paint
from rehue.judge.bootstrap import Estimate, weights
from rehue.judge.comparison import Comparison, Original
from rehue.judge.hues import summarize_hues
from rehue.judge.results import (
    ALL,
    CONSTANT,
    DEFAULT,
    EXPECTED,
    GREY,
    ORIGINAL,
    REGRESSION,
    Evaluation,
    Judged,
    Row,
)
from rehue.judge.summary import Group, Record, summarize
from rehue.model import Decoding
from rehue.scan import AS_IS

if TYPE_CHECKING:
    from rehue.colorizer import Colorizer
    from rehue.dataset import Sample

DRAWS = 1000
_BASELINES = {GREY: PLAIN_GREY, CONSTANT: MEAN_COLOR}


def default_decodings(colorizer: "Colorizer") -> dict[str, Decoding]:
    """Return the decodings that a model with these heads is judged by, named."""
    named = {EXPECTED: model.EXPECTED, REGRESSION: model.REGRESSION}
    offered = {name: how for name, how in named.items() if how.head in colorizer.card.heads}
    return offered | {DEFAULT: colorizer.card.default_decoding}


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
    true_hues: list[NDArray[np.float64]] = []
    unrest: list[float] = []
    with ThreadPoolExecutor(colorizer.threads) as pool:
        for sample in photographs:
            original = Original(sample.image)
            unrest.append(original.unrest)
            judged.append(_judge(colorizer, sample, original, decodings, records, pool))
            true_hues.append(original.hues.totals)
            if advance:
                advance()
            if len(judged) == limit:
                break
    left_out = {
        reason: tuple(keys) for reason, keys in getattr(photographs, "left_out", {}).items()
    }
    if not judged:
        why = ", ".join(f"{len(keys)} {reason}" for reason, keys in left_out.items()) or "none"
        raise DatasetError(
            f"{name or 'the set'}: no photograph to judge (left out: {why}); give colour ones"
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
        rows=tuple(_rows(judged, records, np.array(unrest), draws, seed)),
        hues=tuple(
            summarize_hues(
                weights(len(judged), draws, seed),
                true_hues,
                {predictor: record.hues for predictor, record in records.items()},
                grey=GREY,
                original=ORIGINAL,
            )
        ),
        judged=tuple(judged),
    )


def _judge(
    colorizer: "Colorizer",
    sample: "Sample",
    original: Original,
    decodings: Mapping[str, Decoding],
    records: Mapping[str, Record],
    pool: Executor,
) -> Judged:
    """Compare every predictor with one photograph and note it in `records`."""
    lightness = original.lab[..., 0]
    look = colorizer.look(sample.image, scan=AS_IS)

    def compare(predictor: str) -> Comparison:
        if predictor in decodings:
            decoding = decodings[predictor]
            return original.compare(look.ab(decoding), look.colorize(decoding=decoding))
        ab = constant_ab(lightness, _BASELINES[predictor])
        return original.compare(ab, paint(lightness, ab))

    compared = dict(zip(records, pool.map(compare, records), strict=True))
    for predictor, comparison in compared.items():
        records[predictor].add(comparison, sample.kind)
    height, width = sample.image.shape[:2]
    return Judged(
        key=sample.key,
        kind=sample.kind,
        height=height,
        width=width,
        colorfulness={ORIGINAL: original.colorfulness}
        | {predictor: comparison.colorfulness for predictor, comparison in compared.items()},
        mse_ab={predictor: comparison.mse_ab for predictor, comparison in compared.items()},
        ciede2000={predictor: comparison.ciede2000 for predictor, comparison in compared.items()},
        outcome={predictor: comparison.outcome for predictor, comparison in compared.items()},
    )


def _rows(
    judged: list[Judged],
    records: Mapping[str, Record],
    unrest: NDArray[np.float64],
    draws: int,
    seed: int,
) -> Iterable[Row]:
    originals = np.array([photograph.colorfulness[ORIGINAL] for photograph in judged])
    for group in _groups(judged, draws, seed):
        count = len(group.members)
        for predictor, record in records.items():
            figures = summarize(group, record, records[GREY], originals)
            yield Row(predictor, group.name, count, figures)
        own = {"colorfulness": originals, "unrest": unrest}
        figures = {name: Estimate.from_draws(group.average(of)) for name, of in own.items()}
        yield Row(ORIGINAL, group.name, count, figures)


def _groups(judged: list[Judged], draws: int, seed: int) -> Iterable[Group]:
    """All photographs, then each kind, the largest first."""
    kinds = Counter(photograph.kind for photograph in judged)
    everything = np.arange(len(judged))
    yield Group(ALL, tuple(kinds), everything, weights(len(judged), draws, seed))
    for kind in sorted(filter(None, kinds), key=lambda kind: (-kinds[kind], kind)):
        members = np.array([at for at, photograph in enumerate(judged) if photograph.kind == kind])
        yield Group(kind, (kind,), members, weights(len(members), draws, seed))
