"""What phones put behind a JPEG's end: kept where it is true of the coloured one, or said."""

import json
import shutil
import struct
import subprocess
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from rehue.errors import PhotoError
from rehue.photo import LUMA_KEPT, losses, read, restore, write
from rehue.photo.formats.jpeg.segments import walked

VIDEO = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 8
SAMSUNG = b"\0\0\x30\x0a" + b"MotionPhoto_Data" + VIDEO + b"SEFH" + bytes(20) + b"\x14\0\0\0SEFT"
HDRGM = 'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"'
CAMERA = 'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" '
DEPTH = 'xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/" GDepth:Format="RangeInverse"'


@pytest.fixture
def colored(mark):
    """What makes a result of a JPEG's bytes."""

    def color(data, target=None, **options):
        photograph = read(data)
        file = BytesIO()
        rgb = np.stack([photograph.pixels] * 3, axis=-1)
        write(photograph, rgb, target or file, mark, **options)
        return photograph, file.getvalue()

    return color


def packet(attributes="", *items):
    """XMP with a container of (meaning, media type, length, padding)."""
    container = "".join(
        f'<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="{meaning}" '
        f'Item:Mime="{mime}" Item:Length="{length}" Item:Padding="{padding}"/></rdf:li>'
        for meaning, mime, length, padding in items
    )
    if items:
        container = f"<Container:Directory><rdf:Seq>{container}</rdf:Seq></Container:Directory>"
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="shoebox 7" '
        'xmlns:Container="http://ns.google.com/photos/1.0/container/" '
        f'xmlns:Item="http://ns.google.com/photos/1.0/container/item/" {attributes}>{container}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def with_index(first, *others, kind=0):
    """A file of several pictures with an index (CIPA DC-007, 5.2), big-endian, after JFIF."""
    length = 4 + 4 + 8 + 2 + 3 * 12 + 4 + 16 * (1 + len(others))
    at = 20 + 4 + 4  # behind SOI, JFIF, marker and length, `MPF`
    offset = len(first) + length - at
    packed = struct.pack(">IIIHH", 0x20030000, len(first) + length, 0, 0, 0)
    for other in others:
        packed += struct.pack(">IIIHH", kind, len(other), offset, 0, 0)
        offset += len(other)
    entries = struct.pack(">HHI4s", 0xB000, 7, 4, b"0100")
    entries += struct.pack(">HHII", 0xB001, 4, 1, 1 + len(others))
    entries += struct.pack(">HHII", 0xB002, 7, len(packed), 8 + 2 + 36 + 4)
    content = b"MPF\0MM\0*\0\0\0\x08\0\x03" + entries + bytes(4) + packed
    segment = b"\xff\xe2" + struct.pack(">H", len(content) + 2) + content
    assert len(segment) == length
    return first[:20] + segment + first[20:] + b"".join(others)


def said(data, *options):
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed (Debian: apt-get install libimage-exiftool-perl)")
    command = ["exiftool", *(options or ("-j", "-G1", "-ee")), "-"]
    found = subprocess.run(command, input=data, capture_output=True, check=False).stdout
    return found if options else json.loads(found)[0]


def jpeg(make, pixels, **options):
    return make.saved(Image.fromarray(pixels), "JPEG", **options)


def end_of(data):
    return data[walked(data)[1] :]


def test_a_motion_photo_keeps_its_video(make, grey, colored):
    xmp = packet(
        CAMERA + 'GCamera:MotionPhoto="1"',
        ("Primary", "image/jpeg", 0, 0),
        ("MotionPhoto", "video/mp4", len(VIDEO), 0),
    )
    photograph, result = colored(jpeg(make, grey, xmp=xmp) + VIDEO)
    assert photograph.notes == ()
    assert end_of(result) == VIDEO
    found = said(result)
    assert found["XMP-GCamera:MotionPhoto"] == 1
    assert f'Item:Length="{len(VIDEO)}"'.encode() in result
    assert losses(photograph, "PNG") == ("its video has no place in a PNG",)
    for ending in ("png", "webp"):
        _, other = colored(jpeg(make, grey, xmp=xmp) + VIDEO, format=ending)
        told = said(other)
        assert told["XMP-dc:Source"] == "shoebox 7"
        assert not any("Motion" in key or "Container" in key for key in told)


