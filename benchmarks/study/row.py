"""One row of the study: train its recipe, judge the network, write the row.

    python benchmarks/study/row.py resnet34 --photos PHOTOS \
        --encoder-weights WEIGHTS/resnet18_conv1_layer3.safetensors

trains `study/resnet34` (an interrupted run goes on, a finished one is kept), exports it, judges it
on `val-000.tar` of the photographs at the size that it learnt at, and writes
`docs/study/rows/resnet34.json`. `benchmarks/study/document.py` makes the document of all rows.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rehue import Colorizer, model
from rehue.dataset import open_photographs
from rehue.judge import evaluate
from rehue.judge.report import to_json
from rehue.judge.results import EXPECTED, REGRESSION, Evaluation
from rehue.learning import Recipe, export, load_recipe, train
from rehue.learning.training.start import RUN_FILE
from rehue.model import Decoding

ROWS = Path(__file__).parents[2] / "docs" / "study" / "rows"
ANNEALED = "annealed mean"
# By head; 0.38 is Zhang et al.'s temperature (2016, section 2.3).
DECODINGS: Mapping[str, Mapping[str, Decoding]] = {
    "regression": {REGRESSION: model.REGRESSION},
    "bins": {EXPECTED: model.EXPECTED, ANNEALED: Decoding("bins", temperature=0.38)},
}
RUN_FACTS = (
    "commit",
    "encoder",
    "photographs",
    "steps",
    "seconds",
    "peak_memory_mb",
    "hardware",
    "torch",
)


def main() -> None:
    """Train, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("recipe", help="name below recipes/study")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument(
        "--judged", type=Path, help="what is judged; PHOTOS/val-000.tar if not given"
    )
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--encoder-weights", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".cache"))
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--rows", type=Path, default=ROWS)
    parser.add_argument("--limit", type=int, help="judge only the first so many, for a trial")
    arguments = parser.parse_args()
    recipe = load_recipe(f"study/{arguments.recipe}")
    run = arguments.runs / arguments.recipe
    colorizer = Colorizer(train_and_export(recipe, run, arguments))
    decodings = {k: v for head in colorizer.card.heads for k, v in DECODINGS[head].items()}
    judged = arguments.judged or arguments.photos / "val-000.tar"
    photographs = open_photographs(judged)
    evaluation = evaluate(
        colorizer, photographs, decodings, name=judged.name, limit=arguments.limit
    )
    facts = json.loads((run / RUN_FILE).read_text("utf-8"))
    arguments.rows.mkdir(parents=True, exist_ok=True)
    target = arguments.rows / f"{arguments.recipe}.json"
    # A line a fact: rows are long, and read by programs.
    lines = (f"{json.dumps(k)}: {json.dumps(v)}" for k, v in row(facts, evaluation).items())
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"wrote {target}")


def train_and_export(recipe: Recipe, run: Path, arguments: argparse.Namespace) -> Path:
    """Train a network, or take the finished run, and return its model.

    Args:
        recipe: of the run.
        run: its folder.
        arguments: with photos, cache, encoder_weights and device.
    """
    train(
        recipe,
        arguments.photos,
        run,
        cache_root=arguments.cache,
        encoder_weights=arguments.encoder_weights,
        device=arguments.device,
    )
    _, path = export(run, run / "model", working_size=recipe.phases[-1].size)
    return path


def row(facts: Mapping[str, Any], evaluation: Evaluation) -> dict[str, Any]:
    """Put together what a run and its judgement say.

    Of each photograph the error of the first decoding is kept, for paired comparisons.
    """
    report = json.loads(to_json(evaluation))
    first = next(
        name for names in DECODINGS.values() for name in names if name in predictors(report)
    )
    return {
        "recipe": facts["recipe"],
        **{name: facts.get(name) for name in RUN_FACTS},
        "epochs": sum(phase["epochs"] for phase in facts["recipe"]["phases"]),
        "size": evaluation.size,
        "set": f"{evaluation.photographs}, {evaluation.count} photographs",
        "figures": rounded(report["rows"]),
        "hues": rounded(report["hues"]),
        "predictor": first,
        "mse_ab": {
            photograph.key: round(photograph.mse_ab[first], 8) for photograph in evaluation.judged
        },
    }


def rounded(value: object) -> object:
    """Six digits of every number are more than the intervals tell."""
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def predictors(report: Mapping[str, Any]) -> set[str]:
    """Names of the predictors in a report."""
    return {entry["predictor"] for entry in report["rows"]}


if __name__ == "__main__":
    main()
