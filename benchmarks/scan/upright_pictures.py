"""The pictures of which way is up in docs/scans.md: as scanned, what was found, coloured.

    python benchmarks/scan/upright_pictures.py --output docs/images/scans-upright.jpg

They are made of photographs that come with scikit-image and scikit-learn.
"""

import argparse
from pathlib import Path

import numpy as np
import skimage.data
from features import Grey, grey_of
from PIL import Image, ImageDraw
from sklearn.datasets import load_sample_images

from rehue import Colorizer
from rehue.scan import AS_IS

TILE = 300
GAP = 6
LINE = 18


def scans() -> list[Grey]:
    """Return pictures that lie on their sides, upside down, and as they should."""
    china, flower = load_sample_images().images
    pictures = [china, skimage.data.astronaut(), skimage.data.chelsea(), skimage.data.coffee()]
    pictures += [flower, skimage.data.rocket()]
    turns = (1, 2, 3, 2, 1, 0)
    return [
        np.ascontiguousarray(np.rot90(grey_of(picture), turn))
        for picture, turn in zip(pictures, turns, strict=True)
    ]


def main() -> None:
    """Look, colour, lay out, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    colorizer = Colorizer(threads=1)
    columns = []
    for grey in scans():
        as_is = colorizer.look(grey, scan=AS_IS).colorize()
        look = colorizer.look(grey)
        after, turn = look.colorize(), look.seen.turn
        found = f"turn by {90 * turn} degrees" if turn else "left as it lies"
        print(grey.shape, found)
        columns.append([(grey, "as scanned"), (as_is, "--as-is"), (after, found)])
    sheet = Image.new("RGB", (len(columns) * (TILE + GAP), 3 * (TILE + LINE)), "white")
    for x, column in enumerate(columns):
        for y, (picture, title) in enumerate(column):
            tile = Image.fromarray(picture).convert("RGB")
            tile.thumbnail((TILE, TILE))
            place = x * (TILE + GAP), y * (TILE + LINE)
            ImageDraw.Draw(sheet).text((place[0] + 2, place[1] + 3), title, fill="black")
            sheet.paste(tile, (place[0], place[1] + LINE))
    sheet.save(options.output, quality=82)


if __name__ == "__main__":
    main()
