"""Is the model as sure as it is right, and are its alternatives worth a look?

    python benchmarks/picture/confidence.py --photos PHOTOS/val-000.tar --output confidence.json

Printed are the expected calibration error, the error of the surest half over the other half's, and
of three alternatives: the share of the picture that still differs between any two (CIEDE2000 of 5
and more at hues 30 degrees apart) after the best global factor of chroma and shift of ab from one
to the other has been taken out; the best of three over the default in MSE of ab; and the same of
three fixed variants (chroma times 0.7, times 1.3, warmer by 8), which need no alternatives.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rehue import Colorizer
from rehue.color import ciede2000, srgb_to_lab
from rehue.dataset import Photographs, open_photographs
from rehue.judge import measure_calibration
from rehue.wishes import Coloring

Colors = NDArray[np.floating]


def share_that_differs(light: Colors, first: Colors, second: Colors) -> float:
    """Share of cells that differ once factor and shift are taken out; ab are 2 x cells."""
    centered = first - first.mean(axis=1, keepdims=True)
    target = second - second.mean(axis=1, keepdims=True)
    factor = (centered * target).sum() / max((centered**2).sum(), 1e-9)
    fitted = factor * centered + second.mean(axis=1, keepdims=True)
    apart = np.degrees(np.arctan2(fitted[1], fitted[0]) - np.arctan2(second[1], second[0]))
    is_other_hue = abs((apart + 180) % 360 - 180) >= 30
    difference = ciede2000(np.stack([light, *fitted], -1), np.stack([light, *second], -1))
    return float((is_other_hue & (difference >= 5)).mean())


def alternatives(colorizer: Colorizer, photographs: Photographs) -> dict[str, float]:
    """Figures of alternatives, on the network's own grid."""
    default, best, fixed, differ = [], [], [], []
    for sample in photographs:
        look = colorizer.look(sample.image)
        _, shown, rows, columns = look.cells()
        lab = srgb_to_lab(sample.image[np.ix_(rows, columns)])
        light, truth = lab[..., 0].ravel(), np.moveaxis(lab[..., 1:], -1, 0).reshape(2, -1)
        three = [shown.reshape(2, -1)]
        three += [look.cells(Coloring(alternative=n))[1].reshape(2, -1) for n in (2, 3)]
        variants = [0.7 * three[0], 1.3 * three[0], three[0] + np.array([[0.0], [8.0]])]
        default.append(((three[0] - truth) ** 2).mean())
        best.append(min(((ab - truth) ** 2).mean() for ab in three))
        fixed.append(min(((ab - truth) ** 2).mean() for ab in variants))
        differ += [share_that_differs(light, *pair) for pair in combinations(three, 2)]
    return {
        "share that differs between two, mean": float(np.mean(differ)),
        "pairs of which at least 5 % differs": float(np.mean(np.array(differ) >= 0.05)),
        "best of three over the default": float(np.mean(best) / np.mean(default)),
        "best of three fixed variants over it": float(np.mean(fixed) / np.mean(default)),
    }


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--limit", type=int, help="a quick look: so many, evenly")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model)
    photographs = open_photographs(arguments.photos).evenly(arguments.limit)
    (fit,) = measure_calibration(colorizer, photographs)
    figures = {
        "temperature": fit.temperature,
        "expected calibration error": fit.error,
        "error of the surest half over the other": fit.sure_over_unsure,
        "share of colours that are near": fit.right,
        **alternatives(colorizer, photographs),
    }
    for name, value in figures.items():
        print(f"{name:44} {value:.3f}")
    report = {**figures, "bins": fit.bins, "photographs": len(photographs)}
    arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
