"""Makes docs/images from samples/ with the shipped models: run it when one changes.

python scripts/pictures.py
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps
from skimage import data

from rehue import Colorizer, Hint

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
PHOTOS = ("astronaut.jpg", "china.jpg", "rocket.jpg", "camera.png")
GUESSES, GUESS_SIZE = ("china.jpg", "astronaut.jpg"), (220, 150)
WISHED = "china.jpg"
WISHES: tuple[dict[str, float], ...] = (
    {},
    {"saturation": 0.6},
    {"saturation": 1.4},
    {"boldness": 1.0},
    {"boldness": 0.0},
    {"warmth": -8},
    {"warmth": 8},
    {"saturation": 1.4, "warmth": -4},
)
# What a user may say of a photograph: a point of a colour, colours, another photograph.
TOLD = "astronaut.jpg"
HINTS = (
    Hint(x=60, y=110, color="#c8622a", radius=3),
    Hint(x=135, y=25, color="#7f9fc0", radius=3),
)
PALETTE = ("#1f4e79", "#c9a27e", "#dfe7ee")
HEIGHT, GAP, CAPTION = 300, 6, 18


def main() -> None:
    """Colour, lay out, write."""
    colorizer = Colorizer()
    strip(colorizer).save(IMAGES / "strip.jpg", quality=88, optimize=True)
    guesses(colorizer).save(IMAGES / "alternatives.jpg", quality=88, optimize=True)
    wishes(colorizer).save(IMAGES / "wishes.jpg", quality=88, optimize=True)
    told(colorizer).save(IMAGES / "told.jpg", quality=88, optimize=True)
    models(colorizer, Colorizer("permissive")).save(
        IMAGES / "permissive.jpg", quality=88, optimize=True
    )


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
        grey = fitted(name)
        look = colorizer.look(grey)
        sure = np.rint(look.confidence() * 255).astype(np.uint8)
        rows.append(
            [np.stack([grey] * 3, axis=-1), *look.alternatives(4), np.stack([sure] * 3, axis=-1)]
        )
    return table(rows)


def wishes(colorizer: Colorizer) -> Image.Image:
    """One photograph as the options that turn a knob have it, captioned."""
    look = colorizer.look(fitted(WISHED))
    cells = []
    for wish in WISHES:
        words = ", ".join(f"--{name} {value:g}" for name, value in wish.items())
        cells.append(captioned(look.colorize(**wish), words or "as it comes"))
    half = len(cells) // 2
    return table([cells[:half], cells[half:]])


def told(colorizer: Colorizer) -> Image.Image:
    """One photograph with hints (shown on the grey one), a palette and a reference, captioned."""
    grey = fitted(TOLD)
    marked = Image.fromarray(grey).convert("RGB")
    for hint in HINTS:
        box = [hint.x - 5, hint.y - 5, hint.x + 5, hint.y + 5]
        ImageDraw.Draw(marked).ellipse(box, fill=hint.color, outline="white")
    reference = np.asarray(ImageOps.fit(Image.fromarray(data.coffee()), GUESS_SIZE))
    look = colorizer.look(grey)
    upper = [
        captioned(look.colorize(), "as it comes"),
        captioned(np.asarray(marked), "two hints"),
        captioned(look.colorize(hints=HINTS), "--hints FILE"),
    ]
    lower = [
        captioned(look.colorize(palette=PALETTE), f"--palette {','.join(PALETTE)}"),
        captioned(reference, "another photograph"),
        captioned(look.colorize(reference=reference), "--reference PHOTO"),
    ]
    return table([upper, lower])


def models(*colorizers: Colorizer) -> Image.Image:
    """Photographs side by side, as each model colours them, captioned."""
    return table(
        [
            [captioned(colorizer(fitted(name)), colorizer.card.name) for name in PHOTOS]
            for colorizer in colorizers
        ]
    )


def fitted(name: str) -> np.ndarray:
    """Open a sample in grey at the size of a cell."""
    with Image.open(ROOT / "samples" / name) as photo:
        return np.asarray(ImageOps.fit(photo.convert("L"), GUESS_SIZE))


def captioned(picture: np.ndarray, words: str) -> np.ndarray:
    """A cell of a table: the words above the picture."""
    height, width = picture.shape[:2]
    cell = Image.new("RGB", (width, height + CAPTION), "white")
    cell.paste(Image.fromarray(picture), (0, CAPTION))
    font = ImageFont.load_default(13)
    ImageDraw.Draw(cell).text((0, 1), words, fill="black", font=font)
    return np.asarray(cell)


def table(rows: list[list[np.ndarray]]) -> Image.Image:
    """Rows of cells with a gap between them."""
    wide = ((0, GAP), (0, GAP), (0, 0))
    framed = [[np.pad(cell, wide, constant_values=255) for cell in row] for row in rows]
    whole = np.concatenate([np.concatenate(row, axis=1) for row in framed])
    return Image.fromarray(whole[:-GAP, :-GAP])


def scaled(picture: np.ndarray) -> np.ndarray:
    """Bring a picture to the strip's height."""
    height, width = picture.shape[:2]
    size = (round(width * HEIGHT / height), HEIGHT)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


if __name__ == "__main__":
    main()
