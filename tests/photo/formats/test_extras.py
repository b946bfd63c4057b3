"""HEIC and cameras' raw files, where the extras are installed, and what is said where not."""

import re
import sys
from io import BytesIO

import numpy as np
import pytest
import tifffile

from rehue.color import lightness
from rehue.errors import PhotoError, install_line
from rehue.photo import read, write


def heic_of(samples, mode, **options):
    library = pytest.importorskip("pillow_heif", reason="the extra heic is not installed")
    file = BytesIO()
    size = samples.shape[1], samples.shape[0]
    library.from_bytes(mode, size, samples.tobytes()).save(file, quality=-1, chroma=444, **options)
    return file.getvalue()


def raw_of():
    """A small DNG: a mosaic of red, green, green and blue."""
    mosaic = np.add.outer(np.arange(64) * 300, np.arange(96) * 400).astype(np.uint16)
    unit = (10000, 10000, 0, 10000, 0, 10000, 0, 10000, 10000, 10000, 0, 10000, 0, 10000, 0, 10000)
    tags = [
        (50706, 1, 4, (1, 4, 0, 0), True),
        (50707, 1, 4, (1, 1, 0, 0), True),
        (50708, 2, 5, "Test", True),
        (33421, 3, 2, (2, 2), True),
        (33422, 1, 4, (0, 1, 1, 2), True),
        (271, 2, 5, "Acme", True),
        (274, 3, 1, 6, True),
        (50721, 10, 9, (*unit, 10000, 10000), True),
        (50728, 5, 3, (1, 1, 1, 1, 1, 1), True),
        (50717, 4, 1, 65535, True),
        (50778, 3, 1, 21, True),
    ]
    file = BytesIO()
    tifffile.imwrite(
        file, mosaic, photometric="cfa", metadata=None, description="Grandmother", extratags=tags
    )
    return file.getvalue()


def test_a_heic_of_eight_bits(color, mark):
    photograph = read(heic_of(color, "RGB"))
    assert np.abs(photograph.pixels.astype(int) - color).mean() < 1
    file = BytesIO()
    write(photograph, photograph.pixels, file, mark)
    assert file.getvalue()[4:12] == b"ftypheic"
    result = read(file.getvalue())
    assert result.mark == mark
    assert np.abs(lightness(result.pixels) - lightness(color)).mean() < 1.5


def test_a_deep_heic(mark):
    ramp = np.linspace(0, 65535, 128).astype(np.uint16)
    samples = np.ascontiguousarray(np.broadcast_to(ramp[None, :, None], (64, 128, 3)))
    photograph = read(heic_of(samples, "RGB;16"))
    assert photograph.pixels.dtype == np.uint16
    assert np.abs(photograph.pixels[..., 0].astype(int) - ramp).max() < 400
    assert photograph.pixels.max() == 65535
    file = BytesIO()
    write(photograph, samples, file, mark)
    result = read(file.getvalue())
    assert result.bits == 16
    assert np.abs(result.pixels[..., 0].astype(int) - ramp).max() < 1000


def test_a_heic_that_names_a_small_copy_as_its_picture(color):
    library = pytest.importorskip("pillow_heif", reason="the extra heic is not installed")
    image = library.from_bytes("RGB", (color.shape[1], color.shape[0]), color.tobytes())
    image[0].info["thumbnails"] = [32]
    file = BytesIO()
    image.save(file)
    whole = bytearray(file.getvalue())
    named, small = whole.index(b"pitm") + 8, whole.index(b"thmb") + 4
    whole[named : named + 2] = whole[small : small + 2]
    photograph = read(bytes(whole))
    assert photograph.pixels.shape == color.shape
    (note,) = photograph.notes
    assert note.startswith("the picture that it names as its own is none")


def test_a_raw_file_is_developed_and_becomes_a_tiff(mark):
    pytest.importorskip("rawpy", reason="the extra raw is not installed")
    photograph = read(raw_of())
    assert photograph.pixels.dtype == np.uint16
    assert photograph.pixels.shape == (64, 96, 3)
    assert photograph.orientation == 6
    assert b"Grandmother" in photograph.carried.exif
    assert photograph.notes == ("was developed from a raw file",)
    file = BytesIO()
    write(photograph, photograph.pixels, file, mark)
    result = read(file.getvalue())
    assert np.array_equal(result.pixels, photograph.pixels)
    assert result.orientation == 6


@pytest.mark.parametrize(("module", "extra"), [("pillow_heif", "heic"), ("rawpy", "raw")])
def test_a_missing_extra_is_named(module, extra, monkeypatch):
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" if extra == "heic" else raw_of()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(PhotoError, match=re.escape(install_line(extra))):
        read(data)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_raw_file_cut_off(share):
    pytest.importorskip("rawpy", reason="the extra raw is not installed")
    data = raw_of()
    with pytest.raises(PhotoError, match=r"cut off|damaged"):
        read(data[: int(len(data) * share)])
