"""Makes docs/images from samples/ with the shipped model: run it when the model changes.

python scripts/pictures.py
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from rehue import Colorizer

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
PHOTOS = ("astronaut.jpg", "china.jpg", "rocket.jpg", "camera.png")
GUESSES, GUESS_SIZE = ("china.jpg", "astronaut.jpg"), (220, 150)
WISHED = "china.jpg"
WISHES: tuple[dict[str, float], ...] = (
    {},
    {"saturation": 0.6},
    {"saturation": 1.4},
    {"temperature": 0.1},
    {"temperature": 1.0},
    {"warmth": -8},
    {"warmth": 8},
    {"saturation": 1.4, "warmth": -4},
)
HEIGHT, GAP, CAPTION = 300, 6, 18


def main() -> None:
    """Colour, lay out, write."""
    colorizer = Colorizer()
    strip(colorizer).save(IMAGES / "strip.jpg", quality=88, optimize=True)
    guesses(colorizer).save(IMAGES / "alternatives.jpg", quality=88, optimize=True)
    wishes(colorizer).save(IMAGES / "wishes.jpg", quality=88, optimize=True)


def strip(colorizer: Colorizer) -> Image.Image:
    """Grey above, coloured below, one photograph beside the other."""
    pairs = []
    for name in PHOTOS:
        with Image.open(ROOT / "samples" / name) as photo:
            grey = np.asarray(photo.convert("L"))
        both = (np.stack([grey] * 3, axis=-1), colorizer(grey))
        pairs.append(np.concatenate([scaled(np.asarray(picture)) for picture in both]))
    gap = np.full((pairs[0].shape[0], GAP, 3), 255, np.uint8)
    row = [part for pair in pairs for part in (pair, gap)][:-1]
    return Image.fromarray(np.concatenate(row, axis=1))


def guesses(colorizer: Colorizer) -> Image.Image:
    """Each photograph in grey, in four colourings, and how sure the first of them is."""
    rows = []
    for name in GUESSES:
        with Image.open(ROOT / "samples" / name) as photo:
            grey = np.asarray(ImageOps.fit(photo.convert("L"), GUESS_SIZE))
        look = colorizer.look(grey)
        sure = np.rint(look.confidence() * 255).astype(np.uint8)
        cells = [
            np.stack([grey] * 3, axis=-1),
            *look.alternatives(4),
            np.stack([sure] * 3, axis=-1),
        ]
        framed = [np.pad(cell, ((0, GAP), (0, GAP), (0, 0)), constant_values=255) for cell in cells]
        rows.append(np.concatenate(framed, axis=1))
    return Image.fromarray(np.concatenate(rows)[:-GAP, :-GAP])


def wishes(colorizer: Colorizer) -> Image.Image:
    """One photograph as the options that turn a knob have it, captioned."""
    with Image.open(ROOT / "samples" / WISHED) as photo:
        grey = np.asarray(ImageOps.fit(photo.convert("L"), GUESS_SIZE))
    look = colorizer.look(grey)
    cells = []
    for wish in WISHES:
        picture = Image.fromarray(look.colorize(**wish))
        cell = Image.new("RGB", (picture.width, picture.height + CAPTION), "white")
        cell.paste(picture, (0, CAPTION))
        words = ", ".join(f"--{name} {value:g}" for name, value in wish.items())
        draw = ImageDraw.Draw(cell)
        draw.text((0, 1), words or "as it comes", fill="black", font=ImageFont.load_default(13))
        cells.append(np.pad(np.asarray(cell), ((0, GAP), (0, GAP), (0, 0)), constant_values=255))
    half = len(cells) // 2
    rows = [np.concatenate(part, axis=1) for part in (cells[:half], cells[half:])]
    return Image.fromarray(np.concatenate(rows)[:-GAP, :-GAP])


def scaled(picture: np.ndarray) -> np.ndarray:
    """Bring a picture to the strip's height."""
    height, width = picture.shape[:2]
    size = (round(width * HEIGHT / height), HEIGHT)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


if __name__ == "__main__":
    main()
