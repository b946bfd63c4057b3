"""How many cuts of reels are found, and how many are found where there is none.

    python benchmarks/film/shots.py PHOTOGRAPHS --reels 24 --output shots.json
    python benchmarks/film/shots.py clips.json --reels 12 --output shots.json

Reels are drawn over a folder of photographs: hard cuts, and between them pans, zooms, whip pans,
dissolves, flashes, flicker of the light, gate weave, moving things, grain and dust. Or they are cut
from pieces of real footage, of clips that are one shot each, listed as for `steadiness.py`; then
dissolves, flashes, flicker, weave, grain and dust are added. A cut counts as found within one frame
of its place.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from clips import frames_of
from numpy.typing import NDArray
from PIL import Image

from rehue.color.ycbcr import Coding
from rehue.film.flow import link, small_light
from rehue.film.frames import Frame
from rehue.film.shots import Reading, placed

RATE = 24
SIZE = (270, 480)
Grey = NDArray[np.float32]
# Draws a shot of a length, of another picture than the one before; returns that picture's number.
Draw = Callable[[int, int, np.random.Generator], tuple[list[Grey], int]]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--reels", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    draw = over_photographs if arguments.source.is_dir() else from_footage
    draw_shot = draw(arguments.source)
    rng = np.random.default_rng(arguments.seed)
    found = real = false = frames = 0
    for number in range(arguments.reels):
        reel, cuts = draw_reel(draw_shot, rng)
        seen = detected(reel)
        hits = {cut for cut in cuts if any(abs(cut - s) <= 1 for s in seen)}
        wrong = [s for s in seen if all(abs(cut - s) > 1 for cut in cuts)]
        found, real = found + len(hits), real + len(cuts)
        false, frames = false + len(wrong), frames + len(reel)
        print(f"reel {number}: {len(hits)} of {len(cuts)} cuts, {len(wrong)} false", flush=True)
    minutes = frames / RATE / 60
    row = {"cuts": real, "found": found / real, "false a minute": false / minutes}
    # By the rule of three for none, and Wilson's interval (1927) for a share, at 95 %.
    row |= {"found, at least": wilson(found, real), "minutes": minutes}
    print(row)
    if arguments.output:
        arguments.output.write_text(json.dumps(row, indent=2) + "\n", "utf-8")


def wilson(hits: int, of: int) -> float:
    """Return the lower end of Wilson's interval of a share, at 95 %."""
    z, share = 1.96, hits / of
    middle = share + z * z / (2 * of)
    spread = z * np.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return float((middle - spread) / (1 + z * z / of))


def over_photographs(folder: Path) -> Draw:
    """Return what draws a shot over one of a folder's photographs."""
    pictures = [
        np.asarray(Image.open(path).convert("L"), np.float32)
        for path in sorted(folder.iterdir())
        if path.suffix in (".webp", ".jpg", ".png")
    ]

    def draw(length: int, before: int, rng: np.random.Generator) -> tuple[list[Grey], int]:
        number = other_than(before, len(pictures), rng)
        return draw_shot(pictures[number], length, rng), number

    return draw


def from_footage(listed: Path) -> Draw:
    """Return what takes a piece of one of several clips, as they run."""
    clips = []
    for given in json.loads(listed.read_text("utf-8")):
        rgb = frames_of(listed.parent / given["path"], given["first"], given["count"])
        greys = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in rgb)
        clips.append([cv2.resize(g, SIZE[::-1], interpolation=cv2.INTER_AREA) for g in greys])

    def draw(length: int, before: int, rng: np.random.Generator) -> tuple[list[Grey], int]:
        number = other_than(before, len(clips), rng)
        clip = clips[number]
        length = min(length, len(clip))
        first = int(rng.integers(len(clip) - length + 1))
        piece = [frame.astype(np.float32) for frame in clip[first : first + length]]
        return flashed(piece, rng) if rng.random() < 0.1 else piece, number

    return draw


def other_than(before: int, count: int, rng: np.random.Generator) -> int:
    """Return a number below a count, but not the one before: that would be no cut."""
    return (
        int((before + rng.integers(1, count)) % count) if before >= 0 else int(rng.integers(count))
    )


