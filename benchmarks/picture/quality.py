"""How good the colours are: the figures of the shipped model on photographs that it never saw.

    python benchmarks/picture/quality.py --photos PHOTOS/val-000.tar --kodak KODAK \
        --sizes 160 256 384 --output quality.json

The shard is judged at every size up to its own short side, 256 px; Kodak at every size. Prints
MSE over plain grey's and the default output's figures by kind, and writes all that it printed,
with the whole evaluations, as JSON. `--record` also writes the figures into the model's card.
"""

import argparse
import json
import subprocess
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from rehue.colorizer import Colorizer
from rehue.dataset import open_photographs
from rehue.judge import Evaluation, evaluate
from rehue.judge.report import to_json
from rehue.judge.results import ALL, CONSTANT, DEFAULT, EXPECTED, REGRESSION
from rehue.model import Model, find_model

KINDS = (ALL, "scenes", "objects", "everyday", "people", "food", "rooms")
# The shard's photographs have at most this short side.
SHARD_SIDE = 256
MAIN_SIZE = 256
# What is shown: the predictor, its figure, digits.
SHOWN = (
    (CONSTANT, "mse_ab_over_grey", 3),
    (EXPECTED, "mse_ab_over_grey", 3),
    (REGRESSION, "mse_ab_over_grey", 3),
    (DEFAULT, "mse_ab_over_grey", 3),
    (EXPECTED, "mse_ab", 5),
    (REGRESSION, "mse_ab", 5),
    (DEFAULT, "ciede2000_median_over_grey", 3),
    (DEFAULT, "colorfulness_gap", 1),
    (DEFAULT, "colorfulness_absolute_gap", 1),
)


def main() -> None:
    """Judge at every size, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True, help="the validation shard")
    parser.add_argument("--kodak", type=Path, help="folder of the 24 Kodak photographs")
    parser.add_argument("--sizes", type=int, nargs="+", default=[160, 256, 384])
    parser.add_argument("--model", default="default")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--limit", type=int, help="a quick look: only the first so many")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--record", action="store_true", help="write figures into the card, too")
    arguments = parser.parse_args()

    console = Console(width=120)
    evaluations = []
    for path in filter(None, (arguments.photos, arguments.kodak)):
        of_set = [
            judge(path, size, arguments)
            for size in arguments.sizes
            if path == arguments.kodak or size <= SHARD_SIDE
        ]
        for evaluation in of_set:
            if evaluation.size == MAIN_SIZE:
                console.print(by_kind(evaluation))
        console.print(by_size(of_set))
        evaluations += of_set
    reports = [json.loads(to_json(evaluation)) for evaluation in evaluations]
    arguments.output.write_text(json.dumps(reports, indent=2) + "\n", encoding="utf-8")
    if arguments.record:
        record(find_model(arguments.model), evaluations)


def record(model: Model, evaluations: list[Evaluation]) -> None:
    """Write what was measured into a model's card, beside what stands there already."""
    figures = {
        f"{evaluation.photographs} ({evaluation.count}), {evaluation.size} px": {
            predictor: {
                group: {
                    name: round(figure.value, 5)
                    for name, figure in evaluation.row(predictor, group).figures.items()
                }
                for group in evaluation.groups
            }
            for predictor in (EXPECTED, REGRESSION, DEFAULT)
        }
        for evaluation in evaluations
    }
    card = replace(model.card, figures={**model.card.figures, **figures})
    model.path.with_suffix(".json").write_text(card.to_json(), encoding="utf-8")


def judge(path: Path, size: int, arguments: argparse.Namespace) -> Evaluation:
    """Evaluate the model with its network at one size."""
    return evaluate(
        Colorizer(arguments.model, size=size, threads=arguments.threads),
        open_photographs(path),
        name=path.name,
        commit=commit(),
        limit=arguments.limit,
    )


def by_kind(evaluation: Evaluation) -> Table:
    """The issue's columns, as far as the set has them."""
    groups = [kind for kind in KINDS if kind in evaluation.groups]
    table = Table(title=f"{evaluation.photographs}, network at {evaluation.size} px")
    for heading in ("predictor", "figure", *groups):
        table.add_column(heading)
    for predictor, name, digits in SHOWN:
        figures = [evaluation.row(predictor, group).figures[name] for group in groups]
        table.add_row(predictor, name, *(f"{figure.value:.{digits}f}" for figure in figures))
    return table


def by_size(evaluations: list[Evaluation]) -> Table:
    """MSE over plain grey's at each size, and how far it lies above the best of them."""
    table = Table(title=f"{evaluations[0].photographs}: MSE over plain grey's by size")
    table.add_column("predictor")
    for evaluation in evaluations:
        table.add_column(f"{evaluation.size} px")
    table.add_column("worst above best")
    for predictor in (EXPECTED, REGRESSION, DEFAULT):
        values = [e.row(predictor).figures["mse_ab_over_grey"].value for e in evaluations]
        spread = max(values) - min(values)
        table.add_row(predictor, *(f"{value:.3f}" for value in values), f"{spread:.3f}")
    return table


def commit() -> str:
    """The commit of this checkout, with a plus where files differ from it."""
    found = subprocess.run(
        ["git", "describe", "--always", "--abbrev=12", "--dirty=+"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()


if __name__ == "__main__":
    main()
