"""How well the written rule of `rehue.judge.groups` tells success, medium and failure apart.

    python benchmarks/study/groups.py --photos SHARDS --measures measures.json --output groups.json

Colourings whose group is known are made of known photographs (`FAILURES`, `MEDIUM`, `SUCCESSES`
below), and measured. The limits are fitted on photographs of the training shards that were held
back by hash, and the shares shown on `val-000.tar`, which nothing was fitted on. Each limit of a
failure has one condition of its own, milder than what the rule is asked to see (`MILDER`), and is
the mildest limit, the one that leaves most to *medium*, that misses a tenth of it (of tinted
colourings, where nothing is asked, two thirds). Those of a success are the strictest that miss one
in forty of the faded, one in eight of the tinted, and of all of them one in a hundred for its hues;
with these every condition reaches what is asked of it on the split. `--measures` keeps what was
measured, so that a change of the limits needs no photographs.
"""

import argparse
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.table import Table

from rehue.color import srgb_to_lab
from rehue.dataset import Part, Photographs, part_of
from rehue.dataset.source import find_entries
from rehue.judge.baselines import paint
from rehue.judge.groups import SIDE, Appearance, Measures, Outcome, Rule, measure, outcome_by
from rehue.judge.survey import wilson

Picture = NDArray[np.uint8]
Chroma = NDArray[np.floating]
# From the photograph's ab and its number in the set to other ab.
Change = Callable[[Chroma, int], Chroma]

# The share of the training shards that is held back, and that the limits are fitted on.
FIT_SHARE = 0.05
TINT = 24.0
FADED = 0.6


def turned(ab: Chroma, degrees: float) -> Chroma:
    """All hues turned."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return ab @ np.array([[c, s], [-s, c]], ab.dtype)


def half_grey(ab: Chroma, number: int) -> Chroma:
    """One half without colour: the upper, the lower, the left, the right one, in turn."""
    height, width = ab.shape[:2]
    halves = (
        np.s_[: height // 2],
        np.s_[height // 2 :],
        np.s_[:, : width // 2],
        np.s_[:, width // 2 :],
    )
    changed = ab.copy()
    changed[halves[number % 4]] = 0
    return changed


def blurred(ab: Chroma, share: float) -> Chroma:
    """Chroma through a Gaussian whose sigma is this share of the short side."""
    sigma = share * min(ab.shape[:2])

    def window(length: int) -> NDArray[np.float32]:
        distance = np.arange(length)[:, None] - np.arange(length)
        weights = np.exp(-0.5 * (distance / sigma) ** 2)
        return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)

    down, across = window(ab.shape[0]), window(ab.shape[1])
    return np.einsum("ij,jkc,lk->ilc", down, ab, across, optimize=True)


def tinted(ab: Chroma, degrees: float) -> Chroma:
    """A cast of one hue over everything."""
    angle = np.radians(degrees)
    return ab + np.array([np.cos(angle), np.sin(angle)], ab.dtype) * ab.dtype.type(TINT)


def either(number: int) -> int:
    """One way for every second photograph, the other way for the others."""
    return 1 if number % 2 else -1


# The colouring is the changed picture, its original the photograph.
FAILURES: dict[str, Change] = {
    "plain grey": lambda ab, _: ab * 0,
    "hue turned by 90 degrees": lambda ab, n: turned(ab, 90 * either(n)),
    "chroma x 0.2": lambda ab, _: ab * np.float32(0.2),
    "half of it grey": half_grey,
    "chroma blurred, sigma 1/12 of the side": lambda ab, _: blurred(ab, 1 / 12),
}
# Shown, and what the limits are fitted on; nothing is asked of them.
MILDER: dict[str, Change] = {
    "hue turned by 75 degrees": lambda ab, n: turned(ab, 75 * either(n)),
    "chroma x 0.3": lambda ab, _: ab * np.float32(0.3),
    "chroma blurred, sigma 1/16 of the side": lambda ab, _: blurred(ab, 1 / 16),
    "tinted, the original clean": lambda ab, n: tinted(ab, (75, 255, 150, 330)[n % 4]),
}
MEDIUM: dict[str, Change] = {
    "chroma x 0.85": lambda ab, _: ab * np.float32(0.85),
    "chroma x 1.15": lambda ab, _: ab * np.float32(1.15),
    "hue turned by 15 degrees": lambda ab, n: turned(ab, 15 * either(n)),
    "chroma blurred, sigma 1/128 of the side": lambda ab, _: blurred(ab, 1 / 128),
}
# The colouring is the photograph, its original the changed picture.
SUCCESSES: dict[str, Change] = {
    f"the original faded to {FADED:g} of its chroma": lambda ab, _: ab * np.float32(FADED),
    "the original tinted warm": lambda ab, _: tinted(ab, 75),
    "the original tinted cool": lambda ab, _: tinted(ab, 255),
    "the original tinted green": lambda ab, _: tinted(ab, 150),
    "the original tinted magenta": lambda ab, _: tinted(ab, 330),
}
ITSELF, JPEG = "the original itself", "the original as JPEG, quality 75"
WANTED = (
    dict.fromkeys((*FAILURES, *MILDER), Outcome.FAILURE)
    | dict.fromkeys((ITSELF, JPEG, *MEDIUM), Outcome.MEDIUM)
    | dict.fromkeys(SUCCESSES, Outcome.SUCCESS)
)
# What is asked of the rule; the other conditions are shown beside.
REQUIRED = dict.fromkeys((*FAILURES, *SUCCESSES), 0.8) | {"plain grey": 0.95, ITSELF: 0.95}


def conditions(image: Picture, number: int) -> Iterator[tuple[str, Measures]]:
    """Measure every condition of one photograph."""
    lab = srgb_to_lab(image)
    lightness, ab = lab[..., 0], lab[..., 1:]
    own = Appearance.of(image)

    def changed(change: Change) -> Appearance:
        return Appearance.of(paint(lightness, change(ab, number)))

    yield ITSELF, measure(own, own)
    yield JPEG, measure(Appearance.of(as_jpeg(image)), own)
    for name, change in (FAILURES | MILDER | MEDIUM).items():
        yield name, measure(changed(change), own)
    for name, change in SUCCESSES.items():
        yield name, measure(own, changed(change))


def as_jpeg(image: Picture) -> Picture:
    """The photograph after JPEG (chroma subsampled 4:2:0)."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=75)
    return np.asarray(Image.open(file))


