"""Statements that are true of the grey file alone, put there and looked for by exiftool."""

import json
import shutil
import struct
import subprocess
from hashlib import md5
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from rehue.photo import read, write
from rehue.photo.records import exif, statements
from rehue.photo.records.directories import IPTC
from rehue.photo.records.statement import Result

pytestmark = pytest.mark.skipif(
    shutil.which("exiftool") is None,
    reason="exiftool is not installed (Debian: apt-get install libimage-exiftool-perl)",
)

# What exiftool writes of the table, as `name=value`; what it does not write is built below.
UNTRUE = {
    "IFD0:BitsPerSample": "8",
    "IFD0:Compression": "1",
    "IFD0:PhotometricInterpretation": "1",
    "IFD0:SamplesPerPixel": "1",
    "IFD0:PlanarConfiguration": "1",
    "IFD0:YCbCrSubSampling": "2 2",
    "IFD0:YCbCrPositioning": "2",
    "IFD0:WhitePoint": "0.3127 0.329",
    "IFD0:PrimaryChromaticities": "0.64 0.33 0.21 0.71 0.15 0.06",
    "IFD0:YCbCrCoefficients": "0.299 0.587 0.114",
    "IFD0:ReferenceBlackWhite": "0 255 128 255 128 255",
    "ExifIFD:CompressedBitsPerPixel": "2",
    "ExifIFD:ComponentsConfiguration": "1 0 0 0",
    "ExifIFD:ColorSpace": "65535",
    "ExifIFD:Gamma": "1.8",
    "InteropIFD:InteropIndex": "R03",
    "XMP-tiff:BitsPerSample": "8",
    "XMP-tiff:Compression": "1",
    "XMP-tiff:PhotometricInterpretation": "1",
    "XMP-tiff:SamplesPerPixel": "1",
    "XMP-tiff:PlanarConfiguration": "1",
    "XMP-tiff:YCbCrSubSampling": "2 2",
    "XMP-tiff:YCbCrPositioning": "2",
    "XMP-tiff:TransferFunction": "1",
    "XMP-tiff:WhitePoint": "0.3127",
    "XMP-tiff:PrimaryChromaticities": "0.64",
    "XMP-tiff:YCbCrCoefficients": "0.299",
    "XMP-tiff:ReferenceBlackWhite": "0",
    "XMP-tiff:NativeDigest": "256,257;ABC",
    "XMP-exif:NativeDigest": "36864,40960;ABC",
    "XMP-exif:ColorSpace": "65535",
    "XMP-exif:ComponentsConfiguration": "1 0 0 0",
    "XMP-exif:CompressedBitsPerPixel": "2",
    "XMP-exifEX:Gamma": "1.8",
    "XMP-exifEX:InteropIndex": "R03",
    "XMP-photoshop:ColorMode": "1",
    "XMP-photoshop:ICCProfileName": "Dot Gain 20%",
    "XMP-crs:ConvertToGrayscale": "True",
    "XMP-crs:Saturation": "-100",
    "XMP-dc:Format": "image/x-source",
    "XMP-GCamera:MicroVideo": "1",
    "XMP-GCamera:MicroVideoOffset": "4000",
}
TRUE = {
    "IFD0:Artist": "Anna Fotografin",
    "IFD0:Orientation": "6",
    "ExifIFD:DateTimeOriginal": "1931:05:01 12:00:00",
    "ExifIFD:ISO": "100",
    "ExifIFD:ExifImageWidth": "128",
    "GPS:GPSLatitudeRef": "N",
    "XMP-dc:Source": "shoebox 7",
    "XMP-crs:Exposure2012": "1.5",
    "XMP-tiff:Orientation": "6",
    "XMP-xmp:Rating": "4",
    "XMP-photoshop:City": "Hafen",
    "XMP-xmpMM:InstanceID": "xmp.iid:1",
    "IPTC:Caption-Abstract": "In the garden",
    "Photoshop:CopyrightFlag": "1",
    "Photoshop:IPTCDigest": "new",
}
PUT_RIGHT = {
    "IFD0:YCbCrPositioning": 1,
    "ExifIFD:ColorSpace": 1,
    "ExifIFD:ComponentsConfiguration": "1 2 3 0",
    "InteropIFD:InteropIndex": "R98",
    "XMP-exif:ColorSpace": 1,
    "XMP-exifEX:InteropIndex": "R98",
    "XMP-photoshop:ColorMode": 3,
}
TYPES = {"jpeg": "image/jpeg", "png": "image/png", "tiff": "image/tiff", "webp": "image/webp"}


