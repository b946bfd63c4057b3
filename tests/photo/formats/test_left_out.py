"""What a file holds beside its picture and a result cannot: a line on each, whatever the format."""

import struct
import zlib
from io import BytesIO

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from rehue.photo import losses, read, write
from rehue.photo.formats.heif import further_note, further_pictures, left_out
from rehue.photo.records.boxes import box

MANIFEST = "its C2PA manifest is signed for its own bytes, and is left out"
GAIN_MAP = "its gain map, for HDR screens, is left out"
C2PA = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")
STORE = box(b"jumd", b"c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\3c2pa\0")
OTHER_JUMBF = box(b"jumd", b"abcd\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\3some\0")
FOREIGN = "what other programs put into it ({}) is left out"


def written(photograph, mark, **options):
    file = BytesIO()
    pixels = photograph.pixels
    rgb = np.stack([pixels] * 3, axis=-1) if pixels.ndim == 2 else pixels
    write(photograph, rgb, file, mark, **options)
    return file.getvalue()


def png_chunk(kind, content):
    check = zlib.crc32(kind + content)
    return len(content).to_bytes(4, "big") + kind + content + check.to_bytes(4, "big")


def webp_chunk(kind, content):
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def png_with(make, grey, kind, content):
    data = make.saved(Image.fromarray(grey), "PNG")
    return data[:33] + png_chunk(kind, content) + data[33:]


def webp_with(make, grey, kind, content):
    plain = make.saved(
        Image.fromarray(grey), "WEBP", lossless=True, exif=b"Exif\0\0II*\0\x08" + bytes(9)
    )
    whole = plain[8:] + webp_chunk(kind, content)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def tiff_with(make, grey, kind, content):
    file = BytesIO()
    tifffile.imwrite(file, grey, metadata=None, extratags=[(kind, 7, len(content), content, True)])
    return file.getvalue()


def avif_with(make, grey, kind, content):
    return make.saved(Image.fromarray(grey), "AVIF") + box(kind, content)


def heic_with(make, grey, kind, content):
    pillow_heif = pytest.importorskip("pillow_heif")
    file = BytesIO()
    pillow_heif.from_pillow(Image.fromarray(grey)).save(file)
    return file.getvalue() + box(kind, content)


def jxl_with(make, grey, kind, content):
    data = imagecodecs.jpegxl_encode(grey, lossless=True, effort=1, usecontainer=True)
    return bytes(data) + box(kind, content)


def repacked_jxl_with(make, grey, kind, content):
    data = make.saved(Image.fromarray(grey), "JPEG")
    return bytes(imagecodecs.jpegxl_encode_jpeg(data, usecontainer=True)) + box(kind, content)


def jp2_with(make, grey, kind, content):
    data = bytes(imagecodecs.jpeg2k_encode(grey, codecformat="jp2", reversible=True, level=0))
    return data + box(kind, content)


def jpeg_with(make, grey, kind, content):
    head = b"JP\0\1\0\0\0\1" + box(b"jumb", content)
    segment = bytes((0xFF, kind)) + struct.pack(">H", len(head) + 2) + head
    return make.saved(Image.fromarray(grey), "JPEG", extra=segment)


def gif_with(make, grey, kind, content):
    data = make.saved(Image.fromarray(grey), "GIF")
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    return data[:at] + b"!\xff\x0b" + kind + bytes([len(content)]) + content + b"\0" + data[at:]


MANIFESTS = {
    "JPEG": (jpeg_with, 0xEB, STORE),
    "PNG": (png_with, b"caBX", box(b"jumb", STORE)),
    "WEBP": (webp_with, b"C2PA", box(b"jumb", STORE)),
    "GIF": (gif_with, b"C2PA_GIF\1\0\0", box(b"jumb", STORE)),
    "TIFF": (tiff_with, 52545, box(b"jumb", STORE)),
    "AVIF": (avif_with, b"uuid", C2PA + bytes(4) + b"manifest\0" + bytes(8) + STORE),
    "HEIC": (heic_with, b"uuid", C2PA + bytes(4) + b"manifest\0" + bytes(8) + STORE),
    "JPEGXL": (jxl_with, b"jumb", STORE),
    "JPEGXL of a JPEG": (repacked_jxl_with, b"jumb", STORE),
}


@pytest.mark.parametrize("kind", MANIFESTS)
def test_a_manifest_is_left_out_of_every_format_and_said(kind, make, grey, mark):
    put, name, content = MANIFESTS[kind]
    photograph = read(put(make, grey, name, content))
    assert set(photograph.notes) <= {"a GIF becomes PNG"}
    for target in ("JPEG", "PNG", "TIFF", "WEBP", photograph.carried.format):
        assert MANIFEST in losses(photograph, target)
        assert MANIFEST not in losses(photograph, target, is_signed=True)
        again = read(written(photograph, mark, format=target))
        assert not again.carried.manifest
        assert MANIFEST not in losses(again, target)


def test_a_manifest_hides_no_other_loss(make, grey):
    data = jpeg_with(make, grey, 0xEB, STORE)
    flir = b"FLIR\0\1\0\0" + bytes(40)
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(flir) + 2) + flir + data[2:]
    assert losses(read(data), "PNG") == ("its JPEG's APP1 has no place in a PNG", MANIFEST)


