"""TIFFs of all layouts and depths, as tifffile and libtiff write them, there and back."""

import zlib
from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from rehue.color import lightness
from rehue.errors import PhotoError
from rehue.photo import Photograph, read, write
from rehue.photo.records import directories
from rehue.photo.records.directories import Entry

Y, X = np.mgrid[0:64, 0:80]
DEEP = (X * 819 + Y * 13).astype(np.uint16)
RGB = np.stack([DEEP, DEEP[::-1], DEEP[:, ::-1]], axis=-1)
EIGHT = (DEEP >> 8).astype(np.uint8)
FLOAT = (DEEP / 65535).astype(np.float32)


def tiff_of(samples, photometric="minisblack", **options):
    file = BytesIO()
    tifffile.imwrite(file, samples, photometric=photometric, metadata=None, **options)
    return file.getvalue()


def rgb_tiff(samples=RGB, **options):
    return tiff_of(samples, "rgb", **options)


def back(photograph, mark, **options):
    """A photograph written without being changed, and read again."""
    pages = [
        page.pixels if page.pixels.ndim == 3 else np.repeat(page.pixels[..., None], 3, axis=-1)
        for page in photograph.pages
    ]
    file = BytesIO()
    write(photograph, iter(pages), file, mark, **options)
    return read(file.getvalue())


SAME = {
    "16 bits": (tiff_of(DEEP), DEEP),
    "16 bits, big-endian": (rgb_tiff(byteorder=">", rowsperstrip=5), RGB),
    "white is zero": (tiff_of(DEEP, "miniswhite"), 65535 - DEEP),
    "white is zero, 8 bits": (tiff_of(EIGHT, "miniswhite"), 255 - EIGHT),
    "white is zero, floats": (tiff_of(FLOAT, "miniswhite"), 1 - FLOAT),
    "LZW with predictor": (rgb_tiff(compression="lzw", predictor=True), RGB),
    "Deflate in strips": (tiff_of(DEEP, compression="zlib", rowsperstrip=7), DEEP),
    "raw strips": (tiff_of(DEEP, rowsperstrip=10), DEEP),
    "PackBits": (tiff_of(EIGHT, compression="packbits"), EIGHT),
    "tiles": (rgb_tiff(tile=(32, 48), compression="zlib"), RGB),
    "raw tiles": (tiff_of(DEEP, tile=(16, 32)), DEEP),
    "BigTIFF": (tiff_of(DEEP, bigtiff=True), DEEP),
    "planes": (
        rgb_tiff(np.moveaxis(RGB, -1, 0).copy(), planarconfig="separate", compression="lzw"),
        RGB,
    ),
    "floats": (tiff_of(FLOAT, compression="zlib", predictor=3), FLOAT),
    "floats of 64 bits": (tiff_of(FLOAT.astype(np.float64)), FLOAT),
    "floats of 16 bits": (tiff_of(FLOAT.astype(np.float16)), FLOAT.astype(np.float16)),
    "12 bits": (tiff_of(DEEP >> 4, bitspersample=12), np.rint((DEEP >> 4) * (65535 / 4095))),
    "4 bits": (tiff_of(EIGHT >> 4, bitspersample=4), (EIGHT >> 4) * np.uint8(17)),
    "1 bit": (tiff_of(DEEP > 30_000), (DEEP > 30_000) * np.uint8(255)),
    "grey as RGB": (rgb_tiff(np.repeat(DEEP[..., None], 3, axis=-1)), DEEP),
}


@pytest.mark.parametrize("name", SAME)
def test_pixels_are_what_was_written_and_stay_so(name, mark):
    data, expected = SAME[name]
    photograph = read(data)
    assert np.array_equal(photograph.pixels, expected)
    unsaid = ("its floats have no profile and are taken for sRGB's",)
    assert photograph.notes == (unsaid if photograph.bits == 32 else ())
    result = back(photograph, mark)
    assert np.array_equal(result.pixels, expected)
    assert result.mark == mark
    assert result.pixels.dtype == photograph.pixels.dtype


