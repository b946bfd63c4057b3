"""JPEG 2000: colours by their definitions, and what stands in boxes."""

import struct
from io import BytesIO

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from rehue.color import lightness
from rehue.errors import PhotoError
from rehue.photo import losses, read, write


def box(kind, content):
    return struct.pack(">I", 8 + len(content)) + kind + content


def jp2_of(samples, *, space=None, icc=None, method=2, roles=None, further=b""):
    """A lossless JP2 file with boxes of its own."""
    stream = bytes(
        imagecodecs.jpeg2k_encode(samples, codecformat="j2k", level=0, reversible=True, mct=False)
    )
    height, width = samples.shape[:2]
    channels = 1 if samples.ndim == 2 else samples.shape[2]
    depth = samples.dtype.itemsize * 8 - 1
    inside = box(b"ihdr", struct.pack(">IIHBBBB", height, width, channels, depth, 7, 0, 0))
    if icc:
        inside += box(b"colr", bytes([method, 0, 0]) + icc)
    else:
        inside += box(
            b"colr", b"\1\0\0" + struct.pack(">I", space or (17 if channels == 1 else 16))
        )
    if roles:
        rows = b"".join(struct.pack(">HHH", *row) for row in roles)
        inside += box(b"cdef", struct.pack(">H", len(roles)) + rows)
    head = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return head + box(b"jp2h", inside) + further + box(b"jp2c", stream)


def written(photograph, mark, **options):
    file = BytesIO()
    rgb = photograph.pixels
    rgb = rgb if rgb.ndim == 3 else np.repeat(rgb[..., None], 3, -1)
    write(photograph, rgb, file, mark, **options)
    return file.getvalue()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_sycc_with_definitions_of_its_channels(order, color):
    bands = [np.asarray(band) for band in Image.fromarray(color).convert("YCbCr").split()]
    samples = np.ascontiguousarray(np.stack([bands[n] for n in order], axis=-1))
    roles = [(channel, 0, which + 1) for channel, which in enumerate(order)]
    photograph = read(jp2_of(samples, space=18, roles=roles))
    assert np.abs(lightness(photograph.pixels) - lightness(color)).mean() < 1


def test_rgb_stored_in_another_order(color):
    roles = [(0, 0, 3), (1, 0, 2), (2, 0, 1)]
    assert np.array_equal(read(jp2_of(color[..., ::-1].copy(), roles=roles)).pixels, color)


def test_alpha_is_what_is_defined_so(color):
    over = np.full(color.shape[:2], 200, np.uint8)
    samples = np.concatenate([color, over[..., None]], axis=-1)
    photograph = read(jp2_of(samples, roles=[(0, 0, 1), (1, 0, 2), (2, 0, 3), (3, 1, 0)]))
    assert np.array_equal(photograph.pixels, color)
    assert np.array_equal(photograph.alpha, over)


@pytest.mark.parametrize("method", [2, 3], ids=["restricted", "any, as JPX has it"])
@pytest.mark.parametrize("bits", [8, 16])
def test_a_profile_is_applied_once(bits, method, make, grey):
    samples = grey if bits == 8 else grey.astype(np.uint16) * 257
    png = BytesIO()
    profile = make.grey_profile(gamma=1.0)
    Image.fromarray(grey).save(png, "PNG", icc_profile=profile)
    wanted = read(png.getvalue()).pixels
    found = read(jp2_of(samples, icc=profile, method=method)).pixels
    assert np.abs(lightness(found) - lightness(wanted)).max() < 0.6


XML = box(b"xml ", b'<?xml version="1.0"?><mets/>')
GEO = box(
    b"uuid", bytes.fromhex("b14bf8bd083d4b43a5ae8cd7d5a6ce03") + b"II*\0\x08\0\0\0" + bytes(8)
)


def test_boxes_of_others_stay(grey, mark):
    photograph = read(jp2_of(grey, further=XML + GEO))
    result = written(photograph, mark)
    assert result.count(XML) == 1
    assert result.count(GEO) == 1
    assert read(result).mark == mark
    assert read(result).carried.boxes == XML + GEO
    assert "its further boxes (XML, UUID) have no place in a PNG" in losses(photograph, "PNG")
    assert losses(photograph, "JPEG2000") == ()


def block(number, content):
    size = len(content).to_bytes(4, "big")
    return b"8BIM" + number.to_bytes(2, "big") + bytes(2) + size + content + bytes(len(content) % 2)


