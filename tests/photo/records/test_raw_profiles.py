"""XMP, EXIF, captions and profiles in a PNG, as ImageMagick, libvips and exiftool write them."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from rehue.photo import read, write
from rehue.photo.records import photoshop, raw_profiles
from rehue.photo.records.xmp import Packet

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="sko\xc3\xa4sk 7"/></rdf:RDF>'
    b"</x:xmpmeta>"
)


def png(make, grey, *texts, pack=False, **options):
    info = PngImagePlugin.PngInfo()
    for keyword, text in texts:
        info.add_text(keyword, text, zip=pack)
    return make.saved(Image.fromarray(grey), "PNG", pnginfo=info, **options)


@pytest.mark.parametrize("pack", [False, True], ids=["tEXt", "zTXt"])
def test_xmp_is_read_wherever_programs_put_it(make, grey, pack):
    in_app1 = b"http://ns.adobe.com/xap/1.0/\0" + XMP
    for text in (
        raw_profiles.written("xmp", XMP),
        raw_profiles.written("APP1", in_app1),
        (raw_profiles.XMP, XMP.decode("latin-1")),
    ):
        photograph = read(png(make, grey, text, pack=pack))
        assert photograph.carried.xmp == XMP
        assert photograph.carried.text == ()
        assert photograph.notes == ()


@pytest.mark.parametrize("is_first", [False, True])
def test_the_place_of_xmp_counts_before_a_raw_profile_and_both_are_kept(make, grey, is_first):
    stale = XMP.replace(b"7", b"6")
    stale = stale.replace(b'"/></rdf', b'" dc:relation="box 6"/></rdf')
    texts = [raw_profiles.written("xmp", stale), (raw_profiles.XMP, XMP.decode("latin-1"))]
    photograph = read(png(make, grey, *(texts if is_first else texts[::-1])))
    found = Packet.parse(photograph.carried.xmp).properties("http://purl.org/dc/elements/1.1/")
    assert found == {"source": "sko\u00e4sk 7", "relation": "box 6"}
    assert photograph.notes == ()


def test_one_packet_in_two_places_stays_as_it_is(make, grey):
    texts = [raw_profiles.written("xmp", XMP), (raw_profiles.XMP, XMP.decode("latin-1"))]
    assert read(png(make, grey, *texts)).carried.xmp == XMP


def test_what_stands_in_several_raw_profiles_is_joined_or_said(make, grey):
    path = b"8BIM\x07\xd0\0\0\0\0\0\4path"
    captions = photoshop.with_captions(b"\x1c\x02\x78\0\x03abc")
    texts = [raw_profiles.written("8bim", path), raw_profiles.written("iptc", captions)]
    assert read(png(make, grey, *texts)).carried.photoshop == path + captions
    records = [Image.Exif(), Image.Exif()]
    for number, record in enumerate(records):
        record[270] = f"box {number}"
    texts = [raw_profiles.written("exif", record.tobytes()) for record in records]
    several = "it has more than one EXIF record, and the first counts"
    for both in (png(make, grey, *texts), png(make, grey, texts[1], exif=records[0])):
        photograph = read(both)
        assert photograph.notes == (several,)
        assert b"box 0" in photograph.carried.exif
    assert read(png(make, grey, texts[0], exif=records[0])).notes == ()


def test_a_raw_profile_is_cut_to_the_length_that_it_states(make, grey):
    keyword, text = raw_profiles.written("xmp", XMP + bytes(40))
    text = text.replace(f"{len(XMP) + 40:8d}", f"{len(XMP):8d}")
    assert read(png(make, grey, (keyword, text))).carried.xmp == XMP


def test_what_cannot_be_read_is_said_and_the_rest_is_read(make, grey):
    keyword, text = raw_profiles.written("exif", b"II*\0\x08\0\0\0")
    broken = (keyword, text.replace("4949", "49zz"))
    short = ("Raw profile type iptc", "\niptc\n      40\n1c0278\n")
    photograph = read(
        png(make, grey, broken, short, ("Title", "Hafen"), ("Raw profile type x", ""))
    )
    assert photograph.notes == tuple(
        f"its `Raw profile type {kind}` cannot be read and is left out"
        for kind in ("exif", "iptc", "x")
    )
    assert photograph.carried.text == (("Title", "Hafen"),)


def test_a_profile_of_colours_counts_where_there_is_no_chunk(make, grey):
    icc = make.grey_profile(1.0)
    photograph = read(png(make, grey, raw_profiles.written("icc", icc)))
    assert photograph.pixels.mean() > grey.mean() + 20


def test_captions_are_read_bare_and_in_an_image_resource(make, grey):
    iim = b"\x1c\x02\x78\x00\x0dIn the garden"
    for record in (iim, photoshop.with_captions(iim)):
        photograph = read(png(make, grey, raw_profiles.written("iptc", record)))
        assert photoshop.captions(photograph.carried.photoshop) == iim


SAVED_AGAIN = {
    "ImageMagick": ["convert", "IN", "OUT"],
    "libvips": ["vips", "copy", "IN", "OUT"],
    "exiftool": ["exiftool", "-q", "-XMP-dc:Title=Hafen", "-o", "OUT", "IN"],
}


@pytest.mark.parametrize("program", SAVED_AGAIN)
@pytest.mark.parametrize("ending", [".png", ".jpg", ".tif", ".webp"])
def test_a_result_that_another_program_saved_again_is_known(grey, mark, folder, program, ending):
    command = SAVED_AGAIN[program]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    if program == "exiftool" and ending == ".webp":
        pytest.skip("this exiftool writes no WebP")
    Image.fromarray(grey).save(folder / "grey.png")
    result, again = folder / f"result{ending}", folder / f"again{ending}"
    write(read(folder / "grey.png"), np.repeat(grey[..., None], 3, axis=-1), result, mark)
    if program != "exiftool":
        again = folder / "again.png"
    paths = {"IN": str(result), "OUT": str(again)}
    done = subprocess.run([paths.get(p, p) for p in command], check=False, capture_output=True)
    if done.returncode:
        pytest.skip(f"this {program} does not read {ending}: {done.stderr.decode()[:100]}")
    (said,) = json.loads(subprocess.check_output(["exiftool", "-j", "-G1", again]))
    if "XMP-rehue:Model" not in said:
        pytest.skip(f"this {program} drops XMP from {ending}")
    assert read(again).mark == mark


def test_of_many_texts_all_are_kept_and_some_faults_are_named():
    texts = [(f"Key {n}", "text") for n in range(50_000)]
    broken = [("Raw profile type exif", "none") for _ in range(50_000)]
    found = raw_profiles.found_in([*texts, *broken])
    assert found.others == tuple(texts)
    assert len(found.notes) == 9
    assert found.notes[-1] == "49,992 more of its raw profiles cannot be read and are left out"


def test_what_stands_behind_a_raw_profile_is_no_part_of_it():
    record = b"II*\0" + bytes(range(80))
    keyword, text = raw_profiles.written("exif", record)
    assert raw_profiles.found_in([(keyword, text + '\n$"\x1d\u0394')]).exif == record
    # As long as it says, and no longer.
    assert raw_profiles.found_in([(keyword, text[:-4])]).exif is None
