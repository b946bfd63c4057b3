"""What stands beside a JPEG's picture: all of it kept, or said."""

import hashlib
import json
import shutil
import struct
import subprocess
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from rehue.photo import losses, read, write
from rehue.photo.records.xmp import Packet

DC = "http://purl.org/dc/elements/1.1/"
CRS = "http://ns.adobe.com/camera-raw-settings/1.0/"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


def segment(marker, content):
    return bytes((0xFF, marker)) + struct.pack(">H", len(content) + 2) + content


def written(data, mark, **options):
    photograph = read(data)
    file = BytesIO()
    write(photograph, np.stack([photograph.pixels] * 3, axis=-1), file, mark, **options)
    return file.getvalue()


def said(data):
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed (Debian: apt-get install libimage-exiftool-perl)")
    done = subprocess.run(
        ["exiftool", "-j", "-G1", "-"], input=data, capture_output=True, check=True
    )
    return json.loads(done.stdout)[0]


def description(text, about=""):
    return f'<rdf:RDF {RDF}><rdf:Description rdf:about="{about}" {text}</rdf:Description></rdf:RDF>'


def extended(text, *, sizes=(65_000,), guid=None):
    """Segments of extended XMP (XMP part 3, 1.1.3.1), and the name that its packet has."""
    whole = text.encode()
    guid = guid or hashlib.md5(whole).hexdigest().upper()
    parts, at = [], 0
    while at < len(whole):
        step = sizes[min(len(parts), len(sizes) - 1)]
        head = b"http://ns.adobe.com/xmp/extension/\0" + guid.encode()
        head += struct.pack(">II", len(whole), at)
        parts.append(segment(0xE1, head + whole[at : at + step]))
        at += step
    return parts, guid


def with_extension(make, grey, parts, guid):
    main = description(
        f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{guid}" '
        f'xmlns:dc="{DC}" dc:source="shoebox 7">'
    )
    return make.saved(Image.fromarray(grey), "JPEG", xmp=main.encode(), extra=b"".join(parts))


LONG = description(f'xmlns:crs="{CRS}"><crs:Mask>{"0123456789" * 15_000}</crs:Mask>')


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "from behind"])
def test_extended_xmp_is_joined_and_goes_into_every_format(make, grey, mark, order):
    parts, guid = extended(LONG)
    source = with_extension(make, grey, parts[::order], guid)
    photograph = read(source)
    assert photograph.notes == ()
    assert Packet.parse(photograph.carried.xmp).properties(CRS)["Mask"] == "0123456789" * 15_000
    for kind in ("jpeg", "png", "tiff", "webp"):
        result = written(source, mark, format=kind)
        again = read(result)
        assert again.carried.xmp.count(b"0123456789" * 15_000) == 1
        assert b"shoebox 7" in again.carried.xmp
        assert again.mark == mark
        assert (b"HasExtendedXMP" in result) == (kind == "jpeg")
    found = said(written(source, mark))
    assert found["XMP-dc:Source"] == "shoebox 7"
    assert found["XMP-rehue:Model"] == mark.model
    assert "ExifTool:Warning" not in found


def test_a_long_packet_of_another_format_fits_into_a_jpeg(make, grey, mark):
    attributes = f'xmlns:dc="{DC}" xmlns:crs="{CRS}" crs:Mask="{"ab" * 50_000}" dc:source="box 7">'
    source = make.saved(
        Image.fromarray(grey), "WEBP", xmp=description(attributes).encode(), lossless=True
    )
    result = read(written(source, mark, format="jpeg"))
    assert result.mark == mark
    assert Packet.parse(result.carried.xmp).properties(CRS)["Mask"] == "ab" * 50_000
    assert said(written(source, mark, format="jpeg"))["XMP-dc:Source"] == "box 7"


@pytest.mark.parametrize("fault", ["a part", "all parts", "the name", "the packet"])
def test_extended_xmp_that_is_not_all_there_is_said(make, grey, mark, fault):
    parts, guid = extended(LONG)
    if fault == "a part":
        parts = [parts[0], *parts[2:]]
    if fault == "all parts":
        parts = []
    source = with_extension(make, grey, parts, "A" * 32 if fault == "the name" else guid)
    if fault == "the packet":
        source = make.saved(Image.fromarray(grey), "JPEG", extra=b"".join(parts))
    photograph = read(source)
    assert photograph.notes == ("some of its extended XMP is missing, and it is left out",)
    assert b"HasExtendedXMP" not in written(source, mark)


def test_two_packets_of_xmp_are_both_kept(make, grey, mark):
    first = description(f'xmlns:dc="{DC}" dc:source="box 7">').encode()
    second = description(f'xmlns:dc="{DC}" dc:source="box 8" dc:relation="x">').encode()
    more = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + second)
    source = make.saved(Image.fromarray(grey), "JPEG", extra=more, xmp=first)
    found = Packet.parse(read(source).carried.xmp).properties(DC)
    assert sorted(found) == ["relation", "source"]
    assert written(source, mark).count(b"ns.adobe.com/xap/1.0/\0") == 1


def test_all_comments_are_kept_in_their_order(make, grey, mark):
    more = segment(0xFE, b"FIRST") + segment(0xFE, b"SECOND")
    source = make.saved(Image.fromarray(grey), "JPEG", extra=more, comment=b"third")
    assert read(source).carried.comments == (b"FIRST", b"SECOND", b"third")
    result = written(source, mark)
    assert result.index(b"FIRST") < result.index(b"SECOND") < result.index(b"third")


