"""How calm a film's colours are over time, beside each frame alone and plain grey.

    python benchmarks/film/steadiness.py clips.json --cache /tmp/answers --output steadiness.json

`clips.json` names colour clips, each one shot: [{"path": "a.mp4", "first": 0, "count": 90}, ...].
They are made grey, coloured frame by frame, and coloured as `rehue colorize` does. What the columns
mean stands in docs/film.md.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from clips import Clip, read_clip
from measures import (
    Array,
    Motion,
    difference,
    distribution_consistency,
    fetch,
    motion_of,
    warp_error,
)

from rehue import Colorizer
from rehue.film.flow import link
from rehue.film.steady import ASK_EVERY, Moment, steadied
from rehue.wishes import Coloring


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--runtime", default="onnxruntime")
    parser.add_argument("--boldness", type=float)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    colorizer = Colorizer(runtime=arguments.runtime)
    coloring = Coloring(boldness=arguments.boldness)
    rows = {}
    for given in json.loads(arguments.clips.read_text("utf-8")):
        path = arguments.clips.parent / given["path"]
        place = (path, given["first"], given["count"])
        clip = read_clip(*place, colorizer, arguments.cache, coloring)
        rows[clip.name] = measured(clip)
        print_row(clip.name, rows[clip.name])
    means = {
        key: float(np.mean([r[key] for r in rows.values()])) for key in next(iter(rows.values()))
    }
    print_row("mean", means)
    if arguments.output:
        arguments.output.write_text(json.dumps(rows | {"mean": means}, indent=2) + "\n", "utf-8")


def print_row(name: str, row: dict[str, float]) -> None:
    """Print a row, its heading above the first."""
    print(f"{name:18} " + "  ".join(f"{key} {value:.4f}" for key, value in row.items()), flush=True)


def measured(clip: Clip) -> dict[str, float]:
    """Return all figures of one clip."""
    motion = motion_of(clip.light)
    alone, ours = enlarged(clip.alone, clip), enlarged(steady(clip, clip.alone), clip)
    grey = np.zeros_like(alone)
    calm = {
        step: warp_error(ours, motion, step) / warp_error(alone, motion, step) for step in (1, 8)
    }
    spread = {
        name: distribution_consistency(clip.light, ab)
        for name, ab in (("original", clip.ab), ("alone", alone), ("ours", ours))
    }
    true = {
        name: difference(clip.light, ab, clip.ab).mean()
        for name, ab in (("alone", alone), ("ours", ours), ("grey", grey))
    }
    chroma = [float(np.linalg.norm(ab, axis=-1).mean()) for ab in (ours, alone)]
    return {
        "warp": calm[1],
        "warp8": calm[8],
        "cdc alone": 1e3 * (spread["alone"] - spread["original"]),
        "cdc ours": 1e3 * (spread["ours"] - spread["original"]),
        "chroma": chroma[0] / chroma[1],
        "de grey": float(true["grey"]),
        "de alone": float(true["alone"]),
        "de ours": float(true["ours"]),
        **smear(clip, motion),
    }


def smear(clip: Clip, motion: Motion) -> dict[str, float]:
    """Carry the original's own colours: what differs from them then is the filter's smear."""
    height, width = clip.alone.shape[1:3]
    own = np.stack([cv2.resize(f, (width, height), interpolation=cv2.INTER_AREA) for f in clip.ab])
    large = enlarged(own, clip)
    moved = difference(clip.light, enlarged(steady(clip, own), clip), large)
    return {
        "smear": float(moved.mean()),
        "smear at edges": float(moved[motion.edges].mean()),
        "noise": noise(clip, motion, large),
    }


def noise(clip: Clip, motion: Motion, own: Array) -> float:
    """Return how far the original's own colours are from what an average along motion would hold.

    Two frames with errors of their own differ by the root of two times what one differs from the
    truth. Every seventh frame is looked at, where it was seen in the one before.
    """
    found = []
    for now in range(8, len(own), 7):
        before = fetch(own[now - 1], motion.places[now - 1])
        apart = difference(clip.light[now, None], before[None], own[now, None])[0]
        found.append(float(apart[motion.seen[now - 1]].mean()))
    return float(np.mean(found) / np.sqrt(2))


def steady(clip: Clip, answers: Array) -> Array:
    """Colour a clip as films are: every fourth answer, carried and averaged."""
    links = [None, *(link(a, b) for a, b in zip(clip.grey, clip.grey[1:], strict=False))]
    asked = [ab if n % ASK_EVERY == 0 else None for n, ab in enumerate(answers)]
    moments = [Moment(way, ab) for way, ab in zip(links, asked, strict=True)]
    return np.stack([ab for ab, _ in steadied(moments)])


def enlarged(ab: Array, clip: Clip) -> Array:
    """Bring ab to the size of the clip."""
    size = clip.light.shape[:0:-1]
    return np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC) for frame in ab])


if __name__ == "__main__":
    main()
