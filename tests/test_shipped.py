"""The shipped model in one call."""

import numpy as np
import skimage.data
from PIL import Image

import rehue
import rehue.shipped
from rehue import Colorizer
from rehue.photo import read

GREY = np.ascontiguousarray(skimage.data.camera()[100:190, 180:300])


def test_the_functions_of_the_package_use_one_colorizer_of_the_shipped_model(
    tiny_model, monkeypatch, tmp_path
):
    opened = []

    class Shipped(Colorizer):
        def __init__(self):
            opened.append(1)
            super().__init__(tiny_model, threads=1)

    monkeypatch.setattr(rehue.shipped, "Colorizer", Shipped)
    rehue.shipped._default_colorizer.cache_clear()
    try:
        first = rehue.colorize(GREY, warmth=5)
        Image.fromarray(GREY).save(tmp_path / "photo.png")
        rehue.colorize_file(tmp_path / "photo.png", tmp_path / "out.png", warmth=5)
        assert np.array_equal(read(tmp_path / "out.png").pixels, first)
        assert opened == [1]
    finally:
        rehue.shipped._default_colorizer.cache_clear()
