"""Every bad input is one line that says what was wrong, what was found and what to do."""

import zlib
from io import BytesIO, StringIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from rehue.errors import PhotoError
from rehue.photo import MAX_PIXELS, from_pillow, read, tiff


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


@pytest.mark.parametrize(
    ("mode", "kind", "words"),
    [
        ("I;16", "PNG", "16 bits"),
        ("I;16", "TIFF", "16 bits"),
        ("I", "TIFF", "32 bits"),
        ("F", "TIFF", "32 bits"),
    ],
)
def test_deep_grey(make, mode, kind, words):
    data = make.saved(Image.new(mode, (4, 4)), kind)
    assert f"has {words} a sample: 8-bit pictures only for now" in line(data)


def test_deep_colour_that_pillow_would_reduce():
    def chunk(name, content):
        crc = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + crc

    head = (1).to_bytes(4, "big") * 2 + bytes([16, 2, 0, 0, 0])
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    data += chunk(b"IDAT", zlib.compress(b"\0" + bytes(6))) + chunk(b"IEND", b"")
    assert Image.open(BytesIO(data)).mode == "RGB"
    assert "has 16 bits a sample" in line(data)


def test_deep_colour_tiff():
    assert "has 16 bits a sample" in line(changed_tiff({258: 16}))


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_pillow_picture(mode):
    with pytest.raises(PhotoError, match="a sample: 8-bit pictures only for now"):
        from_pillow(Image.new(mode, (2, 2)))


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "PNG", "WEBP"])
def test_several_pages_or_frames(color, grey, make, kind):
    first, second = Image.fromarray(color), Image.fromarray(255 - color)
    data = make.saved(first, kind, save_all=True, append_images=[second])
    assert "holds several pages or frames" in line(data)


def test_a_small_copy_in_front(make, grey):
    # As in a raw file: the first directory of a TIFF is of a reduced picture.
    data = make.saved(Image.fromarray(grey), "TIFF")
    small = tiff.with_entries(data, [tiff.Entry(254, tiff.LONG, 1, b"\1\0\0\0")])
    assert "begins with a small copy" in line(small)


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
    entries, _ = tiff.read_directory(data.getvalue(), tiff.Layout.of(data.getvalue()))
    changed = [
        tiff.Entry(e.tag, tiff.LONG, e.count, values[e.tag].to_bytes(4, "little") * e.count)
        if e.tag in values
        else e
        for e in entries
    ]
    return b"II*\0\x08\0\0\0" + tiff.pack(changed, 8)


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


def test_text_bomb():
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "a" * 20_000_000, zip=True)
    data = BytesIO()
    Image.new("L", (2, 2)).save(data, "PNG", pnginfo=texts)
    assert len(data.getvalue()) < 100_000
    assert "too large" in line(data.getvalue())


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
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"]))
    options = {"exif": b"Exif\0\0" + exif} if kind not in {"BMP", "GIF", "TIFF"} else {}
    whole = bytearray(make.saved(Image.fromarray(grey[:24, :24]), kind, **options))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, min(len(whole), 400) - 1))] = data.draw(st.integers(0, 255))
    try:
        photograph = read(bytes(whole))
    except PhotoError as error:
        refusal = str(error)
    else:
        refusal = "" if photograph.pixels.dtype == np.uint8 else "\0"
    assert refusal.isprintable()
