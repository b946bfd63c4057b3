"""How well lightness is kept: L of 8-bit PNG results against L of their sources.

Usage: python benchmarks/picture/lightness.py --kodak KODAK --output lightness.json
"""

import argparse
import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from rehue import Colorizer
from rehue.color import lightness


def main() -> None:
    """Colour every photograph from its grey copy, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model)
    means, largest = [], 0.0
    for path in sorted(arguments.kodak.glob("*.webp")):
        grey, result = io.BytesIO(), io.BytesIO()
        Image.open(path).convert("L").save(grey, "PNG")
        colorizer.colorize_file(grey.getvalue(), result)
        before = lightness(np.asarray(Image.open(grey)))
        after = lightness(np.asarray(Image.open(result)))
        difference = np.abs(after - before)
        means.append(float(difference.mean()))
        largest = max(largest, float(difference.max()))
    figures = {"photographs": len(means), "mean": float(np.mean(means)), "largest": largest}
    print(f"L, mean and largest difference: {figures['mean']:.3f}, {figures['largest']:.3f}")
    arguments.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
