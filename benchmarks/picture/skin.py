"""How skin of every tone comes out, on photographs of people held back from training.

    python benchmarks/picture/skin.py --photos PHOTOS --output skin.json

Skin is told by a written rule from the original's colours: Cb 77..127 and Cr 133..173 (Chai and
Ngan 1999, Face Segmentation Using Skin-Color Map, section III), hue of Lab 20..80 degrees, chroma
8..45, L 20..90; specks are opened away, and photographs of which less than 2 % is left do not
count. The rule takes wood and sand for skin, too. Photographs are put into thirds by the individual
typology angle of their skin's mean colour, arctan((L - 50) / b) (Chardon et al. 1991); a small
angle is dark. Of the default output on the mask: CIEDE2000 over plain grey's, and the share of
pixels whose hue lies within 20 degrees of the original's, where that one's chroma is above 8.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from rehue import Colorizer
from rehue.color import ciede2000, srgb_to_lab
from rehue.dataset import Part, Photographs, open_photographs, part_of

LEAST_SHARE = 0.02
OPENING = 5  # px


def skin(pixels: NDArray[np.uint8], lab: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Where skin is, by the rule above; height x width."""
    ycc = np.asarray(Image.fromarray(pixels).convert("YCbCr")).astype(int)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    mask = between(ycc[..., 1], 77, 127) & between(ycc[..., 2], 133, 173)
    mask &= between(hue, 20, 80) & between(chroma, 8, 45) & between(lab[..., 0], 20, 90)
    opened = Image.fromarray(mask).convert("L")
    opened = opened.filter(ImageFilter.MinFilter(OPENING)).filter(ImageFilter.MaxFilter(OPENING))
    return np.asarray(opened) > 0


def between(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.bool_]:
    """Where values lie from one to the other."""
    return (values >= low) & (values <= high)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True, help="folder of the training shards")
    parser.add_argument("--model", default="default")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model)
    rows: list[tuple[float, float, float, float]] = []
    for path in sorted(arguments.photos.glob("train-*.tar")):
        entries = open_photographs(path).entries
        held_back = [e for e in entries if e.kind == "people" and part_of(e.key) is Part.CHOOSE]
        for sample in Photographs(tuple(held_back)):
            lab = srgb_to_lab(sample.image)
            mask = skin(sample.image, lab)
            if mask.mean() < LEAST_SHARE:
                continue
            ours = srgb_to_lab(np.asarray(colorizer(sample.image)))[mask]
            truth = lab[mask]
            plain = truth * [1, 0, 0]
            hues = [np.degrees(np.arctan2(one[:, 2], one[:, 1])) for one in (ours, truth)]
            apart = abs((hues[0] - hues[1] + 180) % 360 - 180)
            angle = np.degrees(np.arctan2(truth[:, 0].mean() - 50, truth[:, 2].mean()))
            rows.append(
                (
                    float(angle),
                    float(ciede2000(ours, truth).mean()),
                    float(ciede2000(plain, truth).mean()),
                    float((apart <= 20).mean()),
                )
            )
    table = np.array(sorted(rows))
    thirds = np.array_split(table, 3)
    report = {
        name: {
            "photographs": len(part),
            "typology angle, from": part[0, 0],
            "to": part[-1, 0],
            "CIEDE2000 over plain grey's": part[:, 1].mean() / part[:, 2].mean(),
            "hue within 20 degrees": part[:, 3].mean(),
        }
        for name, part in zip(("all", "dark", "middle", "light"), (table, *thirds), strict=True)
    }
    for name, figures in report.items():
        print(f"{name:8}", ", ".join(f"{key} {value:.3g}" for key, value in figures.items()))
    arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
