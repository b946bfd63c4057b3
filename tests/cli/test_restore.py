import io
from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageOps

from rehue import Colorizer
from rehue.errors import PhotoError
from rehue.photo import LUMA_KEPT, Chroma, Mark, read, restore, write
from rehue.photo.formats.jpeg.splice import image_data

GREY = np.ascontiguousarray(skimage.data.camera()[100:190, 180:300])
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="box 7"/></rdf:RDF></x:xmpmeta>'
)


def saved(picture, **options):
    file = io.BytesIO()
    picture.save(file, "JPEG", **options)
    return file.getvalue()


@pytest.fixture
def result(tiny_model, tmp_path):
    """A result beside its source."""
    record = Image.Exif()
    record[270] = "Grandmother, 1931"
    source = tmp_path / "box.jpg"
    Image.fromarray(GREY).save(source, quality=88, exif=record, dpi=(300, 300), comment="7")
    Colorizer(tiny_model, threads=1).colorize_file(source, tmp_path / "box.rehue.jpg")
    return tmp_path / "box.rehue.jpg"


def test_the_grey_jpeg_comes_back(result, cli):
    said = cli("restore", result).stdout
    grey = result.with_name("box.grey.jpg")
    assert said == f"{result} -> {grey}\n"
    source = result.with_name("box.jpg").read_bytes()
    assert image_data(grey.read_bytes()) == image_data(source)
    restored, original = read(grey), read(source)
    assert np.array_equal(restored.pixels, original.pixels)
    assert restored.mark is None
    assert b"rehue" not in grey.read_bytes()
    assert b"compositeWithTrained" not in grey.read_bytes()
    for what in ("exif", "dpi", "comments", "xmp"):
        assert getattr(restored.carried, what) == getattr(original.carried, what)


def test_what_its_xmp_says_besides_stays(tiny_model, tmp_path, cli):
    result, grey = tmp_path / "a.jpg", tmp_path / "b.jpg"
    Colorizer(tiny_model, threads=1).colorize_file(saved(Image.fromarray(GREY), xmp=XMP), result)
    cli("restore", result, "-o", grey)
    assert b"box 7" in read(grey).carried.xmp
    assert b"rehue" not in read(grey).carried.xmp


@pytest.mark.parametrize(("times", "hints"), [(1, 1_500), (20_000, 0), (20_000, 1_500)])
def test_the_mark_goes_and_all_else_stays_where_xmp_is_longer_than_a_segment(
    tmp_path, times, hints
):
    packet = XMP.replace(b"box 7", b"box 7, " * times)
    source = saved(Image.fromarray(GREY))
    photograph = read(source)
    photograph = replace(photograph, carried=replace(photograph.carried, xmp=packet))
    half = np.full([-(-side // 2) for side in GREY.shape], 128, np.uint8)
    long = tuple(f"a hint with many words, number {n}, at its place" for n in range(hints))
    mark = Mark("tiny", "ab" * 32, "1", "cpu", "", "cd" * 32, hints=long, luma=LUMA_KEPT)
    result, grey = tmp_path / "a.jpg", tmp_path / "b.jpg"
    write(photograph, Chroma(half, half), result, mark)
    assert result.stat().st_size > 60_000
    restore(result, grey)
    restored = read(grey)
    assert restored.mark is None
    assert restored.notes == ()
    assert restored.carried.xmp.count(b"box 7, ") == times
    assert b"rehue" not in grey.read_bytes()
    assert grey.stat().st_size < len(source) + len(packet) + 2_000
    assert image_data(grey.read_bytes()) == image_data(source)


STORED_ANEW = {
    "of three components": lambda: saved(Image.fromarray(GREY).convert("RGB"), quality=95),
    "toned": lambda: saved(ImageOps.colorize(Image.fromarray(GREY), "#201008", "#fff4e0")),
}


@pytest.mark.parametrize("kind", STORED_ANEW)
@pytest.mark.parametrize("wish", [{}, {"quality": 80}, {"lightness": "exact"}])
def test_luma_that_was_coded_anew_is_no_scan_of_its_own(tiny_model, tmp_path, kind, wish):
    result = tmp_path / "a.rehue.jpg"
    Colorizer(tiny_model, threads=1).colorize_file(STORED_ANEW[kind](), result, **wish)
    assert read(result).mark.luma is None
    with pytest.raises(PhotoError, match="does not hold a grey JPEG's own image data"):
        restore(result, tmp_path / "a.grey.jpg")
    assert not list(tmp_path.glob("*.grey.jpg"))


def test_nothing_is_replaced_without_being_asked(result, cli):
    target = result.with_name("other.jpg")
    target.write_bytes(b"mine")
    assert "other.jpg exists" in cli("restore", result, "-o", target, code=1).stderr
    assert target.read_bytes() == b"mine"
    cli("restore", result, "-o", target, "--overwrite")
    assert read(target).pixels.shape == GREY.shape
    said = cli("restore", result, "-o", result, "--overwrite", code=1).stderr
    assert "is the result itself" in said
    assert read(result).mark


def test_what_holds_no_scan_of_its_own_is_refused(result, tmp_path, cli):
    again, text = tmp_path / "again.jpg", tmp_path / "page.jpg"
    with Image.open(result) as picture:
        picture.save(again)
    text.write_text("<html>")
    for file in (again, text, result.with_name("box.jpg")):
        said = cli("restore", file, code=1).stderr
        assert "does not hold a grey JPEG's own image data" in said
        assert len(said.splitlines()) == 1
    assert "none.jpg does not exist" in cli("restore", tmp_path / "none.jpg", code=1).stderr
    assert not list(tmp_path.glob("*.grey.jpg"))
