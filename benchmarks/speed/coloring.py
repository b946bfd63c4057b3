"""How fast: network alone, one photograph cold, large photographs warm, help, memory.

    python benchmarks/speed/coloring.py --kodak KODAK --output speed.json

Large photographs are 4608 x 2560 mosaics of Kodak photographs, made grey. The whole path (file to
file) is set against decoding and encoding their colour originals with Pillow in the same run: as
JPEG (quality 92) with the source's image data kept, and with L kept; as PNG and as TIFF; those of
16 bits, which Pillow does not do in colour, with imagecodecs and tifffile. The network is set
against `colorful` (Zhang et al. 2016, random weights) in the same runtime. Nothing else should run
meanwhile; ratios are told beside times.
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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import tifffile
import torch
from numpy.typing import NDArray
from PIL import Image

from rehue import Colorizer
from rehue.learning.networks.colorful import Colorful
from rehue.learning.publish.convert import convert
from rehue.model import find_model, open_runtime
from rehue.scan import Stated

ROUNDS, DEEP_ROUNDS = 7, 2
Pixels = NDArray[Any]
TILES = (5, 6)  # rows and columns of 768 x 512 photographs: 4608 x 2560


@dataclass(frozen=True)
class Way:
    """A way of writing large photographs.

    Attributes:
        ending: of the source and the result.
        save: writes pixels.
        recode: reads a file, encodes it as `save` does, and keeps nothing.
        wishes: what is asked of Rehue.
        deep: whether samples have 16 bits; one mosaic is measured, and less often.
    """

    ending: str
    save: Callable[[Pixels, Path], object]
    recode: Callable[[Path], object]
    wishes: Mapping[str, Any] = field(default_factory=dict)
    deep: bool = False


def by_pillow(ending: str, wishes: Mapping[str, Any] | None = None, **options: Any) -> Way:  # noqa: ANN401
    """A way by Pillow."""

    def recode(path: Path) -> None:
        with Image.open(path) as picture:
            picture.load()
            picture.save(io.BytesIO(), **options)

    def save(pixels: Pixels, path: Path) -> None:
        Image.fromarray(pixels).save(path, **options)

    return Way(ending, save, recode, wishes or {})


# A mosaic does not say which way is up, and would take four looks; five of six photographs do not.
STATED = Stated(upright=0)
JPEG: dict[str, Any] = {"format": "JPEG", "quality": 92}
DEFLATE: dict[str, Any] = {"compression": "zlib", "predictor": True, "rowsperstrip": 64}
WAYS: dict[str, Way] = {
    "JPEG": by_pillow(".jpg", **JPEG),
    "JPEG, L exact": by_pillow(".jpg", {"lightness": "exact"}, **JPEG),
    "PNG": by_pillow(".png", format="PNG"),
    "TIFF": by_pillow(".tif", format="TIFF", compression="tiff_adobe_deflate"),
    "PNG of 16 bits": Way(
        ".png",
        lambda pixels, path: path.write_bytes(imagecodecs.png_encode(pixels)),
        lambda path: imagecodecs.png_encode(imagecodecs.png_decode(path.read_bytes())),
        deep=True,
    ),
    "TIFF of 16 bits": Way(
        ".tif",
        lambda pixels, path: tifffile.imwrite(path, pixels, **DEFLATE),
        lambda path: tifffile.imwrite(io.BytesIO(), tifffile.imread(path), **DEFLATE),
        deep=True,
    ),
}


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
        rng = np.random.default_rng(number)
        order = rng.permutation(np.arange(rows * columns) % len(tiles))
        grid = order.reshape(rows, columns)
        color = np.concatenate([np.concatenate([tiles[i] for i in row], 1) for row in grid], 0)
        grey = np.asarray(Image.fromarray(color).convert("L"))
        for way in WAYS.values():
            if way.deep and number:
                continue
            for kind, pixels in (("color", color), ("grey", grey)):
                way.save(
                    deepened(pixels, rng) if way.deep else pixels, path_of(work, kind, number, way)
                )
        paths.append(work / f"grey{number}.jpg")
    return paths


def path_of(work: Path, kind: str, number: int, way: Way) -> Path:
    """Where a mosaic lies that is written in a way."""
    return work / f"{kind}{number}{'-16' if way.deep else ''}{way.ending}"


def deepened(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Samples of 16 bits, with a scanner's noise in the lower ones."""
    noise = rng.normal(0, 64, pixels.shape).round().astype(np.int32)
    deep: Pixels = np.clip(pixels.astype(np.int32) * 257 + noise, 0, 65535).astype(np.uint16)
    return deep


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


def large(mosaics: list[Path], model: str) -> dict[str, float]:
    """File to file, warm, in turn with Pillow's decoding and encoding of the colour original."""
    colorizer = Colorizer(model, threads=2)
    seconds: dict[str, list[float]] = defaultdict(list)
    for round_number in range(ROUNDS + 1):
        for number, path in enumerate(mosaics):
            for name, way in WAYS.items():
                if way.deep and (number or round_number > DEEP_ROUNDS):
                    continue
                source, color = (path_of(path.parent, of, number, way) for of in ("grey", "color"))
                target = path.with_name(f"result{way.ending}")
                asked = {**way.wishes, "scan": STATED, "overwrite": True}
                mine = timed(lambda: colorizer.colorize_file(source, target, **asked))  # noqa: B023
                theirs = timed(lambda: way.recode(color))  # noqa: B023
                if round_number:  # the first round warms up
                    seconds[f"12 megapixels, {name} (s)"].append(mine)
                    seconds[f"12 megapixels, {name}, decoded and encoded (s)"].append(theirs)
                    seconds[f"12 megapixels, {name}, ratio"].append(mine / theirs)
    return {name: statistics.median(values) for name, values in seconds.items()}


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
