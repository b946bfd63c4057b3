"""What hints bring, how far they spill, and how long a click takes.

    python benchmarks/picture/hints.py --photos PHOTOS/val-000.tar --kodak KODAK \
        --output hints.json

The curve: hints of true colours at uniformly random places (fixed seed), each a disc of the area of
7 x 7 px at 256 px; MSE of the default decoding's ab over the same without hints. Spill: a saturated
hint on one side of a strong edge, and by how much (CIEDE2000) what lies 8 px and more beyond the
edge changes, at 256 px; on drawn pictures of two areas (20 to 50 units of L apart, with grain), and
on Kodak between neighbouring regions whose mean L lies 25 and more apart (Felzenszwalb and
Huttenlocher 2004, by scikit-image). A click: a hint on a photograph of 12 megapixels that was
looked at, shown at screen size.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_edt
from skimage.segmentation import felzenszwalb

from rehue import Colorizer, Hint
from rehue.color import ciede2000, lab_to_srgb, srgb_to_lab
from rehue.dataset import Photographs, Sample, open_photographs
from rehue.wishes import Coloring

COUNTS = (1, 2, 5, 10, 20, 50, 100)
SIDE = 256
# A disc of 49 pixels.
RADIUS = (49 / np.pi) ** 0.5
BEYOND = 8  # px
COLORS = ("#c03028", "#2850c0", "#30a040", "#d0b030", "#a040b0")
ROUNDS = 10


def curve(colorizer: Colorizer, photographs: Photographs) -> dict[str, float]:
    """MSE over the automatic colouring's, by number of hints."""
    errors: dict[int, list[float]] = {count: [] for count in (0, *COUNTS)}
    for number, sample in enumerate(photographs):
        random = np.random.default_rng(number)
        height, width = sample.image.shape[:2]
        scale = min(height, width) / SIDE
        places = random.uniform((0, 0), (width, height), (max(COUNTS), 2))
        hints = [true_hint(sample, x, y, RADIUS * scale) for x, y in places]
        look = colorizer.look(sample.image)
        for count, of_count in errors.items():
            _, shown, rows, columns = look.cells(Coloring(hints=hints[:count]))
            truth = srgb_to_lab(sample.image[np.ix_(rows, columns)])[..., 1:]
            of_count.append(float(((np.moveaxis(shown, 0, -1) - truth) ** 2).mean()))
    automatic = np.mean(errors.pop(0))
    return {f"{count} hints": float(np.mean(of) / automatic) for count, of in errors.items()}


def true_hint(sample: Sample, x: float, y: float, radius: float) -> Hint:
    """A hint of the mean colour of the square that it stands for."""
    half = round(radius * np.pi**0.5 / 2)
    rows = slice(max(0, int(y) - half), int(y) + half + 1)
    columns = slice(max(0, int(x) - half), int(x) + half + 1)
    red, green, blue = sample.image[rows, columns].reshape(-1, 3).mean(axis=0).round().astype(int)
    return Hint(x, y, f"#{red:02x}{green:02x}{blue:02x}", radius)


def drawn_spill(colorizer: Colorizer) -> list[float]:
    """Change beyond the edge in pictures of two areas."""
    changes = []
    for number in range(40):
        random = np.random.default_rng(number)
        turned = np.meshgrid(np.arange(SIDE) - SIDE / 2, np.arange(SIDE) - SIDE / 2)
        angle = random.uniform(0, 2 * np.pi)
        across = turned[0] * np.cos(angle) + turned[1] * np.sin(angle)
        low = random.uniform(25, 45)
        light = np.where(across < 0, low, low + random.uniform(20, 50))
        lab = np.zeros((SIDE, SIDE, 3))
        lab[..., 0] = light + random.normal(0, 1.5, light.shape)
        grey = np.rint(lab_to_srgb(lab) * 255).astype(np.uint8)[..., 0]
        x, y = SIDE / 2 + 40 * np.cos(angle + np.pi), SIDE / 2 + 40 * np.sin(angle + np.pi)
        hint = Hint(x, y, COLORS[number % len(COLORS)], RADIUS)
        changes.append(changed(colorizer, grey, hint, across >= BEYOND))
    return changes


def kodak_spill(colorizer: Colorizer, kodak: Path) -> list[float]:
    """Change beyond the edges of regions of photographs."""
    changes = []
    for number, path in enumerate(sorted(kodak.glob("*.webp"))):
        picture = Image.open(path).convert("L")
        factor = SIDE / min(picture.size)
        size = (round(picture.width * factor), round(picture.height * factor))
        grey = np.asarray(picture.resize(size, Image.Resampling.LANCZOS))
        light = srgb_to_lab(np.stack([grey] * 3, -1))[..., 0]
        regions = felzenszwalb(grey, scale=300, sigma=1.0, min_size=800)
        means = {region: light[regions == region].mean() for region in np.unique(regions)}
        for region, mean in means.items():
            inside = regions == region
            depth = distance_transform_edt(inside)
            outside = distance_transform_edt(~inside)
            apart = np.isin(regions, [r for r, m in means.items() if abs(m - mean) >= 25])
            beyond = apart & (outside >= BEYOND) & (outside <= 4 * BEYOND)
            if depth.max() < 2 * RADIUS or beyond.sum() < 200:
                continue
            y, x = np.unravel_index(depth.argmax(), depth.shape)
            hint = Hint(float(x), float(y), COLORS[number % len(COLORS)], RADIUS)
            changes.append(changed(colorizer, grey, hint, beyond))
    return changes


def changed(
    colorizer: Colorizer, grey: NDArray[np.uint8], hint: Hint, where: NDArray[np.bool_]
) -> float:
    """Mean CIEDE2000 that a hint makes where it should make none."""
    look = colorizer.look(grey)
    before, after = (
        srgb_to_lab(one)[where] for one in (look.colorize(), look.colorize(hints=[hint]))
    )
    return float(ciede2000(before, after).mean())


def click(colorizer: Colorizer, kodak: Path) -> float:
    """Milliseconds from a hint to a preview of a photograph of 12 megapixels, median."""
    picture = Image.open(min(kodak.glob("*.webp"))).convert("L").resize((4608, 2592))
    preview = colorizer.look(np.asarray(picture)).preview()
    width = preview.pixels.shape[1]
    seconds = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        preview.colorize(hints=[Hint(width * (number + 0.5) / ROUNDS, 500, COLORS[0], 8)])
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds[1:])) * 1e3


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--limit", type=int, help="a quick look: so many, evenly")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model)
    photographs = open_photographs(arguments.photos).evenly(arguments.limit)
    drawn, kodak = drawn_spill(colorizer), kodak_spill(colorizer, arguments.kodak)
    figures = {
        **curve(colorizer, photographs),
        "spill, drawn, mean": float(np.mean(drawn)),
        "spill, drawn, 90 % of the pictures": float(np.quantile(drawn, 0.9)),
        "spill, Kodak, mean": float(np.mean(kodak)),
        "spill, Kodak, 90 % of the regions": float(np.quantile(kodak, 0.9)),
        "a click (ms)": click(colorizer, arguments.kodak),
    }
    for name, value in figures.items():
        print(f"{name:36} {value:.3f}")
    report = {**figures, "photographs": len(photographs), "regions of Kodak": len(kodak)}
    arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
