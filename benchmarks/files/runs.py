"""Runs over many files: memory over 50,000, time to the first of 200,000, what workers bring.

    python benchmarks/files/runs.py --output runs.json

Photographs are generated: scikit-image's cameraman, shifted; where only their number counts they
are small, and hard links to a few. Memory is that of all processes of a run (resident, so what
they share counts for each); its slope is fitted over the files done, after the first tenth. The
first file is at work before its line is in the journal, which is what is waited for here.
Nothing else should run meanwhile. Linux only.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

JOURNAL = "rehue-journal.jsonl"
ROUNDS = 3
KINDS = 16  # of small photographs
A_FOLDER = 1000  # files


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="default")
    parser.add_argument("--files", type=int, default=50_000, help="for the slope of memory")
    parser.add_argument("--tree", type=int, default=200_000, help="for the time to the first file")
    parser.add_argument("--photographs", type=int, default=200, help="for what workers bring")
    parser.add_argument("--only", choices=("tree", "workers", "memory"), help="a part alone")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    figures: dict[str, float] = {}

    def tell(measured: dict[str, float]) -> None:
        for name, value in measured.items():
            print(f"{name:64} {value:12.3f}", flush=True)
        figures.update(measured)

    with tempfile.TemporaryDirectory(dir=arguments.output.absolute().parent) as folder:
        work, only = Path(folder), arguments.only
        for name, place in PLACES.items() if only in (None, "tree") else ():
            plant(work / name, arguments.tree, place)
            seconds = first_done(work / name, work / f"{name}-out", arguments.model)
            tell({f"{name}, {arguments.tree:,} files: first one done (s)": seconds})
        if only in (None, "workers"):
            tell(throughput(work, arguments.photographs, arguments.model))
        if only in (None, "memory"):
            plant(work / "many", arguments.files, PLACES["folders"])
            tell(memory(work / "many", work / "many-out", arguments.model))
    arguments.output.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


# Where the n-th file of a tree lies.
PLACES: dict[str, Callable[[int], str]] = {
    "folders": lambda n: f"{n // A_FOLDER:03}/{n:06}.jpg",
    "one folder": lambda n: f"{n:06}.jpg",
    "one folder, names alike but for case": lambda n: f"{n // 2:06}{'aA'[n % 2]}.jpg",
    "folders alike but for case": lambda n: (
        f"{n // A_FOLDER // 2:03}{'aA'[n // A_FOLDER % 2]}/{n % A_FOLDER:06}.jpg"
    ),
}


def plant(root: Path, count: int, place: Callable[[int], str]) -> None:
    """Write a tree of small photographs."""
    kinds = []
    root.mkdir()
    for number in range(KINDS):
        path = root.with_name(f"{root.name}-{number}.jpg")
        Image.fromarray(shifted(number)[128:192, 192:256]).save(path)
        kinds.append(path)
    made: set[Path] = set()
    for number in range(count):
        path = root / place(number)
        if path.parent not in made:
            path.parent.mkdir(exist_ok=True)
            made.add(path.parent)
        os.link(kinds[number % KINDS], path)


def shifted(number: int) -> np.ndarray:
    """Return the cameraman, another one for each number."""
    return np.ascontiguousarray(np.roll(data.camera(), 31 * number, axis=1))


def begin(source: Path, target: Path, model: str, *options: str) -> subprocess.Popen[bytes]:
    """Begin a run."""
    command = [sys.executable, "-m", "rehue", "colorize", str(source), "-o", str(target)]
    return subprocess.Popen([*command, "--model", model, "--quiet", *options])


class Written:
    """How many lines a journal has, told as it grows."""

    def __init__(self, target: Path) -> None:
        self._path, self._lines, self._at = target / JOURNAL, 0, 0

    def count(self) -> int:
        """Return the lines written so far."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._at)
                more = file.read()
            self._lines, self._at = self._lines + more.count(b"\n"), self._at + len(more)
        return self._lines


def first_done(source: Path, target: Path, model: str) -> float:
    """Seconds from the command to the first file's line, the tree having been listed before."""
    subprocess.run(["find", source, "-type", "f", "-newer", "/"], capture_output=True, check=True)
    started, written = time.perf_counter(), Written(target)
    process = begin(source, target, model)
    while not written.count() and process.poll() is None:
        time.sleep(0.005)
    seconds = time.perf_counter() - started
    process.kill()
    process.wait()
    return seconds


def memory(source: Path, target: Path, model: str) -> dict[str, float]:
    """Fit what a run's processes hold against the files done."""
    process, written = begin(source, target, model), Written(target)
    done, mine, theirs = [], [], []
    while process.poll() is None:
        pids = children(process.pid)
        mine.append(resident(process.pid))
        theirs.append(sum(map(resident, pids)))
        done.append(written.count())
        time.sleep(0.5)
    total = written.count() - 1  # the last line is of the run
    after = [n for n, count in enumerate(done) if total / 10 < count < total and theirs[n]]
    x = np.array(done)[after]
    result = {}
    for name, values in {"its first process": mine, "its workers": theirs}.items():
        slope, at_zero = map(float, np.polyfit(x, np.array(values)[after], 1))
        result[f"{total:,} files, {name}: memory at the first (MB)"] = at_zero / 1e6
        result[f"{total:,} files, {name}: slope (bytes a file)"] = slope
    return result


def children(pid: int) -> list[int]:
    """Return the processes that a process, in any of its threads, began."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(OSError):  # it has ended meanwhile
            found += map(int, (thread / "children").read_text().split())
    return found


def resident(pid: int) -> int:
    """Return the bytes of a process that are in memory; 0 when it has ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def throughput(work: Path, count: int, model: str) -> dict[str, float]:
    """Photographs a second, by one worker with one thread, by two, and by this process's way."""
    source = work / "photographs"
    source.mkdir()
    for number in range(count):
        large = Image.fromarray(shifted(number)).resize((1536, 1024), Image.Resampling.BICUBIC)
        large.save(source / f"{number:04}.jpg", quality=92)
    ways = {
        "one worker, one thread": ("--workers", "1", "--threads", "1"),
        "one worker, two threads": ("--workers", "1", "--threads", "2"),
        "two workers": ("--workers", "2"),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS):
        for name, options in ways.items():
            target = work / f"{name}-{number}"
            begin(source, target, model, *options).wait()
            rates[name].append(rate(target))
    one, _, two = (statistics.median(rates[name]) for name in ways)
    result = {f"{name} (photographs/s)": statistics.median(rates[name]) for name in ways}
    return result | {"two workers over one": two / one}


def rate(target: Path) -> float:
    """Return the files a second of a run between its first line and its last."""
    lines = [json.loads(line) for line in (target / JOURNAL).read_bytes().splitlines()]
    times = [np.datetime64(line["written"][:23]) for line in lines if "source" in line]
    return (len(times) - 1) / ((times[-1] - times[0]) / np.timedelta64(1, "s"))


if __name__ == "__main__":
    main()