def test_jpeg_strips_and_tiles(mark):
    smooth = np.stack([EIGHT, EIGHT, 255 - EIGHT], axis=-1)
    for options in ({"rowsperstrip": 16}, {"tile": (32, 32)}):
        photograph = read(rgb_tiff(smooth, compression="jpeg", **options))
        assert np.abs(lightness(photograph.pixels) - lightness(smooth)).mean() < 1
        result = back(photograph, mark)
        assert result.carried.tiff_compression == 7
        assert np.abs(lightness(result.pixels) - lightness(photograph.pixels)).mean() < 1


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_every_page_is_read_and_kept(mark, compression):
    pages = [DEEP, RGB[:40], EIGHT[:, :50], FLOAT]
    file = BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for number, page in enumerate(pages):
            writer.write(
                page,
                photometric="rgb" if page.ndim == 3 else "minisblack",
                description=f"page {number}",
                metadata=None,
                compression=compression,
                extratags=[(274, 3, 1, number + 1, True)],
            )
    photograph = read(file.getvalue())
    assert [page.pixels.shape for page in photograph.pages] == [page.shape for page in pages]
    assert [page.orientation for page in photograph.pages] == [1, 2, 3, 4]
    result = back(photograph, mark, bit_depth=16)
    assert [page.orientation for page in result.pages] == [1, 2, 3, 4]
    assert all(page.mark == mark for page in result.pages)
    assert [f"page {n}".encode() in page.carried.exif for n, page in enumerate(result.pages)] == [
        True
    ] * 4
    for before, after in zip(photograph.pages, result.pages, strict=True):
        assert np.abs(lightness(before.pixels) - lightness(after.pixels)).max() < 0.01


def test_a_page_that_fails_leaves_nothing_behind(mark, tmp_path):
    photograph = read(tiff_of(np.stack([DEEP, DEEP])))
    with pytest.raises(PhotoError, match="found uint16 of shape"):
        write(photograph, iter([RGB, RGB[:3]]), tmp_path / "out.tif", mark)
    assert list(tmp_path.iterdir()) == []


def test_pages_go_into_no_other_format(mark):
    photograph = read(tiff_of(np.stack([DEEP, DEEP])))
    with pytest.raises(PhotoError, match=r"has 2 pages, and a PNG holds one: write a \.tif"):
        back(photograph, mark, format="png")


@pytest.mark.parametrize("kind", ["unassalpha", "assocalpha"])
def test_alpha(kind, mark):
    alpha = np.full_like(DEEP, 65535)
    alpha[:20] = 30_000
    share = alpha[..., None] / 65535 if kind == "assocalpha" else 1
    stored = np.concatenate([np.rint(RGB * share), alpha[..., None]], axis=-1).astype(np.uint16)
    photograph = read(rgb_tiff(stored, extrasamples=[kind]))
    assert np.array_equal(photograph.alpha, alpha)
    assert np.abs(photograph.pixels.astype(int) - RGB).max() <= 2
    for form in ("tiff", "png", "jp2"):
        result = back(photograph, mark, format=form)
        assert np.array_equal(result.alpha, alpha)
        assert np.array_equal(result.pixels, photograph.pixels)


def test_channels_that_are_no_alpha_are_left_out_and_that_is_said():
    stored = np.concatenate([RGB, DEEP[..., None]], axis=-1)
    photograph = read(rgb_tiff(stored, extrasamples=["unspecified"]))
    assert photograph.alpha is None
    assert photograph.notes == (
        "its further channel (infrared, or a mask) is left out: keep the original",
    )


@pytest.mark.parametrize("bits", [8, 16])
def test_cmyk_becomes_rgb_and_says_so(bits, mark):
    inks = np.zeros((8, 8, 4), np.uint8 if bits == 8 else np.uint16)
    inks[..., 3] = np.iinfo(inks.dtype).max // 2
    photograph = read(tiff_of(inks, "separated"))
    assert photograph.notes[-1] == "was CMYK, the result is RGB"
    assert photograph.bits == bits
    middle = photograph.pixels / np.iinfo(inks.dtype).max
    assert np.abs(middle - 0.5).max() < 0.01
    assert back(photograph, mark).pixels.shape[:2] == (8, 8)


