"""What stands in a TIFF beside its photographs: kept, made anew from the coloured picture, said."""

import struct
from io import BytesIO

import numpy as np
import pytest
import tifffile

from rehue.photo import losses, read, write

Y, X = np.mgrid[0:96, 0:128]
DEEP = (X * 400 + Y * 130).astype(np.uint16)
RGB = np.stack([DEEP] * 3, axis=-1)
RED = np.stack([DEEP, DEEP // 2, DEEP // 2], axis=-1)
SMALL = np.ascontiguousarray(DEEP[::4, ::4])


def tiff_of(*pages, **options):
    """A TIFF of pages, each an array and what tifffile is to write of it."""
    file = BytesIO()
    with tifffile.TiffWriter(file, **options) as writer:
        for samples, more in pages:
            usual = {"photometric": "rgb" if samples.ndim == 3 else "minisblack"}
            writer.write(samples, **usual | {"metadata": None} | more)
    return file.getvalue()


def colored(photograph, mark, **options):
    """A file whose pages are all red, and its pages as tifffile has them."""
    file = BytesIO()
    pages = [RED if p.pixels.shape[:2] == RED.shape[:2] else None for p in photograph.pages]
    write(photograph, iter(pages), file, mark, **options)
    return tifffile.TiffFile(BytesIO(file.getvalue()))


def test_smaller_copies_are_made_anew_in_colour(mark):
    photograph = read(tiff_of((DEEP, {}), (SMALL, {"subfiletype": 1})))
    assert len(photograph.pages) == 1
    assert photograph.notes == ("its smaller copy is made anew from the coloured picture",)
    result = colored(photograph, mark)
    assert [page.shape for page in result.pages] == [(96, 128, 3), (24, 32, 3)]
    assert result.pages[1].subfiletype == 1
    mean = RED.reshape(24, 4, 32, 4, 3).mean((1, 3))
    assert np.abs(result.pages[1].asarray() - mean).max() <= 0.5


def test_a_thumbnail_in_front_is_no_raw_file(mark):
    photograph = read(tiff_of((SMALL, {"subfiletype": 1}), (DEEP, {})))
    assert np.array_equal(photograph.pixels, DEEP)
    assert len(colored(photograph, mark).pages) == 2


@pytest.mark.parametrize(("kind", "large"), [(1, DEEP), (4, DEEP > 30_000)])
def test_where_no_page_says_that_it_is_whole_the_largest_is(kind, large):
    small = np.ascontiguousarray(large[::4, ::4])
    photograph = read(tiff_of((small, {"subfiletype": kind}), (large, {"subfiletype": kind})))
    assert photograph.pixels.shape == large.shape
    assert read(tiff_of((small, {"subfiletype": kind}))).pixels.shape == small.shape


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize(
    "options",
    [{}, {"compression": "zlib"}, {"compression": "lzw", "predictor": 2}, {"tile": (32, 32)}],
)
def test_infrared_stays_as_it_is(byteorder, options, mark):
    infrared = 65535 - DEEP
    more = {"description": "Infrared", **options}
    photograph = read(tiff_of((RGB, options), (infrared, more), byteorder=byteorder))
    assert len(photograph.pages) == 1
    assert "is no photograph" in photograph.notes[0]
    result = colored(photograph, mark)
    assert np.array_equal(result.pages[1].asarray(), infrared)
    assert result.pages[1].description == "Infrared"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RGB, (DEEP >> 8).astype(np.uint8)),
        ((RGB >> 8).astype(np.uint8), DEEP),
        ((RGB >> 8).astype(np.uint8), (DEEP >> 8).astype(np.uint8)),
    ],
)
@pytest.mark.parametrize("compression", [None, "lzw"])
def test_infrared_of_another_depth_or_compression_stays_too(before, after, compression, mark):
    source = tiff_of((before, {"compression": "zlib"}), (after, {"compression": compression}))
    photograph = read(source)
    assert len(photograph.pages) == 1
    assert "is no photograph" in photograph.notes[0]
    assert np.array_equal(colored(photograph, mark).pages[1].asarray(), after)


def test_a_grey_page_before_a_colour_page_is_a_photograph():
    assert len(read(tiff_of((DEEP, {}), (RGB, {}))).pages) == 2


def test_a_mask_stays_as_it_is(mark):
    mask = DEEP > 30_000
    photograph = read(tiff_of((DEEP, {}), (mask, {"subfiletype": 4})))
    result = colored(photograph, mark)
    assert np.array_equal(result.pages[1].asarray(), mask)
    assert result.pages[1].subfiletype == 4
    assert result.pages[1].bitspersample == 1