def said(data):
    command = ["exiftool", "-j", "-G1", "-n", "-"]
    return json.loads(subprocess.run(command, input=data, capture_output=True, check=True).stdout)[
        0
    ]


def tagged(data, tags, folder):
    path = folder / "tagged.jpg"
    path.write_bytes(data)
    command = ["exiftool", "-q", "-m", "-overwrite_original", "-n"]
    command += [f"-{name}={value}" for name, value in tags.items()]
    subprocess.run([*command, str(path)], check=True, capture_output=True)
    return path.read_bytes()


def written(data, mark, **options):
    photograph = read(data)
    rgb = np.stack([photograph.pixels] * 3, axis=-1)
    file = BytesIO()
    write(photograph, rgb, file, mark, **options)
    return file.getvalue()


@pytest.fixture
def grey_file(make, grey):
    return make.saved(Image.fromarray(grey), "JPEG")


@pytest.fixture
def source(grey_file, folder):
    data = tagged(grey_file, UNTRUE | TRUE, folder)
    missing = UNTRUE.keys() - said(data).keys()
    assert missing == set(), "exiftool did not write all"
    return data


@pytest.mark.parametrize("kind", TYPES)
def test_what_is_no_longer_true_is_left_out_or_put_right_and_the_rest_kept(source, mark, kind):
    found = said(written(source, mark, format=kind))
    own = {"BitsPerSample", "Compression", "PhotometricInterpretation", "SamplesPerPixel"}
    for name in UNTRUE.keys() - PUT_RIGHT.keys() - {"XMP-dc:Format"}:
        if kind == "tiff" and name.split(":")[1] in {*own, "PlanarConfiguration"}:
            continue  # the file's own, and its layout
        assert name not in found, name
    for name, value in PUT_RIGHT.items():
        if kind != "tiff" or name != "IFD0:YCbCrPositioning":
            assert found[name] == value, name
    assert found["XMP-dc:Format"] == TYPES[kind]
    for name, value in TRUE.items():
        if value == "new" or (kind == "webp" and name.startswith(("IPTC", "Photoshop"))):
            continue  # has no place for them, which is said
        # Among the resources of a TIFF, which exiftool takes for a second place.
        other = name.replace("IPTC:", "IPTC2:")
        assert str(found.get(name, found.get(other))) == value, name


@pytest.mark.parametrize(("kind", "turn"), [("jpeg", b"6"), ("bmp", b"1"), ("jxl", b"1")])
def test_a_turn_is_told_where_there_is_one(source, mark, folder, kind, turn):
    photograph = read(source)
    rgb = np.stack([photograph.pixels] * 3, axis=-1)
    write(photograph, rgb, folder / f"a.{kind}", mark)
    beside = folder / "a.bmp.xmp"
    packet = beside.read_bytes() if beside.exists() else read(folder / f"a.{kind}").carried.xmp
    assert b"<tiff:Orientation>" + turn in packet


def test_a_profile_of_its_own_stays_told(source, make, mark, folder):
    picture = Image.open(BytesIO(source))
    profiled = make.saved(
        picture,
        "JPEG",
        icc_profile=make.adobe_like_profile(),
        exif=picture.info["exif"],
        xmp=picture.info["xmp"],
    )
    found = said(written(profiled, mark))
    assert found["ExifIFD:ColorSpace"] == found["XMP-exif:ColorSpace"] == 65535
    assert found["InteropIFD:InteropIndex"] == "R03"
    assert found["XMP-photoshop:ICCProfileName"] == "Dot Gain 20%"


