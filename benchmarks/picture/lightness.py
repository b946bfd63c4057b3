"""How well lightness is kept: L of results against L of their sources.

Usage: python benchmarks/picture/lightness.py --kodak KODAK --output lightness.json

Three ways: 8-bit PNG; JPEG (quality 92) with the source's image data in it, byte for byte, which
keeps luma; and JPEG with `--lightness exact`, encoded anew.
"""

import argparse
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from rehue import Colorizer
from rehue.color import ciede2000, lightness, srgb_to_lab

WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "PNG": ("PNG", {}),
    "JPEG, image data kept": ("JPEG", {}),
    "JPEG, lightness exact": ("JPEG", {"lightness": "exact"}),
}


def main() -> None:
    """Colour every photograph from its grey copy, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model)
    rows: dict[str, list[tuple[float, ...]]] = {way: [] for way in WAYS}
    for path in sorted(arguments.kodak.glob("*.webp")):
        grey = Image.open(path).convert("L")
        for way, (kind, wishes) in WAYS.items():
            source, result = io.BytesIO(), io.BytesIO()
            grey.save(source, kind, **({"quality": 92} if kind == "JPEG" else {}))
            colorizer.colorize_file(source.getvalue(), result, **wishes)
            before = np.asarray(Image.open(source))
            after = np.asarray(Image.open(result))
            moved = np.abs(lightness(after) - lightness(before))
            apart = ciede2000(srgb_to_lab(after), srgb_to_lab(colorizer(before)))
            rows[way].append((moved.mean(), np.percentile(moved, 99), moved.max(), apart.mean()))
    figures = {}
    for way, values in rows.items():
        mean, high, largest, apart = np.asarray(values).T
        figures[way] = {
            "L, mean": float(mean.mean()),
            "L, 99th percentile": float(high.mean()),
            "L, largest": float(largest.max()),
            "CIEDE2000 from the result in RGB": float(apart.mean()),
        }
        print(f"{way:24}", *(f"{name} {value:.3f}  " for name, value in figures[way].items()))
    arguments.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
