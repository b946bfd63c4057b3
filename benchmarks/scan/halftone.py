"""Halftone prints: is the screen found, and are there no dots in the colour.

    python benchmarks/scan/halftone.py --photos SHARDS --kodak FOLDER --output halftone.json

Kodak and `val-000` photographs, brought to 600 to 900 px, are printed through a screen of 4 to 14
pixels at 0 to 45 degrees. Coloured, the energy of their chroma at the screen's frequency is set
against that of the same photograph without a screen.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pages import grey_of
from photographs import Named, choosing, held_back
from PIL import Image

from rehue import Colorizer
from rehue.color import srgb_to_lab
from rehue.scan import Stated
from rehue.scan.screens import find_screen


def printed(
    grey: NDArray[np.float32], period: float, angle: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Print a picture (0..255) in round dots, as a scanner sees them: its lens blurs a little."""
    height, width = grey.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    cos, sin = np.cos(angle), np.sin(angle)
    phase = 2 * np.pi * rng.random(2)
    first = np.cos(2 * np.pi * (x * cos + y * sin) / period + phase[0])
    second = np.cos(2 * np.pi * (y * cos - x * sin) / period + phase[1])
    # Thresholds spread as evenly as tones do: the share of ink is that of darkness.
    screen = (first + second) / 2
    order = np.argsort(np.argsort(screen, axis=None)).reshape(screen.shape) / screen.size
    ink = np.clip((order - grey / 255) * period + 0.5, 0, 1)
    paper, black = rng.uniform(215, 250), rng.uniform(15, 50)
    return (
        np.rint(paper + (black - paper) * ink + rng.normal(0, 1.5, grey.shape))
        .clip(0, 255)
        .astype(np.uint8)
    )


def enlarged(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """A picture whose longer side is so many pixels."""
    image = Image.fromarray(picture)
    factor = side / max(image.size)
    size = (round(image.width * factor), round(image.height * factor))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC))


def energy(ab: NDArray[np.floating], period: float, angle: float) -> float:
    """Energy of chroma in the spectrum's cells round the screen's four frequencies."""
    height, width = ab.shape[:2]
    total = 0.0
    window = np.hanning(height)[:, None] * np.hanning(width)
    for plane in np.moveaxis(ab, -1, 0):
        power = np.abs(np.fft.fft2((plane - plane.mean()) * window)) ** 2
        for turn in (0, 1):
            fx = np.cos(angle + turn * np.pi / 2) / period * width
            fy = np.sin(angle + turn * np.pi / 2) / period * height
            rows = (np.rint(fy).astype(int) + np.arange(-4, 5)) % height
            columns = (np.rint(fx).astype(int) + np.arange(-4, 5)) % width
            total += float(power[np.ix_(rows, columns)].sum())
    return total


def main() -> None:
    """Judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--colored", type=int, default=40)
    parser.add_argument("--choosing", action="store_true")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    known: list[Named] = (
        choosing(options.photos) if options.choosing else held_back(options.photos, options.kodak)
    )
    known = known[:: max(1, len(known) // options.number)][: options.number]
    colorizer = Colorizer(threads=1) if options.colored else None
    found, right, false, ratios, before, pictures = 0, 0, 0, [], [], []
    missed = []
    for number, (_, picture) in enumerate(known):
        rng = np.random.default_rng([number, 14])
        large = enlarged(picture, int(rng.uniform(600, 900)))
        grey = grey_of(large)
        period, angle = float(rng.uniform(4, 14)), float(np.deg2rad(rng.uniform(0, 45)))
        false += find_screen(np.rint(grey).clip(0, 255).astype(np.uint8)) > 0
        dots = printed(grey, period, angle, rng)
        seen = find_screen(dots)
        found += seen > 0
        right += abs(seen - period) < 0.1 * period
        if not seen:
            missed.append(round(period, 1))
        if colorizer is not None and number < options.colored:
            plain = np.rint(215 / 255 * grey + 30).clip(0, 255).astype(np.uint8)
            unscreened, screened = colorizer.look(plain), colorizer.look(dots)
            alone = energy(unscreened.ab(), period, angle)
            ratios.append(energy(screened.ab(), period, angle) / max(alone, 1e-9))
            old = colorizer.look(dots, scan=Stated(as_is=True)).ab()
            before.append(energy(old, period, angle) / max(alone, 1e-9))
            both = (srgb_to_lab(look.colorize())[..., 1:] for look in (screened, unscreened))
            shown, alone = (energy(ab, period, angle) for ab in both)
            pictures.append(shown / max(alone, 1e-9))
    results = {
        "prints": len(known),
        "found_percent": 100 * found / len(known),
        "period_right_percent": 100 * right / len(known),
        "found_in_photographs_percent": 100 * false / len(known),
        "missed_periods": missed,
        "chroma_energy_ratio_median": float(np.median(ratios)) if ratios else None,
        "chroma_energy_ratio_90_percent_below": float(np.quantile(ratios, 0.9)) if ratios else None,
        "chroma_energy_ratio_before_median": float(np.median(before)) if before else None,
        "chroma_energy_ratio_in_srgb_median": float(np.median(pictures)) if pictures else None,
    }
    print(json.dumps(results, indent=2))
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
