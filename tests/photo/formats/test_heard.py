"""What C libraries write to standard error: heard, and not shown."""

import os
import threading
from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from rehue.errors import PhotoError
from rehue.photo import read
from rehue.photo.formats.heard import heard


@pytest.mark.parametrize(
    "line",
    [
        "unknown file: Unexpected end of file",
        "PNG warning: bKGD: duplicate",
        "tempfile.tif: WEBP compression support is not configured.",
        "TIFFFetchNormalTag: Defined set_get_field_type of custom tag 1 is unknown",
        "Fax3Decode2D: Warning, Line length mismatch at line 1",
        "\tCAN NOT CONVERT",
    ],
)
def test_lines_of_decoders_are_taken(line, capfd):
    with heard() as remarks:
        os.write(2, f"{line}\n".encode())
    assert remarks == [line.strip()]
    assert capfd.readouterr().err == ""


def test_lines_of_others_pass(capfd):
    with heard() as remarks:
        os.write(2, b"rehue: 12 coloured\n")
        other = threading.Thread(target=os.write, args=(2, b"INFO: a request\n"))
        other.start()
        other.join()
    assert remarks == []
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "rehue: 12 coloured\nINFO: a request\nafter\n"


def test_what_breaks_off_leaves_standard_error_as_it_was(capfd):
    def breaking_off():
        with heard():
            os.write(2, b"PNG error: bad\n")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        breaking_off()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


@pytest.mark.parametrize("compression", ["tiff_lzw", "group4", "tiff_thunderscan", "webp"])
def test_damaged_tiffs_say_nothing_there(compression, grey, capfd):
    file = BytesIO()
    image = Image.fromarray(grey > 100 if compression == "group4" else grey)
    image = image.convert("RGB") if compression == "webp" else image
    try:
        image.save(file, "TIFF", compression=compression)
    except (KeyError, OSError, RuntimeError):
        pytest.skip(f"this Pillow does not write TIFFs with {compression}")
    for seed in range(20):
        data = bytearray(file.getvalue())
        for at in np.random.default_rng(seed).integers(8, len(data), 20):
            data[at] ^= 0xFF
        with suppress(PhotoError):
            read(bytes(data))
    assert capfd.readouterr().err == ""
