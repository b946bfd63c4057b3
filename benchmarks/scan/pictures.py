"""The pictures of docs/scans.md: as scanned, coloured as an ordinary photograph, coloured.

    python benchmarks/scan/pictures.py --output docs/images/scans.jpg

They are made of photographs that come with scikit-image and scikit-learn.
"""

import argparse
from pathlib import Path

import numpy as np
import skimage.data
from halftone import printed
from numpy.typing import NDArray
from pages import grey_of, make_page
from PIL import Image, ImageDraw
from sklearn.datasets import load_sample_images

from rehue import Colorizer
from rehue.scan import Stated, examine

Picture = NDArray[np.uint8]
TILE = 420
NEGATIVE = "a negative on an orange base"


def scans() -> dict[str, Picture]:
    """Draw one scan of each kind."""
    china, flower = load_sample_images().images
    cat, coffee = skimage.data.chelsea(), skimage.data.coffee()
    album = make_page([china, cat, coffee], np.random.default_rng(11))
    grey = grey_of(china)
    stamped = np.repeat(np.rint(grey)[..., None], 3, axis=2).astype(np.uint8)
    stamped[-110:-20, 30:150] = np.asarray(Image.fromarray(flower).resize((120, 90)))
    large = np.asarray(Image.fromarray(coffee).resize((900, 600)))
    warm = np.linspace(1, 0.6, grey.shape[1])[None, :, None] ** np.array([0.1, 0.45, 1.3])
    sepia = np.rint(grey[..., None] * warm * np.array([1, 0.93, 0.8])).astype(np.uint8)
    base = np.array([235, 150, 90]) / 255
    return {
        "prints on an album page": np.rint(album.light).astype(np.uint8),
        "a faded print": np.rint(100 + 80 * grey / 255).astype(np.uint8),
        "a halftone": printed(grey_of(large), 11.0, 0.5, np.random.default_rng(2)),
        "a stamp on a grey picture": stamped,
        "a sepia print in a lamp's light": sepia,
        NEGATIVE: np.rint((255 - grey_of(coffee))[..., None] * base).astype(np.uint8),
    }


def outlined(picture: Picture) -> Image.Image:
    """A picture with what was found on it."""
    image = Image.fromarray(picture).convert("RGB")
    finding = examine(picture)
    if finding.has_surround:
        for one in finding.prints:
            ImageDraw.Draw(image).polygon(one.corners, outline="#ff3020", width=5)
    return image


def main() -> None:
    """Colour, lay out, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    colorizer = Colorizer(threads=1)
    rows = []
    for name, picture in scans().items():
        print(f"{name}: {examine(picture).said()}")
        as_is = colorizer.look(picture, scan=Stated(as_is=True)).colorize()
        stated = Stated(is_negative=name == NEGATIVE)
        after = colorizer.look(picture, scan=stated).colorize()
        tiles = [outlined(picture), Image.fromarray(as_is), Image.fromarray(after)]
        for tile in tiles:
            tile.thumbnail((TILE, TILE))
        rows.append(tiles)
    height = sum(row[0].height + 6 for row in rows)
    sheet = Image.new("RGB", (3 * TILE + 12, height), "white")
    top = 0
    for row in rows:
        for column, tile in enumerate(row):
            sheet.paste(tile, (column * (TILE + 6), top))
        top += row[0].height + 6
    sheet.save(options.output, quality=85)


if __name__ == "__main__":
    main()