@pytest.mark.parametrize("tail", [SAMSUNG, VIDEO], ids=["Samsung", "no word in XMP"])
def test_a_trailer_stays_as_it_is(make, grey, colored, tail):
    photograph, result = colored(jpeg(make, grey) + tail)
    assert end_of(result) == tail
    assert photograph.carried.behind.holds == {"video"}


def test_what_is_unknown_stays_and_padding_goes(make, grey, colored):
    photograph, result = colored(jpeg(make, grey) + b"AXS!" + bytes(40))
    assert end_of(result) == b"AXS!" + bytes(40)
    assert losses(photograph, "PNG") == ("its 44 bytes behind its end has no place in a PNG",)
    assert end_of(colored(jpeg(make, grey) + bytes(5000))[1]) == b""


def test_a_grey_gain_map_is_kept_and_found(make, grey, colored, folder, mark):
    gain = jpeg(make, grey[::4, ::4], xmp=packet(HDRGM))
    iso = b"\xff\xe2\x00\x22urn:iso:std:iso:ts:21496:-1\0\0\0\0\0"
    xmp = packet(HDRGM, ("Primary", "image/jpeg", 0, 0), ("GainMap", "image/jpeg", len(gain), 0))
    source = with_index(jpeg(make, grey, xmp=xmp, extra=iso), gain)
    assert said(source, "-b", "-MPImage2") == gain
    photograph, result = colored(source)
    assert photograph.notes == ()
    assert iso in result
    assert said(result, "-b", "-MPImage2") == gain
    found = said(result)
    assert found["XMP-hdrgm:Version"] == 1.0
    assert found["MPImage1:MPImageLength"] == len(result) - len(gain)
    assert "ExifTool:Warning" not in found
    assert losses(photograph, "WEBP") == (
        "its gain map has no place in a WEBP",
        "its JPEG's APP2 has no place in a WEBP",
    )
    assert "hdrgm" not in str(said(colored(source, format="webp")[1]))
    # The grey JPEG comes out of it with its gain map.
    (folder / "result.jpg").write_bytes(_kept_luma(source, mark))
    restore(folder / "result.jpg", folder / "grey.jpg")
    back = (folder / "grey.jpg").read_bytes()
    assert said(back, "-b", "-MPImage2") == gain
    assert iso in back