UNKNOWN = {
    "WEBP": (webp_with, b"abcd", b"mine", FOREIGN.format("abcd")),
    "GIF": (gif_with, b"SOMEPROG1.0", b"mine", FOREIGN.format("SOMEPROG1.0")),
    "AVIF": (avif_with, b"uuid", bytes(range(16)) + b"mine", FOREIGN.format("uuid")),
    "HEIC": (heic_with, b"uuid", bytes(range(16)) + b"mine", FOREIGN.format("uuid")),
    "JPEGXL, a box": (jxl_with, b"uuid", bytes(range(16)) + b"mine", FOREIGN.format("uuid")),
    "JPEGXL, metadata": (jxl_with, b"jumb", OTHER_JUMBF, FOREIGN.format("jumb")),
    "JPEGXL, a gain map": (jxl_with, b"jhgm", b"\0" + bytes(40), GAIN_MAP),
    "JPEGXL of a JPEG": (repacked_jxl_with, b"jhgm", b"\0" + bytes(40), GAIN_MAP),
    "JPEG2000": (jp2_with, b"jumb", OTHER_JUMBF, FOREIGN.format("jumb")),
    "PNG, its ground": (
        *(png_with, b"bKGD", b"\0\7"),
        "the colour to show it on (bKGD) is left out",
    ),
    "PNG, its time": (
        *(png_with, b"tIME", b"\7\x8b\5\1\x0c\0\0"),
        "when it was last changed (tIME) is left out",
    ),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_what_has_no_place_is_said(kind, make, grey):
    put, name, content, note = UNKNOWN[kind]
    assert read(put(make, grey, name, content)).notes == (note,)


def resource(number, content=b"some", sign=b"8BIM"):
    size = len(content).to_bytes(4, "big")
    return sign + number.to_bytes(2, "big") + bytes(2) + size + content


TOLD = resource(1028, b"\x1c\x02\x78\0\x05abcde") + resource(1005, bytes(16)) + resource(1061)
OTHERS = {
    "a path": resource(2000),
    "a flag of copyright": resource(1034, b"\1\0"),
    "ImageReady's": resource(7000, b"vars", b"MeSa"),
}


def with_resources(make, grey, resources):
    content = b"Photoshop 3.0\0" + resources
    extra = b"\xff\xed" + struct.pack(">H", len(content) + 2) + content
    return make.saved(Image.fromarray(grey), "JPEG", extra=extra)


@pytest.mark.parametrize("name", OTHERS)
def test_what_photoshop_says_besides_captions_stays_or_is_said(name, make, grey, mark):
    photograph = read(with_resources(make, grey, OTHERS[name] + TOLD))
    for kind in ("JPEG", "PNG", "TIFF", "JPEG2000"):
        assert losses(photograph, kind) == ()
        again = read(written(photograph, mark, format=kind))
        assert OTHERS[name] in again.carried.photoshop
        assert again.carried.photoshop.count(TOLD[:22]) == 1
    for kind in ("WEBP", "AVIF", "HEIC", "JPEGXL", "BMP"):
        assert f"its Photoshop data has no place in a {kind}" in losses(photograph, kind)
    plain = read(with_resources(make, grey, TOLD))
    assert losses(plain, "WEBP") == ("its IPTC has no place in a WEBP",)


@pytest.mark.parametrize("name", [b"MGK8BIM0000", b"MGKIPTC0000"])
def test_captions_of_a_gif_go_over(name, make, grey, mark):
    iim = b"\x1c\x02\x78\0\x06Hafen."
    content = iim if name == b"MGKIPTC0000" else resource(1028, iim) + b"\0"
    photograph = read(gif_with(make, grey, name, content))
    assert losses(photograph, "PNG") == ()
    assert iim in read(written(photograph, mark)).carried.photoshop
    assert "its IPTC has no place in a WEBP" in losses(photograph, "WEBP")


@pytest.mark.parametrize(
    ("kind", "said", "notes"),
    [
        (b"mime", b"application/rdf+xml", ()),
        (b"mime", b"text/plain", (FOREIGN.format("text/plain"),)),
        (b"uri ", b"urn:some", (FOREIGN.format("urn:some"),)),
    ],
)
def test_items_of_others_in_heif_are_said(kind, said, notes):
    item = box(b"infe", b"\2\0\0\0\0\1\0\0" + kind + b"name\0" + said + b"\0")
    for listed in (b"\0\0\0\0\0\1", b"\1\0\0\0\0\0\0\1"):
        meta = box(b"meta", bytes(4), box(b"iinf", listed, item))
        assert left_out(box(b"ftyp", b"avif", bytes(4)) + meta) == notes


def test_further_pictures_of_an_avif_are_said(make, grey):
    data = make.saved(Image.fromarray(grey), "AVIF")
    assert read(data).notes == ()
    # A second item like the first, without data of its own.
    start = data.index(b"infe") - 4
    size = int.from_bytes(data[start : start + 4], "big")
    item = data[start : start + size]
    for number, flags, notes in (
        (9, 0, ("its further picture is left out: save each as a file of its own to colour it",)),
        (9, 1, ()),
    ):
        entry = item[:8] + bytes((2, 0, 0, flags)) + number.to_bytes(2, "big") + item[14:]
        meta = box(b"pitm", bytes(4), b"\0\1") + box(b"iinf", bytes(4), b"\0\2", item, entry)
        for reference, more in ((b"", notes), (b"thmb", ()), (b"auxl", ()), (b"cdsc", notes)):
            tied = box(b"iref", bytes(4), box(reference, b"\0\x09\0\1\0\1")) if reference else b""
            whole = box(b"ftyp", b"avif", bytes(4)) + box(b"meta", bytes(4), meta + tied)
            assert further_note(further_pictures(whole)) == more


def test_box_that_is_packed_is_looked_into(make, grey):
    packed = bytes(imagecodecs.brotli_encode(STORE, level=1))
    photograph = read(jxl_with(make, grey, b"brob", b"jumb" + packed))
    assert losses(photograph, "JPEGXL") == (MANIFEST,)
