"""How long the studio takes for an answer, and how much memory: `rehue serve` asked over HTTP.

    python benchmarks/studio/latency.py --output studio.json

A photograph of 12 megapixels (scikit-image's cameraman made larger, with grain, JPEG quality 90)
is opened anew ROUNDS times; then up to five hints are set one after the other, each followed by the
preview at the screen's size, as the page does: one of the likely colours, after the time that the
studio takes to draw them ahead, and in turn another one, at once. Memory is what the process holds
after PHOTOS photographs of two megapixels were opened one after the other (20 stay open), beside
what it held after 20. Beside the time that passes stands the processor's (mean): on two idle cores
an answer takes no longer than that.
"""

import argparse
import http.client
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import skimage.data
from PIL import Image

Ask = Callable[..., bytes]
Measure = Callable[[], float]
SCREENS = (1024, 1600)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--clicks", type=int, default=40)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (ask, cpu, memory):
        figures = answers(ask, cpu, Path(folder), arguments.rounds, arguments.clicks) | opened(
            ask, memory, Path(folder), arguments.photos
        )
    arguments.output.write_text(json.dumps(figures, indent=1) + "\n")


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Ask, Measure, Measure]]:
    """Start the studio; give what asks it, its processor time (s) and its memory (MB)."""
    command = [sys.executable, "-m", "rehue", "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        address = urlsplit(process.stdout.readline().strip())
        web = http.client.HTTPConnection(address.hostname, address.port)
        token = address.fragment.removeprefix("token=")

        def ask(method: str, path: str, table: dict[str, object] | None = None) -> bytes:
            body = None if table is None else json.dumps(table)
            web.request(method, f"/api/{path}", body, {"Authorization": f"Bearer {token}"})
            answer = web.getresponse()
            data = answer.read()
            if answer.status >= 300:
                raise SystemExit(f"{method} {path}: {answer.status} {data[:200]!r}")
            return data

        def cpu() -> float:
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        def memory() -> float:
            status = Path(f"/proc/{process.pid}/status").read_text()
            return int(status.partition("VmRSS:")[2].split()[0]) / 1024

        try:
            yield ask, cpu, memory
        finally:
            process.terminate()


def wait_for_guesses(ask: Ask) -> None:
    """Wait until the studio has drawn ahead what it wants to, as it does while somebody looks.

    A thumbnail comes after what was asked for later than anything, which is one guess at a time.
    """
    time.sleep(0.5)  # it begins with them a moment later
    for _ in range(12):
        ask("GET", "folder/thumbnail?name=large.jpg")
        time.sleep(0.05)


def grainy(height: int, width: int, seed: int) -> bytes:
    """Return the bytes of a photograph with grain, as a JPEG."""
    camera = Image.fromarray(skimage.data.camera()).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    grain = np.random.default_rng(seed).normal(0, 4, (height, width))
    file = io.BytesIO()
    pixels = np.clip(np.asarray(camera) + grain, 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(file, "JPEG", quality=90)
    return file.getvalue()


def answers(ask: Ask, cpu: Measure, folder: Path, rounds: int, clicks: int) -> dict[str, object]:
    """Time the answers that a person waits for (s)."""
    (folder / "large.jpg").write_bytes(grainy(3000, 4000, 0))
    times: dict[str, list[tuple[float, float]]] = {}

    @contextmanager
    def measured(name: str) -> Iterator[None]:
        started, used = time.perf_counter(), cpu()
        yield
        times.setdefault(name, []).append((time.perf_counter() - started, cpu() - used))

    def timed(name: str, *request: object) -> bytes:
        with measured(name):
            return ask(*request)

    for _ in range(rounds):
        with measured("open to four versions"):
            with measured("open to first thumbnail"):
                photo = json.loads(timed("open", "POST", "photos", {"path": "large.jpg"}))
                at = f"photos/{photo['id']}"
                timed("first thumbnail", "GET", f"{at}/preview?longest=480&alternative=1")
            timed("order of four versions", "GET", f"{at}/versions")
            for n in (2, 3, 4):
                ask("GET", f"{at}/preview?longest=480&alternative={n}")
        ask("DELETE", at)
    photo = json.loads(ask("POST", "photos", {"path": "large.jpg"}))
    at, random = f"photos/{photo['id']}", np.random.default_rng(1)
    hints: list[dict[str, object]] = []
    for number, screen in enumerate(np.repeat(SCREENS, 2 * clicks).tolist()):
        if number % (2 * clicks) == 0:
            ask("GET", f"{at}/preview?longest={screen}")
        if len(hints) == 5:
            hints = []
        # One of the likely colours after a look at them, and every other time another, at once.
        is_likely = number % 2 == 0
        kind = "a likely colour" if is_likely else "another colour"
        x, y = random.uniform(0.05, 0.95, 2).round(4).tolist()
        ahead = f"&ahead={screen}" * is_likely
        menu = ask if is_likely else partial(timed, "menu of likely colours")
        found = json.loads(menu("GET", f"{at}/suggestions?x={x}&y={y}{ahead}"))
        if is_likely:
            with measured(f"drawn ahead, {screen} px"):
                wait_for_guesses(ask)
        likely = [one["color"] for one in found["suggestions"]]
        color = likely[number // 2 % len(likely)] if is_likely else "#7a5c3d"
        hints = [*hints, {"x": x, "y": y, "color": color, "unit": "share"}]
        with measured(f"click to picture, {screen} px, {kind}"):
            body = {"revision": number + 1, "edits": {"hints": hints, "wishes": {}}}
            ask("PUT", f"{at}/edits", body)
            ask("GET", f"{at}/preview?longest={screen}&revision={number + 2}")
        wait_for_guesses(ask)
    for n in range(rounds):
        where = f"x={100 * n}&y={50 * n}&width=1600&height=900"
        timed("part at 100 %", "GET", f"{at}/crop?{where}")
    for _ in range(3):
        timed("result at full size", "GET", f"{at}/result")
    figures = {}
    print(f"{'':44}{'median':>9}{'95 %':>9}{'processor':>12}")
    for name, taken in times.items():
        passed, used = zip(*taken, strict=True)
        median, most = statistics.median(passed), float(np.quantile(passed, 0.95))
        mean = statistics.mean(used)
        figures[name] = {"median": median, "p95": most, "processor": mean, "n": len(taken)}
        print(f"{name:44}{1000 * median:6.0f} ms{1000 * most:6.0f} ms{1000 * mean:9.0f} ms")
    return figures


def opened(ask: Ask, memory: Measure, folder: Path, photos: int) -> dict[str, object]:
    """Open many photographs and look at each; return the memory held (MB)."""
    different = [grainy(1200, 1700, seed) for seed in range(3)]
    held = {}
    for number in range(1, photos + 1):
        name = f"{number}.jpg"
        (folder / name).write_bytes(different[number % 3])
        photo = json.loads(ask("POST", "photos", {"path": name}))
        ask("GET", f"photos/{photo['id']}/preview?longest=1024")
        (folder / name).unlink()
        if number in (20, 100, 300, photos):
            held[f"memory after {number} photographs (MB)"] = round(memory())
    for name, value in held.items():
        print(f"{name:36}{value:6} MB")
    return held


if __name__ == "__main__":
    main()
