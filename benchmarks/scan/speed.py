"""How long examining 12 megapixels takes where nothing is found.

    python benchmarks/scan/speed.py --kodak FOLDER --output speed.json

A Kodak photograph enlarged to 4000 x 3000, grey, grey in three channels, and in colour; processor
time of one thread, the median of nine. To compare two checkouts, run both in turn on one machine.
"""

import argparse
import json
from pathlib import Path
from time import process_time

import numpy as np
from photographs import of_folder
from PIL import Image

from rehue.scan import examine

REPEATS = 9
SIZE = (4000, 3000)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    _, picture = of_folder(options.kodak)[3]
    large = Image.fromarray(picture).resize(SIZE, Image.Resampling.BICUBIC)
    grey = np.asarray(large.convert("L"))
    pictures = {"grey": grey, "grey in RGB": np.dstack([grey] * 3), "colour": np.asarray(large)}
    results = {}
    for name, pixels in pictures.items():
        times = []
        for _ in range(REPEATS):
            started = process_time()
            finding = examine(pixels)
            times.append(1e3 * (process_time() - started))
        results[name] = {"milliseconds": float(np.median(times)), "found": finding.said()}
        print(f"{name:<14}{results[name]['milliseconds']:>8.1f} ms")
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
