"""Makes docs/images/strip.jpg from samples/ with the shipped model: run it when the model changes.

python scripts/pictures.py
"""

from pathlib import Path

import numpy as np
from PIL import Image

from rehue import Colorizer

ROOT = Path(__file__).parent.parent
PHOTOS = ("astronaut.jpg", "china.jpg", "rocket.jpg", "camera.png")
HEIGHT, GAP = 300, 6


def main() -> None:
    """Grey above, coloured below, one photograph beside the other."""
    colorizer = Colorizer()
    pairs = []
    for name in PHOTOS:
        with Image.open(ROOT / "samples" / name) as photo:
            grey = np.asarray(photo.convert("L"))
        both = (np.stack([grey] * 3, axis=-1), colorizer(grey))
        pairs.append(np.concatenate([scaled(np.asarray(picture)) for picture in both]))
    gap = np.full((pairs[0].shape[0], GAP, 3), 255, np.uint8)
    row = [part for pair in pairs for part in (pair, gap)][:-1]
    strip = Image.fromarray(np.concatenate(row, axis=1))
    strip.save(ROOT / "docs" / "images" / "strip.jpg", quality=88, optimize=True)


def scaled(picture: np.ndarray) -> np.ndarray:
    """Bring a picture to the strip's height."""
    height, width = picture.shape[:2]
    size = (round(width * HEIGHT / height), HEIGHT)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))


if __name__ == "__main__":
    main()
