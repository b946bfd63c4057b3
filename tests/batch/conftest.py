"""A colorizer with the tiny network, and photographs to give it."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from rehue.colorizer import Colorizer


@pytest.fixture(scope="session")
def colorizer(tiny_model):
    return Colorizer(tiny_model, threads=1)


@pytest.fixture
def grey(tmp_path):
    """Writes a real grey photograph under a name, and returns its path."""

    def write(name, part=0):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.ascontiguousarray(data.camera()[part : part + 96, 180:308])).save(path)
        return path

    return write


@pytest.fixture
def color(tmp_path):
    """Writes a real colour photograph under a name, and returns its path."""

    def write(name):
        path = tmp_path / name
        Image.fromarray(np.ascontiguousarray(data.astronaut()[0:256, 60:316])).save(path)
        return path

    return write
