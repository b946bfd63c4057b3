"""The tables and plots of docs/study.md, made from the rows of docs/study/rows.

    python benchmarks/study/document.py [--training training.json] [--sweep sweep.csv] \
        [--remedies remedies.json]

Each table stands between `<!-- NAME -->` and `<!-- end -->` in the document and is replaced; rows
that have not been run are left out. `--training` is what `benchmarks/speed/training.py` wrote,
`--sweep` what `rehue sweep` did, `--remedies` what `benchmarks/study/remedies.py` did; all are kept
in docs/study.
"""

import argparse
import csv
import json
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from rehue.color import Bins
from rehue.judge.groups import STUDY_SHARES
from rehue.judge.hues import FAMILIES
from rehue.judge.paired import compare_paired
from rehue.judge.results import ALL, CONSTANT, GREY, ORIGINAL
from rehue.learning.networks import NETWORKS
from rehue.learning.training.module import build_network
from rehue.learning.training.plots import drawing
from rehue.learning.training.recipe import NetworkChoice

DOCUMENT = Path(__file__).parents[2] / "docs" / "study.md"
FOLDER = DOCUMENT.with_suffix("")
Rows = Mapping[str, Mapping[str, Any]]

# The study's own figures, beside the row of the same batch: validation MSE, minutes.
PUBLISHED = {
    "simple_cnn": "0.003039",
    "resnet34": "0.002318; 150",
    "optimized_resnet34-batch128": "0.002182; 30",
}
STUDY = (
    "simple_cnn",
    "resnet34-short",
    "optimized_resnet34-short",
    "resnet34",
    "resnet34-seed2",
    "resnet34-seed3",
    "resnet34-batch128",
    "resnet34-random",
    "optimized_resnet34",
    "optimized_resnet34-seed2",
    "optimized_resnet34-seed3",
    "optimized_resnet34-triangular",
    "optimized_resnet34-batch128",
    "optimized_resnet34-random",
)
PAPERS = ("colorful", "interactive", "let_there_be_color", "resnet18_regression")
PAIRS = (
    ("resnet34-short", "simple_cnn"),
    ("optimized_resnet34-short", "resnet34-short"),
    ("optimized_resnet34", "resnet34"),
    ("optimized_resnet34-seed2", "resnet34-seed2"),
    ("optimized_resnet34-seed3", "resnet34-seed3"),
    ("optimized_resnet34", "optimized_resnet34-triangular"),
    ("optimized_resnet34-batch128", "optimized_resnet34"),
    ("resnet34-batch128", "resnet34"),
    ("optimized_resnet34-batch128", "resnet34-batch128"),
    ("resnet34", "resnet34-random"),
    ("optimized_resnet34", "optimized_resnet34-random"),
    ("regression", "classification"),
    ("optimized_resnet34", "resnet18_regression"),
    ("optimized_resnet34-epoch", "colorful"),
    ("optimized_resnet34-epoch", "interactive"),
    ("optimized_resnet34-epoch", "let_there_be_color"),
    ("photographs-4000-steps", "photographs-1500-steps"),
    ("optimized_resnet34", "photographs-4000-steps"),
    ("optimized_resnet34", "rare-photographs"),
    ("optimized_resnet34", "rare-pixels-quarter"),
    ("optimized_resnet34", "rare-pixels"),
)
PHOTOGRAPHS = (
    "photographs-1500-epochs",
    "photographs-4000-epochs",
    "photographs-1500-steps",
    "photographs-4000-steps",
    "optimized_resnet34",
)
HEADS = ("regression", "classification", "classification-rebalanced")
# Words, name and digits.
SUBJECT_FIGURES = (
    ("MSE over grey's", "mse_ab_over_grey", 3),
    ("median CIEDE2000 over grey's", "ciede2000_median_over_grey", 3),
    ("colourfulness gap", "colorfulness_gap", 1),
)
REMEDIES = ("optimized_resnet34", "rare-photographs", "rare-pixels-quarter", "rare-pixels")


