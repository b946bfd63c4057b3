"""How strong should a remedy for rare colours be? Short runs, judged on photographs held back.

    python benchmarks/study/remedies.py --photos PHOTOS \
        --encoder-weights WEIGHTS/resnet18_conv1_layer3.safetensors --output remedies.json

The study's third network at the length of `study/optimized_resnet34-epoch`, with photographs of
rare colours drawn more often (`rare`) and with their pixels weighing more (`rebalancing` of the
regression), each at several strengths. Printed are MSE over plain grey's, and the chroma kept of
red and of yellow, on photographs that training held back, at the size that the network learnt at.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from row import train_and_export

from rehue import Colorizer, model
from rehue.judge import evaluate
from rehue.judge.results import ALL, REGRESSION
from rehue.learning import Recipe, load_recipe
from rehue.learning.training.loading import held_back

STRENGTHS = (0.5, 1.0, 2.0)
POWERS = (0.25, 0.5, 1.0)
FAMILIES = ("red", "yellow")


def main() -> None:
    """Train, judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--encoder-weights", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(".cache"))
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--limit", type=int, default=300, help="judge so many, evenly")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    base = load_recipe("study/optimized_resnet34-epoch")
    photographs = held_back(base, arguments.photos).evenly(arguments.limit)
    report = {}
    for recipe in remedies(base):
        trained = Colorizer(train_and_export(recipe, arguments.runs / recipe.name, arguments))
        judged = evaluate(trained, photographs, {REGRESSION: model.REGRESSION})
        figures = {
            "MSE over grey's": judged.row(REGRESSION, ALL).figures["mse_ab_over_grey"].value,
            **{
                f"{family} kept": judged.hue_row(REGRESSION, family).figures["chroma_kept"].value
                for family in FAMILIES
            },
        }
        print(f"{recipe.name:24}", *(f"{name} {value:.3f}" for name, value in figures.items()))
        report[recipe.name] = {**figures, "photographs": judged.count}
    arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def remedies(base: Recipe) -> Iterator[Recipe]:
    """The recipe without a remedy, and with each at each strength."""
    yield replace(base, name="no-remedy")
    for rare in STRENGTHS:
        yield replace(base, name=f"rare-{rare:g}", data=replace(base.data, rare=rare))
    for power in POWERS:
        loss = replace(base.loss, rebalancing=power, rebalance_regression=True)
        yield replace(base, name=f"rebalancing-{power:g}", loss=loss)


if __name__ == "__main__":
    main()
