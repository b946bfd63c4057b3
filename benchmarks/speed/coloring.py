"""How fast: network alone, one photograph cold, large photographs warm, help, memory.

    python benchmarks/speed/coloring.py --kodak KODAK --output speed.json

Large photographs are 4608 x 2560 mosaics of Kodak photographs, made grey. The whole path (file to
file) is set against decoding and encoding their colour originals with Pillow in the same run: as
JPEG (quality 92) with the source's image data kept, and with L kept; as PNG and as TIFF. The
network is set against `colorful` (Zhang et al. 2016, random weights) in the same runtime. Nothing
else should run meanwhile; ratios are told beside times.
"""

import argparse
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from rehue import Colorizer
from rehue.learning.networks.colorful import Colorful
from rehue.learning.publish.convert import convert
from rehue.model import find_model, open_runtime

ROUNDS = 7
TILES = (5, 6)  # rows and columns of 768 x 512 photographs: 4608 x 2560


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        mosaics = make_mosaics(arguments.kodak, work)
        photo = work / "kodak.png"
        Image.open(min(arguments.kodak.glob("*.webp"))).convert("L").save(photo)
        figures |= whole_processes(photo, mosaics[0], arguments.model)
        other = random_colorful(work)
        for name in ("onnxruntime", "openvino"):
            ours = network(arguments.model, name)
            figures[f"network at 256 px, {name} (ms)"] = ours
            figures[f"the same, over colorful's, {name}"] = ours / network(str(other), name)
        figures |= large(mosaics, arguments.model)
    for name, value in figures.items():
        print(f"{name:58} {value:9.3f}")
    arguments.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def make_mosaics(kodak: Path, work: Path) -> list[Path]:
    """Write three mosaics of landscape photographs, each in colour and grey."""
    tiles = [np.asarray(Image.open(p).convert("RGB")) for p in sorted(kodak.glob("*.webp"))]
    tiles = [tile for tile in tiles if tile.shape[:2] == (512, 768)]
    rows, columns = TILES
    paths = []
    for number in range(3):
        order = np.random.default_rng(number).permutation(np.arange(rows * columns) % len(tiles))
        grid = order.reshape(rows, columns)
        mosaic = np.concatenate([np.concatenate([tiles[i] for i in row], 1) for row in grid], 0)
        picture = Image.fromarray(mosaic)
        path = work / f"grey{number}.jpg"
        for ending, _, options in WAYS.values():
            picture.save(work / f"color{number}{ending}", **options)
            picture.convert("L").save(path.with_suffix(ending), **options)
        paths.append(path)
    return paths


WATCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, capture_output=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def whole_processes(photo: Path, mosaic: Path, model: str) -> dict[str, float]:
    """Wall time of whole processes, and the peak memory of one."""
    command = [sys.executable, "-m", "rehue"]
    colorize = [*command, "colorize", "--model", model, "--quiet", "--overwrite"]
    one = [*colorize, str(photo)]
    result = {
        "rehue --help (s)": best(lambda: run([*command, "--help"])),
        "one Kodak photograph, whole process (s)": best(lambda: run(one)),
    }
    # By way of a small process: a child's peak begins with what its parent holds, and this holds
    # torch.
    watched = [sys.executable, "-c", WATCH, *colorize, str(mosaic)]
    peak = subprocess.run(watched, check=True, capture_output=True, text=True).stdout
    return {**result, "12 megapixels, peak memory (MB)": int(peak) * 1024 / 1e6}


def random_colorful(work: Path) -> Path:
    """The network of Zhang et al. with random weights."""
    weights = work / "colorful.pth"
    torch.manual_seed(0)
    torch.save(Colorful(bins=313).state_dict(), weights)
    return convert("colorful", weights, work / "colorful")[1]


def network(model: str, runtime: str) -> float:
    """Milliseconds of one pass over a 256 x 256 picture."""
    found = find_model(model)
    opened = open_runtime(found, runtime, threads=2)
    light = np.random.default_rng(0).uniform(0, 100, (1, 1, 256, 256)).astype(np.float32)
    return best(lambda: opened.run(light, len(found.card.bin_centers)), rounds=30) * 1e3


# A way of writing: the source's and result's ending, what is wished, and how Pillow saves.
WAYS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "JPEG": (".jpg", {}, {"format": "JPEG", "quality": 92}),
    "JPEG, L exact": (".jpg", {"lightness": "exact"}, {"format": "JPEG", "quality": 92}),
    "PNG": (".png", {}, {"format": "PNG"}),
    "TIFF": (".tif", {}, {"format": "TIFF", "compression": "tiff_adobe_deflate"}),
}


def large(mosaics: list[Path], model: str) -> dict[str, float]:
    """File to file, warm, in turn with Pillow's decoding and encoding of the colour original."""
    colorizer = Colorizer(model, threads=2)
    seconds: dict[str, list[float]] = defaultdict(list)
    for round_number in range(ROUNDS + 1):
        for path in mosaics:
            for way, (ending, wishes, options) in WAYS.items():
                source = path.with_suffix(ending)
                color = source.with_name(source.name.replace("grey", "color"))
                target = path.with_name(f"result{ending}")
                mine = timed(
                    lambda: colorizer.colorize_file(source, target, overwrite=True, **wishes)  # noqa: B023
                )
                theirs = timed(lambda: recode(color, options))  # noqa: B023
                if round_number:  # the first round warms up
                    seconds[f"12 megapixels, {way} (s)"].append(mine)
                    seconds[f"12 megapixels, {way}, Pillow decodes and encodes (s)"].append(theirs)
                    seconds[f"12 megapixels, {way}, ratio"].append(mine / theirs)
    return {name: statistics.median(values) for name, values in seconds.items()}


def recode(path: Path, options: dict[str, Any]) -> None:
    """Decode a picture and encode it again."""
    with Image.open(path) as picture:
        picture.load()
        picture.save(io.BytesIO(), **options)


def run(command: list[str]) -> None:
    """Run a process to its end, silently."""
    subprocess.run(command, check=True, capture_output=True)


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """Seconds of the fastest of some calls, after one that warms up."""
    work()
    return min(timed(work) for _ in range(rounds))


if __name__ == "__main__":
    main()