def main() -> None:
    """Read the rows, write tables and plots."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--training", type=Path, default=FOLDER / "training.json")
    parser.add_argument("--sweep", type=Path, default=FOLDER / "sweep.csv")
    parser.add_argument("--remedies", type=Path, default=FOLDER / "remedies.json")
    arguments = parser.parse_args()
    rows = {p.stem: json.loads(p.read_text("utf-8")) for p in (FOLDER / "rows").glob("*.json")}
    measured = (
        (arguments.training, "training.json"),
        (arguments.sweep, "sweep.csv"),
        (arguments.remedies, "remedies.json"),
    )
    for source, name in measured:
        if source.is_file() and source != FOLDER / name:
            shutil.copy(source, FOLDER / name)
    text = DOCUMENT.read_text("utf-8")
    for name, table in TABLES.items():
        text = replaced(text, name, table(rows))
    DOCUMENT.write_text(text, "utf-8")
    plots(rows)
    print(f"wrote {DOCUMENT} and {FOLDER}, {len(rows)} rows")


def replaced(text: str, name: str, table: str) -> str:
    """Put a table between its marks."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{DOCUMENT}: no place for the table {name}: add <!-- {name} -->")
    return pattern.sub(lambda marks: f"{marks[1]}{table}\n{marks[2]}", text)


