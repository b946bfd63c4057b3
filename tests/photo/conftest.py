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
        dot_gain_profile=dot_gain_profile,
        table_profile=table_profile,
        cmyk_profile=cmyk_profile,
        linear_srgb_profile=linear_srgb_profile,
        to_d50=TO_D50,
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


def dot_gain_profile(gain=0.2):
    """A grey profile whose ink spreads: a dot of a half covers `gain` more (a parabola)."""
    dots = 1 - np.linspace(0, 1, 256)
    light = 1 - np.clip(dots + 4 * gain * dots * (1 - dots), 0, 1)
    levels = np.round(light * 65535).astype(">u2").tobytes()
    curve = b"curv\0\0\0\0" + (256).to_bytes(4, "big") + levels
    white = b"XYZ \0\0\0\0" + b"".join(map(fixed, (0.9642, 1.0, 0.8249)))
    return icc(b"GRAY", {b"kTRC": curve, b"wtpt": white})


# Linear sRGB to XYZ adapted to D50 (ICC's sRGB profile, Bradford).
TO_D50 = np.array(
    [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
)
D50 = TO_D50.sum(axis=1)


def linear_srgb_profile(to_xyz=None):
    """A matrix profile of sRGB's primaries, or others', and linear light."""
    columns = (TO_D50 if to_xyz is None else to_xyz).T
    xyz = [b"XYZ \0\0\0\0" + b"".join(map(fixed, column)) for column in (*columns, D50)]
    tags = dict(zip((b"rXYZ", b"gXYZ", b"bXYZ", b"wtpt"), xyz, strict=True))
    return icc(b"RGB ", tags | dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), b"curv" + bytes(8)))


def table_profile(gamma=1.6, grid=9, one_way=False):
    """An RGB profile of coarse tables, whose way back (B2A) is no exact inverse, as in life."""
    steps = np.linspace(0, 1, grid)
    corners = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
    relative = np.clip((corners**gamma) @ TO_D50.T / D50, 0, None)
    f = np.where(relative > 216 / 24389, np.cbrt(relative), relative * 841 / 108 + 4 / 29)
    lab = np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1
    )
    there = np.stack(
        [lab[..., 0] * 652.8, (lab[..., 1] + 128) * 256, (lab[..., 2] + 128) * 256], -1
    )
    fy = (corners[..., 0] * 65535 / 652.8 + 16) / 116
    fx = fy + (corners[..., 1] * 65535 / 256 - 128) / 500
    fz = fy - (corners[..., 2] * 65535 / 256 - 128) / 200
    f = np.stack([fx, fy, fz], -1)
    xyz = np.where(f > 6 / 29, f**3, (f - 4 / 29) * 108 / 841) * D50
    back = np.clip(xyz @ np.linalg.inv(TO_D50).T, 0, 1) ** (1 / gamma) * 65535
    tags = {b"A2B0": table(there), b"wtpt": b"XYZ \0\0\0\0" + b"".join(map(fixed, D50))}
    if not one_way:
        tags[b"B2A0"] = table(back)
    return icc(b"RGB ", tags, b"Lab ")


def lab_levels(linear):
    """Lab (D50) of linear sRGB, as 16-bit tables have it (ICC.1:2001-04, 6.5.8)."""
    relative = np.clip(linear @ TO_D50.T / D50, 0, None)
    f = np.where(relative > 216 / 24389, np.cbrt(relative), relative * 841 / 108 + 4 / 29)
    light, a, b = 116 * f[..., 1] - 16, f[..., 0] - f[..., 1], f[..., 1] - f[..., 2]
    return np.stack([light * 652.8, (500 * a + 128) * 256, (200 * b + 128) * 256], axis=-1)


def cmyk_profile():
    """A profile of inks that cover each other; exact at none, half and full ink."""
    steps = np.linspace(0, 1, 3)
    inks = np.stack(np.meshgrid(*[steps] * 4, indexing="ij"), axis=-1)
    there = lab_levels(((1 - inks[..., :3]) * (1 - inks[..., 3:])) ** 1.8)
    white = b"XYZ \0\0\0\0" + b"".join(map(fixed, D50))
    return icc(b"CMYK", {b"A2B0": table(there), b"wtpt": white}, b"Lab ")


def table(levels):
    """A lut16Type (ICC.1:2001-04, 6.5.8) with straight curves on both sides."""
    straight = (np.array([[0, 65535]] * 3)).astype(">u2").tobytes()
    channels = levels.ndim - 1
    straight_in = (np.array([[0, 65535]] * channels)).astype(">u2").tobytes()
    head = b"mft2\0\0\0\0" + bytes([channels, 3, len(levels), 0])
    matrix = b"".join(fixed(value) for value in np.eye(3).ravel())
    sizes = (2).to_bytes(2, "big") * 2
    inside = np.round(np.clip(levels, 0, 65535)).astype(">u2").tobytes()
    return head + matrix + sizes + straight_in + inside + straight


def fixed(value):
    return round(value * 65536).to_bytes(4, "big", signed=True)


def icc(space, tags, connection=b"XYZ "):
    """A version 2 monitor profile of raw tags (ICC.1:2001-04, clause 6)."""
    tags = {b"desc": b"desc\0\0\0\0\0\0\0\x05test\0".ljust(96, b"\0"), **tags}
    at = 128 + 4 + 12 * len(tags)
    table, body = len(tags).to_bytes(4, "big"), b""
    for name, content in tags.items():
        table += name + (at + len(body)).to_bytes(4, "big") + len(content).to_bytes(4, "big")
        body += content.ljust((len(content) + 3) // 4 * 4, b"\0")
    head = bytearray(128)
    head[8:12] = b"\x02\x10\0\0"
    head[12:24] = b"mntr" + space + connection
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
