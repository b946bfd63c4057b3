"""How far an editor's blending of the colour layer is from the full result, in CIEDE2000.

The layer (`rehue colorize --layer`) is laid over the grey photograph by the mode Color of W3C's
formula, which keeps the backdrop's luma, and by LCh Color (GIMP), which keeps its CIE lightness;
both rounded to 8 bits. Beside them stand two that show what a layer is worth: the colours nearest
to the result that any layer can give under the first mode (by trial, on a sample of pixels), and
the grey photograph without a layer.

Usage: python benchmarks/picture/layer.py --kodak KODAK --output layer.json
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue import Colorizer
from rehue.color import ciede2000, lab_to_srgb, lightness, quantize, srgb_to_lab
from rehue.picture.layer import blend_color

_SAMPLE, _TRIALS = 300, 2000

Blend = Callable[[NDArray[np.floating], NDArray[np.floating]], NDArray[np.floating]]


def main() -> None:
    """Colour every photograph from its grey copy, blend, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--saturation", type=float, default=1.0)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model)
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for path in sorted(arguments.kodak.glob("*.webp")):
        grey = np.asarray(Image.open(path).convert("L"))
        look = colorizer.look(grey)
        result = look.colorize(saturation=arguments.saturation)
        layer = look.layer(saturation=arguments.saturation) / 255
        backdrop = np.repeat(grey[..., None], 3, axis=-1) / 255
        for name, blended in {
            "Color": blend_color(backdrop, layer),
            "LCh Color": lch_color(backdrop, layer),
            "no layer": backdrop,
        }.items():
            rows.setdefault(name, []).append(figures(quantize(blended, np.uint8), result))
        pixels = np.random.default_rng(0).integers(0, grey.size, _SAMPLE)
        sampled = [p.reshape(-1, 3)[pixels] for p in (backdrop, layer, result / 255)]
        for name, blended in {
            "sample: Color": blend_color(*sampled[:2]),
            "sample: nearest": nearest(sampled[0], sampled[2]),
        }.items():
            rows.setdefault(name, []).append(figures(blended, sampled[2]))
    table = {
        name: {
            "mean": float(np.mean([mean for mean, _, _ in found])),
            "99th percentile": float(np.mean([high for _, high, _ in found])),
            "largest mean": float(np.max([mean for mean, _, _ in found])),
            "largest": float(np.max([most for _, _, most in found])),
        }
        for name, found in rows.items()
    }
    for name, row in table.items():
        print(f"{name:16}", "  ".join(f"{key} {value:.2f}" for key, value in row.items()))
    written = {"model": colorizer.card.name, "saturation": arguments.saturation, "CIEDE2000": table}
    arguments.output.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")


def figures(blended: NDArray[Any], result: NDArray[Any]) -> tuple[float, float, float]:
    """Return mean, 99th percentile and largest CIEDE2000 of a photograph's pixels."""
    difference = ciede2000(srgb_to_lab(blended), srgb_to_lab(result))
    return float(difference.mean()), float(np.percentile(difference, 99)), float(difference.max())


def lch_color(backdrop: NDArray[np.floating], layer: NDArray[np.floating]) -> NDArray[np.floating]:
    """Lay a layer over a picture as GIMP's mode LCh Color: its L, the layer's chroma and hue."""
    lab = srgb_to_lab(layer)
    lab[..., 0] = lightness(backdrop)
    blended: NDArray[np.floating] = np.clip(lab_to_srgb(lab), 0, 1)
    return blended


def nearest(backdrop: NDArray[np.floating], result: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return what the mode Color gives with the layer whose blending is nearest to the result.

    Found by random steps that grow smaller, from the result's own colours.
    """
    random = np.random.default_rng(0)
    target = srgb_to_lab(result)
    best = blend_color(backdrop, result)
    distance = ciede2000(srgb_to_lab(best), target)
    for step in np.geomspace(0.1, 0.0005, _TRIALS):
        tried = blend_color(backdrop, np.clip(best + random.normal(0, step, best.shape), 0, 1))
        found = ciede2000(srgb_to_lab(tried), target)
        best[found < distance] = tried[found < distance]
        distance = np.minimum(found, distance)
    return best


if __name__ == "__main__":
    main()