FOREIGN = {
    "FLIR": (0xE1, b"FLIR\0\x01\0\0" + bytes(40)),
    "FlashPix": (0xE2, b"FPXR\0\0\x01" + bytes(20)),
    "Kodak": (0xE3, b"Meta\0\0II*\0\x08\0\0\0"),
    "Ricoh": (0xE5, b"RMETA\0" + bytes(20)),
    "PictureInfo": (0xEC, b"[picture info]\rResolution=1\r"),
    "another box": (0xEB, b"JP\0\7\0\0\0\1\0\0\0\x30jumb\0\0\0\x28jumdabcd" + bytes(30)),
    "Ducky with copyright": (0xEC, b"Ducky\0\1\0\4\0\0\0\x50\0\3\0\6\0\0\0\1\0a"),
    "GraphicConverter": (0xEF, b"Q 90\0"),
}
UNTRUE = {
    "Ducky": (0xEC, b"Ducky\0\1\0\4\0\0\0\x50\0\0"),
    "Scalado": (0xE4, b"SCALADO\0" + bytes(20)),
    "SPIFF": (0xE8, b"SPIFF\0" + bytes(24)),
    "JFXX": (0xE0, b"JFXX\0\x13\1\1abc"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_segments_of_other_programs_are_kept(make, grey, mark, name):
    marker, content = FOREIGN[name]
    source = make.saved(Image.fromarray(grey), "JPEG", extra=segment(marker, content))
    assert read(source).notes == ()
    assert segment(marker, content) in written(source, mark)
    place = f"its JPEG's APP{marker - 0xE0} has no place in a PNG"
    assert losses(read(source), "PNG") == (place,)


@pytest.mark.parametrize("name", UNTRUE)
def test_segments_that_are_no_longer_true_go(make, grey, mark, name):
    marker, content = UNTRUE[name]
    source = make.saved(Image.fromarray(grey), "JPEG", extra=segment(marker, content))
    assert content not in written(source, mark)


def test_what_belongs_to_the_coded_data_goes_with_a_word(make, grey, mark):
    hdr = segment(0xEB, b"HDR_RI ver=11" + bytes(40))
    residual = segment(0xEB, b"JP\0\1\0\0\0\1\0\0\0\x20RESI" + bytes(24))
    source = make.saved(Image.fromarray(grey), "JPEG", extra=hdr + residual)
    assert len(read(source).notes) == 2
    result = written(source, mark)
    assert b"HDR_RI" not in result
    assert b"RESI" not in result


def test_a_manifest_in_several_segments_goes_and_is_said(make, grey, mark):
    head = b"JP\0\1\0\0\0\1\0\0\0\x60jumb"
    parts = segment(0xEB, head + b"\0\0\0\x28jumdc2pa" + bytes(30))
    parts += segment(0xEB, b"JP\0\1\0\0\0\2\0\0\0\x60jumb" + b"the rest of it")
    source = make.saved(Image.fromarray(grey), "JPEG", extra=parts)
    assert losses(read(source), "JPEG") == (
        "its C2PA manifest is signed for its own bytes, and is left out",
    )
    assert losses(read(source), "JPEG", is_signed=True) == ()
    assert b"the rest of it" not in written(source, mark)


@pytest.mark.parametrize("length", range(16))
def test_a_segment_that_is_too_short_is_no_reason_to_refuse(make, grey, mark, length):
    plain = make.saved(Image.fromarray(grey), "JPEG")
    jfif, rest = plain[6:20], plain[20:]
    short = segment(0xE0, jfif[:length]) + segment(0xEE, b"Adobe\0d\0\0\0\0\1"[:length])
    for marker, begin in (
        (0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0"),
        (0xE2, b"ICC_PROFILE\0\1\1"),
        (0xE2, b"MPF\0II*\0\x08\0\0\0\0\0"),
        (0xED, b"Photoshop 3.0\x008BIM"),
    ):
        short += segment(marker, begin[:length])
    photograph = read(b"\xff\xd8" + short + rest)
    assert np.array_equal(photograph.pixels, read(plain).pixels)
    written(b"\xff\xd8" + short + rest, mark)


def test_a_profile_that_is_not_all_there_is_said(make, grey):
    icc = make.adobe_like_profile()
    data = make.saved(Image.fromarray(grey), "JPEG", icc_profile=icc)
    second = segment(0xE2, b"ICC_PROFILE\0\3\3rest")
    missing = data[:2] + second + data[2:].replace(b"ICC_PROFILE\0\1\1", b"ICC_PROFILE\0\1\3")
    assert read(missing).notes == ("its ICC profile is not all there and is left out",)
    assert read(missing).carried.icc is None
    alone = data.replace(b"ICC_PROFILE\0\1\1", b"ICC_PROFILE\0\0\0")
    assert read(alone).carried.icc == icc


def test_exif_longer_than_a_segment_is_joined_and_cut_again(make, grey, mark):
    record = Image.Exif()
    record[270] = "Grandmother"
    record.get_ifd(34665)[37500] = bytes(range(1, 256)) * 300
    whole = record.tobytes()
    parts = whole[:60_000], b"Exif\0\0" + whole[60_000:]
    source = make.saved(
        Image.fromarray(grey), "JPEG", extra=b"".join(segment(0xE1, part) for part in parts)
    )
    assert len(read(source).carried.exif) == len(whole) - 6
    again = read(written(source, mark))
    assert again.carried.exif == read(source).carried.exif


def test_a_second_exif_record_is_said(make, grey):
    record = b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x0e\0\2\0\0\0\4abc\0\0\0\0\0"
    source = make.saved(Image.fromarray(grey), "JPEG", exif=record, extra=segment(0xE1, record))
    photograph = read(source)
    assert photograph.notes == ("it has more than one EXIF record, and the first counts",)
