"""Makes docs/images from samples/ with the shipped models: run it when one changes.

python scripts/pictures.py

The studio's needs Chromium and npm, as tests/studio/test_browser.py does: `scripts/test --long
tests/studio` brings what it takes into build/browser.
"""

import os
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps
from skimage import data

from rehue import Colorizer, Hint
from rehue.edits import edits_beside, write_edits
from rehue.wishes import Coloring

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
# What the studio is shown with: a photograph, and what a person has said of it.
SHOWN = "astronaut.jpg"
SAID = Coloring(
    hints=(
        Hint(0.57, 0.6, "#c8622a", radius=0.02, unit="share"),
        Hint(0.66, 0.26, "#a9b8c4", radius=0.02, unit="share"),
        Hint(0.82, 0.16, "keep", unit="share"),
    )
)
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
    studio().save(IMAGES / "studio.jpg", quality=88, optimize=True)


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


def studio() -> Image.Image:
    """The studio's page in Chromium, with a photograph that a person has said something of."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    browser = ROOT / "build" / "browser"
    if not (chromium and browser.exists()):
        sys.exit(
            "the studio's picture needs Chromium, and build/browser: see the head of this file"
        )
    with TemporaryDirectory() as folder:
        for name in (*PHOTOS, "coffee.jpg", "chelsea.jpg"):
            with Image.open(ROOT / "samples" / name) as photo:
                photo.convert("L").save(Path(folder, name))
        write_edits(edits_beside(Path(folder, SHOWN)), SAID, SHOWN, None)
        command = [sys.executable, "-m", "rehue", "studio", folder, "--no-browser"]
        target = Path(folder, "page.png")
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:  # noqa: S603
            address = served.stdout.readline().strip()
            journey = ROOT / "tests" / "studio" / "browser" / "picture.mjs"
            words = ["node", journey, address, SHOWN, target]
            environment = {**os.environ, "CHROMIUM": chromium}
            subprocess.run(words, cwd=browser, env=environment, check=True)  # noqa: S603
            served.terminate()
        return Image.open(BytesIO(target.read_bytes())).convert("RGB")


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
