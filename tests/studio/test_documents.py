"""What the documents show is done: each request in curl and in Python, and each example."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from rehue.photo import inspect, read
from rehue.studio.app import ROUTES
from rehue.studio.samples import SAMPLES, samples_of

DOCUMENT = (Path(__file__).parents[2] / "docs" / "studio.md").read_text("utf-8")
needs_curl = pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")


def block(start):
    """Return the block of Python in the document that starts with a line."""
    found = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    return next(one for one in found if one.startswith(start))


@pytest.fixture
def served(folder, running):
    """The address and the token of a server over the folder, with the names of the documents."""
    for name in ("photo.jpg", "grandmother.jpg"):
        shutil.copy(folder / "a.jpg", folder / name)
    with running("serve", folder, "--port", "0") as (_, line):
        address, _, token = line.partition("/#token=")
        yield address, token


@pytest.fixture
def here(folder, tmp_path, monkeypatch):
    """A working folder with what is sent."""
    shutil.copy(folder / "a.jpg", tmp_path / "photo.jpg")
    Image.open(folder / "color.png").save(tmp_path / "reference.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(command, environment):
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


def test_there_is_a_sample_of_every_request():
    assert set(SAMPLES) == {(path, method) for path, method, _ in ROUTES}


@pytest.mark.parametrize("lang", [pytest.param("Shell", marks=needs_curl), "Python"])
def test_every_sample_of_openapi_works(served, here, lang, capsys):
    names = {"ADDRESS": served[0], "TOKEN": served[1]}
    for path, method in SAMPLES:
        (source,) = (one["source"] for one in samples_of(path, method) if one["lang"] == lang)
        if lang == "Shell":
            answer = said(["bash", "-c", source], {**os.environ, **names})
        else:
            exec(source, dict(names))
            answer = capsys.readouterr().out
        output = SAMPLES[path, method].output
        if output:
            assert (here / output).stat().st_size > 500
            (here / output).unlink()
        elif answer.strip():
            table = json.loads(answer)
            assert "error" not in table
            if (path, method) == ("/api/photos", "POST"):
                names["ID"] = table["id"]
            elif "state" in table:
                names["TASK"] = table["id"]
        else:
            assert method == "DELETE"


@needs_curl
def test_every_curl_of_the_document_works(served, here, folder):
    commands = re.findall(r"^    (curl (?:.*\\\n)*.*)$", DOCUMENT, re.MULTILINE)
    assert len(commands) == 2
    Image.open("photo.jpg").save("photo.tif")
    for command in commands:
        there = command.replace("http://127.0.0.1:PORT", served[0]).replace("TOKEN", served[1])
        said(["bash", "-c", f"set -e; {there}"], dict(os.environ))
    assert read(here / "color.jpg").mark
    assert read(here / "color.png").mark


def test_the_program_of_the_document_works(served, here):
    address, token = served
    text = f"ADDRESS, TOKEN = {address!r}, {token!r}\n" + block("import json, urllib.request")
    said([sys.executable, "-c", text], dict(os.environ))
    assert inspect(here / "grandmother.color.jpg").mark.hints


def test_the_node_for_comfyui_works(served, monkeypatch):
    """ComfyUI hands pictures over as N x H x W x 3, float32, 0..1, and takes them back so."""
    torch = pytest.importorskip("torch")
    monkeypatch.setenv("REHUE_ADDRESS", served[0])
    monkeypatch.setenv("REHUE_TOKEN", served[1])
    node = ModuleType("rehue_node")
    exec(block("import io, os, urllib.request, uuid"), node.__dict__)
    (kind,) = node.NODE_CLASS_MAPPINGS.values()
    wanted = kind.INPUT_TYPES()["required"]
    assert set(wanted) == {"image", "saturation"}
    grey = torch.linspace(0, 1, 96)[None, None, :, None].expand(2, 64, 96, 3).contiguous()
    make = getattr(kind(), kind.FUNCTION)
    (colored,) = make(image=grey, saturation=wanted["saturation"][1]["default"])
    assert kind.RETURN_TYPES == ("IMAGE",)
    assert (colored.shape, colored.dtype) == (grey.shape, torch.float32)
    assert 0 <= float(colored.min()) <= float(colored.max()) <= 1
    assert float((colored[..., 0] - colored[..., 2]).abs().max()) > 0.02
    light = colored @ torch.tensor([0.2126, 0.7152, 0.0722])
    assert float((light - grey[..., 0]).abs().mean()) < 0.1


def test_the_batch_over_a_library_works(served, here, folder):
    address, token = served
    environment = {**os.environ, "REHUE_ADDRESS": address, "REHUE_TOKEN": token}
    text = block("import json, os, time")
    first = said([sys.executable, "-c", text], environment)
    assert "coloured" in first
    made = sorted(path.name for path in folder.rglob("*.rehue.*"))
    assert made == ["a.rehue.jpg", "b.rehue.png", "grandmother.rehue.jpg", "photo.rehue.jpg"]
    before = (folder / "a.rehue.jpg").stat().st_mtime_ns
    said([sys.executable, "-c", text], environment)
    assert (folder / "a.rehue.jpg").stat().st_mtime_ns == before, "only what is new is done"
    assert np.asarray(Image.open(folder / "a.rehue.jpg")).ndim == 3
