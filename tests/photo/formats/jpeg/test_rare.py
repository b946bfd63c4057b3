"""Deep, lossless and arithmetically coded JPEGs: read, and said what becomes of their depth."""

import shutil
import subprocess

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from rehue.errors import PhotoError
from rehue.photo import losses, read


@pytest.fixture
def deep(grey):
    return (grey.astype(np.uint16) << 4) + 7


@pytest.mark.parametrize("bits", [12, 16])
def test_lossless_ones_are_read_to_the_value(deep, bits):
    data = bytes(imagecodecs.jpeg_encode(deep, lossless=True, bitspersample=bits))
    photograph = read(data)
    white = (1 << bits) - 1
    assert photograph.pixels.dtype == np.uint16
    assert np.array_equal((photograph.pixels.astype(int) * white + 32767) // 65535, deep)
    assert losses(photograph, "JPEG") == ("its 16 bits a sample become 8",)
    assert losses(photograph, "TIFF") == ()


def test_12_bits_are_read(deep):
    data = bytes(imagecodecs.jpeg_encode(deep, bitspersample=12, level=98))
    seen = read(data).pixels.astype(float) * 4095 / 65535
    assert np.abs(seen - deep).mean() < 8


def test_lossless_ones_of_8_bits_in_grey_and_colour(grey, color):
    for picture in (grey, color):
        data = bytes(imagecodecs.jpeg_encode(picture, lossless=True))
        assert np.array_equal(read(data).pixels, picture)


@pytest.mark.skipif(not shutil.which("jpegtran"), reason="jpegtran is not installed")
@pytest.mark.parametrize("more", [[], ["-progressive"]], ids=["sequential", "progressive"])
def test_arithmetic_ones_are_read_as_huffmans(make, grey, more):
    plain = make.saved(Image.fromarray(grey), "JPEG")
    command = ["jpegtran", "-arithmetic", *more]
    data = subprocess.run(command, input=plain, capture_output=True, check=True).stdout
    assert np.array_equal(read(data).pixels, read(plain).pixels)


def test_one_that_breaks_off_is_refused(deep):
    data = bytes(imagecodecs.jpeg_encode(deep, lossless=True, bitspersample=16))
    with pytest.raises(PhotoError, match="cut off before its end"):
        read(data[: len(data) // 2])
    huge = data.replace(deep.shape[0].to_bytes(2, "big"), b"\xff\xff", 1)
    with pytest.raises(PhotoError):
        read(huge, max_pixels=1_000_000)