def test_pages_of_other_sizes_and_grey_ones_alone_are_photographs():
    assert len(read(tiff_of((DEEP, {}), (DEEP, {}))).pages) == 2
    # A scanner writes infrared as it writes the picture; this is another page of a document.
    assert len(read(tiff_of((RGB, {}), (DEEP > 30_000, {}))).pages) == 2
    mixed = read(tiff_of((RGB, {}), (SMALL, {}), (RGB[:50], {}), (DEEP[:, :70], {})))
    assert [page.pixels.shape for page in mixed.pages] == [(96, 128), (24, 32), (50, 128), (96, 70)]


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("compression", [None, "zlib", "jpeg"])
def test_a_pyramid_is_made_anew(big, compression, mark):
    grey = (DEEP >> 8).astype(np.uint8)
    tiles = {"tile": (32, 16), "compression": compression}
    pages = [(grey, tiles | {"subifds": 2})]
    pages += [(np.ascontiguousarray(grey[::n, ::n]), tiles | {"subfiletype": 1}) for n in (2, 4)]
    photograph = read(tiff_of(*pages, bigtiff=big))
    assert photograph.notes == ("its 2 smaller copies are made anew from the coloured picture",)
    result = colored(photograph, mark)
    (page,) = result.pages
    assert result.is_bigtiff == big
    assert [level.shape for level in page.pages] == [(48, 64, 3), (24, 32, 3)]
    for level, factor in ((page, 1), *zip(page.pages, (2, 4), strict=True)):
        assert (level.tilelength, level.tilewidth) == (32, 16)
        red = (RED >> 8).reshape(96 // factor, factor, 128 // factor, factor, 3).mean((1, 3))
        found = level.asarray()
        assert np.abs(found - red).mean() < (4 if compression == "jpeg" else 1.1)


def test_what_no_other_format_holds_is_said(mark):
    photograph = read(tiff_of((DEEP, {}), (SMALL, {"subfiletype": 1})))
    said = "its smaller copies, masks and other pages have no place in a PNG"
    assert said in losses(photograph, "PNG")
    assert losses(photograph, "TIFF") == ()


GEO = {
    33550: (12, (0.5, 0.5, 0.0)),
    33922: (12, (0.0, 0.0, 0.0, 440720.0, 3751320.0, 0.0)),
    34735: (3, (1, 1, 0, 1, 1024, 0, 1, 1)),
    34737: (2, "WGS 84|"),
    42113: (2, "0"),
}


def test_geotiff_tags_stay(mark):
    tags = [(tag, kind, None if kind == 2 else len(v), v, True) for tag, (kind, v) in GEO.items()]
    result = colored(read(tiff_of((DEEP, {"extratags": tags}))), mark)
    for tag, (_, value) in GEO.items():
        assert result.pages[0].tags[tag].value == value


def test_a_last_link_that_leads_nowhere_is_said():
    data = bytearray(tiff_of((DEEP, {})))
    first = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[first : first + 2], "little")
    struct.pack_into("<I", data, first + 2 + 12 * count, len(data) + 1000)
    photograph = read(bytes(data))
    assert np.array_equal(photograph.pixels, DEEP)
    assert photograph.notes == ("what should follow its last page is not in the file",)


def test_what_stands_beside_is_bound_by_the_file(mark):
    """Copies as large as the picture, over and over, and masks that share their bytes."""
    copies = read(tiff_of((DEEP, {}), *[(DEEP, {"subfiletype": 1})] * 5))
    assert len(copies.carried.beside) == 2
    assert copies.notes[-1] == "its 3 further directories are left out"
    data = bytearray(tiff_of((DEEP, {}), *[(DEEP > 9, {"subfiletype": 4})] * 40))
    pages = tifffile.TiffFile(BytesIO(bytes(data))).pages
    for page in list(pages)[1:]:
        tag = page.tags[279]
        # Each mask claims half of the file.
        struct.pack_into("<HHII", data, tag.offset, 279, 4, 1, len(data) // 2)
        tag = page.tags[273]
        struct.pack_into("<HHII", data, tag.offset, 273, 4, 1, 8)
    shared = read(bytes(data))
    assert sum(len(part) for one in shared.carried.beside for part in one.parts) <= len(data)
    assert "further directories are left out" in shared.notes[-1]
