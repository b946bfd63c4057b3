"""Draw clips whose colours are known at every frame: a camera over photographs, and a moving thing.

    python benchmarks/film/synthetic.py KODAK FOLDER

Writes a folder of PNG frames for each clip, to be named in the list for `steadiness.py`.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

FRAMES = 48
SIZE = (480, 270)
# Photographs, pixels a frame across and down, growth a frame, and how far the thing in front moves.
CLIPS = {
    "pan": (1, 3.0, 0.5, 0.0, 0.0),
    "zoom": (4, 0.0, 0.0, 0.006, 0.0),
    "moving": (22, 1.0, 0.0, 0.0, 6.0),
}


def main() -> None:
    """Draw all clips."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kodak", type=Path)
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    files = sorted(arguments.kodak.glob("*.webp"))
    for name, (first, across, down, growth, speed) in CLIPS.items():
        ground, thing = (
            np.asarray(Image.open(files[n]).convert("RGB")) for n in (first, first + 1)
        )
        rng = np.random.default_rng(first)
        target = arguments.folder / name
        target.mkdir(parents=True, exist_ok=True)
        for n in range(FRAMES):
            scale = 0.8 * (1 + growth) ** n
            x = ground.shape[1] / 2 + across * (n - FRAMES / 2)
            y = ground.shape[0] / 2 + down * (n - FRAMES / 2)
            move = np.float32(
                [[scale, 0, SIZE[0] / 2 - scale * x], [0, scale, SIZE[1] / 2 - scale * y]]
            )
            frame = cv2.warpAffine(ground, move, SIZE, flags=cv2.INTER_LINEAR)
            if speed:
                patch = thing[100:220, 200:300]
                left = int(40 + speed * n)
                frame[80:200, left : left + 100] = patch[:, : max(0, SIZE[0] - left)]
            grain = rng.normal(0, 3, (*SIZE[::-1], 1))
            noisy = np.clip(frame + grain, 0, 255).astype(np.uint8)
            Image.fromarray(noisy).save(target / f"{n:03}.png")


if __name__ == "__main__":
    main()
