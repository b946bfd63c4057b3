"""COCO val2017 beside what others publish: PSNR and colourfulness at 256 x 256.

    python benchmarks/picture/coco.py --photos coco-val2017.tar --output coco.json

As in Kang et al. 2023 ("DDColor", table 1) every photograph is brought to 256 x 256, squashed, made
grey, coloured, and compared there: PSNR over red, green and blue, and the difference of the mean
colourfulness of results and originals. Their colourfulness is reckoned from the absolute values of
R - G and (R + G) / 2 - B, which Hasler and Süsstrunk's M3 (2003) takes with their signs, so it is
smaller; both are printed, and the published figures are to be held against theirs.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue import Colorizer
from rehue.color import colorfulness
from rehue.dataset import open_photographs
from rehue.judge.evaluation import default_decodings
from rehue.judge.metrics import psnr

SIDE = 256
# Pictures as colourful as their originals have a lower PSNR: so bolder ones are measured, too.
BOLDER = (0.75, 1.0)
# PSNR, colourfulness, difference of the means: Kang et al. 2023, table 1, column COCO-Stuff.
PUBLISHED = {
    "CIC (Zhang et al. 2016)": (22.73, 33.84, 4.40),
    "InstColor (Su et al. 2020)": (23.38, 27.45, 10.79),
    "DeOldify (2019)": (24.19, 24.99, 13.25),
    "ColorFormer (Ji et al. 2022)": (23.91, 36.34, 1.90),
    "DDColor-tiny (Kang et al. 2023)": (23.45, 38.48, 0.24),
}


def absolute_colorfulness(picture: NDArray[np.uint8]) -> float:
    """Colourfulness of the absolute opponent values, as published comparisons reckon it."""
    red, green, blue = np.moveaxis(picture.astype(np.float64), -1, 0)
    first, second = abs(red - green), abs((red + green) / 2 - blue)
    spread = np.hypot(first.std(), second.std())
    return float(spread + 0.3 * np.hypot(first.mean(), second.mean()))


def main() -> None:
    """Colour, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--limit", type=int, help="a quick look: so many, evenly")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model, size=SIDE)
    rows: dict[str, list[tuple[float, float, float]]] = {}
    photographs = open_photographs(arguments.photos, keep_neutral=True).evenly(arguments.limit)
    for sample in photographs:
        squashed = Image.fromarray(sample.image).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        original = np.asarray(squashed)
        look = colorizer.look(original)
        pictures = {k: look.colorize(decoding=v) for k, v in default_decodings(colorizer).items()}
        pictures |= {f"boldness {bold:g}": look.colorize(boldness=bold) for bold in BOLDER}
        for name, picture in {"originals": original, **pictures}.items():
            score = np.inf if name == "originals" else psnr(picture, original)
            row = (score, colorfulness(picture), absolute_colorfulness(picture))
            rows.setdefault(name, []).append(row)
    means = {name: np.array(those).mean(axis=0) for name, those in rows.items()}
    true, count = means["originals"], len(rows["originals"])
    print(f"{count} photographs{'':24} PSNR      M3   M3 diff.  theirs   diff.")
    report: dict[str, dict[str, float]] = {}
    for name, (score, signed, absolute) in means.items():
        gaps = abs(signed - true[1]), abs(absolute - true[2])
        report[name] = dict(
            zip(
                ("psnr", "m3", "m3_gap", "theirs", "gap"),
                (score, signed, gaps[0], absolute, gaps[1]),
                strict=True,
            )
        )
        shown = (score, signed, gaps[0], absolute, gaps[1])
        print(f"{name:36}", *(f"{value:7.2f}" for value in shown))
    for name, (score, absolute, gap) in PUBLISHED.items():
        print(f"{name:36} {score:6.2f}  {'':14}  {absolute:6.2f}  {gap:6.2f}  (published)")
    written = {"photographs": count, "model": colorizer.card.name, "rows": report}
    arguments.output.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