def test_a_digest_of_captions_stays_true(source, mark):
    for kind in ("jpeg", "tiff"):
        raw = written(source, mark, format=kind)
        captions = said(raw)["Photoshop:IPTCDigest"]
        at = raw.index(b"8BIM\x04\x04\0\0")
        size = int.from_bytes(raw[at + 8 : at + 12], "big")
        assert captions == md5(raw[at + 12 : at + 12 + size]).hexdigest()


def test_image_resources_of_the_grey_picture_go(make, grey, mark):
    def block(number, content):
        size = len(content).to_bytes(4, "big")
        return b"8BIM" + number.to_bytes(2, "big") + bytes(2) + size + content

    kept = block(1028, b"\x1c\x02\x78\0\x03abc") + block(1034, b"\1\0")
    gone = [s.key for s in statements.of("Photoshop")]
    resources = b"Photoshop 3.0\0" + kept + b"".join(block(n, b"untrue") for n in gone)
    segment = b"\xff\xed" + (len(resources) + 2).to_bytes(2, "big") + resources
    result = written(make.saved(Image.fromarray(grey), "JPEG", extra=segment), mark)
    assert kept in result
    assert b"untrue" not in result


LOOK = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'rdf:about="" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/" '
    'crs:Saturation="-20"><crs:Look><rdf:Description crs:Name="Monochrome"><crs:Parameters>'
    '<rdf:Description crs:ConvertToGrayscale="True" crs:ToneCurveName="Linear"/>'
    "</crs:Parameters></rdf:Description></crs:Look></rdf:Description></rdf:RDF>"
)


def test_a_look_within_a_look_no_longer_makes_grey(make, grey, mark):
    result = written(make.saved(Image.fromarray(grey), "JPEG", xmp=LOOK.encode()), mark)
    assert b"ConvertToGrayscale" not in result
    assert b'crs:ToneCurveName="Linear"' in result
    assert b'crs:Saturation="-20"' in result


def test_xmp_within_exif_and_resources_is_read_and_not_doubled(make, grey, mark):
    packet = LOOK.replace("Monochrome", "Hafen").encode()
    record = exif.from_entries([exif.Entry(700, 1, len(packet), packet)])
    block = b"8BIM\x04\x24\0\0" + len(packet).to_bytes(4, "big") + packet + bytes(len(packet) % 2)
    resources = b"Photoshop 3.0\0" + block
    segment = b"\xff\xed" + (len(resources) + 2).to_bytes(2, "big") + resources
    picture = Image.fromarray(grey)
    for options in ({"exif": b"Exif\0\0" + record}, {"extra": segment}):
        result = written(make.saved(picture, "JPEG", **options), mark)
        assert result.count(b"<rdf:RDF") == 1
        assert read(result).mark == mark
        assert b'crs:Name="Hafen"' in result


def test_exif_among_image_resources_counts_where_there_is_no_other(make, grey, exif, mark):
    block = b"8BIM\x04\x22\0\0" + len(exif).to_bytes(4, "big") + exif + bytes(len(exif) % 2)
    resources = b"Photoshop 3.0\0" + block
    segment = b"\xff\xed" + (len(resources) + 2).to_bytes(2, "big") + resources
    source = make.saved(Image.fromarray(grey), "JPEG", extra=segment)
    assert read(source).orientation == 6
    assert said(written(source, mark))["IFD0:ImageDescription"] == "Grandmother, 1931"


