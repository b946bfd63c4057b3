"""What colouring adds to a film's decoding and encoding, in CPU time and in time on the clock.

    python benchmarks/film/speed.py CLIP --sizes 480 1080 2160 --runtimes onnxruntime openvino

A clip is made grey and brought to each size, then decoded and encoded alone and with colour, in
turn, in one run: at the default codec and preset, and the median ratio is told.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from rehue import Colorizer
from rehue.film.coloring import Colored, State
from rehue.film.encoding import choose_encoding
from rehue.film.frames import read_frames
from rehue.film.probing import probe
from rehue.film.run import colorize_film
from rehue.film.segments import SegmentWriter, Work
from rehue.film.shots import Placed, Reading
from rehue.film.steady import Memory
from rehue.model.runtime import available_processors

ROUNDS = 3


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[480, 1080, 2160])
    parser.add_argument("--runtimes", nargs="+", default=["onnxruntime", "openvino"])
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    rows = []
    for height in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            grey = make_grey(arguments.clip, Path(folder), height, arguments.frames)
            for runtime in arguments.runtimes:
                rows.append(measured(grey, height, runtime, Path(folder)))
                print(rows[-1], flush=True)
    if arguments.output:
        arguments.output.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


def make_grey(clip: Path, folder: Path, height: int, frames: int) -> Path:
    """Make a clip grey, at a height, as a camera's H.264."""
    target = folder / "grey.mp4"
    with av.open(str(clip)) as source, av.open(str(target), "w") as made:
        stream = source.streams.best("video")
        out = made.add_stream("libx264", rate=24, options={"crf": "20"})
        for number, picture in enumerate(source.decode(stream)):
            if number == frames:
                break
            width = round(height * picture.width / picture.height / 2) * 2
            if number == 0:
                out.width, out.height, out.pix_fmt = width, height, "yuv420p"
            small = picture.reformat(width, height, "yuv420p", interpolation="BICUBIC")
            for plane in small.planes[1:]:
                np.frombuffer(memoryview(plane), np.uint8)[:] = 128
            small.pts, small.time_base = number, Fraction(1, 24)
            made.mux(out.encode(small))
        made.mux(out.encode(None))
    return target


def measured(grey: Path, height: int, runtime: str, folder: Path) -> dict[str, object]:
    """Time a film alone and coloured, in turn."""
    threads = max(1, available_processors() // 2)  # as the command line takes
    colorizer = Colorizer(runtime=runtime, threads=threads)
    frames = sum(1 for _ in read_frames(probe(grey)))
    alone, colored = [], []
    for number in range(ROUNDS):
        alone.append(timed(lambda: recode(grey, folder)))
        target = folder / f"{number}.mkv"
        colored.append(timed(lambda target=target: colorize_film(grey, target, colorizer)))
        target.unlink()
    cpu = [c[0] / a[0] for c, a in zip(colored, alone, strict=True)]
    wall = [c[1] / a[1] for c, a in zip(colored, alone, strict=True)]
    added = [(c[0] - a[0]) / frames * 1000 for c, a in zip(colored, alone, strict=True)]
    return {
        "height": height,
        "runtime": runtime,
        "frames": frames,
        "CPU ms a frame, alone": round(statistics.median(a[0] for a in alone) / frames * 1000, 1),
        "CPU ms a frame, added": round(statistics.median(added), 1),
        "CPU, ratio": round(statistics.median(cpu), 2),
        "clock, ratio": round(statistics.median(wall), 2),
        "frames a second": round(frames / statistics.median(c[1] for c in colored), 1),
        "load": round(os.getloadavg()[0], 1),
    }


def timed(work: object) -> tuple[float, float]:
    """Return CPU time and time on the clock of some work (s)."""
    began = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - began[0], time.perf_counter() - began[1]


def recode(grey: Path, folder: Path) -> None:
    """Decode a film and encode it as it is, as `colorize_film` encodes."""
    film = probe(grey)
    encoding = choose_encoding(film, None, None, "mkv")
    across, down = encoding.subsampling
    shape = (-(-film.height // down), -(-film.width // across))
    none = np.full(shape, film.coding.neutral, film.coding.dtype)
    writer = SegmentWriter(film, encoding, Work(folder, {}), "alone")
    for frame in read_frames(film):
        here = Placed(Reading(frame, none, None), 0, 0, ())
        state = State(here, Memory(np.zeros((1, 1, 3), np.float32)))
        writer.add(Colored(frame.pts, frame.luma, none, none, state))
    writer.close(None)


if __name__ == "__main__":
    main()