@pytest.mark.parametrize("scale", [1, 256])
def test_a_palette_of_either_scale(scale):
    table = np.zeros((3, 256), np.uint16)
    table[:, 1], table[:, 2] = (200 * scale, 0, 0), (0, 100 * scale, 50 * scale)
    index = np.array([[1, 2]], np.uint8)
    pixels = read(tiff_of(index, "palette", colormap=table)).pixels
    assert pixels.tolist() == [[[200, 0, 0], [0, 100, 50]]]


@pytest.mark.parametrize(
    ("name", "depths"),
    [("JPEG", [8]), ("PNG", [8, 16]), ("WEBP", [8]), ("TIFF", [8, 16, 32]), ("JPEG2000", [8, 16]),
     ("AVIF", [8, 12])],
)  # fmt: skip
def test_depths_of_results(name, depths, mark):
    photograph = Photograph(DEEP)
    for depth in (8, 12, 16, 32):
        if depth not in depths:
            with pytest.raises(PhotoError, match=f"bits a sample, not {depth}"):
                back(photograph, mark, format=name, bit_depth=depth)
            continue
        result = back(photograph, mark, format=name, bit_depth=depth)
        assert result.bits == (16 if depth == 12 else depth)
        limit = 0.01 if depth in (16, 32) else 3
        assert np.abs(lightness(result.pixels) - lightness(DEEP)).max() <= limit
    assert back(photograph, mark, format=name).bits == min(16, max(depths) + 4 * (depths[-1] == 12))


@pytest.mark.parametrize("quality", [0, 101])
def test_qualities_that_are_none(quality, mark):
    with pytest.raises(PhotoError, match=f"quality {quality}: give 1 to 100"):
        back(Photograph(EIGHT), mark, format="jpeg", quality=quality)


@pytest.mark.parametrize("name", ["JPEG", "WEBP", "AVIF", "JPEG2000"])
def test_a_lower_quality_gives_a_smaller_file(name, mark, grey):
    sizes = []
    rgb = np.repeat(grey[..., None], 3, axis=-1)
    for quality in (95, 40):
        file = BytesIO()
        write(Photograph(grey), rgb, file, mark, format=name, quality=quality)
        sizes.append(len(file.getvalue()))
    assert sizes[1] < 0.8 * sizes[0]


@pytest.mark.parametrize("name", ["PNG", "TIFF", "JPEG2000", "AVIF"])
def test_the_same_deep_input_gives_the_same_bytes(name, mark):
    first, second = BytesIO(), BytesIO()
    for file in (first, second):
        write(Photograph(DEEP), RGB, file, mark, format=name)
    assert first.getvalue() == second.getvalue()


@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "packbits", "zstd", "lzma", "jpeg"])
def test_pillow_reads_results_of_every_compression(compression, mark):
    data = rgb_tiff(np.stack([EIGHT] * 3, axis=-1), compression=compression)
    file = BytesIO()
    rgb = np.stack([EIGHT, EIGHT, EIGHT // 2], axis=-1)
    write(read(data), rgb, file, mark)
    pixels = np.asarray(Image.open(file).convert("RGB"))
    assert np.abs(pixels.astype(int) - rgb).max() <= (12 if compression == "jpeg" else 0)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("kind", [4, 7])  # LONG, as many programs have it, and UNDEFINED
def test_captions_of_a_tiff_go_over(byteorder, kind, mark):
    caption = b"\x1c\x02\x78\x00\x0dIn the garden\0\0"
    count = len(caption) // (4 if kind == 4 else 1)
    value = np.frombuffer(caption, f"{byteorder}u4").tolist() if kind == 4 else caption
    data = rgb_tiff(byteorder=byteorder, extratags=[(33723, kind, count, value, True)])
    assert caption in data
    for form in ("tiff", "jpeg", "jp2"):
        file = BytesIO()
        write(read(data), RGB, file, mark, format=form)
        assert caption in file.getvalue()


def test_transparent_grey_of_a_deep_png():
    import imagecodecs

    data = imagecodecs.png_encode(DEEP)
    level = b"tRNS" + int(DEEP[3, 5]).to_bytes(2, "big")
    chunk = (2).to_bytes(4, "big") + level + zlib.crc32(level).to_bytes(4, "big")
    photograph = read(data[:33] + chunk + data[33:])
    assert np.array_equal(photograph.pixels, DEEP)
    assert np.array_equal(photograph.alpha, np.where(DEEP[3, 5] == DEEP, 0, 65535))


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "webp"])
def test_what_libtiff_alone_decodes(compression, color, mark):
    mode = "RGB" if compression == "webp" else "YCbCr"
    image = Image.fromarray(color).convert(mode)
    file = BytesIO()
    try:
        image.save(file, "TIFF", compression=compression, tiffinfo={274: 6})
    except OSError:
        pytest.skip(f"this Pillow does not write TIFFs with {compression}")
    photograph = read(file.getvalue())
    assert photograph.orientation == 6
    assert photograph.pixels.shape == color.shape
    assert np.abs(lightness(photograph.pixels) - lightness(color)).mean() < 1.5
    assert back(photograph, mark).pixels.shape == color.shape


