"""An evaluation as tables on screen, as JSON and as CSV."""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from rehue.errors import DatasetError, install_line
from rehue.judge.bootstrap import Estimate
from rehue.judge.groups import Outcome
from rehue.judge.hues import FAMILIES, HueRow
from rehue.judge.results import ALL, GREY, ORIGINAL, Evaluation, Judged, Row
from rehue.judge.unrest import can_segment

SCHEMA = "rehue.evaluation/2"


@dataclass(frozen=True)
class Figure:
    """How a figure is shown.

    Attributes:
        heading: its name for people.
        digits: after the point.
    """

    heading: str
    digits: int


FIGURES: dict[str, Figure] = {
    "mse_ab": Figure("MSE of ab", 5),
    "mse_ab_over_grey": Figure("MSE over grey's", 3),
    "mse_ab_over_grey_median": Figure("MSE over grey's, median photograph", 3),
    "psnr": Figure("PSNR, dB", 2),
    "ssim": Figure("SSIM", 4),
    "ciede2000": Figure("dE2000 mean", 2),
    "ciede2000_over_grey": Figure("dE2000 mean over grey's", 3),
    "ciede2000_median": Figure("dE2000 median", 2),
    "ciede2000_median_over_grey": Figure("dE2000 median over grey's", 3),
    "colorfulness": Figure("CF", 1),
    "colorfulness_gap": Figure("CF gap", 1),
    "colorfulness_absolute_gap": Figure("CF gap, absolute", 1),
    "unrest": Figure("unrest", 2),
    "patches": Figure("patches, share", 4),
    "success": Figure("success, share", 3),
    "medium": Figure("medium, share", 3),
    "failure": Figure("failure, share", 3),
}
# What the tables by kind show.
BY_KIND = ("mse_ab_over_grey", "ciede2000_median_over_grey", "colorfulness_gap")
# `share` and `chroma` are the originals' own, the others a predictor's.
HUE_FIGURES: dict[str, Figure] = {
    "share": Figure("share of pixels", 3),
    "chroma": Figure("mean chroma", 1),
    "mse_ab": Figure("MSE of ab", 5),
    "mse_ab_over_grey": Figure("MSE over grey's", 3),
    "ciede2000": Figure("dE2000 mean", 2),
    "ciede2000_over_grey": Figure("dE2000 mean over grey's", 3),
    "chroma_kept": Figure("chroma kept", 2),
    "chroma_kept_along_hue": Figure("chroma kept, along true hue", 2),
}
# What the tables by hue family show.
BY_HUE = ("mse_ab_over_grey", "ciede2000", "chroma_kept", "chroma_kept_along_hue")


def tables(evaluation: Evaluation) -> Iterator[Table]:
    """Yield the tables to print: all figures, then some by kind and some by hue family."""
    table = _table(f"{evaluation.photographs}: {evaluation.count} photographs", "")
    for predictor in evaluation.predictors:
        table.add_column(predictor, justify="right")
    for name, figure in FIGURES.items():
        cells = (_cell(evaluation, predictor, name, ALL) for predictor in evaluation.predictors)
        table.add_row(figure.heading, *cells)
    yield table
    if len(evaluation.groups) > 1:
        for name in BY_KIND:
            yield _kind_table(evaluation, name)
    for name in BY_HUE:
        yield _hue_table(evaluation, name)


def notes(evaluation: Evaluation) -> Iterator[str]:
    """Yield the lines that say what was judged and what was left out."""
    size = "its own size" if evaluation.size is None else f"{evaluation.size} px"
    yield (
        f"{evaluation.model} ({evaluation.sha256[:12]}), network at {size}, {evaluation.runtime}; "
        "± is half of the 95 % interval over photographs"
    )
    yield "dE2000 is CIEDE2000, CF colourfulness; over grey's: over plain grey's own figure"
    if not can_segment():
        yield f"unrest and patches need scikit-image, which is missing: {install_line('evaluate')}"
    for reason, keys in evaluation.left_out.items():
        shown = ", ".join(keys[:5]) + (", …" if len(keys) > 5 else "")
        yield f"left out, {reason}: {len(keys)} ({shown})"