def _kept_luma(source, mark):
    from rehue.photo import Chroma

    photograph = read(source)
    half = np.full([-(-side // 2) for side in photograph.pixels.shape], 128, np.uint8)
    file = BytesIO()
    write(photograph, Chroma(half, half), file, replace(mark, luma=LUMA_KEPT))
    return file.getvalue()


def test_a_gain_map_in_colour_is_left_out_with_all_that_names_it(make, grey, color, colored):
    gain = jpeg(make, color[::4, ::4], xmp=packet(HDRGM))
    items = ("Primary", "image/jpeg", 0, 0), ("GainMap", "image/jpeg", len(gain), 0)
    photograph, result = colored(with_index(jpeg(make, grey, xmp=packet(HDRGM, *items)), gain))
    assert photograph.notes == ("its gain map is of the source's own colours and is left out",)
    assert end_of(result) == b""
    told = str(said(result))
    assert not any(word in told for word in ("hdrgm", "Container", "MPImage"))


def test_a_video_stays_where_a_picture_before_it_goes(make, grey, colored):
    original = jpeg(make, grey, quality=30)
    xmp = packet(
        CAMERA + 'GCamera:MotionPhoto="1"',
        ("Primary", "image/jpeg", 0, 3),
        ("Original", "image/jpeg", len(original), 0),
        ("MotionPhoto", "video/mp4", len(VIDEO), 0),
    )
    photograph, result = colored(jpeg(make, grey, xmp=xmp) + bytes(3) + original + VIDEO)
    assert photograph.notes == ("its further pictures show it without colour and are left out",)
    assert end_of(result) == bytes(3) + VIDEO
    assert b'Item:Semantic="MotionPhoto"' in result
    assert b'Item:Semantic="Original"' not in result


def test_smaller_copies_are_left_out_and_said(make, grey, colored):
    previews = [jpeg(make, grey[::2, ::2]), jpeg(make, grey[::4, ::4])]
    photograph, result = colored(with_index(jpeg(make, grey), *previews, kind=0x010001))
    assert photograph.notes == ("its further pictures show it without colour and are left out",)
    assert end_of(result) == b""
    assert "MPF0:NumberOfImages" not in said(result)


def test_a_depth_map_stays(make, grey, colored):
    depth = jpeg(make, grey[::2, ::2], xmp=packet(DEPTH))
    photograph, result = colored(with_index(jpeg(make, grey), depth))
    assert photograph.notes == ()
    assert said(result, "-b", "-MPImage2") == depth


@pytest.mark.parametrize("cut", ["pictures", "half", "index"])
def test_an_index_that_points_nowhere_is_said(make, grey, colored, cut):
    first, other = jpeg(make, grey), jpeg(make, grey[::2, ::2])
    data = with_index(first, other)
    if cut == "pictures":
        data = data[: -len(other)]
    elif cut == "half":
        data = data[: -len(other) // 2]
    else:
        data = data.replace(b"MPF\0MM\0*", b"MPF\0XX\0*")
    photograph, result = colored(data)
    assert "MPF" in photograph.notes[0]
    assert np.array_equal(photograph.pixels, read(first).pixels)
    assert end_of(result) == b""


def test_what_xmp_names_and_is_not_there_is_no_longer_named(make, grey, colored):
    items = ("Primary", "image/jpeg", 0, 0), ("MotionPhoto", "video/mp4", 4000, 0)
    xmp = packet(CAMERA + 'GCamera:MotionPhoto="1"', *items)
    photograph, result = colored(jpeg(make, grey, xmp=xmp))
    assert photograph.notes == ("its XMP names a video that is not there, and no longer does",)
    assert "Motion" not in str(said(result))


@pytest.mark.parametrize("length", [99_999, 0], ids=["beyond the end", "of no length"])
@pytest.mark.parametrize("is_first", [False, True])
def test_what_is_not_there_is_no_longer_named_beside_what_is(make, grey, colored, length, is_first):
    gain = jpeg(make, grey[::4, ::4], xmp=packet(HDRGM))
    absent = ("MotionPhoto", "video/mp4", length, 0)
    others = [("GainMap", "image/jpeg", len(gain), 0)]
    others.insert(0 if is_first else 1, absent)
    attributes = HDRGM + " " + CAMERA + 'GCamera:MotionPhoto="1"'
    xmp = packet(attributes, ("Primary", "image/jpeg", 0, 0), *others)
    photograph, result = colored(with_index(jpeg(make, grey, xmp=xmp), gain))
    assert "its XMP names a video that is not there, and no longer does" in photograph.notes
    assert end_of(result) == gain
    assert b"MotionPhoto" not in result
    assert (b'Item:Semantic="GainMap"' in result) != is_first


def test_a_picture_that_nothing_names_is_left_out_and_said(make, grey, colored):
    photograph, result = colored(jpeg(make, grey) + bytes(16) + jpeg(make, grey[::2, ::2]))
    assert photograph.notes == ("a picture behind its end that nothing names is left out",)
    assert end_of(result) == b""


def test_what_follows_a_picture_that_nothing_names_stays(make, grey, colored):
    # FotoStation's trailer: a preview and captions, each before its length.
    data = jpeg(make, grey) + jpeg(make, grey[::2, ::2]) + b"captions"
    photograph, result = colored(data)
    assert len(photograph.notes) == 1
    assert end_of(result) == b"captions"


def test_a_long_tail_is_no_row_of_scans(make, grey):
    tail = np.random.default_rng(7).integers(0, 256, 34 << 20, np.uint8).tobytes()
    assert tail.count(b"\xff\xda") > 500
    assert read(jpeg(make, grey) + b"tail" + tail).pixels.shape == grey.shape


def test_damage_to_index_and_container_is_no_harm(make, grey, mark):
    gain = jpeg(make, grey[::4, ::4], xmp=packet(HDRGM))
    items = ("Primary", "image/jpeg", 0, 0), ("GainMap", "image/jpeg", len(gain), 0)
    whole = with_index(jpeg(make, grey, xmp=packet(HDRGM, *items)), gain)
    draw = np.random.default_rng(3)
    head = len(whole) - len(gain)
    for _ in range(300):
        broken = bytearray(whole)
        for at in draw.integers(20, min(1500, head), 3):
            broken[at] = draw.integers(256)
        try:
            photograph = read(bytes(broken))
        except PhotoError:
            continue
        file = BytesIO()
        seen = photograph.pixels
        rgb = np.stack([seen] * 3, axis=-1) if seen.ndim == 2 else seen
        write(photograph, rgb, file, mark)
        assert read(file.getvalue()).mark == mark
