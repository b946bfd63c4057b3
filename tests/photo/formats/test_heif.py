"""What stands in AVIF and HEIC files beside the picture, and has no place in a result."""

from io import BytesIO

import pytest
from PIL import Image

from rehue.photo import read
from rehue.photo.formats.heif import left_out
from rehue.photo.records.boxes import box

HDR, DEPTH = "its gain map, for HDR screens, is left out", "its depth map is left out"
MATTES = "its mattes (which part is skin, hair, sky) are left out"
# Kinds as libheif, Apple, Samsung and Adobe write them.
KINDS = {
    "urn:com:apple:photo:2020:aux:hdrgainmap": HDR,
    "urn:com:samsung:photo:2024:aux:hdrgainmap": HDR,
    "urn:com:photo:aux:hdrgainmap": HDR,
    "urn:mpeg:hevc:2015:auxid:2": DEPTH,
    "urn:mpeg:mpegB:cicp:systems:auxiliary:depth": DEPTH,
    "urn:com:apple:photo:2018:aux:disparity": DEPTH,
    "urn:com:apple:photo:2018:aux:portraiteffectsmatte": MATTES,
    "urn:com:apple:photo:2019:aux:semanticskinmatte": MATTES,
}
ALPHA = ["urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"]


def heif_of(*kinds, brands=b"mif1"):
    properties = b"".join(box(b"auxC", bytes(4) + kind.encode() + b"\0") for kind in kinds)
    meta = box(b"meta", bytes(4), box(b"iprp", box(b"ipco", properties)))
    return box(b"ftyp", b"avif", bytes(4), brands) + meta


@pytest.mark.parametrize("kind", KINDS)
def test_maps_and_mattes_are_said(kind):
    assert left_out(heif_of(*ALPHA, kind)) == (KINDS[kind],)


def test_each_kind_is_said_once():
    both = heif_of("urn:com:apple:photo:2020:aux:hdrgainmap", brands=b"mif1tmap")
    assert left_out(both) == (HDR,)
    assert left_out(heif_of(brands=b"mif1tmap")) == (HDR,)
    assert left_out(heif_of(*ALPHA)) == ()


def test_a_gain_map_that_is_named_and_not_there_is_said():
    packet = box(b"mdat", b"<a xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/'/>")
    assert left_out(heif_of() + packet) == ("the gain map that its XMP names is not in it",)
    assert left_out(heif_of(brands=b"mif1tmap") + packet) == (HDR,)


@pytest.mark.parametrize(
    ("further", "notes"),
    [
        (box(b"free", bytes(8)), ()),
        (box(b"mpvd", b"video"), ("its video (a motion photo) is left out",)),
        (box(b"sefd", b"a"), ("what other programs put into it (sefd) is left out",)),
        (box(b"a\n\xe9b", b"a"), ("what other programs put into it (a\\n\xe9b) is left out",)),
    ],
)
def test_what_stands_behind_a_picture_is_said(further, notes, grey):
    file = BytesIO()
    Image.fromarray(grey).save(file, "AVIF")
    assert read(file.getvalue() + further).notes == notes
