"""Pictures for the tests of files: small real photographs, drawn ones, profiles and records."""

from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageCms
from skimage import data

from rehue.photo import Mark


@pytest.fixture(scope="session")
def mark():
    return Mark("study-resnet34", "ab" * 32, "0.1.0", "onnxruntime 1.20, 2 threads", "", "cd" * 32)


@pytest.fixture(scope="session")
def make():
    """What makes pictures' bytes and profiles."""
    return SimpleNamespace(
        saved=saved,
        adobe_like_profile=adobe_like_profile,
        grey_profile=grey_profile,
        srgb_profile=srgb_profile,
    )


@pytest.fixture(scope="session")
def grey():
    """A real grey photograph, 96 x 128."""
    return np.ascontiguousarray(data.camera()[100:196, 180:308])


@pytest.fixture(scope="session")
def color():
    """A real colour photograph, 96 x 128."""
    return np.ascontiguousarray(data.astronaut()[0:96, 160:288])


@pytest.fixture(scope="session")
def exif():
    """An EXIF record with a maker note, GPS and a thumbnail, orientation 6."""
    record = Image.Exif()
    record.endian = "<"
    record[270] = "Grandmother, 1931"
    record[274] = 6
    record[282], record[283], record[296] = 240.0, 240.0, 2
    record.get_ifd(34665)[36867] = "1931:05:01 12:00:00"
    record.get_ifd(34665)[37500] = b"maker note" * 20
    record.get_ifd(34853)[1] = "N"
    return with_thumbnail(record.tobytes()[6:])


def with_thumbnail(record):
    """Append a directory with a JPEG thumbnail to a big- or little-endian EXIF record."""
    order = "little" if record[:2] == b"II" else "big"
    first = int.from_bytes(record[4:8], order)
    link = first + 2 + 12 * int.from_bytes(record[first : first + 2], order)
    file = BytesIO()
    Image.new("L", (16, 16), 77).save(file, "JPEG")
    thumbnail = file.getvalue()
    at = len(record)
    fields = [(259, 3, 1, 6), (513, 4, 1, at + 2 + 3 * 12 + 4), (514, 4, 1, len(thumbnail))]
    directory = len(fields).to_bytes(2, order)
    for tag, kind, count, value in fields:
        directory += tag.to_bytes(2, order) + kind.to_bytes(2, order) + count.to_bytes(4, order)
        width = 2 if kind == 3 else 4
        directory += value.to_bytes(width, order).ljust(4, b"\0")
    linked = record[:link] + at.to_bytes(4, order) + record[link + 4 :]
    return linked + directory + bytes(4) + thumbnail


def saved(image, kind, **options):
    """The bytes of a picture as Pillow saves it."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def adobe_like_profile(gamma=2.2, white=(0.9642, 1.0, 0.8249)):
    """A matrix profile with Adobe RGB (1998) primaries (D50-adapted), made by hand."""
    primaries = {
        b"rXYZ": (0.60974, 0.31111, 0.01947),
        b"gXYZ": (0.20528, 0.62567, 0.06087),
        b"bXYZ": (0.14919, 0.06322, 0.74457),
        b"wtpt": white,
    }
    tags = {name: b"XYZ \0\0\0\0" + b"".join(map(fixed, xyz)) for name, xyz in primaries.items()}
    curve = b"curv\0\0\0\0\0\0\0\x01" + round(gamma * 256).to_bytes(2, "big") + b"\0\0"
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return icc(b"RGB ", tags)


def grey_profile(gamma=1.0):
    """A grey profile with a gamma of its own."""
    curve = b"curv\0\0\0\0\0\0\0\x01" + round(gamma * 256).to_bytes(2, "big") + b"\0\0"
    white = b"XYZ \0\0\0\0" + b"".join(map(fixed, (0.9642, 1.0, 0.8249)))
    return icc(b"GRAY", {b"kTRC": curve, b"wtpt": white})


def fixed(value):
    return round(value * 65536).to_bytes(4, "big", signed=True)


def icc(space, tags):
    """A version 2 monitor profile of raw tags (ICC.1:2001-04, clause 6)."""
    tags = {b"desc": b"desc\0\0\0\0\0\0\0\x05test\0".ljust(96, b"\0"), **tags}
    at = 128 + 4 + 12 * len(tags)
    table, body = len(tags).to_bytes(4, "big"), b""
    for name, content in tags.items():
        table += name + (at + len(body)).to_bytes(4, "big") + len(content).to_bytes(4, "big")
        body += content.ljust((len(content) + 3) // 4 * 4, b"\0")
    head = bytearray(128)
    head[8:12] = b"\x02\x10\0\0"
    head[12:24] = b"mntr" + space + b"XYZ "
    head[36:40] = b"acsp"
    head[68:80] = b"".join(map(fixed, (0.9642, 1.0, 0.8249)))
    whole = bytes(head) + table + body
    return len(whole).to_bytes(4, "big") + whole[4:]


def srgb_profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def folder(tmp_path):
    """An empty folder that a test can look into for left-overs."""
    place = tmp_path / "Fotos ü ☃ 'x' (1)"
    place.mkdir()
    return place