def test_captions_in_exif_stay(make, grey, mark):
    iim = b"\x1c\x02\x78\x00\x0dIn the garden\0\0"
    record = exif.from_entries([exif.Entry(IPTC, 4, len(iim) // 4, iim)])
    source = make.saved(Image.fromarray(grey), "JPEG", exif=b"Exif\0\0" + record)
    for kind in TYPES:
        result = written(source, mark, format=kind)
        assert iim in result or kind == "png", kind
        command = ["exiftool", "-a", "-s3", "-IPTC:Caption-Abstract", "-"]
        found = subprocess.run(command, input=result, capture_output=True, check=True).stdout
        assert found.strip() == b"In the garden", kind


OME = (
    '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image><Pixels SizeC="{}" '
    'SizeX="128" Type="uint8"><Channel SamplesPerPixel="{}"/></Pixels></Image></OME>'
)
DESCRIPTIONS = {
    "OME-XML": (OME.format(1, 1), OME.format(3, 3)),
    "OME-XML of four channels": (OME.format(4, 1), OME.format(12, 3)),
    "OME-XML with alpha": (OME.format(2, 2), OME.format(4, 4)),
    "tifffile's": ('{"shape": [96, 128]}', None),
    "tifffile's of more": (
        '{"shape": [96, 128], "axes": "YX", "box": "7"}',
        '{"box": "7"}',
    ),
    "no JSON": ('{"shape": [96', '{"shape": [96'),
    "a person's": ('The shape: SizeC="1"', 'The shape: SizeC="1"'),
}


@pytest.mark.parametrize("name", DESCRIPTIONS)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["tiff", "jpeg"])
def test_what_a_description_counts_of_samples_is_put_right(name, order, kind, grey, color, mark):
    before, after = DESCRIPTIONS[name]
    for pixels, wanted in ((grey, after), (color, before)):
        file = BytesIO()
        photometric = "rgb" if pixels.ndim == 3 else "minisblack"
        options = {"description": before, "metadata": None, "photometric": photometric}
        tifffile.imwrite(file, pixels, byteorder=order, **options)
        photograph = read(file.getvalue())
        rgb = np.stack([grey] * 3, axis=-1)
        out = BytesIO()
        write(photograph, rgb, out, mark, format=kind)
        assert said(out.getvalue()).get("IFD0:ImageDescription") == wanted
        if kind == "tiff" and name.startswith("tifffile"):
            assert tifffile.imread(BytesIO(out.getvalue())).shape == rgb.shape


@pytest.mark.parametrize("pixels", ["grey", "color"])
def test_a_result_is_read_by_its_description(pixels, request, mark):
    source = request.getfixturevalue(pixels)
    for kind in ({"ome": True}, {}):
        file = BytesIO()
        photometric = "rgb" if source.ndim == 3 else "minisblack"
        tifffile.imwrite(file, source, photometric=photometric, **kind)
        photograph = read(file.getvalue())
        rgb, out = np.zeros((*source.shape[:2], 3), np.uint8), BytesIO()
        write(photograph, rgb, out, mark)
        with tifffile.TiffFile(BytesIO(out.getvalue())) as result:
            assert result.series[0].shape == rgb.shape
            assert result.is_ome == bool(kind)


def test_nothing_in_a_record_is_moved(make, exif):
    from rehue.photo.records.exif import put_right

    changed = put_right(exif, Result())
    assert len(changed) == len(exif)
    at = exif.index(b"maker note")
    assert changed[at : at + 200] == exif[at : at + 200]


@pytest.mark.parametrize("order", ["<", ">"])
def test_records_of_either_order_and_without_end(order):
    from rehue.photo.records.exif import put_right

    head = b"II*\0" if order == "<" else b"MM\0*"
    row = struct.pack(order + "HHIHH", 262, 3, 1, 1, 0)
    artist = struct.pack(order + "HHI4s", 315, 2, 4, b"abc\0")
    both = head + struct.pack(order + "IH", 8, 2) + row + artist
    # Values may stand where the link should be.
    for after in (bytes(4), b"", b"\1\2\3\4\5\6"):
        found = put_right(both + after, Result())
        assert found == head + struct.pack(order + "IH", 8, 1) + artist + bytes(12) + after
    assert put_right(head + struct.pack(order + "IH", 8, 1) + row + bytes(4), Result()) is None


def test_the_documents_have_the_table():
    documents = Path(__file__).parents[3] / "docs" / "reliability.md"
    assert statements.table() in documents.read_text("utf-8")
