"""Stamps, ink and colour targets on grey and toned pictures: are they found, and kept exactly.

    python benchmarks/scan/own_color.py --photos SHARDS --kodak FOLDER --output FOLDER

Compositions of Kodak and `val-000` photographs: grey, sepia, yellowed or lit by a lamp, each with a
small colour photograph, a row of colour fields or a stroke of coloured ink; half of them as JPEG.
"""

import argparse
import io
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from photographs import Picture, choosing, held_back
from PIL import Image, ImageDraw
from prints import sheet

from rehue import Colorizer
from rehue.color import Tone, judge_neutrality, quantize
from rehue.scan import find_own_color

sys.path.insert(0, str(Path(__file__).parents[1] / "picture"))
from neutrality import GREY, PRINTS, TUNED, UNEVEN, grey_of

TONERS = (GREY["grey"], TUNED["sepia"], PRINTS["yellowed"], UNEVEN["phone's warm light"])
FIELDS = ("#c82828", "#28a03c", "#283cb4", "#e6d228", "#3cb4c8", "#be3c96", "#f0f0f0", "#1e1e1e")
VIVID = 40  # largest less smallest of red, green and blue


def composed(base: Picture, stamp: Picture, rng: np.random.Generator) -> tuple[Picture, str]:
    """Put something coloured on a picture."""
    height, width, _ = base.shape
    image = Image.fromarray(base)
    draw = ImageDraw.Draw(image)
    kind = ("stamp", "target", "ink")[int(rng.integers(3))]
    if kind == "stamp":
        share = rng.uniform(0.12, 0.35)
        small = Image.fromarray(stamp).resize((int(width * share), int(height * share)))
        place = rng.integers(0, (width - small.width, height - small.height))
        image.paste(small, (int(place[0]), int(place[1])))
    elif kind == "target":
        count = int(rng.integers(4, 9))
        side, tall = int(width * 0.6 / count), int(height * rng.uniform(0.05, 0.1))
        x, y = rng.integers(0, (width - side * count, height - tall))
        for i in range(count):
            draw.rectangle((x + i * side, y, x + (i + 1) * side - 1, y + tall - 1), fill=FIELDS[i])
    else:
        points = [rng.uniform(0.1, 0.9, 2) * (width, height)]
        for _ in range(12):
            step = rng.normal(0, (width * 0.06, height * 0.04))
            points.append(np.clip(points[-1] + step, 0, (width, height)))
        color = ("#b41e28", "#1e2896", "#14643c")[int(rng.integers(3))]
        draw.line([tuple(p) for p in points], fill=color, width=max(2, int(width * 0.012)))
    return np.asarray(image), kind


def as_jpeg(picture: Picture) -> Picture:
    """The picture after JPEG at quality 85."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=85)
    return np.asarray(Image.open(file))


def main() -> None:
    """Judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--colored", type=int, default=12)
    parser.add_argument("--choosing", action="store_true")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    known = (
        choosing(options.photos) if options.choosing else held_back(options.photos, options.kodak)
    )
    in_color = [p for _, p in known if judge_neutrality(p).tone is Tone.COLORED]
    mistaken = sum(find_own_color(picture) is not None for picture in in_color)
    colorizer = Colorizer(threads=1)
    found: dict[str, list[bool]] = {}
    kept, spared, pictures = [], [], []
    for number in range(options.number):
        rng = np.random.default_rng([number, 4])
        grey = grey_of(known[number * len(known) // options.number][1])
        base = quantize(TONERS[number % 4](grey, rng), np.uint8).astype(np.uint8)
        picture, kind = composed(base, known[int(rng.integers(len(known)))][1], rng)
        true: NDArray[np.bool_] = (picture != base).any(axis=-1)
        if number % 8 >= 4:
            picture = as_jpeg(picture)
        own = find_own_color(picture)
        found.setdefault(kind, []).append(own is not None)
        if own is None:
            continue
        vivid = true & (np.ptp(picture.astype(int), axis=-1) > VIVID)
        out = np.full_like(picture, 7)
        own.keep(picture, out)
        is_kept = (out == picture).all(axis=-1)
        kept.append(float(is_kept[vivid].mean()) if vivid.any() else 1.0)
        spared.append(float(is_kept[~true].mean()))
        if len(pictures) < options.colored:
            shown = colorizer.look(picture).colorize()
            both = Image.fromarray(np.concatenate([picture, shown], axis=1))
            both.thumbnail((300, 300))
            pictures.append((f"{number}: {kind}", both))
    sheet(pictures, options.output / "own-color.png")
    results = {
        "compositions": options.number,
        "found_percent": {k: 100 * float(np.mean(v)) for k, v in found.items()},
        "found_percent_of_all": 100 * float(np.mean([ok for v in found.values() for ok in v])),
        "vivid_pixels_kept_percent": 100 * float(np.mean(kept)),
        "others_kept_percent": 100 * float(np.mean(spared)),
        "photographs_in_color": len(in_color),
        "of_them_taken_for_grey_with_parts_percent": 100 * mistaken / len(in_color),
    }
    print(json.dumps(results, indent=2))
    text = json.dumps(results, indent=2) + "\n"
    (options.output / "own-color.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
