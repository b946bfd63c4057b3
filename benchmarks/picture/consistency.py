"""Does a photograph get the same colours whatever size the network sees it at?

    python benchmarks/picture/consistency.py --photos PHOTOS/val-000.tar --kodak KODAK \
        --output consistency.json

The shard at 160 and 256 px, Kodak at 160, 256 and 384 px: mean CIEDE2000 between the default
outputs of two sizes, and the same over the mean chroma of the two. How the error changes with the
size stands in `benchmarks/picture/quality.py`.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path

import numpy as np

from rehue import Colorizer
from rehue.color import ciede2000, srgb_to_lab
from rehue.dataset import Photographs, open_photographs

SHARD_SIZES, KODAK_SIZES = (160, 256), (160, 256, 384)


def differences(
    photographs: Photographs, sizes: tuple[int, ...], model: str
) -> dict[str, dict[str, float]]:
    """Figures of every two sizes, means over the photographs' own means."""
    colorizers = [Colorizer(model, size=size) for size in sizes]
    sums = {pair: np.zeros(2) for pair in combinations(range(len(sizes)), 2)}
    for sample in photographs:
        labs = [srgb_to_lab(np.asarray(colorizer(sample.image))) for colorizer in colorizers]
        for first, second in sums:
            difference = ciede2000(labs[first], labs[second]).mean()
            chroma = np.mean(
                [np.hypot(lab[..., 1], lab[..., 2]) for lab in (labs[first], labs[second])]
            )
            sums[first, second] += difference, chroma
    return {
        f"{sizes[first]} and {sizes[second]} px": {
            "CIEDE2000": difference / len(photographs),
            "over mean chroma": difference / chroma,
        }
        for (first, second), (difference, chroma) in sums.items()
    }


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, help="the validation shard")
    parser.add_argument("--kodak", type=Path, help="folder of the Kodak photographs")
    parser.add_argument("--model", default="default")
    parser.add_argument("--limit", type=int, help="a quick look: so many, evenly")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    report = {}
    for path, sizes in ((arguments.photos, SHARD_SIZES), (arguments.kodak, KODAK_SIZES)):
        if path is None:
            continue
        photographs = open_photographs(path).evenly(arguments.limit)
        figures = differences(photographs, sizes, arguments.model)
        report[f"{path.name}, {len(photographs)}"] = figures
        for pair, values in figures.items():
            told = ", ".join(f"{name} {value:.3f}" for name, value in values.items())
            print(f"{path.name:14} {pair:16} {told}")
    arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
