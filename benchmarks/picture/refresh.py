"""How near `rehue.picture.refresh` brings faded photographs to the originals.

    python benchmarks/picture/refresh.py --kodak KODAK --output refresh.json --sheet refresh.png

The 24 Kodak photographs are faded by the models below and refreshed. The first two were written,
with the ranges of their parameters, before the estimator was taught, on other photographs and other
fades (`benchmarks/picture/fading.py`); but that half of the change of lightness is made was settled
with their figures in sight. The third was written after that, and nothing was changed for it. Each
photograph's parameters are drawn from its name.
Mean CIEDE2000 to the original is told before and after, and by how much photographs that were not
faded are changed.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.color import ciede2000, linear_to_srgb, quantize, srgb_to_lab, srgb_to_linear
from rehue.color.fading import Fade, estimate_fade
from rehue.color.lab import WHITE, XYZ_FROM_RGB
from rehue.colorizer import Colorizer
from rehue.picture.refresh import refresh
from rehue.picture.upsample import Upsampling

Picture = NDArray[np.uint8]
Encoded = NDArray[np.floating]
Fading = Callable[[Encoded, np.random.Generator], Encoded]

# Densities of a unit of cyan, magenta and yellow dye (columns) in red, green and blue light: the
# unwanted absorptions of chromogenic dyes, about as textbooks of photography draw them.
DYES = np.array([[1.00, 0.08, 0.01], [0.22, 1.00, 0.08], [0.10, 0.28, 1.00]])
# Density of the base's yellow stain in the three, for a unit in blue.
STAIN = np.array([0.1, 0.45, 1.0])
# The darkest that a print can be.
MOST_DENSITY = 2.3
# Least and largest parts of the three dyes that are lost: in the dark of an album cyan goes first,
# on the wall magenta (Wilhelm, "The Permanence and Care of Color Photographs", 1993).
LOST_IN_THE_DARK = (0.25, 0.05, 0.10), (0.50, 0.25, 0.35)
LOST_IN_LIGHT = (0.05, 0.25, 0.10), (0.25, 0.50, 0.35)


def dye_loss(encoded: Encoded, rng: np.random.Generator) -> Encoded:
    """A colour print whose three dyes have lost unequal parts, on stained paper."""
    dark = rng.random() < 0.5
    lowest, highest = LOST_IN_THE_DARK if dark else LOST_IN_LIGHT
    left = 1 - rng.uniform(lowest, highest)
    stain = rng.uniform(0.03, 0.15) * STAIN
    density = -np.log10(np.maximum(srgb_to_linear(encoded), 10**-MOST_DENSITY))
    amounts = density @ np.linalg.inv(DYES).T
    return linear_to_srgb(10 ** -((amounts * left) @ DYES.T + stain))


def tinted_veil(encoded: Encoded, rng: np.random.Generator) -> Encoded:
    """Stray light of one tint over the picture, under a wrong white balance and exposure."""
    warmth, green = rng.choice([-1, 1]) * rng.uniform(0.12, 0.4), rng.normal(0, 0.08)
    gains = np.exp([warmth, green, -warmth])
    gains /= gains.max()
    tint = rng.uniform(0.5, 1, 3)
    veil, exposure = rng.uniform(0.04, 0.15), rng.uniform(0.75, 1)
    light = (1 - veil) * srgb_to_linear(encoded) + veil * tint
    return linear_to_srgb(exposure * gains * light)


def wrong_light(encoded: Encoded, rng: np.random.Generator) -> Encoded:
    """A slide scanned under the balance of another light, with flare, and with less of its colour.

    The light is a daylight or a black body of another temperature, by CIE 1976's chromaticities of
    the blackbody locus in Krystek's approximation (1985); cones adapt by Bradford's matrix.
    """
    kelvin = rng.choice([rng.uniform(3000, 4500), rng.uniform(9000, 15000)])
    u = (0.860117757 + 1.54118254e-4 * kelvin + 1.28641212e-7 * kelvin**2) / (
        1 + 8.42420235e-4 * kelvin + 7.08145163e-7 * kelvin**2
    )
    v = (0.317398726 + 4.22806245e-5 * kelvin + 4.20481691e-8 * kelvin**2) / (
        1 - 2.89741816e-5 * kelvin + 1.61456053e-7 * kelvin**2
    )
    x, y = 3 * u / (2 * u - 8 * v + 4), 2 * v / (2 * u - 8 * v + 4)
    light = np.array([x / y, 1, (1 - x - y) / y])
    cones = np.array(
        [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    )
    adapt = np.linalg.inv(cones) @ np.diag((cones @ light) / (cones @ WHITE)) @ cones
    xyz = srgb_to_linear(encoded) @ XYZ_FROM_RGB.T
    linear = np.clip(xyz @ adapt.T @ np.linalg.inv(XYZ_FROM_RGB).T, 0, 1)
    grey = linear @ XYZ_FROM_RGB[1]
    part, flare = rng.uniform(0.1, 0.4), rng.uniform(0.01, 0.06)
    linear = (1 - part) * linear + part * grey[..., None]
    return linear_to_srgb(np.clip(flare + (1 - flare) * rng.uniform(0.8, 1.1) * linear, 0, 1))


FADES: dict[str, Fading] = {
    "not faded": lambda encoded, _: encoded,
    "dye loss": dye_loss,
    "tinted veil": tinted_veil,
    "wrong light": wrong_light,
}
WAYS = ("undone", "refreshed")


def faded(picture: Picture, key: str, fade: str) -> Picture:
    """The picture, faded and rounded to 8 bits."""
    rng = np.random.default_rng(list(f"{key} {fade}".encode()))
    copy: Picture = quantize(FADES[fade](picture / 255, rng), np.uint8).astype(np.uint8, copy=False)
    return copy


def refreshed(picture: Picture, colorizer: Colorizer) -> tuple[Fade, dict[str, Picture]]:
    """The fade found, and the picture with it undone alone, and refreshed."""
    fade = estimate_fade(picture)
    nothing = Upsampling(np.zeros((2, 1, 1), np.float32), (0, 0, 1, 1), *picture.shape[:2])
    alone = Upsampling(np.ones((2, 1, 1), np.float32), (0, 0, 1, 1), *picture.shape[:2])
    return fade, {
        "undone": refresh(picture, fade, nothing, alone),
        "refreshed": colorizer.look(picture).colorize(refresh=True),
    }


def distance(first: Picture, second: Picture) -> float:
    """Mean CIEDE2000."""
    return float(ciede2000(srgb_to_lab(first), srgb_to_lab(second)).mean())


def main() -> None:
    """Fade, refresh, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kodak", type=Path, required=True, help="folder of the photographs")
    parser.add_argument("--model", default="default")
    parser.add_argument("--output", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--sheet", type=Path, help="PNG of original, faded and refreshed")
    options = parser.parse_args()
    colorizer = Colorizer(options.model)
    rows: dict[str, dict[str, dict[str, float]]] = {fade: {} for fade in FADES}
    strips = []
    for path in sorted(options.kodak.glob("*.webp")):
        original = np.asarray(Image.open(path).convert("RGB"))
        shown = [original]
        for fade, of_fade in rows.items():
            copy = faded(original, path.stem, fade)
            found, results = refreshed(copy, colorizer)
            of_fade[path.stem] = {
                "before": distance(copy, original),
                "strength": found.strength,
                **{way: distance(results[way], original) for way in WAYS},
            }
            shown += [results["refreshed"]] if fade == "not faded" else [copy, results["refreshed"]]
        strips.append(np.concatenate([small(picture) for picture in shown], axis=1))
    print(f"{'CIEDE2000 to the original':<30}{'mean':>7}{'change':>9}{'worst':>8}  (photograph)")
    summary = {fade: summarised(fade, of_fade) for fade, of_fade in rows.items()}
    report = {"model": colorizer.card.name, "summary": summary, "photographs": rows}
    options.output.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if options.sheet:
        Image.fromarray(np.concatenate(strips)).save(options.sheet)


def summarised(fade: str, of_fade: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """Print and return a fade's figures: mean, its change, and the photograph that came out worst.

    For faded photographs the worst is the one that gained least.
    """
    before = np.array([one["before"] for one in of_fade.values()])
    print(f"{f'{fade}, as it is':<30}{before.mean():7.2f}{'':>9}{before.max():8.2f}")
    summary = {"before": {"mean": float(before.mean()), "largest": float(before.max())}}
    for way in WAYS:
        after = np.array([one[way] for one in of_fade.values()])
        worst = int((after - before).argmax())
        key = list(of_fade)[worst]
        change = after.mean() / before.mean() - 1 if before.any() else 0.0
        print(
            f"{f'{fade}, {way}':<30}{after.mean():7.2f}{change:9.1%}{after[worst]:8.2f}  "
            f"({key}, {before[worst]:.2f} before)"
        )
        summary[way] = {
            "mean": float(after.mean()),
            "change": float(change),
            "worst": float(after[worst]),
            "worst before": float(before[worst]),
            "changed by more than 1": int((after > 1).sum()),
            "made worse": int((after > before).sum()),
        }
    return summary


def small(picture: Picture) -> Picture:
    """A cell of the sheet: 180 x 240, upright pictures with paper beside them."""
    image = Image.fromarray(picture)
    image.thumbnail((240, 180))
    cell = Image.new("RGB", (244, 184), "white")
    cell.paste(image, ((240 - image.width) // 2, (180 - image.height) // 2))
    return np.asarray(cell)


if __name__ == "__main__":
    main()
