"""Charts of an evaluation; matplotlib (extra `evaluate`) is imported when one is drawn."""

from typing import TYPE_CHECKING

import numpy as np

from rehue.errors import RehueError
from rehue.judge.evaluation import ALL, DEFAULT, GREY, ORIGINAL, Evaluation

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
        values = np.array([estimate.value for estimate in estimates])
        below = values - [estimate.low for estimate in estimates]
        above = [estimate.high for estimate in estimates] - values
        axes.bar(
            places - 0.4 + width * (turn + 0.5),
            values,
            width,
            yerr=np.maximum([below, above], 0),
            error_kw={"elinewidth": 0.8},
            label=predictor,
        )
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


def _new_figure() -> "Figure":
    """A figure of its own, without pyplot's global state: it is saved by the Agg canvas."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - optional and slow to import
    except ImportError as error:
        raise RehueError(
            'plots need matplotlib, which is not installed: pip install "rehue[evaluate]"'
        ) from error
    return Figure(figsize=(9, 4.5), dpi=120, layout="constrained")
