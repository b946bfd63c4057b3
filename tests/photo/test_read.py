import zlib
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from rehue.errors import PhotoError
from rehue.photo import from_pillow, read

RGB_KINDS = ["JPEG", "PNG", "WEBP", "TIFF", "BMP"]


@pytest.mark.parametrize("kind", RGB_KINDS)
def test_color_pixels_are_pillows(color, make, kind):
    data = make.saved(Image.fromarray(color), kind)
    assert np.array_equal(read(data).pixels, np.asarray(Image.open(BytesIO(data))))
    assert read(data).alpha is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP", "GIF"])
def test_grey_stays_one_channel(grey, make, kind):
    options = {"quality": 95} if kind == "JPEG" else {}
    photograph = read(make.saved(Image.fromarray(grey), kind, **options))
    assert photograph.pixels.shape == grey.shape
    assert np.abs(photograph.pixels.astype(int) - grey).mean() < 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_grey_stored_as_rgb_is_one_channel(grey, make, kind):
    assert read(make.saved(Image.fromarray(grey).convert("RGB"), kind)).pixels.shape == grey.shape


def test_a_path_bytes_and_a_stream_give_the_same(grey, make, folder):
    data = make.saved(Image.fromarray(grey), "PNG")
    path = folder / "1931 - Großmutter & co.png"
    path.write_bytes(data)
    photographs = [read(path), read(str(path)), read(data), read(BytesIO(data))]
    for photograph in photographs:
        assert np.array_equal(photograph.pixels, grey)
        assert photograph.sha256 == sha256(data).hexdigest()
        assert photograph.mark is None
    assert [photograph.path for photograph in photographs] == [path, path, None, None]


def test_one_bit(make):
    picture = np.eye(9, dtype=bool)
    for kind, options in (("PNG", {}), ("TIFF", {"compression": "group4"}), ("BMP", {})):
        pixels = read(make.saved(Image.fromarray(picture), kind, **options)).pixels
        assert np.array_equal(pixels, picture * np.uint8(255))


@pytest.mark.parametrize("compression", ["group3", "group4", "raw", "packbits", "tiff_lzw"])
@pytest.mark.parametrize("white_is_zero", [False, True])
def test_one_bit_scans(make, compression, white_is_zero):
    picture = np.eye(40, 70, dtype=bool) | (np.arange(70) > 50)
    data = make.saved(
        Image.fromarray(picture),
        "TIFF",
        compression=compression,
        tiffinfo={262: 0 if white_is_zero else 1},
    )
    assert np.array_equal(read(data).pixels, np.asarray(Image.open(BytesIO(data))) * np.uint8(255))


def test_palette(color, make):
    palette = Image.fromarray(color).quantize(64)
    photograph = read(make.saved(palette, "PNG"))
    assert np.array_equal(photograph.pixels, np.asarray(palette.convert("RGB")))


def test_palette_with_transparency(make):
    image = Image.new("P", (2, 1))
    image.putpalette([200, 0, 0, 0, 200, 0])
    image.putdata([0, 1])
    photograph = read(make.saved(image, "PNG", transparency=1))
    assert photograph.pixels.tolist() == [[[200, 0, 0], [0, 200, 0]]]
    assert photograph.alpha.tolist() == [[255, 0]]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_with_alpha(grey, make, kind):
    image = Image.fromarray(grey)
    image.putalpha(Image.fromarray(grey.T[: grey.shape[0]].copy()).resize(image.size))
    photograph = read(make.saved(image, kind))
    assert np.array_equal(photograph.pixels, grey)
    assert np.array_equal(photograph.alpha, np.asarray(image)[..., 1])


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_rgb_with_alpha(color, make, kind):
    image = Image.fromarray(color)
    image.putalpha(Image.fromarray(color[..., 2]))
    photograph = read(make.saved(image, kind, **({"lossless": True} if kind == "WEBP" else {})))
    assert np.array_equal(photograph.alpha, color[..., 2])
    opaque = color[..., 2] > 0
    assert np.array_equal(photograph.pixels[opaque], color[opaque])


def test_png_transparent_grey_and_colour(make):
    grey = Image.frombytes("L", (4, 1), bytes([0, 90, 91, 255]))
    assert read(make.saved(grey, "PNG", transparency=91)).alpha.tolist() == [[255, 255, 0, 255]]
    rgb = Image.frombytes("RGB", (2, 1), bytes([9, 8, 7, 9, 8, 6]))
    photograph = read(make.saved(rgb, "PNG", transparency=(9, 8, 6)))
    assert photograph.alpha.tolist() == [[255, 0]]


def test_png_transparent_grey_of_few_bits():
    # Four greys of 2 bits; level 1 of 3 is transparent.
    photograph = read(two_bit_png(bytes([0b00011011]), 4))
    assert photograph.pixels.tolist() == [[0, 85, 170, 255]]
    assert photograph.alpha.tolist() == [[255, 0, 255, 255]]


def two_bit_png(row, width):
    def chunk(name, content):
        crc = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + crc

    head = width.to_bytes(4, "big") + (1).to_bytes(4, "big") + bytes([2, 0, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"tRNS", b"\0\x01")
        + chunk(b"IDAT", zlib.compress(b"\0" + row))
        + chunk(b"IEND", b"")
    )