def table(heading: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Markdown."""
    lines = [heading, ["---"] * len(heading), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(
    row: Mapping[str, Any], name: str, predictor: str | None = None, group: str = ALL
) -> dict[str, float]:
    """One figure of a row with its interval."""
    predictor = predictor or row["predictor"]
    for entry in row["figures"]:
        if (entry["predictor"], entry["group"]) == (predictor, group):
            found: dict[str, float] = entry["figures"][name]
            return found
    raise KeyError((name, predictor, group))


def shown(estimate: Mapping[str, float], digits: int = 3) -> str:
    """Value and interval."""
    value, low, high = (f"{estimate[key]:.{digits}f}" for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def networks(rows: Rows) -> str:
    """The study's networks."""
    lines = []
    for name in STUDY:
        if name not in rows:
            continue
        row = rows[name]
        recipe = row["recipe"]
        lines.append(
            [
                f"`{name}`",
                str(recipe["phases"][0]["batch"]),
                str(row["epochs"]),
                recipe["network"]["weights"],
                f"{figure(row, 'mse_ab')['value']:.6f}",
                shown(figure(row, "mse_ab_over_grey")),
                PUBLISHED.get(name, ""),
            ]
        )
    heading = ["recipe", "batch", "epochs", "encoder", "MSE", "over plain grey's (95 %)"]
    return table([*heading, "the study's: MSE; minutes"], lines)


def papers(rows: Rows) -> str:
    """The works that the study stands on, beside its third network."""
    return comparison(rows, (*PAPERS, "optimized_resnet34-epoch", "optimized_resnet34"))


def comparison(rows: Rows, names: Sequence[str]) -> str:
    """Each decoding of some rows."""
    lines = [
        [
            f"`{name}`",
            predictor,
            f"{rows[name]['photographs']:,}; {rows[name]['epochs']}",
            shown(figure(rows[name], "mse_ab_over_grey", predictor)),
            shown(figure(rows[name], "ciede2000_median_over_grey", predictor)),
            shown(figure(rows[name], "colorfulness_gap", predictor), 1),
        ]
        for name in names
        if name in rows
        for predictor in dict.fromkeys(entry["predictor"] for entry in rows[name]["figures"])
        if predictor not in (GREY, ORIGINAL, CONSTANT)
    ]
    heading = ["recipe", "decoding", "photographs; epochs", "MSE over grey's"]
    return table([*heading, "median CIEDE2000 over grey's", "colourfulness gap"], lines)


def pairs(rows: Rows) -> str:
    """Is the first one's error lower? Photograph by photograph."""
    lines = []
    for first, second in PAIRS:
        if first in rows and second in rows:
            pair = compare_paired(rows[first]["mse_ab"], rows[second]["mse_ab"])
            ratio = {k: getattr(pair.ratio, k) for k in ("value", "low", "high")}
            lines.append([f"`{first}`", f"`{second}`", shown(ratio), str(pair.verdict)])
    return table(["is the error of", "lower than of", "ratio of errors (95 %)", "answer"], lines)


def speeds(_: Rows) -> str:
    """What `benchmarks/speed/training.py` measured."""
    path = FOLDER / "training.json"
    if not path.is_file():
        return "not measured yet"
    measured = json.loads(path.read_text("utf-8"))
    lines = []
    for name, row in measured.items():
        speed = row["photographs a second"]
        lines.append(
            [
                name,
                f"{speed:.1f}",
                f"{36_500 / speed / 60:.0f}" if "share" not in row else "",
                f"{row['peak memory (MB)']:.0f}" if "peak memory (MB)" in row else "",
                f"{row['parameters'] / 1e6:.1f}" if "parameters" in row else "",
                f"{row['share']:.2f}" if "share" in row else "",
            ]
        )
    heading = ["", "photographs a second", "minutes an epoch of 36,500", "peak memory (MB)"]
    return table([*heading, "million parameters", "training over bare loop"], lines)


def sweep(_: Rows) -> str:
    """What `rehue sweep` found."""
    path = FOLDER / "sweep.csv"
    if not path.is_file():
        return "not measured yet"
    with path.open(encoding="utf-8") as file:
        lines = [
            [line["rate"], f"{float(line['mse_over_grey']):.4f}"] for line in csv.DictReader(file)
        ]
    return table(["largest rate", "MSE over grey's, held-back photographs"], lines)


def strengths(_: Rows) -> str:
    """What `benchmarks/study/remedies.py` found."""
    path = FOLDER / "remedies.json"
    if not path.is_file():
        return "not measured yet"
    found = json.loads(path.read_text("utf-8"))
    names = [name for name in next(iter(found.values())) if name != "photographs"]
    lines = [[f"`{key}`", *(f"{row[name]:.3f}" for name in names)] for key, row in found.items()]
    return table(["remedy and strength", *names], lines)


def photographs(rows: Rows) -> str:
    """More photographs."""
    lines = []
    for name in PHOTOGRAPHS:
        if name in rows:
            row = rows[name]
            counts = [f"{row['photographs']:,}", str(row["epochs"]), f"{row['steps']:,}"]
            lines.append([f"`{name}`", *counts, shown(figure(row, "mse_ab_over_grey"))])
    return table(["recipe", "photographs", "epochs", "steps", "MSE over grey's (95 %)"], lines)


def heads(rows: Rows) -> str:
    """Regression against classification."""
    return comparison(rows, HEADS)


def hues(rows: Rows) -> str:
    """Error and chroma kept by hue family, before and after the remedies."""
    return by_hue(rows, (*REMEDIES, "classification-rebalanced"))


def head_hues(rows: Rows) -> str:
    """The same with either head."""
    return by_hue(rows, HEADS[:2])


def by_hue(rows: Rows, names: Sequence[str]) -> str:
    """Error and chroma kept by hue family, of some rows."""
    here = [name for name in names if name in rows]
    if not here:
        return "not measured yet"
    heading = ["hue", "share of pixels"]
    heading += [f"`{name}`: MSE over grey's; chroma kept" for name in here]
    lines = []
    for family in FAMILIES:
        share = hue(rows[here[0]], ORIGINAL, family).get("share")
        cells = [hue(rows[name], rows[name]["predictor"], family) for name in here]
        lines.append(
            [
                family,
                f"{100 * share['value']:.1f} %" if share else "",
                *(
                    f"{c['mse_ab_over_grey']['value']:.3f}; {c['chroma_kept']['value']:.2f}"
                    for c in cells
                ),
            ]
        )
    return table(heading, lines)


def hue(row: Mapping[str, Any], predictor: str, family: str) -> dict[str, dict[str, float]]:
    """Figures of one predictor in one family."""
    for entry in row["hues"]:
        if (entry["predictor"], entry["family"]) == (predictor, family):
            found: dict[str, dict[str, float]] = entry["figures"]
            return found
    return {}


def groups(rows: Rows) -> str:
    """Success, medium and failure."""
    names = [name for name in (*STUDY, *HEADS, *REMEDIES[1:], *PAPERS) if name in rows]
    lines = [
        [f"`{name}`", *(shown(figure(rows[name], str(o))) for o in STUDY_SHARES)] for name in names
    ]
    lines.append(["the study, by eye", *(f"{share:.4f}" for share in STUDY_SHARES.values())])
    return table(["recipe", *(str(o) for o in STUDY_SHARES)], lines)


def subjects(rows: Rows) -> str:
    """The same figures by kind."""
    names = [name for name in ("simple_cnn", "resnet34", "optimized_resnet34") if name in rows]
    if not names:
        return "not measured yet"
    kinds = list(dict.fromkeys(entry["group"] for entry in rows[names[0]]["figures"]))
    lines = []
    for words, key, digits in SUBJECT_FIGURES:
        for name in names:
            values = [figure(rows[name], key, group=kind) for kind in kinds]
            lines.append([words, f"`{name}`", *(shown(value, digits) for value in values)])
    return table(["figure", "recipe", *kinds], lines)


TABLES: Mapping[str, Callable[[Rows], str]] = {
    "networks": networks,
    "pairs": pairs,
    "speeds": speeds,
    "sweep": sweep,
    "strengths": strengths,
    "papers": papers,
    "photographs": photographs,
    "heads": heads,
    "head-hues": head_hues,
    "hues": hues,
    "groups": groups,
    "subjects": subjects,
}


def plots(rows: Rows) -> None:
    """Write every plot and the drawings of the networks."""
    bars(rows, [n for n in STUDY if n in rows], "networks.png")
    bars(rows, [n for n in (*HEADS, *PAPERS) if n in rows], "others.png")
    curve(rows)
    hue_chart(rows)
    group_chart(rows)
    for name in NETWORKS:
        choice = NetworkChoice(name, weights="random")
        network = build_network(choice, Bins.in_srgb(10), scenes=365)
        drawing(name, network).savefig(FOLDER / f"network-{name}.png", dpi=100)


def new_figure(width: float = 7, height: float = 3.6) -> Figure:
    """All of one look."""
    return Figure(figsize=(width, height), layout="constrained")


def bars(rows: Rows, names: Sequence[str], target: str) -> None:
    """MSE over grey's with intervals."""
    if not names:
        return
    drawn = new_figure(height=1 + 0.32 * len(names))
    axes = drawn.subplots()
    for place, name in enumerate(reversed(names)):
        found = figure(rows[name], "mse_ab_over_grey")
        spread = [[found["value"] - found["low"]], [found["high"] - found["value"]]]
        axes.barh(place, found["value"], xerr=spread, color="steelblue", error_kw={"lw": 1})
    axes.set_yticks(range(len(names)), list(reversed(names)), fontsize=8)
    axes.axvline(1, color="0.5", lw=1)
    axes.set_xlabel("MSE of ab over plain grey's, 95 % intervals")
    drawn.savefig(FOLDER / target, dpi=100)


def curve(rows: Rows) -> None:
    """Error over photographs, at equal steps and at equal epochs."""
    drawn = new_figure(5, 3.4)
    axes = drawn.subplots()
    for kind, style in (("steps", "o-"), ("epochs", "s--")):
        names = [n for n in PHOTOGRAPHS if n.endswith(kind) or n == "optimized_resnet34"]
        points = sorted(
            (rows[n]["photographs"], figure(rows[n], "mse_ab_over_grey")["value"])
            for n in names
            if n in rows
        )
        if points:
            axes.plot(*zip(*points, strict=True), style, label=f"equal {kind}")
    axes.set_xlabel("photographs")
    axes.set_ylabel("MSE over plain grey's")
    axes.legend()
    drawn.savefig(FOLDER / "photographs.png", dpi=100)


def hue_chart(rows: Rows) -> None:
    """Chroma kept by hue family."""
    here = [name for name in (*REMEDIES, "classification-rebalanced") if name in rows]
    drawn = new_figure(8, 3.6)
    axes = drawn.subplots()
    for turn, name in enumerate(here):
        kept = [
            hue(rows[name], rows[name]["predictor"], family)["chroma_kept"]["value"]
            for family in FAMILIES
        ]
        places = [place + 0.8 * turn / len(here) for place in range(len(FAMILIES))]
        axes.bar(places, kept, 0.8 / len(here), label=name, align="edge")
    axes.set_xticks([place + 0.4 for place in range(len(FAMILIES))], FAMILIES)
    axes.axhline(1, color="0.5", lw=1)
    axes.set_ylabel("chroma kept")
    axes.legend(fontsize=8)
    drawn.savefig(FOLDER / "hues.png", dpi=100)


def group_chart(rows: Rows) -> None:
    """Shares of success, medium and failure beside the study's."""
    names = [n for n in ("simple_cnn", "resnet34", "optimized_resnet34") if n in rows]
    shares = {n: [figure(rows[n], str(o))["value"] for o in STUDY_SHARES] for n in names}
    shares["the study, by eye"] = list(STUDY_SHARES.values())
    drawn = new_figure(6, 3.4)
    axes = drawn.subplots()
    for turn, (name, values) in enumerate(shares.items()):
        places = [place + 0.8 * turn / len(shares) for place in range(len(values))]
        axes.bar(places, values, 0.8 / len(shares), label=name, align="edge")
    axes.set_xticks([0.4, 1.4, 2.4], [str(outcome) for outcome in STUDY_SHARES])
    axes.set_ylabel("share of photographs")
    axes.legend(fontsize=8)
    drawn.savefig(FOLDER / "groups.png", dpi=100)


if __name__ == "__main__":
    main()
