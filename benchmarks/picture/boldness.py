"""What each boldness costs and brings, and which decodings its path should go through.

    python benchmarks/picture/boldness.py --photos PHOTOS/train-000.tar --limit 160 \
        --output boldness.json

On photographs that training held back (a hash of their keys says which). Printed for five steps of
boldness, and with `--grid` for the decodings of a grid that err least in CIEDE2000 at their
colourfulness: no other is both as colourful and nearer to the truth.
"""

import argparse
import itertools
import json
from pathlib import Path

from rehue import Colorizer
from rehue.dataset import Part, open_photographs, part_of
from rehue.judge import evaluate
from rehue.model import Decoding, bold

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
GRID = {
    "temperature": (0.3, 0.4, 0.55, 0.75),
    "chroma": (1.0, 1.25, 1.5),
    "doubt": (0.0, 0.3, 0.6),
    "agreement": (0.0, 0.7),
}
FIGURES = (
    "mse_ab_over_grey",
    "mse_ab_over_grey_median",
    "ciede2000_over_grey",
    "colorfulness_gap",
    "unrest",
    "patches",
)


def of_grid() -> dict[str, Decoding]:
    """Every decoding of the grid, named by its numbers."""
    every = (dict(zip(GRID, values, strict=True)) for values in itertools.product(*GRID.values()))
    return {json.dumps(numbers): Decoding("bins", **numbers) for numbers in every}


def front(rows: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Those that no other row beats in both CIEDE2000 and colourfulness."""
    ranked = sorted(rows.items(), key=lambda row: row[1]["ciede2000_over_grey"])
    best, most = {}, float("-inf")
    for name, figures in ranked:
        if figures["colorfulness_gap"] > most:
            best[name], most = figures, figures["colorfulness_gap"]
    return best


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--limit", type=int, help="at most so many photographs")
    parser.add_argument("--grid", action="store_true", help="look for the path, too")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    held = (
        sample
        for sample in open_photographs(arguments.photos)
        if part_of(sample.key) is Part.CHOOSE
    )
    colorizer = Colorizer(arguments.model)
    path = colorizer.card.boldness
    decodings = {f"boldness {step:g}": bold(step, path) for step in STEPS}
    decodings |= of_grid() if arguments.grid else {}
    judged = evaluate(colorizer, held, decodings, limit=arguments.limit, draws=0)
    rows = {
        name: {figure: judged.row(name).figures[figure].value for figure in FIGURES}
        for name in decodings
    }
    shown = {name: of for name, of in rows.items() if name.startswith("boldness")}
    shown |= front(rows) if arguments.grid else {}
    print(f"{judged.count} photographs: {', '.join(FIGURES)}")
    for name, figures in shown.items():
        print(f"{name:70} " + "  ".join(f"{value:8.4f}" for value in figures.values()))
    report = {"photographs": judged.count, "rows": rows}
    arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