def test_cmyk_becomes_rgb(color, make):
    for kind in ("JPEG", "TIFF"):
        photograph = read(make.saved(Image.fromarray(color).convert("CMYK"), kind))
        assert np.abs(photograph.pixels.astype(int) - color).mean() < 4
        assert photograph.carried.format == kind


def test_white_is_zero_tiff(grey, make):
    data = make.saved(Image.fromarray(grey), "TIFF", tiffinfo={262: 0})
    assert Image.open(BytesIO(data)).tag_v2[262] == 0
    assert np.array_equal(read(data).pixels, grey)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_stay_as_stored_and_the_orientation_is_told(grey, make, kind, orientation):
    record = Image.Exif()
    record[274] = orientation
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95}}.get(kind, {})
    data = make.saved(Image.fromarray(grey), kind, exif=record, **options)
    photograph = read(data)
    assert photograph.orientation == orientation
    assert photograph.pixels.shape == grey.shape
    assert np.abs(photograph.pixels.astype(int) - grey).mean() < 2
    assert photograph.pixels.flags.c_contiguous


def test_an_rgb_profile_is_applied(color, make):
    icc = make.adobe_like_profile()
    photograph = read(make.saved(Image.fromarray(color), "PNG", icc_profile=icc))
    assert photograph.carried.icc == icc
    assert np.abs(photograph.pixels.astype(int) - color).max() > 10


def test_threads_read_what_one_reads(color, make):
    icc = make.adobe_like_profile()
    data = make.saved(Image.fromarray(color), "JPEG", icc_profile=icc)
    expected = read(data).pixels
    with ThreadPoolExecutor(4) as threads:
        for photograph in threads.map(read, [data] * 40):
            assert np.array_equal(photograph.pixels, expected)


def test_a_broken_profile_is_told_and_left_out(color, make):
    photograph = read(make.saved(Image.fromarray(color), "PNG", icc_profile=b"nonsense" * 40))
    assert np.array_equal(photograph.pixels, color)
    assert photograph.carried.icc is None
    assert photograph.notes == ("its ICC profile cannot be read and is left out",)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("record", [b"nonsense" * 9, b"II*\0\xff\xff\xff\xff", b"MM"])
def test_broken_exif_is_told_and_left_out(grey, make, kind, record):
    data = make.saved(Image.fromarray(grey), kind, exif=b"Exif\0\0" + record)
    photograph = read(data)
    assert photograph.pixels.shape[:2] == grey.shape
    assert photograph.carried.exif is None
    assert photograph.notes == ("its EXIF cannot be read and is left out",)


def test_a_jpeg_with_smaller_copies_beside_it_is_one_picture(grey, make):
    image, small = Image.fromarray(grey), Image.fromarray(grey[::4, ::4].copy())
    photograph = read(make.saved(image, "MPO", save_all=True, append_images=[small], quality=95))
    assert photograph.pixels.shape == grey.shape
    assert np.abs(photograph.pixels.astype(int) - grey).mean() < 2
    assert photograph.carried.format == "JPEG"


def test_a_jpeg_with_two_views_is_refused(grey, make):
    image = Image.fromarray(grey)
    data = make.saved(image, "MPO", save_all=True, append_images=[image])
    with pytest.raises(PhotoError, match="several pictures of one size"):
        read(data)


def test_odd_sizes_are_valid(make):
    assert read(make.saved(Image.new("L", (1, 1), 7), "PNG")).pixels.tolist() == [[7]]
    wide = np.arange(100_000).astype(np.uint8)[None]
    assert np.array_equal(read(make.saved(Image.fromarray(wide), "PNG")).pixels, wide)
    tall = np.repeat(wide.T[..., None], 3, 2) + np.array([0, 1, 2], np.uint8)
    assert np.array_equal(read(make.saved(Image.fromarray(tall), "TIFF")).pixels, tall)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr"])
def test_pillow_pictures_of_all_kinds(color, mode):
    image = Image.fromarray(color).convert(mode)
    photograph = from_pillow(image)
    expected = np.asarray(image.convert("RGB"))
    pixels = photograph.pixels
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, 2)
    assert np.array_equal(pixels, expected)
    assert photograph.orientation == 1
    assert photograph.sha256 is None


def test_a_pillow_picture_is_turned_upright(grey):
    image = Image.fromarray(grey)
    image.getexif()[274] = 8
    assert np.array_equal(from_pillow(image).pixels, np.asarray(ImageOps.exif_transpose(image)))
    assert from_pillow(image).orientation == 1


@pytest.mark.parametrize("record", [b"nonsense" * 9, b"MM"])
def test_a_pillow_picture_with_broken_exif(grey, make, record):
    data = make.saved(Image.fromarray(grey), "PNG", exif=b"Exif\0\0" + record)
    assert np.array_equal(from_pillow(Image.open(BytesIO(data))).pixels, grey)


def test_a_pillow_picture_of_a_marked_file_shows_its_mark(grey, make, mark):
    image = Image.open(BytesIO(make.saved(Image.fromarray(grey), "WEBP", xmp=mark.to_xmp())))
    assert from_pillow(image).mark == mark
