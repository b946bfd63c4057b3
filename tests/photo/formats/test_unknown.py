import pytest

from rehue.errors import PhotoError
from rehue.photo.formats import claiming
from rehue.photo.formats.unknown import looks_like


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE html>", "an HTML page"),
        (b"<!-- saved page --><HTML>", "an HTML page"),
        (b'<?xml version="1.0"?><svg>', "an SVG drawing"),
        (b'<?xml version="1.0"?><a/>', "an XML document"),
        (b"Dear aunt,\nthe pictures follow.\n", "text"),
        ("Liebe Grüße".encode(), "text"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\0\0\0\x18ftypmp42\0\0", "an MP4 or QuickTime video"),
        (b"version https://git-lfs.github.com/spec/v1", "a Git LFS pointer (run `git lfs pull`)"),
        (bytes(512), "zeros only"),
        (b"BMW is a maker of cars", "text"),
        (b"\x01\x02\x03\x04" * 128, "nothing known (first bytes 01 02 03 04 01 02 03 04)"),
    ],
)
def test_what_is_no_picture_is_named(start, words):
    assert looks_like(start) == words
    with pytest.raises(PhotoError, match="is not a picture that Rehue reads") as caught:
        claiming(start, "photo.jpg")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_character_cut_by_the_end_of_what_was_read_is_still_text():
    assert looks_like(("ü" * 300).encode()[:511] + "ü".encode()[:1]) == "text"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x18ftypavif\0\0\0\0avifmif1", "AVIF"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "RAW"),
        (b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 ", "JPEG2000"),
        (b"\xff\x4f\xff\x51\0\x2f", "JPEG2000"),
        (b"II*\0\x10\0\0\0CR\x02\0", "RAW"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (b"II+\0\x08\0\0\0", "TIFF"),
    ],
)
def test_pictures_are_known_by_their_first_bytes(start, kind):
    assert claiming(start, "photo").name == kind
