"""The page in a browser: Playwright on the system's Chromium, and axe in each state."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

HERE = Path(__file__).parent / "browser"
BUILD = Path(__file__).parents[2] / "build" / "browser"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not (CHROMIUM and shutil.which("npm")), reason="needs npm, and Chromium (or CHROMIUM=PATH)"
    ),
]


@pytest.fixture(scope="module")
def modules():
    """A folder with the packages that the journeys need."""
    BUILD.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", BUILD)
    quiet = ["--no-audit", "--no-fund", "--silent"]
    subprocess.run(["npm", "install", *quiet], cwd=BUILD, check=True, timeout=300)
    return BUILD


@pytest.fixture
def scans(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "scans"
    folder.mkdir()
    camera = Image.fromarray(skimage.data.camera())
    camera.resize((3000, 3000), Image.Resampling.BICUBIC).save(folder / "large.jpg", quality=90)
    coffee = Image.fromarray(skimage.data.coffee()).convert("L")
    coffee.save(folder / "small.jpg")
    second = coffee.crop((100, 60, 300, 320))
    coffee.crop((0, 0, 400, 300)).save(
        folder / "pages.tif", save_all=True, append_images=[second], compression="tiff_lzw"
    )
    page = np.full((700, 1300), 200, np.uint8)  # of an album
    page[90:490, 60:660], page[150:550, 700:1250] = np.asarray(coffee), np.asarray(coffee)[:, :550]
    Image.fromarray(page).save(folder / "prints.png")
    return folder


@contextmanager
def started(*words):
    """Give the address of a studio, as a person starts it."""
    command = [sys.executable, "-m", "rehue", "studio", *map(str, words), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as studio:
        try:
            yield studio.stdout.readline().strip()
        finally:
            studio.terminate()


@pytest.fixture
def address(scans):
    """Of a studio that runs over a folder."""
    with started(scans) as address:
        yield address


@pytest.fixture
def shots(tmp_path):
    """Where screenshots go: they are looked at where `REHUE_SCREENSHOTS` names a folder."""
    return Path(os.environ.get("REHUE_SCREENSHOTS") or tmp_path)


def walked(modules, journey, *words, limit=900):
    """Go through a journey; return its steps."""
    made = subprocess.run(
        ["node", HERE / journey, *map(str, words)],
        cwd=modules,
        env={**os.environ, "CHROMIUM": CHROMIUM},
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return [json.loads(line)["step"] for line in made.stdout.splitlines()]


def test_the_first_screen(modules, scans, shots):
    with started() as address:
        steps = walked(modules, "start.mjs", address, scans / "small.jpg", shots)
    assert len(steps) == 9, steps


def test_a_person_colours_photographs(modules, scans, address, shots, tmp_path):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#token=[\w-]{43}", address)
    (scans / "broken.jpg").write_bytes(b"no picture")
    reference = tmp_path / "reference.tif"  # which no browser shows
    Image.fromarray(skimage.data.astronaut()).save(reference)
    dropped = tmp_path / "dropped.jpg"
    Image.fromarray(skimage.data.chelsea()).convert("L").save(dropped)
    steps = walked(modules, "journey.mjs", address, dropped, reference, shots)
    assert len(steps) == 28, steps
    edits = json.loads((scans / "large.jpg.rehue.json").read_text())
    assert edits["photo"]["name"] == "large.jpg"
    assert np.asarray(Image.open(scans / "large.rehue.jpg")).shape == (3000, 3000, 3)


def test_the_prints_on_a_page_are_shown_and_corrected(modules, scans, address, shots):
    steps = walked(modules, "scan.mjs", address, shots)
    assert len(steps) == 6, steps
    kept = json.loads((scans / "prints.png.rehue.json").read_text())
    assert kept["wishes"] == {"scan": {"as_is": True}}


def test_a_queue_is_stopped(modules, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    camera = Image.fromarray(skimage.data.camera()).resize((2400, 1600), Image.Resampling.BICUBIC)
    for number in range(12):
        camera.save(folder / f"{number:02}.jpg")
    with started(folder) as address:
        steps = walked(modules, "stop.mjs", address, folder)
    assert len(steps) == 2, steps


def test_what_nobody_planned_leaves_no_error(modules, address):
    assert len(walked(modules, "random.mjs", address, 1000, 7)) == 2


def test_a_killed_studio_costs_no_work(modules, scans, tmp_path):
    (tmp_path / "password").write_text("a-long-password\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    steps = walked(modules, "killed.mjs", sys.executable, scans, tmp_path / "password", port)
    assert len(steps) == 5, steps
