"""The path from calm to bold is found by how colourful pictures come out."""

import numpy as np
import pytest
from skimage import data

from rehue import Colorizer
from rehue.color import colorfulness
from rehue.dataset import Sample
from rehue.learning.publish.path import find_path
from rehue.model import EXPECTED, bold

WANTED = {0.5: -13.0, 1.0: -1.5}


@pytest.fixture(scope="module")
def photographs():
    pictures = {"coffee": data.coffee(), "cat": data.chelsea(), "rocket": data.rocket()}
    return [Sample(key, image[::2, ::2]) for key, image in pictures.items()]


def test_pictures_are_as_colourful_as_wanted(photographs):
    colorizer = Colorizer()
    path = find_path(colorizer, photographs)
    assert bold(0, path) == EXPECTED
    for boldness, wanted in WANTED.items():
        how = bold(boldness, path)
        gaps = [
            colorfulness(colorizer(sample.image, decoding=how)) - colorfulness(sample.image)
            for sample in photographs
        ]
        # Chroma is sought to 0.04, and a whole unit of it is some 20 of colourfulness.
        assert abs(np.mean(gaps) - wanted) < 1.5
