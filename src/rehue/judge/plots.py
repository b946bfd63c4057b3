"""Charts of an evaluation; matplotlib (extra `evaluate`) is imported when one is drawn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rehue.errors import RehueError, install_line
from rehue.judge.bootstrap import Estimate
from rehue.judge.groups import STUDY_SHARES, Outcome
from rehue.judge.hues import FAMILIES
from rehue.judge.results import ALL, DEFAULT, GREY, ORIGINAL, Evaluation

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure

_NONE = Estimate(np.nan, np.nan, np.nan)
# One colour a hue family, in their order.
_FAMILY_COLORS = (
    "firebrick",
    "darkorange",
    "gold",
    "forestgreen",
    "darkturquoise",
    "royalblue",
    "purple",
    "0.6",
)


def error_by_kind(evaluation: Evaluation) -> "Figure":
    """Draw MSE over plain grey's as bars with their intervals: kinds across, a bar a predictor."""
    figure = _new_figure()
    axes = figure.subplots()
    predictors = [name for name in evaluation.predictors if name not in (GREY, ORIGINAL)]
    groups = evaluation.groups
    places = np.arange(len(groups))
    width = 0.8 / len(predictors)
    for turn, predictor in enumerate(predictors):
        estimates = [evaluation.row(predictor, g).figures["mse_ab_over_grey"] for g in groups]
        _bars(axes, places - 0.4 + width * (turn + 0.5), estimates, width, predictor)
    axes.axhline(1, color="0.5", linewidth=1, label=GREY)
    counts = [evaluation.row(GREY, group).count for group in groups]
    axes.set_xticks(places, [f"{g}\n{n}" for g, n in zip(groups, counts, strict=True)])
    axes.set_ylabel("MSE of ab over plain grey's")
    axes.set_title(f"{evaluation.model} on {evaluation.photographs}, 95 % intervals")
    figure.legend(loc="outside lower center", ncols=5, fontsize="small")
    return figure


def colorfulness_histogram(evaluation: Evaluation, predictor: str = DEFAULT) -> "Figure":
    """Draw how colourful the originals are, and what the predictor made of them.

    Args:
        evaluation: fresh from `evaluate`: a report that was read back has no photographs.
        predictor: name of its rows.
    """
    figure = _new_figure()
    axes = figure.subplots()
    edges = [5.0 * step for step in range(31)]
    for name in (ORIGINAL, predictor):
        values = [photograph.colorfulness[name] for photograph in evaluation.judged]
        label = f"{name}, mean {evaluation.row(name, ALL).figures['colorfulness'].value:.1f}"
        axes.hist(np.minimum(values, edges[-1] - 1), edges, histtype="step", label=label)
    axes.set_xlabel("colourfulness (Hasler and Süsstrunk 2003)")
    axes.set_ylabel("photographs")
    axes.set_title(f"{evaluation.model} on {evaluation.photographs}")
    axes.legend()
    return figure


def hue_bars(evaluation: Evaluation, predictor: str = DEFAULT) -> "Figure":
    """Draw error and chroma kept by hue family, with intervals and shares of the pixels."""
    figure = _new_figure()
    places = np.arange(len(FAMILIES))
    rows = [evaluation.hue_row(predictor, family).figures for family in FAMILIES]
    grey = [evaluation.hue_row(GREY, family).figures for family in FAMILIES]
    shares = [evaluation.hue_row(ORIGINAL, f).figures["share"].value for f in FAMILIES]
    # What is drawn wide, what narrow before it.
    panels = (
        ("mean CIEDE2000 (dark: plain grey's)", "ciede2000", grey, "ciede2000"),
        ("chroma kept (dark: along the true hue)", "chroma_kept", rows, "chroma_kept_along_hue"),
    )
    for axes, (label, wide, others, narrow) in zip(figure.subplots(1, 2), panels, strict=True):
        _bars(axes, places, [row.get(wide, _NONE) for row in rows], 0.8, color=_FAMILY_COLORS)
        _bars(axes, places, [row.get(narrow, _NONE) for row in others], 0.25, color="0.25")
        axes.set_ylabel(label)
        ticks = [f"{f}\n{100 * share:.1f} %" for f, share in zip(FAMILIES, shares, strict=True)]
        axes.set_xticks(places, [tick.replace("-", "-\n") for tick in ticks], fontsize="x-small")
    axes.axhline(1, color="0.5", linewidth=1)
    figure.suptitle(
        f"{predictor} of {evaluation.model} on {evaluation.photographs}, by true hue "
        "(share of pixels), 95 % intervals"
    )
    return figure


def group_bars(evaluation: Evaluation, predictor: str = DEFAULT) -> "Figure":
    """Draw the shares of success, medium and failure beside the study's."""
    figure = _new_figure()
    axes = figure.subplots()
    places = np.arange(len(Outcome))
    figures = evaluation.row(predictor).figures
    ours = [_percent(figures[outcome.value]) for outcome in Outcome]
    label = f"{predictor} of {evaluation.model}, by the written rule"
    drawn = _bars(axes, places - 0.2, ours, 0.4, label)
    study = [100 * STUDY_SHARES[outcome] for outcome in Outcome]
    beside = axes.bar(
        places + 0.2, study, 0.4, label="the study, by its authors' eyes", color="0.7"
    )
    for bars in (drawn, beside):
        axes.bar_label(bars, fmt="%.1f", padding=2)
    axes.set_xticks(places, [outcome.value for outcome in Outcome])
    axes.set_ylabel("photographs, %")
    axes.set_title(f"{evaluation.photographs}, {evaluation.count} photographs, 95 % intervals")
    axes.legend()
    return figure


def _bars(
    axes: "Axes",
    places: NDArray[np.number],
    estimates: Sequence[Estimate],
    width: float,
    label: str | None = None,
    color: str | Sequence[str] | None = None,
) -> "BarContainer":
    """Bars with their intervals; what has no value has no bar."""
    values = np.array([estimate.value for estimate in estimates])
    below = values - [estimate.low for estimate in estimates]
    above = [estimate.high for estimate in estimates] - values
    whiskers = np.nan_to_num(np.maximum([below, above], 0))
    return axes.bar(
        places,
        values,
        width,
        yerr=whiskers,
        error_kw={"elinewidth": 0.8},
        label=label,
        color=color,
    )


def _percent(share: Estimate) -> Estimate:
    return Estimate(100 * share.value, 100 * share.low, 100 * share.high)


def _new_figure() -> "Figure":
    """A figure of its own, without pyplot's global state: it is saved by the Agg canvas."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - optional and slow to import
    except ImportError as error:
        raise RehueError(
            f"plots need matplotlib, which is not installed: {install_line('evaluate')}"
        ) from error
    return Figure(figsize=(9, 4.5), dpi=120, layout="constrained")