def small(image: Picture) -> Picture:
    """The photograph at the side at which it is judged."""
    height, width = image.shape[:2]
    share = min(1.0, SIDE / min(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX))


Measured = dict[str, list[Measures]]


def measure_all(photographs: Photographs) -> Measured:
    """Measure every condition of every photograph."""
    measured: Measured = {}
    for number, sample in enumerate(photographs):
        for name, measures in conditions(small(sample.image), number):
            measured.setdefault(name, []).append(measures)
    return measured


def fit(measured: Measured) -> Rule:
    """Set each limit by its own conditions."""

    def quantile(names: list[str], of: str, share: float) -> float:
        return float(np.quantile([getattr(m, of) for n in names for m in measured[n]], share))

    tints = [name for name in SUCCESSES if "tinted" in name]
    faded = [name for name in SUCCESSES if "faded" in name]
    return Rule(
        least_colorfulness=quantile(["chroma x 0.3"], "colorfulness", 0.9),
        most_uncolored=quantile(["half of it grey"], "uncolored", 0.1),
        least_detail=quantile(["chroma blurred, sigma 1/16 of the side"], "detail", 0.9),
        least_agreement=quantile(["hue turned by 75 degrees"], "agreement", 0.9),
        worst_balance=quantile(["tinted, the original clean"], "balance", 0.35),
        success_agreement=quantile(list(SUCCESSES), "agreement", 0.01),
        more_colorful=quantile(faded, "colorfulness", 0.025),
        better_balanced=quantile(tints, "balance", 0.125),
    )


def rounded(rule: Rule) -> Rule:
    """The limits with two digits, as they stand in the code."""
    return replace(rule, **{name: round(value, 2) for name, value in asdict(rule).items()})


def shares(measured: Measured, rule: Rule) -> dict[str, dict[str, Any]]:
    """The share of each group in each condition, and whether it is what is asked."""
    found: dict[str, dict[str, Any]] = {}
    for name, measures in measured.items():
        outcomes = [outcome_by(one, rule) for one in measures]
        hits = wilson(outcomes.count(WANTED[name]), len(outcomes))
        found[name] = {
            "wanted": WANTED[name].value,
            "required": REQUIRED.get(name),
            "count": len(outcomes),
            **{outcome.value: outcomes.count(outcome) / len(outcomes) for outcome in Outcome},
            "interval": [hits.low, hits.high],
        }
    return found


def table(title: str, found: dict[str, dict[str, Any]]) -> Table:
    """The shares in percent."""
    columns = ("condition", "wanted", "asked", *(outcome.value for outcome in Outcome), "95 %")
    shown = Table(*columns, title=title)
    for name, row in found.items():
        asked = f"{100 * row['required']:.0f}" if row["required"] else ""
        values = [f"{100 * row[outcome.value]:.1f}" for outcome in Outcome]
        low, high = (100 * end for end in row["interval"])
        shown.add_row(name, row["wanted"], asked, *values, f"{low:.1f} to {high:.1f}")
    return shown


def measured_sets(photos: Path, kept: Path, every: int) -> dict[str, Measured]:
    """Measure the split and the validation shard, or read what was measured before."""
    if kept.is_file():
        read = json.loads(kept.read_text("utf-8"))
        return {
            title: {name: [Measures(*one) for one in rows] for name, rows in of.items()}
            for title, of in read.items()
        }
    split = [
        entry
        for entry in find_entries(photos, "train-*.tar")
        if part_of(entry.key, FIT_SHARE) is Part.CHOOSE
    ]
    sets = {"split": split, "val-000": find_entries(photos / "val-000.tar")[::every]}
    measured = {title: measure_all(Photographs(entries)) for title, entries in sets.items()}
    plain = {
        title: {
            name: [[round(value, 4) for value in asdict(one).values()] for one in rows]
            for name, rows in of.items()
        }
        for title, of in measured.items()
    }
    kept.write_text(json.dumps(plain), "utf-8")
    return measured


def main() -> None:
    """Measure, fit, show."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True, help="folder of the tar shards")
    parser.add_argument("--measures", type=Path, required=True, help="JSON file to keep or reuse")
    parser.add_argument("--every", type=int, default=1, help="a quick look: each n-th of val-000")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    console = Console(width=130)
    measured = measured_sets(options.photos, options.measures, options.every)
    fitted = rounded(fit(measured["split"]))
    console.print(f"fitted: {fitted}")
    console.print(f"in the code: {Rule()}{'' if fitted == Rule() else ' (differs)'}")
    report: dict[str, Any] = {"fitted": asdict(fitted), "rule": asdict(Rule())}
    for title, of in measured.items():
        report[title] = shares(of, Rule())
        console.print(table(f"{title}, the rule in the code", report[title]))
    options.output.write_text(json.dumps(report, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
