"""The page in a browser: Playwright on the system's Chromium, and axe in each state."""

import json
import os
import re
import shutil
import subprocess
import sys
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
    """A folder with the packages that the journey needs."""
    BUILD.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "package.json", BUILD)
    quiet = ["--no-audit", "--no-fund", "--silent"]
    subprocess.run(["npm", "install", *quiet], cwd=BUILD, check=True, timeout=300)
    return BUILD


@pytest.fixture
def scans(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    camera = Image.fromarray(skimage.data.camera())
    camera.resize((3000, 3000), Image.Resampling.BICUBIC).save(folder / "large.jpg", quality=90)
    Image.fromarray(skimage.data.coffee()).convert("L").save(folder / "small.jpg")
    return folder


@pytest.fixture
def address(scans, tmp_path):
    """Of a studio that runs over a folder, as a person starts it."""
    command = [sys.executable, "-m", "rehue", "studio", str(scans), "--no-browser"]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as studio:
        try:
            yield studio.stdout.readline().strip()
        finally:
            studio.terminate()


def test_a_person_colours_photographs(modules, scans, address, tmp_path):
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#token=[\w-]{43}", address)
    shots = Path(os.environ.get("REHUE_SCREENSHOTS") or tmp_path)
    Image.fromarray(skimage.data.astronaut()).save(tmp_path / "reference.png")
    made = subprocess.run(
        [
            "node",
            HERE / "journey.mjs",
            address,
            scans / "small.jpg",
            tmp_path / "reference.png",
            shots,
            os.environ.get("REHUE_RANDOM", "200"),
        ],
        cwd=modules,
        env={**os.environ, "CHROMIUM": CHROMIUM},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    steps = [json.loads(line)["step"] for line in made.stdout.splitlines()]
    assert len(steps) == 19, steps
    edits = json.loads((scans / "large.jpg.rehue.json").read_text())
    assert edits["photo"]["name"] == "large.jpg"
    assert np.asarray(Image.open(scans / "large.rehue.jpg")).shape == (3000, 3000, 3)