def laid_out(entries, *parts):
    """A TIFF of one directory, its entries as (tag, kind, numbers), and its strips."""
    head, places = b"II*\0" + bytes(4), []
    for part in parts:
        places.append(len(head))
        head += part + b"\0" * (len(part) % 2)
    entries = [*entries, (273, 4, places), (279, 4, [len(part) for part in parts])]
    made = [
        Entry(tag, kind, len(numbers), np.array(numbers, {3: "<u2", 4: "<u4"}[kind]).tobytes())
        for tag, kind, numbers in entries
    ]
    at = len(head)
    return head[:4] + at.to_bytes(4, "little") + head[8:] + directories.pack(made, at)


def ycbcr_tiff(color, across, down, pack=bytes, planes=False, compression=1, rows=16):
    """A TIFF of YCbCr, subsampled by averaging, in units or in planes."""
    height, width = color.shape[:2]
    y, cb, cr = (np.asarray(band) for band in Image.fromarray(color).convert("YCbCr").split())
    small = [
        np.rint(c.reshape(height // down, down, width // across, across).mean((1, 3)))
        for c in (cb, cr)
    ]
    small = [plane.astype(np.uint8) for plane in small]
    parts = []
    tops = range(0, height, rows)
    if planes:
        for plane, step in ((y, 1), (small[0], down), (small[1], down)):
            parts += [plane[top // step :][: rows // step].tobytes() for top in tops]
    else:
        units = y.reshape(height // down, down, width // across, across).swapaxes(1, 2)
        units = units.reshape(height // down, width // across, -1)
        whole = np.concatenate([units, small[0][..., None], small[1][..., None]], axis=-1)
        parts += [whole[top // down :][: rows // down].tobytes() for top in tops]
    entries = [
        *((256, 4, [width]), (257, 4, [height]), (258, 3, [8] * 3), (259, 3, [compression])),
        *((262, 3, [6]), (277, 3, [3]), (278, 4, [rows]), (284, 3, [2 if planes else 1])),
        (530, 3, [across, down]),
    ]
    return laid_out(entries, *map(pack, parts))


@pytest.mark.parametrize("planes", [False, True])
@pytest.mark.parametrize(("across", "down"), [(1, 1), (2, 1), (2, 2), (4, 2)])
@pytest.mark.parametrize("compression", [1, 5, 8])
def test_subsampled_ycbcr(across, down, compression, planes, color, mark):
    import imagecodecs

    pack = {1: bytes, 5: imagecodecs.lzw_encode, 8: imagecodecs.zlib_encode}[compression]
    whole = ycbcr_tiff(color, across, down, pack, planes, compression)
    photograph = read(whole)
    # Pillow's own YCbCr rounds to whole codes, three times.
    assert np.abs(lightness(photograph.pixels) - lightness(color)).mean() < 1.5
    assert back(photograph, mark).pixels.shape == color.shape
    with pytest.raises(PhotoError, match="cut off"):
        read(ycbcr_tiff(color, across, down, lambda part: pack(part[:-9]), planes, compression))


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("photometric", [8, 9])
def test_lab(bits, photometric, color):
    from rehue.color.lab import srgb_to_lab

    lab = srgb_to_lab(color)
    full = 255 if bits == 8 else 65535 if photometric == 8 else 65280
    unit = 1 if bits == 8 else 256
    stored = np.empty(lab.shape, np.int64)
    stored[..., 0] = np.rint(lab[..., 0] / 100 * full)
    stored[..., 1:] = np.rint(lab[..., 1:] * unit) + (128 * unit if photometric == 9 else 0)
    samples = stored.astype(np.uint8 if bits == 8 else np.uint16)
    height, width = color.shape[:2]
    data = laid_out(
        [
            *((256, 4, [width]), (257, 4, [height]), (258, 3, [bits] * 3), (259, 3, [1])),
            *((262, 3, [photometric]), (277, 3, [3]), (278, 4, [height])),
        ],
        samples.tobytes(),
    )
    photograph = read(data)
    assert photograph.bits == bits
    off = np.abs(lightness(photograph.pixels) - lab[..., 0])
    assert off.max() < (0.6 if bits == 8 else 0.05)


@pytest.mark.parametrize("bits", [24, 32])
def test_whole_numbers_of_more_than_16_bits(bits):
    wide = DEEP.astype(np.uint32) << (bits - 16)
    # Samples of 24 bits are packed, highest bit first, in either byte order.
    order = "<u4" if bits == 32 else ">u4"
    kept = wide.astype(order).view(np.uint8).reshape(*DEEP.shape, 4)[..., -bits // 8 :]
    height, width = DEEP.shape
    data = laid_out(
        [
            *((256, 4, [width]), (257, 4, [height]), (258, 3, [bits]), (259, 3, [1])),
            *((262, 3, [1]), (277, 3, [1]), (278, 4, [height])),
        ],
        kept.tobytes(),
    )
    photograph = read(data)
    assert np.array_equal(photograph.pixels, DEEP)
    assert photograph.notes == (f"its {bits} bits a sample become 16",)


def test_jpeg_tiles_larger_than_the_picture(grey):
    small = np.ascontiguousarray(grey[:48, :64])
    photograph = read(tiff_of(small, compression="jpeg", tile=(128, 128)))
    assert photograph.pixels.shape == small.shape
    assert np.abs(lightness(photograph.pixels) - lightness(small)).mean() < 1
    assert photograph.carried.tile == (128, 128)


def test_webp_inside(color, make):
    strips = [
        make.saved(Image.fromarray(color[top : top + 32]), "WEBP", lossless=True)
        for top in range(0, 96, 32)
    ]
    entries = [
        *((256, 4, [128]), (257, 4, [96]), (258, 3, [8] * 3), (259, 3, [50001])),
        *((262, 3, [2]), (277, 3, [3]), (278, 4, [32])),
    ]
    assert np.array_equal(read(laid_out(entries, *strips)).pixels, color)
    large = make.saved(Image.fromarray(color), "WEBP", lossless=True)
    with pytest.raises(PhotoError, match="a WebP of 128 x 96 pixels in a smaller place"):
        read(laid_out(entries, *strips[:2], large))


@pytest.mark.parametrize("white_is_zero", [False, True])
@pytest.mark.parametrize("compression", ["group3", "group4"])
def test_broken_fax_code_is_no_picture(compression, white_is_zero, capfd):
    file = BytesIO()
    letter = np.zeros((64, 96), bool)
    letter[10:50, 20:30] = letter[40:50, 20:70] = True
    options = {"tiffinfo": {262: 0}} if white_is_zero else {}
    Image.fromarray(~letter).save(file, "TIFF", compression=compression, **options)
    whole = file.getvalue()
    assert np.array_equal(read(whole).pixels > 0, ~letter)
    at = Image.open(BytesIO(whole)).tag_v2[273][0]
    refused = 0
    for place in range(at, at + 24):
        broken = bytearray(whole)
        broken[place] ^= 0x5A
        try:
            read(bytes(broken))
        except PhotoError as error:
            refused += "damaged" in str(error)
    assert refused > 12
    assert capfd.readouterr().err == ""
