"""Every bad input is one line that says what was wrong, what was found and what to do."""

import contextlib
import re
import struct
import zlib
from io import BytesIO, StringIO

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from rehue.errors import PhotoError
from rehue.photo import MAX_PIXELS, from_pillow, read
from rehue.photo.records import directories


def line(source):
    with pytest.raises(PhotoError) as caught:
        read(source)
    message = str(caught.value)
    assert "\n" not in message
    assert message.isprintable()
    assert ":" in message  # what was found, and then what to do
    return message


def test_missing(folder):
    assert "none.jpg does not exist" in line(folder / "none.jpg")


def test_empty(folder):
    path = folder / "empty.jpg"
    path.touch()
    assert "empty.jpg is empty (0 bytes)" in line(path)
    assert "the data given is empty" in line(b"")
    assert "the stream given is empty" in line(BytesIO())


def test_folder(folder):
    assert "is a folder, not a photograph" in line(folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<!DOCTYPE html><html><body>404</body></html>", "an HTML page"),
        (b"just some words", "text"),
        (b"PK\x03\x04" + bytes(40), "a ZIP archive"),
    ],
)
def test_no_picture(folder, content, words):
    path = folder / "photo.jpg"
    path.write_bytes(content)
    assert f"photo.jpg is not a picture that Rehue reads, it looks like {words}" in line(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_cut_off(color, make, kind, share):
    data = make.saved(Image.fromarray(color), kind)
    message = line(data[: int(len(data) * share)])
    assert "cut off" in message or "damaged" in message


def test_a_cut_jpeg_is_said_to_be_cut(color, make):
    data = make.saved(Image.fromarray(color), "JPEG")
    assert "the data given is cut off before its end" in line(data[: len(data) // 2])


def test_samples_of_no_kind_that_is_read(make):
    assert "has 32 bits a sample (signed whole numbers): save it with" in line(
        make.saved(Image.new("I", (4, 4)), "TIFF")
    )


@pytest.mark.parametrize("level", [np.nan, 40_000.0, -3.0])
def test_floats_of_another_scale(level):
    samples = np.full((4, 4), level, np.float32)
    assert "scale them to 0..1 first" in line(tiff_of(samples))


def tiff_of(samples, **options):
    file = BytesIO()
    tifffile.imwrite(file, samples, metadata=None, **options)
    return file.getvalue()


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_pillow_picture(mode):
    with pytest.raises(PhotoError, match="a sample: Pillow holds no colours as deep"):
        from_pillow(Image.new(mode, (2, 2)))


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_several_frames(color, grey, make, kind):
    first, second = Image.fromarray(color), Image.fromarray(255 - color)
    data = make.saved(first, kind, save_all=True, append_images=[second])
    assert "holds several pages or frames" in line(data)


def huge_png(width, height):
    data = BytesIO()
    Image.new("L", (1, 1)).save(data, "PNG")
    whole = bytearray(data.getvalue())
    whole[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    whole[29:33] = zlib.crc32(whole[12:29]).to_bytes(4, "big")
    return bytes(whole)


def huge_tiff(width, height):
    return changed_tiff({256: width, 257: height, 278: height})


def changed_tiff(values):
    """The head of a 1 x 1 colour TIFF with other numbers in some of its tags."""
    data = BytesIO()
    Image.new("RGB", (1, 1)).save(data, "TIFF")
    entries, _ = directories.read_directory(data.getvalue(), directories.Layout.of(data.getvalue()))
    changed = [
        directories.Entry(
            e.tag, directories.LONG, e.count, values[e.tag].to_bytes(4, "little") * e.count
        )
        if e.tag in values
        else e
        for e in entries
    ]
    return b"II*\0\x08\0\0\0" + directories.pack(changed, 8)


@pytest.mark.parametrize("bomb", [huge_png, huge_tiff])
def test_decompression_bomb_is_judged_by_its_header(bomb):
    limit = Image.MAX_IMAGE_PIXELS
    message = line(bomb(20_001, 10_000))
    assert f"20,001 x 10,000 pixels, more than the {MAX_PIXELS:,}" in message
    assert limit == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize("bomb", [huge_png, huge_tiff])
@pytest.mark.filterwarnings("error")
def test_the_limit_is_ours_and_not_pillows(bomb, monkeypatch):
    # What is allowed here and not by Pillow fails for its missing pixels alone.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    message = line(bomb(100, 60))
    assert "cut off" in message or "damaged" in message
    assert "pixels" not in message.replace("processed", "")
    assert Image.MAX_IMAGE_PIXELS == 1000


def test_large_tiff_loads_beyond_pillows_limit(grey, make, monkeypatch):
    data = make.saved(Image.fromarray(grey), "TIFF", compression="tiff_lzw")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert np.array_equal(read(data).pixels, grey)
    assert Image.MAX_IMAGE_PIXELS == 1000


def test_the_limit_is_the_callers():
    small = huge_png(100, 60)
    with pytest.raises(PhotoError, match="more than the 5,999 that Rehue opens"):
        read(small, max_pixels=5_999)


def gif_of(side, length):
    """A GIF that claims a side, with one frame of 8 x 8 pixels."""
    head = b"GIF89a" + struct.pack("<HH", side, side) + b"\x80\0\0" + bytes(3) + b"\xff" * 3
    frame = b"," + struct.pack("<HHHH", 0, 0, 8, 8) + b"\0\x02\x02L\x01\0;"
    return (head + frame).ljust(length, b"\0")


def test_work_is_bound_by_the_length_of_the_file():
    assert "claims 14,000 x 14,000 pixels in 565 bytes" in line(gif_of(14_000, 565))
    claimed = huge_png(14_000, 14_000)
    assert "more than any picture has" in line(claimed)
    # A photograph has a hundred times the bytes that are asked for.
    assert "more than any picture has" not in line(claimed.ljust(40_000, b"\0"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG2000", "TIFF"])
def test_a_white_page_is_believed(kind, make):
    page = Image.new("L" if kind == "JPEG2000" else "1", (2480, 3508), "white")
    options = {"compression": "group4"} if kind == "TIFF" else {}
    assert read(make.saved(page, kind, **options)).pixels.min() == 255


def test_pages_count_together(grey):
    pages = tiff_of(np.stack([grey] * 4), photometric="minisblack")
    assert len(read(pages, max_pixels=4 * grey.size).pages) == 4
    with pytest.raises(PhotoError, match="on 4 pages together"):
        read(pages, max_pixels=4 * grey.size - 1)


def test_pages_without_end(grey):
    data = bytearray(tiff_of(np.stack([grey] * 2), photometric="minisblack"))
    layout = directories.Layout.of(bytes(data))
    second = directories.next_directory(bytes(data), layout, layout.first)
    (count,) = struct.unpack_from("<H", data, second)
    struct.pack_into("<I", data, second + 2 + 12 * count, layout.first)
    assert "pages without end" in line(bytes(data))


@pytest.mark.parametrize(
    ("tag", "value", "words"),
    [
        (257, 0, "has no pixels"),
        (277, 60_000, "samples a pixel"),
        (259, 34_932, "does not read (compression 34932)"),
        (259, 6, "does not read (compression 6, JPEG of before 1995)"),
        (273, 1 << 31, "cut off before its end"),
        (279, 1 << 31, "cut off before its end"),
        (279, 0, "cut off before its end"),
        (322, 1 << 30, "tiles of"),
        (258, 64, "64 bits a sample"),
        (262, 8, "does not read (photometric interpretation 8 of 1 samples)"),
        (262, 32_844, "does not read (logarithms of luminance of 1 samples)"),
    ],
)
def test_lying_tiff_headers(grey, tag, value, words):
    tiled = {"tile": (96, 128)} if tag == 322 else {"rowsperstrip": 96}
    data = bytearray(tiff_of(grey, photometric="minisblack", **tiled))
    layout = directories.Layout.of(bytes(data))
    (count,) = struct.unpack_from("<H", data, layout.first)
    for at in range(layout.first + 2, layout.first + 2 + 12 * count, 12):
        if struct.unpack_from("<H", data, at)[0] == tag:
            struct.pack_into("<HHII", data, at, tag, 4, 1, value)
    assert words in line(bytes(data))


def test_a_jpeg_strip_larger_than_its_place(grey):
    data = bytearray(tiff_of(grey, photometric="minisblack", compression="jpeg"))
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, 60_000, 60_000)
    assert "in a smaller place" in line(bytes(data))


@pytest.mark.parametrize("compression", [None, "lzw", "zlib", "packbits", "jpeg", "zstd", "lzma"])
def test_a_tiff_cut_anywhere(grey, compression):
    data = tiff_of(grey, photometric="minisblack", compression=compression, rowsperstrip=16)
    assert read(data).pixels.shape == grey.shape
    for share in (0.05, 0.4, 0.8, 0.97):
        message = line(data[: int(len(data) * share)])
        assert "cut off" in message or "damaged" in message


@pytest.mark.parametrize("fill", [b"\0", b"\xff"])
@pytest.mark.parametrize("kind", ["jp2", "avif", "png"])
def test_deep_pictures_cut_off(kind, fill, grey):
    deep = grey.astype(np.uint16) * 257
    encode = {
        "jp2": lambda: imagecodecs.jpeg2k_encode(deep, codecformat="jp2", level=0, reversible=True),
        "avif": lambda: imagecodecs.avif_encode(deep >> 6, bitspersample=10, level=95),
        "png": lambda: imagecodecs.png_encode(deep),
    }[kind]
    data = encode()
    assert read(data).pixels.dtype == np.uint16
    for share in (0.03, 0.2, 0.6):
        try:
            message = line(data[: int(len(data) * share)])
        except pytest.fail.Exception:
            # A codestream that is cut between its passes is still a picture, if a coarser one.
            assert kind == "jp2"
            continue
        assert message.startswith("the data given ")


@pytest.mark.parametrize("kind", ["jp2", "avif"])
def test_deep_pictures_that_say_they_are_huge(kind, grey):
    deep = grey.astype(np.uint16) * 257
    if kind == "jp2":
        data = bytearray(imagecodecs.jpeg2k_encode(deep, codecformat="jp2", level=0))
        struct.pack_into(">II", data, data.index(b"\xff\x4f\xff\x51") + 8, 60_000, 60_000)
    else:
        data = bytearray(imagecodecs.avif_encode(deep >> 6, bitspersample=10, level=95))
        struct.pack_into(">II", data, data.index(b"ispe") + 8, 60_000, 60_000)
    message = line(bytes(data))
    assert "60,000 x 60,000 pixels" in message or "damaged" in message


def test_a_stream_without_end():
    class Endless:
        """Gives a PNG's first bytes, and then zeros for ever."""

        name = "endless"
        begun = False

        def read(self, size):
            first, self.begun = not self.begun, True
            return huge_png(4, 4)[:40] if first else bytes(size)

    with pytest.raises(PhotoError, match="too many for a picture of 1,000 pixels"):
        read(Endless(), max_pixels=1_000)


def test_text_bomb():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "a" * 20_000_000, zip=True)
    data = BytesIO()
    Image.new("L", (2, 2)).save(data, "PNG", pnginfo=texts)
    assert len(data.getvalue()) < 100_000
    photograph = read(data.getvalue())
    assert photograph.carried.text == ()
    assert photograph.notes == (
        "a text or profile is damaged, or longer than 16 MiB, and left out",
    )


def test_a_jpeg_of_endless_scans(grey, make):
    data = make.saved(Image.fromarray(grey), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    message = line(data[:last] + data[last:-2] * 501 + data[-2:])
    assert "more than 500 scans" in message


def test_decoders_say_nothing_on_standard_error(grey, capfd):
    for seed in range(40):
        data = bytearray(tiff_of(np.stack([grey] * 2), photometric="minisblack"))
        for at in np.random.default_rng(seed).integers(8, 260, 3):
            data[at] ^= 0xFF
        with contextlib.suppress(PhotoError):
            read(bytes(data))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF", "JPEG2000"])
def test_messages_are_for_people(kind, grey, make):
    whole = make.saved(Image.fromarray(grey), kind)
    said = set()
    for seed in range(60):
        draw = np.random.default_rng(seed)
        data = bytearray(whole)
        for at in draw.integers(2, min(len(data), 200), 4):
            data[at] = draw.integers(256)
        try:
            read(bytes(data[: draw.integers(len(data) // 2, len(data) + 1)]))
        except PhotoError as error:
            said.add(str(error))
    assert said
    programs = r"b'|\(-?\d+\)|unpack|buffer|broadcast|reshape|NoneType|Traceback|object|index out"
    assert [line for line in said if re.search(programs, line)] == []


def test_twelve_bit_jpeg(grey, make):
    data = bytearray(make.saved(Image.fromarray(grey), "JPEG"))
    data[data.index(b"\xff\xc0") + 4] = 12
    assert "12-bit" in line(bytes(data))


def test_a_name_with_a_line_break_or_a_zero_in_it(folder):
    assert r"two\nlines.jpg does not exist" in line(folder / "two\nlines.jpg")
    assert r"a\x00b.jpg cannot be read" in line("a\0b.jpg")


def test_a_text_stream():
    assert "open it in binary mode" in line(StringIO("text"))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_damage_is_read_or_refused_in_one_line(data, grey, make, exif):
    kind = data.draw(
        st.sampled_from(
            [
                "JPEG",
                "PNG",
                "WEBP",
                "TIFF",
                "BMP",
                "GIF",
                "AVIF",
                "JPEG2000",
                "deep TIFF",
                "deep PNG",
            ]
        )
    )
    small = grey[:24, :24]
    if kind == "deep TIFF":
        whole = bytearray(
            tiff_of(np.stack([small] * 2).astype(np.uint16), photometric="minisblack")
        )
    elif kind == "deep PNG":
        whole = bytearray(imagecodecs.png_encode(small.astype(np.uint16) * 257))
    else:
        options = {"exif": b"Exif\0\0" + exif} if kind in {"JPEG", "PNG", "WEBP", "AVIF"} else {}
        whole = bytearray(make.saved(Image.fromarray(small), kind, **options))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, min(len(whole), 400) - 1))] = data.draw(st.integers(0, 255))
    try:
        photograph = read(bytes(whole))
    except PhotoError as error:
        refusal = str(error)
    else:
        refusal = "" if photograph.pixels.dtype in (np.uint8, np.uint16, np.float32) else "\0"
    assert refusal.isprintable()
