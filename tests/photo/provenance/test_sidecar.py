"""XMP files beside a photograph: what they say of it is in the result, their edits are not."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from rehue import Colorizer
from rehue.photo import read

pytestmark = pytest.mark.skipif(
    shutil.which("exiftool") is None,
    reason="exiftool is not installed (Debian: apt-get install libimage-exiftool-perl)",
)


@pytest.fixture(scope="module")
def colorizer(tiny_model):
    return Colorizer(tiny_model, threads=2)


def by_exiftool(path, **tags):
    command = ["exiftool", "-q", "-m", "-o" if not path.exists() else "-overwrite_original"]
    command += [path] if not path.exists() else []
    command += [f"-XMP-{name.replace('_', ':', 1)}={value}" for name, value in tags.items()]
    subprocess.run([*command, *([path] if path.exists() else [])], check=True, capture_output=True)


def colored(colorizer, source, target="result.jpg"):
    target = source.with_name(target)
    notes = colorizer.colorize_photograph(read(source), target)
    path = target if target.suffix != ".bmp" else target.with_name(target.name + ".xmp")
    (said,) = json.loads(subprocess.check_output(["exiftool", "-j", "-G1", path]))
    return said, [note for note in notes if "beside it" in note]


@pytest.fixture
def photo(folder, grey):
    Image.fromarray(grey).save(folder / "box 7.jpg")
    return folder / "box 7.jpg"


@pytest.mark.parametrize("target", ["r.jpg", "r.png", "r.tif", "r.webp", "r.bmp"])
@pytest.mark.parametrize("name", ["box 7.jpg.xmp", "box 7.xmp", "box 7.jpg.XMP"])
def test_what_a_sidecar_says_is_in_the_result(colorizer, photo, name, target):
    beside = photo.with_name(name)
    by_exiftool(beside.with_suffix(".xmp"), dc_Title="Hafen", photoshop_City="Göteborg")
    beside.with_suffix(".xmp").rename(beside)
    before = beside.read_bytes()
    said, notes = colored(colorizer, photo, target)
    assert said["XMP-dc:Title"] == "Hafen"
    assert said["XMP-photoshop:City"] == "Göteborg"
    assert said["XMP-rehue:Model"]
    assert notes == [f"what {name} beside it says is in the result"]
    assert beside.read_bytes() == before


def test_what_is_nearer_counts(colorizer, photo):
    by_exiftool(photo, dc_Title="in the file", dc_Source="in the file", dc_Rights="in the file")
    by_exiftool(photo.with_name("box 7.xmp"), dc_Title="beside", dc_Source="beside")
    by_exiftool(photo.with_name("box 7.jpg.xmp"), dc_Title="nearest")
    said, notes = colored(colorizer, photo)
    found = [said[f"XMP-dc:{name}"] for name in ("Title", "Source", "Rights")]
    assert found == ["nearest", "beside", "in the file"]
    assert len(notes) == 2


def test_a_sidecar_of_a_raw_file_of_that_name_is_not_its(colorizer, photo):
    tags = {"photoshop_SidecarForExtension": "NEF", "dc_Title": "another"}
    by_exiftool(photo.with_name("box 7.xmp"), **tags)
    said, notes = colored(colorizer, photo)
    assert "XMP-dc:Title" not in said
    assert notes == []
    by_exiftool(photo.with_name("box 7.xmp"), photoshop_SidecarForExtension="JPG")
    said, _ = colored(colorizer, photo, "again.jpg")
    assert said["XMP-dc:Title"] == "another"
    assert "XMP-photoshop:SidecarForExtension" not in said


DARKTABLE = """<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:darktable="http://darktable.sf.net/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
    xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="3"
    xmp:Rating="3" darktable:xmp_version="5" crs:ConvertToGrayscale="True" crs:Exposure2012="2">
   <darktable:colorlabels><rdf:Seq><rdf:li>2</rdf:li></rdf:Seq></darktable:colorlabels>
   <darktable:history><rdf:Seq><rdf:li darktable:operation="monochrome"/></rdf:Seq>
   </darktable:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""


def test_how_a_program_would_develop_it_is_left_out_and_said(colorizer, photo):
    photo.with_name("box 7.jpg.xmp").write_text(DARKTABLE)
    said, notes = colored(colorizer, photo)
    assert said["XMP-xmp:Rating"] == 3
    assert said["XMP-darktable:Colorlabels"] == 2
    assert not any(word in str([*said]) for word in ("crs", "istory", "Orientation"))
    assert notes == ["what box 7.jpg.xmp beside it says is in the result, but for its edits"]


@pytest.mark.parametrize("content", [b"", b"no XMP", b"<x/>", bytes(100)])
def test_one_that_cannot_be_read_is_said(colorizer, photo, content):
    photo.with_name("box 7.xmp").write_bytes(content)
    _, notes = colored(colorizer, photo)
    assert notes == ["box 7.xmp beside it holds no XMP that can be read, and is left out"]


def test_a_folder_of_that_name_is_none(colorizer, photo):
    photo.with_name("box 7.jpg.xmp").mkdir()
    assert colored(colorizer, photo)[1] == []


def test_a_mark_in_a_sidecar_is_no_mark_of_another_file(colorizer, photo, mark):
    photo.with_name("box 7.xmp").write_bytes(mark.to_xmp())
    said, _ = colored(colorizer, photo)
    assert said["XMP-rehue:Model"] != mark.model


def test_long_sidecars_fit_into_a_jpeg(colorizer, photo):
    text = DARKTABLE.replace("xmp:Rating", f'xmp:Label="{"x" * 90_000}" xmp:Rating')
    photo.with_name("box 7.jpg.xmp").write_text(text)
    said, _ = colored(colorizer, photo)
    assert said["XMP-xmp:Rating"] == 3
    assert b"x" * 90_000 in read(photo.with_name("result.jpg")).carried.xmp


def test_orientation_is_the_pictures(colorizer, folder, grey):
    path = folder / "turned.jpg"
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(grey).save(path, exif=exif)
    by_exiftool(path.with_name("turned.jpg.xmp"), dc_Title="Hafen")
    colorizer.colorize_photograph(read(path), folder / "result.jpg")
    assert read(folder / "result.jpg").orientation == 6
    assert np.shape(read(folder / "result.jpg").pixels)[:2] == grey.shape
