"""Photographs as people have them, and `rehue colorize` with the tiny network."""

import numpy as np
import pytest
from PIL import Image
from skimage import data


@pytest.fixture
def colorize(cli, tiny_model, tmp_path):
    """Runs `rehue colorize` in a folder of the test's own."""

    def run(*arguments, folder=tmp_path, **options):
        return cli("colorize", *arguments, "--model", tiny_model, folder=folder, **options)

    return run


@pytest.fixture
def put(tmp_path):
    """Writes a picture (array or Pillow's) under a name, and returns its path."""

    def write(name, picture, **options):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
        image.save(path, **options)
        return path

    return write


@pytest.fixture(scope="session")
def grey():
    """A real grey photograph, 192 x 256."""
    return np.ascontiguousarray(data.camera()[20:212, 150:406])


@pytest.fixture(scope="session")
def color():
    """A real colour photograph, 256 x 256."""
    return np.ascontiguousarray(data.astronaut()[0:256, 60:316])


@pytest.fixture(scope="session")
def sepia():
    """A print toned as by a bath: warm in the middle tones, neutral in black and white."""
    light = np.ascontiguousarray(data.camera()[20:212, 150:406]) / 255.0
    toned = np.stack((light**0.8, light**1.0, light**1.35), axis=-1)
    return np.rint(toned * 255).astype(np.uint8)
