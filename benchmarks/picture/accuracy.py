"""Raw accuracy of colours, and the same with every colour counting alike (Zhang et al. 2016).

    python benchmarks/picture/accuracy.py --photos PHOTOS/val-000.tar --output accuracy.json

Section 3.1 of the paper: the share of pixels whose ab lies within a threshold of the truth, as the
area under the curve over thresholds from 0 to 150; rebalanced, pixels weigh the inverse of the
probability of their true colour's bin (equation 4 with lambda = 0), so that each bin that occurs
counts alike. The probabilities are those of the judged photographs themselves, where the paper took
ImageNet's, and rare bins are noisy, so its figures are no rivals of these. Every fourth pixel in
both directions.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rehue import Colorizer
from rehue.color import Bins, srgb_to_lab
from rehue.dataset import open_photographs
from rehue.judge import default_decodings

THRESHOLDS = 151
STEP = 4
GREY = "plain grey"


def areas(counts: NDArray[np.int64]) -> tuple[float, float]:
    """Area under the curve, plain and rebalanced, of bins x distances."""
    within = counts.cumsum(axis=1)[:, :THRESHOLDS]
    totals = counts.sum(axis=1)
    occurs = totals > 0
    plain = within.sum(axis=0) / totals.sum()
    rebalanced = (within[occurs] / totals[occurs, None]).mean(axis=0)
    return float(plain.mean()), float(rebalanced.mean())


def main() -> None:
    """Colour, count, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--limit", type=int, help="a quick look: so many, evenly")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model)
    bins = Bins.in_srgb(10)
    counts: dict[str, NDArray[np.int64]] = {}
    photographs = open_photographs(arguments.photos).evenly(arguments.limit)
    for sample in photographs:
        truth = srgb_to_lab(sample.image[::STEP, ::STEP])[..., 1:]
        nearest, shares = bins.encode(truth)
        of_bin = np.take_along_axis(nearest, shares.argmax(-1)[..., None], -1)[..., 0]
        look = colorizer.look(sample.image)
        guesses = {k: look.ab(v)[::STEP, ::STEP] for k, v in default_decodings(colorizer).items()}
        for name, ab in {GREY: np.zeros_like(truth), **guesses}.items():
            # A pixel lies within the first whole threshold that is not below its distance.
            distance = np.ceil(np.linalg.norm(ab - truth, axis=-1)).astype(np.int64)
            row = of_bin * (THRESHOLDS + 1) + np.minimum(distance, THRESHOLDS)
            found = np.bincount(row.ravel(), minlength=len(bins) * (THRESHOLDS + 1))
            counts[name] = counts.get(name, 0) + found.reshape(len(bins), -1)
    report = {}
    for name, of_name in counts.items():
        plain, rebalanced = areas(of_name)
        report[name] = {"area": plain, "rebalanced area": rebalanced}
        print(f"{name:20} area {plain:.3f}, rebalanced {rebalanced:.3f}")
    written = {"photographs": len(photographs), "rows": report}
    arguments.output.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