def to_json(evaluation: Evaluation, *, photographs: bool = False) -> str:
    """Return the evaluation as JSON text; figures without a value are null.

    Args:
        evaluation: fresh, or read back.
        photographs: add each photograph's figures, for paired comparisons (`judge.paired`).
    """
    document = {"schema": SCHEMA} | {
        name: getattr(evaluation, name)
        for name in ("model", "sha256", "commit", "size", "runtime", "photographs", "count")
    }
    document["left_out"] = {reason: list(keys) for reason, keys in evaluation.left_out.items()}
    document["rows"] = [
        {
            "predictor": row.predictor,
            "group": row.group,
            "count": row.count,
            "figures": _numbers(row.figures),
        }
        for row in evaluation.rows
    ]
    document["hues"] = [
        {"predictor": row.predictor, "family": row.family, "figures": _numbers(row.figures)}
        for row in evaluation.hues
    ]
    if photographs:
        document["judged"] = [asdict(photograph) for photograph in evaluation.judged]
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def from_json(text: str) -> Evaluation:
    """Read what `to_json` wrote.

    Raises:
        DatasetError: it is something else.
    """
    try:
        document: dict[str, Any] = json.loads(text)
        schema = document.pop("schema")
        if schema != SCHEMA:
            raise DatasetError(f"an evaluation of schema {SCHEMA} is wanted, found {schema}")
        left_out = {reason: tuple(keys) for reason, keys in document.pop("left_out").items()}
        rows = tuple(
            Row(row["predictor"], row["group"], row["count"], _estimates(row["figures"]))
            for row in document.pop("rows")
        )
        hues = tuple(
            HueRow(row["predictor"], row["family"], _estimates(row["figures"]))
            for row in document.pop("hues")
        )
        judged = tuple(_judged(facts) for facts in document.pop("judged", ()))
        return Evaluation(**document, left_out=left_out, rows=rows, hues=hues, judged=judged)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(f"this is no evaluation that Rehue wrote: {error!r}") from error


def to_csv(evaluation: Evaluation) -> str:
    """Return the rows as CSV: predictor, group, count, then each figure with its interval."""
    rows = [([row.predictor, row.group, row.count], row.figures) for row in evaluation.rows]
    return _csv(["predictor", "group", "count"], rows, FIGURES)


def hues_to_csv(evaluation: Evaluation) -> str:
    """Return the hue families' rows as CSV: predictor, family, then as in `to_csv`."""
    rows = [([row.predictor, row.family], row.figures) for row in evaluation.hues]
    return _csv(["predictor", "family"], rows, HUE_FIGURES)


def _csv(
    names: list[str],
    rows: list[tuple[list[Any], Mapping[str, Estimate]]],
    figures: Mapping[str, Figure],
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    ends = ("", "_low", "_high")
    writer.writerow([*names, *(f"{name}{end}" for name in figures for end in ends)])
    for named, estimates in rows:
        values: list[float | str] = []
        for name in figures:
            estimate = estimates.get(name)
            numbers = [None] * len(ends) if estimate is None else _finite(estimate).values()
            values += ["" if number is None else number for number in numbers]
        writer.writerow([*named, *values])
    return text.getvalue()


def _table(title: str, first: str) -> Table:
    """A table that is still read in a terminal of 80 columns."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(first)
    return table


def _kind_table(evaluation: Evaluation, name: str) -> Table:
    table = _table(f"{FIGURES[name].heading}, by kind", "")
    for group in evaluation.groups:
        table.add_column(f"{group} ({evaluation.row(GREY, group).count})", justify="right")
    for predictor in evaluation.predictors:
        cells = [_cell(evaluation, predictor, name, group) for group in evaluation.groups]
        if any(cells):
            table.add_row(predictor, *cells)
    return table


def _hue_table(evaluation: Evaluation, name: str) -> Table:
    """Hue families across; their shares of the photographs' pixels stand beside their names."""
    table = _table(f"{HUE_FIGURES[name].heading}, by hue", "")
    for family in FAMILIES:
        share = evaluation.hue_row(ORIGINAL, family).figures["share"].value
        table.add_column(f"{family} ({100 * share:.1f} %)", justify="right")
    for predictor in evaluation.predictors:
        if predictor != ORIGINAL:
            rows = (evaluation.hue_row(predictor, family) for family in FAMILIES)
            digits = HUE_FIGURES[name].digits
            table.add_row(predictor, *(_shown(row.figures.get(name), digits) for row in rows))
    return table


def _cell(evaluation: Evaluation, predictor: str, name: str, group: str) -> str:
    return _shown(evaluation.row(predictor, group).figures.get(name), FIGURES[name].digits)


def _shown(estimate: Estimate | None, digits: int) -> str:
    """A figure and half of its interval; a narrow terminal breaks the line between them."""
    if estimate is None or math.isnan(estimate.value):
        return ""
    half = (estimate.high - estimate.low) / 2
    return f"{estimate.value:.{digits}f} ±{half:.{digits}f}"


def _numbers(figures: Mapping[str, Estimate]) -> dict[str, dict[str, float | None]]:
    return {name: _finite(estimate) for name, estimate in figures.items()}


def _finite(estimate: Estimate) -> dict[str, float | None]:
    """Value, low and high; None for what JSON cannot say."""
    return {end: v if math.isfinite(v) else None for end, v in asdict(estimate).items()}


def _estimates(figures: dict[str, dict[str, float | None]]) -> dict[str, Estimate]:
    return {
        name: Estimate(**{end: math.nan if v is None else v for end, v in ends.items()})
        for name, ends in figures.items()
    }


def _judged(facts: dict[str, Any]) -> Judged:
    outcome = {predictor: Outcome(name) for predictor, name in facts.pop("outcome").items()}
    return Judged(**facts, outcome=outcome)
