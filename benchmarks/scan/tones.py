"""Faded and dense prints: are they coloured like the same print at full contrast.

    python benchmarks/scan/tones.py --photos SHARDS --kodak FOLDER --output tones.json

Each photograph of Kodak and `val-000` is faded in six ways. Colours are compared with the
photograph's own at the photograph's own lightness (CIEDE2000, the median over its pixels, on the
network's grid); the figure of a fading is the mean over photographs, beside that of the print at
full contrast.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pages import grey_of
from photographs import choosing, held_back
from PIL import Image

from rehue import Colorizer
from rehue.color import ciede2000, srgb_to_lab
from rehue.scan import Stated
from rehue.wishes import Coloring

# Darkest and lightest code, and the exponent.
FADINGS = {
    "tones 100 to 180": (100, 180, 1.0),
    "tones 0 to 110": (0, 110, 1.0),
    "tones 150 to 250": (150, 250, 1.0),
    "tones 60 to 190, gamma 1.6": (60, 190, 1.6),
    "gamma 0.45": (0, 255, 0.45),
    "gamma 2.2": (0, 255, 2.2),
}


def faded(grey: NDArray[np.float32], how: tuple[float, float, float]) -> NDArray[np.uint8]:
    """A picture (0..255) whose tones span less."""
    black, white, exponent = how
    return np.rint(black + (white - black) * (grey / 255) ** exponent).astype(np.uint8)


def difference(
    colorizer: Colorizer, grey: NDArray[np.uint8], picture: NDArray[np.uint8], stated: Stated
) -> float:
    """Median CIEDE2000 of the colours to a photograph's own, at its lightness."""
    look = colorizer.look(grey, scan=stated)
    ab = look.seen.colors(Coloring())
    _, _, right, bottom = look.seen.answer.box
    ab = ab[:, : max(1, round(bottom)), : max(1, round(right))]
    small = Image.fromarray(picture).resize(ab.shape[:0:-1], Image.Resampling.BOX)
    true = srgb_to_lab(np.asarray(small))
    shown = np.concatenate([true[..., :1], np.moveaxis(ab, 0, -1)], axis=-1)
    return float(np.median(ciede2000(shown, true)))


def main() -> None:
    """Judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--choosing", action="store_true")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    known = (
        choosing(options.photos) if options.choosing else held_back(options.photos, options.kodak)
    )
    known = [known[i * len(known) // options.number] for i in range(options.number)]
    colorizer = Colorizer(threads=1)
    as_is = Stated(as_is=True)
    rows: dict[str, list[float]] = {}
    for _, picture in known:
        grey = grey_of(picture)
        plain = np.rint(grey).astype(np.uint8)
        rows.setdefault("full contrast, as it is", []).append(
            difference(colorizer, plain, picture, as_is)
        )
        rows.setdefault("full contrast, examined", []).append(
            difference(colorizer, plain, picture, Stated())
        )
        for name, how in FADINGS.items():
            copy = faded(grey, how)
            for title, stated in (("as it is", as_is), ("examined", Stated())):
                rows.setdefault(f"{name}, {title}", []).append(
                    difference(colorizer, copy, picture, stated)
                )
    usual = float(np.mean(rows["full contrast, as it is"]))
    results = {
        name: {
            "photographs": len(values),
            "ciede2000": float(np.mean(values)),
            "of_full_contrast": float(np.mean(values)) / usual,
        }
        for name, values in rows.items()
    }
    for name, row in results.items():
        print(f"{name:<40}{row['ciede2000']:>8.2f}{row['of_full_contrast']:>8.3f}")
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