def flashed(frames: list[Grey], rng: np.random.Generator) -> list[Grey]:
    """Light up two frames."""
    at = int(rng.integers(2, max(3, len(frames) - 4)))
    return [f * 0.3 + 180 if at <= n < at + 2 else f for n, f in enumerate(frames)]


def detected(reel: list[NDArray[np.uint8]]) -> list[int]:
    """Return the frames with which shots begin, as `rehue shots` finds them, but the first."""
    readings = []
    for number, grey in enumerate(reel):
        light = small_light(grey, Coding(is_full_range=True), SIZE)
        before = readings[-1].light if readings else None
        way = None if before is None else link(before, light)
        readings.append(Reading(Frame(number, grey), light, way))
    return [p.reading.frame.pts for p in placed(readings) if p.place == 0][1:]


def draw_reel(
    draw_shot: Draw, rng: np.random.Generator
) -> tuple[list[NDArray[np.uint8]], list[int]]:
    """Draw a reel of about half a minute; return its frames and where it is cut."""
    frames: list[Grey] = []
    cuts: list[int] = []
    grain, weave, flicker = rng.uniform(0, 10), rng.uniform(0, 1.5), rng.uniform(0, 0.12)
    number = -1
    while len(frames) < 30 * RATE:
        shot, number = draw_shot(int(rng.integers(12, 90)), number, rng)
        blend = int(rng.integers(8, 30)) if rng.random() < 0.2 else 0
        if frames and blend and len(shot) > blend + 6 and len(frames) > blend + 6:
            for n in range(blend):
                share = (n + 1) / (blend + 1)
                frames[n - blend] = frames[n - blend] * (1 - share) + shot[n] * share
            shot = shot[blend:]
        elif frames:
            cuts.append(len(frames))
        frames += shot
    made = []
    for drawn in frames:
        move = np.float32([[1, 0, rng.normal(0, weave)], [0, 1, rng.normal(0, weave)]])
        grey = cv2.warpAffine(drawn, move, SIZE[::-1], borderMode=cv2.BORDER_REPLICATE)
        grey = grey * rng.uniform(1 - flicker, 1 + flicker) + rng.normal(0, grain, SIZE)
        for _ in range(rng.poisson(2)):
            y, x = rng.integers(SIZE[0]), rng.integers(SIZE[1])
            cv2.circle(
                grey, (int(x), int(y)), int(rng.integers(1, 6)), float(rng.integers(256)), -1
            )
        made.append(np.clip(grey, 0, 255).astype(np.uint8))
    return made, cuts


def draw_shot(picture: Grey, length: int, rng: np.random.Generator) -> list[Grey]:
    """Draw a camera's way over a photograph, perhaps with a flash, a whip pan or a moving thing."""
    kind = rng.choice(["still", "pan", "zoom", "whip", "flash"], p=[0.25, 0.35, 0.2, 0.1, 0.1])
    height, width = picture.shape
    scale = max(SIZE[0] / height, SIZE[1] / width) * 1.5
    speed = rng.normal(0, 2.5, 2) if kind in ("pan", "flash") else np.zeros(2)
    grow = rng.uniform(-0.006, 0.006) if kind == "zoom" else 0.0
    center = np.array([width / 2, height / 2]) + rng.normal(0, 10, 2)
    whip = int(rng.integers(2, max(3, length - 8)))
    thing = rng.uniform(30, 90)
    across = rng.uniform(-8, 8)
    frames = []
    for n in range(length):
        if kind == "whip" and whip <= n < whip + 6:
            speed = np.array([60.0, 0])
        elif kind == "whip":
            speed = np.zeros(2)
        center = center + speed / scale
        now = scale * (1 + grow) ** n
        move = np.float32(
            [[now, 0, SIZE[1] / 2 - now * center[0]], [0, now, SIZE[0] / 2 - now * center[1]]]
        )
        grey = cv2.warpAffine(picture, move, SIZE[::-1], borderMode=cv2.BORDER_REFLECT)
        if kind == "whip" and whip <= n < whip + 6:
            grey = cv2.blur(grey, (61, 1))
        if kind == "still":
            x = int(SIZE[1] / 2 + across * (n - length / 2))
            cv2.ellipse(grey, (x, 170), (int(thing), 90), 0, 0, 360, float(thing * 2), -1)
        frames.append(grey)
    return flashed(frames, rng) if kind == "flash" else frames


if __name__ == "__main__":
    main()
