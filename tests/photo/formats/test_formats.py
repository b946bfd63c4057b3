"""The one table of formats, and what is derived from it and said of it."""

import re
from pathlib import Path

import pytest

from rehue.photo import BECOMES, ENDINGS, FORMATS, KINDS, PHOTOGRAPHS, format_named
from rehue.photo.formats import FORMATS as ALL
from rehue.photo.formats import RESULTS, by_ending, claiming, named

ROOT = Path(__file__).parents[3]
STARTS = [
    ("JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF"),
    ("PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ("TIFF", b"MM\0*\0\0\0\x08"),
    ("TIFF", b"II+\0\x08\0\0\0"),
    ("WEBP", b"RIFF\x10\0\0\0WEBPVP8 "),
    ("JPEG2000", b"\xff\x4f\xff\x51\0\x2f"),
    ("JPEGXL", b"\xff\x0a\x07\x08"),
    ("JPEGXL", b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl "),
    ("AVIF", b"\0\0\0\x18ftypavif\0\0\0\0avifmif1"),
    ("AVIF", b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif"),
    ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    ("RAW", b"II*\0\x10\0\0\0CR\x02\0"),
    ("RAW", b"\0\0\0\x18ftypcrx \0\0\0\1crx isom"),
    ("BMP", b"BM\x36\x09\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"),
    ("GIF", b"GIF89a"),
]


@pytest.mark.parametrize(("name", "start"), STARTS)
def test_one_format_and_no_other_claims_a_file(name, start):
    assert [form.name for form in ALL if form.claims(start)] == [name]
    assert claiming(start, "a photo").name == name


def test_every_format_has_a_file_that_it_claims():
    assert {name for name, _ in STARTS} == {form.name for form in ALL}


def test_endings_names_and_words_are_each_of_one_format():
    endings = [ending for form in ALL for ending in form.endings]
    assert len(set(endings)) == len(endings)
    assert all(ending == ending.lower() and ending.startswith(".") for ending in endings)
    words = [(word.upper(), form) for form in ALL for word in {form.name, *form.words}]
    owners = {word: {form.name for other, form in words if other == word} for word, _ in words}
    assert all(len(names) == 1 for names in owners.values()), owners


def test_what_cannot_be_a_result_becomes_what_can():
    able = {form.name for form in RESULTS if form.holds_mark}
    assert {form.becomes for form in ALL} <= able
    for ending, kind in BECOMES.items():
        assert named(kind).name in able
        assert ending not in FORMATS


def test_results_have_depths_a_media_type_and_a_usual_ending():
    for form in RESULTS:
        assert form.depths == tuple(sorted(form.depths))
        assert form.media_type.startswith("image/")
        assert by_ending(ENDINGS[form.name]) is form


@pytest.mark.parametrize(
    ("word", "name"),
    [("jpg", "JPEG"), ("Jpeg", "JPEG"), ("jxl", "JPEGXL"), ("JPEG XL", "JPEGXL"), ("heif", "HEIC")],
)
def test_words_that_people_use_are_known(word, name):
    assert format_named(word) == name


def test_raw_files_are_taken_by_name_only():
    assert ".cr2" not in PHOTOGRAPHS
    assert "raw" not in KINDS


def test_the_table_of_the_documents_is_the_table_of_the_program():
    """Formats in their order, depths, and what has no place."""
    text = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.partition("| format |")[2].partition("\n\n")[0].splitlines()[2:]
    ]
    told = {re.sub(r" \(.*", "", row[0]): row for row in rows}
    assert list(told) == [form.words[0] for form in RESULTS]
    for form in RESULTS:
        _, bits, alpha, _, _, exif, xmp, iptc, icc, pages = told[form.words[0]]
        said = {int(number) for number in re.findall(r"\d+", re.sub(r"\(also.*?\)", "", bits))}
        assert said == set(form.depths), form.name
        assert ("no alpha" in alpha) == ("alpha" in form.lacks), form.name
        assert (pages == "one") == ("pages" in form.lacks), form.name
        assert ("beside" in xmp) == ("XMP" in form.lacks), form.name
        for cell, part in ((exif, "EXIF"), (iptc, "IPTC"), (icc, "ICC profile")):
            assert ("no place" in cell) == (part in form.lacks), (form.name, part)
        assert (f"`{form.extra}`" in told[form.words[0]][0]) == bool(form.extra)


def test_help_and_readme_name_every_format():
    help_page = (ROOT / "docs" / "cli.md").read_text("utf-8")
    taken = " ".join(help_page.split())
    for form in RESULTS:
        assert re.search(rf"\b{form.name.lower()}\b", taken), form.name
    for form in ALL:
        if form.from_folders:
            assert form.words[0] in taken, form.name
    readme = " ".join((ROOT / "README.md").read_text("utf-8").split())
    for form in ALL:
        assert form.words[0] in readme or form.name == "GIF", form.name