EXIF = (
    b"II*\0\x08\0\0\0\3\0"
    + struct.pack("<HHI4s", 270, 2, 4, b"Ann\0")
    + struct.pack("<HHII", 277, 3, 1, 1)
    + struct.pack("<HHI4s", 315, 2, 4, b"Eve\0")
    + bytes(4)
)
CAPTIONS = b"\x1c\x02\x78\0\x03abc"
PATH = block(2000, b"a path")
UUIDS = {
    "EXIF": ("4a706754696666457869662d3e4a5032", EXIF),
    "EXIF, Photoshop's": ("0537cdab9d0c4431a72afa561f2a113e", EXIF),
    "IPTC": ("33c7a4d2b81d4723a0baf1a3e097ad38", CAPTIONS),
    "IPTC, another": ("09a14e97c0b442e0bebf36df6f0ce36f", CAPTIONS),
    "resources": (
        "2c4c0100850440b9a03e562148d6dfeb",
        PATH + block(1036, b"a picture without colour") + block(1028, CAPTIONS),
    ),
}


@pytest.mark.parametrize("name", UUIDS)
def test_records_are_put_right_in_whatever_box_they_stand(name, grey, mark):
    number, content = UUIDS[name]
    photograph = read(jp2_of(grey, further=box(b"uuid", bytes.fromhex(number) + content)))
    assert photograph.notes == ()
    assert photograph.carried.boxes == b""
    result = written(photograph, mark)
    assert (b"Eve" in result) == (b"Ann" in result) == name.startswith("EXIF")
    assert struct.pack("<HHI", 277, 3, 1) not in result
    assert result.count(CAPTIONS) == (not name.startswith("EXIF"))
    assert result.count(PATH) == (name == "resources")
    assert b"without colour" not in result
    again = read(result)
    assert again.carried.exif == photograph.carried.exif
    assert sorted(again.carried.photoshop) == sorted(photograph.carried.photoshop)
    assert losses(photograph, "JPEG2000") == ()
    if name == "resources":
        assert PATH in written(photograph, mark, format="jpeg")


def test_two_records_of_exif_are_said(grey):
    both = [box(b"uuid", bytes.fromhex(UUIDS[n][0]) + EXIF) for n in ("EXIF", "EXIF, Photoshop's")]
    assert read(jp2_of(grey, further=b"".join(both))).notes == ()
    both[1] = both[1].replace(b"Eve", b"Ida")
    photograph = read(jp2_of(grey, further=b"".join(both)))
    assert photograph.notes == ("it has more than one EXIF record, and the first counts",)


def test_a_codestream_whose_box_claims_more_than_there_is(grey):
    data = bytearray(jp2_of(grey))
    at = data.index(b"jp2c") - 4
    struct.pack_into(">I", data, at, len(data))
    assert np.array_equal(read(bytes(data)).pixels, grey)
    with pytest.raises(PhotoError):
        read(bytes(data[:-300]))


@pytest.mark.parametrize(("space", "words"), [(14, r"L\*a\*b\*"), (20, "e-sRGB")])
def test_spaces_that_are_not_read_are_named(space, words, color):
    with pytest.raises(PhotoError, match=f"colours are {words}"):
        read(jp2_of(color, space=space))


def test_signed_samples(grey):
    signed = (grey.astype(np.int16) - 128).astype(np.int8)
    stream = bytearray(imagecodecs.jpeg2k_encode(grey, codecformat="j2k", level=0, reversible=True))
    # The same bits, said to be signed: black is -128 then, and the decoder shifts nothing.
    stream[42] |= 0x80
    assert np.array_equal(
        read(bytes(stream)).pixels, (signed.astype(np.int16) + 128).astype(np.uint8)
    )


@pytest.mark.parametrize(
    ("text", "is_said"), [(b"Grandmother, 1931", True), (b"Created by X", False)]
)
def test_a_comment_in_the_codestream_is_said(text, is_said, grey):
    stream = bytes(imagecodecs.jpeg2k_encode(grey, codecformat="j2k", level=0, reversible=True))
    at = 4 + int.from_bytes(stream[4:6], "big")
    comment = b"\xff\x64" + struct.pack(">HH", 4 + len(text), 1) + text
    photograph = read(stream[:at] + comment + stream[at:])
    assert np.array_equal(photograph.pixels, grey)
    assert ("the comment in its codestream is left out" in photograph.notes) == is_said
