import os
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import get_sampling
from PIL.PngImagePlugin import PngInfo

from rehue.color import fit_to_gamut, lab_to_srgb, lightness, srgb_to_lab
from rehue.errors import PhotoError
from rehue.photo import (
    Photograph,
    check_target,
    from_pillow,
    losses,
    read,
    result_format,
    to_pillow,
    upright,
    write,
)
from rehue.photo.samples import profile


@pytest.fixture(scope="module")
def colored(grey):
    """A result: the grey photograph's lightness with a smooth made-up colour."""
    lab = np.empty((*grey.shape, 3), np.float32)
    lab[..., 0] = lightness(grey)
    rows, columns = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    lab[..., 1] = 30 * np.sin(columns / 20)
    lab[..., 2] = 40 * np.cos(rows / 25)
    return lab_to_srgb(fit_to_gamut(lab), np.uint8)


@pytest.fixture
def source(grey, make, folder):
    path = folder / "old.png"
    path.write_bytes(make.saved(Image.fromarray(grey), "PNG"))
    return read(path)


def written(photograph, rgb, mark, **options):
    file = BytesIO()
    write(photograph, rgb, file, mark, **options)
    return file.getvalue()


def l_difference(first, second):
    return np.abs(lightness(first) - lightness(second))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_lossless_results_are_exact_and_marked(source, colored, mark, kind):
    data = written(source, colored, mark, format=kind)
    back = read(data)
    assert Image.open(BytesIO(data)).format == kind
    assert np.array_equal(back.pixels, colored)
    assert back.mark == mark


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("quality", [30, 75, 92, 97])
def test_lossy_results_keep_lightness(grey, make, colored, mark, kind, quality):
    photograph = read(make.saved(Image.fromarray(grey), kind, quality=quality))
    assert not photograph.carried.lossless or kind == "JPEG"
    back = read(written(photograph, colored, mark))
    assert back.mark == mark
    # At least as good as a plain JPEG of quality 90 keeps the picture.
    plain = np.asarray(
        Image.open(BytesIO(make.saved(Image.fromarray(colored), "JPEG", quality=90)))
    )
    limit = 1.05 * l_difference(plain, colored).mean()
    assert l_difference(back.pixels, colored).mean() < limit


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_lightness_of_the_source_is_kept(source, colored, grey, mark, kind):
    # Rounding to 8 bits alone: 0.07 on average, 0.26 at most.
    difference = l_difference(read(written(source, colored, mark, format=kind)).pixels, grey)
    assert difference.mean() < 0.10
    assert difference.max() < 0.40


def test_jpeg_tables_are_no_coarser_than_the_sources(grey, make, colored, mark):
    for quality in (40, 95, 99):
        data = make.saved(Image.fromarray(grey), "JPEG", quality=quality)
        before = Image.open(BytesIO(data)).quantization[0]
        after = Image.open(BytesIO(written(read(data), colored, mark)))
        assert all(new <= old for new, old in zip(after.quantization[0], before, strict=True))
        if quality >= 90:
            assert after.quantization[0] == before


@pytest.mark.parametrize("quality", [50, 75, 95])
@pytest.mark.parametrize("paper", ["#fff4e0", "#ffffff"])
def test_a_toned_jpeg_keeps_its_table_of_luma(grey, color, make, colored, mark, quality, paper):
    toned = ImageOps.colorize(Image.fromarray(grey), "#201008", paper)
    data = make.saved(toned, "JPEG", quality=quality)
    before = Image.open(BytesIO(data)).quantization
    after = Image.open(BytesIO(written(read(data), colored, mark))).quantization
    assert after[0] == before[0]
    assert all(new <= old for new, old in zip(after[1], before[1], strict=True))
    asked = Image.open(BytesIO(written(read(data), colored, mark, quality=90))).quantization
    assert asked[0] == Image.open(BytesIO(make.saved(toned, "JPEG", quality=90))).quantization[0]
    # What is in colour already has another luma, and is coded finely.
    data = make.saved(Image.fromarray(color), "JPEG", quality=quality)
    after = Image.open(BytesIO(written(read(data), colored, mark))).quantization
    finest = Image.open(BytesIO(make.saved(toned, "JPEG", quality=90))).quantization
    assert all(new <= old for new, old in zip(after[0], finest[0], strict=True))


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_jpeg_keeps_subsampling_and_scans(color, make, mark, subsampling):
    for progressive in (False, True):
        data = make.saved(
            Image.fromarray(color), "JPEG", subsampling=subsampling, progressive=progressive
        )
        result = Image.open(BytesIO(written(read(data), color, mark)))
        assert get_sampling(result) == subsampling
        assert bool(result.info.get("progressive")) == progressive


COMPRESSIONS = ["raw", "tiff_lzw", "packbits", "lzma", "zstd", "tiff_adobe_deflate", "jpeg"]


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_tiff_keeps_its_compression(grey, make, colored, mark, compression):
    image = Image.fromarray(grey)
    data = make.saved(image, "TIFF", compression=compression, description="a title")
    result = Image.open(BytesIO(written(read(data), colored, mark)))
    assert result.info["compression"] == compression
    assert result.tag_v2[270] == "a title"
    result.load()


def test_one_bit_fax_becomes_deflate(mark, make):
    fax = make.saved(Image.new("1", (8, 8)), "TIFF", compression="group4")
    data = written(read(fax), np.zeros((8, 8, 3), np.uint8), mark)
    assert Image.open(BytesIO(data)).info["compression"] == "tiff_adobe_deflate"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("target", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_goes_over_without_its_thumbnail(grey, make, colored, mark, exif, kind, target):
    data = make.saved(Image.fromarray(grey), kind, exif=b"Exif\0\0" + exif)
    result = Image.open(BytesIO(written(read(data), colored, mark, format=target)))
    found = result.getexif()
    assert found[270] == "Grandmother, 1931"
    assert found[274] == 6
    assert found.get_ifd(34665)[36867] == "1931:05:01 12:00:00"
    assert found.get_ifd(34665)[37500] == b"maker note" * 20
    assert found.get_ifd(34853)[1] == "N"
    assert not found.get_ifd(1)


def test_exif_stays_byte_for_byte_from_jpeg_to_jpeg(grey, make, colored, mark, exif):
    data = make.saved(Image.fromarray(grey), "JPEG", exif=b"Exif\0\0" + exif)
    photograph = read(data)
    result = Image.open(BytesIO(written(photograph, colored, mark)))
    assert result.info["exif"] == b"Exif\0\0" + photograph.carried.exif
    assert b"maker note" * 20 in result.info["exif"]


@pytest.mark.parametrize("target", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_what_a_tiff_says_goes_over(grey, make, colored, mark, exif, target):
    record = Image.Exif()
    record.load(exif)
    record[33432], record[65000] = "© museum", b"private"
    file = BytesIO()
    Image.fromarray(grey).save(file, "TIFF", exif=record, dpi=(600, 600))
    photograph = read(file.getvalue())
    assert photograph.orientation == 6
    assert np.array_equal(photograph.pixels, grey)
    data = written(photograph, colored, mark, format=target)
    found = Image.open(BytesIO(data)).getexif()
    assert found[270] == "Grandmother, 1931"
    assert found[274] == 6
    assert found[65000] == b"private"
    assert found.get_ifd(34665)[36867] == "1931:05:01 12:00:00"
    assert read(data).orientation == 6


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_and_stored_order_stay(grey, make, colored, mark, kind, orientation):
    record = Image.Exif()
    record[274] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    data = make.saved(Image.fromarray(grey), kind, exif=record, **options)
    back = read(written(read(data), colored, mark))
    assert back.orientation == orientation
    assert back.pixels.shape == colored.shape
    assert l_difference(back.pixels, colored).mean() < 1.5


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_an_rgb_profile_stays_and_describes_the_result(color, make, mark, kind):
    icc = make.adobe_like_profile()
    options = {"lossless": True} if kind == "WEBP" else {}
    data = make.saved(Image.fromarray(color), kind, icc_profile=icc, **options)
    photograph = read(data)
    result = written(photograph, photograph.pixels, mark)
    assert Image.open(BytesIO(result)).info["icc_profile"] == icc
    assert np.abs(read(result).pixels.astype(int) - photograph.pixels).mean() < 3


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_grey_profile_becomes_srgb(grey, make, colored, mark, kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    icc = make.grey_profile(1.8)
    photograph = read(make.saved(Image.fromarray(grey), kind, icc_profile=icc, **options))
    assert photograph.pixels.ndim == 2
    assert np.abs(photograph.pixels.astype(int) - grey).max() > 10
    result = Image.open(BytesIO(written(photograph, colored, mark)))
    assert result.info["icc_profile"] == profile.srgb_profile()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_resolution_stays(grey, make, colored, mark, kind):
    data = make.saved(Image.fromarray(grey), kind, dpi=(240, 300))
    for target in ("JPEG", "PNG", "TIFF"):
        result = Image.open(BytesIO(written(read(data), colored, mark, format=target)))
        assert tuple(round(float(d)) for d in result.info["dpi"]) == (240, 300)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_existing_xmp_stays(grey, make, colored, mark, kind):
    theirs = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="shoebox 7"/>'
        b"</rdf:RDF></x:xmpmeta>"
    )
    if kind == "PNG":
        texts = PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", theirs)
        texts.add_text("Title", "Grossmutter")
        texts.add_itxt("Caption", "Großmutter ☃")
        options = {"pnginfo": texts}
    else:
        options = {"tiffinfo": {700: theirs}} if kind == "TIFF" else {"xmp": theirs}
    photograph = read(make.saved(Image.fromarray(grey), kind, **options))
    back = read(written(photograph, colored, mark))
    assert b'dc:source="shoebox 7"' in back.carried.xmp
    assert back.mark == mark
    assert back.carried.text == photograph.carried.text
    if kind == "PNG":
        assert dict(back.carried.text) == {"Title": "Grossmutter", "Caption": "Großmutter ☃"}


def test_captions_in_a_jpeg_stay_and_its_photoshop_thumbnail_goes(grey, make, colored, mark):
    def block(number, content):
        padded = content + b"\0" * (len(content) % 2)
        return (
            b"8BIM" + number.to_bytes(2, "big") + b"\0\0" + len(content).to_bytes(4, "big") + padded
        )

    caption = block(0x0404, b"\x1c\x02\x78\0\x03abc")
    resources = b"Photoshop 3.0\0" + block(1036, b"small grey picture") + caption
    segment = b"\xff\xed" + (len(resources) + 2).to_bytes(2, "big") + resources
    data = make.saved(Image.fromarray(grey), "JPEG", extra=segment, comment=b"box 7")
    result = written(read(data), colored, mark)
    assert b"small grey picture" in data
    assert b"small grey picture" not in result
    assert Image.open(BytesIO(result)).info["photoshop"] == {0x0404: b"\x1c\x02\x78\0\x03abc"}
    assert Image.open(BytesIO(result)).info["comment"] == b"box 7"
    assert caption in written(read(data), colored, mark, format="TIFF")


@pytest.mark.parametrize("target", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_alpha_stays(grey, make, colored, mark, kind, target):
    alpha = np.ascontiguousarray(grey[::-1])
    image = Image.fromarray(grey)
    image.putalpha(Image.fromarray(alpha))
    back = read(written(read(make.saved(image, kind)), colored, mark, format=target))
    assert np.array_equal(back.alpha, alpha)
    assert np.array_equal(back.pixels, colored)


def test_a_jpeg_refuses_transparency_but_not_an_idle_alpha(color, mark):
    file = BytesIO()
    clear = Photograph(color, alpha=np.full(color.shape[:2], 254, np.uint8))
    with pytest.raises(PhotoError, match=r"transparent parts.*: write a \.png"):
        write(clear, color, file, mark, format="JPEG")
    opaque = replace(clear, alpha=np.full(color.shape[:2], 255, np.uint8))
    assert read(written(opaque, color, mark, format="JPEG")).pixels.shape == color.shape


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_same_input_gives_the_same_bytes(grey, make, colored, mark, exif, kind):
    data = make.saved(Image.fromarray(grey), "JPEG", exif=b"Exif\0\0" + exif, dpi=(300, 300))
    first, second = (written(read(data), colored, mark, format=kind) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.JPG", "JPEG"),
        ("a.jpeg", "JPEG"),
        ("a.png", "PNG"),
        ("a.webp", "WEBP"),
        ("a.TIF", "TIFF"),
    ],
)
def test_the_name_says_the_format(source, colored, mark, folder, name, kind):
    write(source, colored, folder / name, mark)
    assert Image.open(folder / name).format == kind


@pytest.mark.parametrize("kind", ["BMP", "GIF"])
def test_what_cannot_hold_colour_and_a_mark_becomes_png(grey, make, colored, mark, kind):
    photograph = read(make.saved(Image.fromarray(grey), kind))
    assert Image.open(BytesIO(written(photograph, colored, mark))).format == "PNG"


def test_an_ending_that_cannot_be(source, colored, mark, folder):
    target = folder / "a.gif"
    with pytest.raises(PhotoError, match="cannot hold a coloured picture and its mark"):
        write(source, colored, target, mark)
    assert not target.exists()


def test_formats_by_word(source, colored, mark):
    for word in ("jpg", "JPEG", "jpeg"):
        assert result_format(source, None, word) == "JPEG"
    assert result_format(source, Path("folder/without")) == "PNG"
    with pytest.raises(PhotoError, match="format `gif` is unknown: take JPEG"):
        written(source, colored, mark, format="gif")


def refused(*arguments, **options):
    with pytest.raises(PhotoError) as caught:
        write(*arguments, **options)
    message = str(caught.value)
    assert message.isprintable()
    return message


def test_a_target_that_exists_stays(source, colored, mark, folder):
    target = folder / "new.png"
    target.write_bytes(b"mine")
    assert "exists: name another file, or allow overwriting" in refused(
        source, colored, target, mark
    )
    assert target.read_bytes() == b"mine"
    write(source, colored, target, mark, overwrite=True)
    assert read(target).mark == mark


def test_the_source_is_never_replaced(source, colored, mark, folder, monkeypatch):
    before = source.path.read_bytes()
    monkeypatch.chdir(folder)
    for name in (source.path, Path(source.path.name), folder / ".." / folder.name / "old.png"):
        message = refused(source, colored, name, mark, overwrite=True)
        assert "is the photograph itself: name another file" in message
    assert source.path.read_bytes() == before


def test_targets_that_cannot_be(source, colored, mark, folder):
    assert "is a folder: name a file in it" in refused(source, colored, folder, mark)
    missing = folder / "none" / "a.png"
    assert "there is no folder" in refused(source, colored, missing, mark)
    under_a_file = source.path / "a.png"
    assert "there is no folder" in refused(source, colored, under_a_file, mark)
    too_long = folder / ("x" * 300 + ".png")
    assert "cannot be written" in refused(source, colored, too_long, mark)
    assert "cannot be written" in refused(source, colored, folder / "a\0b.png", mark)
    assert [path.name for path in folder.iterdir()] == ["old.png"]


@pytest.mark.skipif(
    os.name == "nt" or (hasattr(os, "geteuid") and os.geteuid() == 0),
    reason="administrators may write anywhere",
)
def test_a_folder_without_rights(source, colored, mark, folder):
    folder.chmod(0o500)
    try:
        assert "cannot be written (Permission denied)" in refused(
            source, colored, folder / "a.png", mark
        )
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["replace", "write"])
def test_nothing_half_written_is_left(source, colored, mark, folder, monkeypatch, failure, step):
    def fail(*_):
        raise failure

    if step == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        opened = Path.open

        def failing(path, mode="r", *more, **options):
            file = opened(path, mode, *more, **options)
            if "x" in mode:
                file.close()  # what follows cannot write
                fail()
            return file

        monkeypatch.setattr(Path, "open", failing)
    expected = PhotoError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        write(source, colored, folder / "new.png", mark)
    if expected is PhotoError:
        assert "cannot be written (No space left on device)" in str(caught.value)
    assert [path.name for path in folder.iterdir()] == ["old.png"]


def test_a_stream_that_is_closed(source, colored, mark):
    file = BytesIO()
    file.close()
    assert "the stream given cannot be written" in refused(source, colored, file, mark)


@pytest.mark.parametrize(
    ("kind", "width", "limit"), [("JPEG", 65_501, "65,500"), ("WEBP", 16_384, "16,383")]
)
def test_sides_that_a_format_cannot_hold(mark, kind, width, limit):
    photograph = Photograph(np.zeros((1, width), np.uint8))
    rgb = np.zeros((1, width, 3), np.uint8)
    message = refused(photograph, rgb, BytesIO(), mark, format=kind)
    assert f"a {kind} holds at most {limit} a side: write a .png or .tif" in message
    assert np.array_equal(read(written(photograph, rgb, mark, format="TIFF")).pixels, rgb[..., 0])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_one_pixel(mark, kind):
    photograph = Photograph(np.array([[100]], np.uint8))
    rgb = np.array([[[120, 100, 80]]], np.uint8)
    back = read(written(photograph, rgb, mark, format=kind))
    assert np.abs(back.pixels.astype(int) - rgb).max() <= 3
    assert back.mark == mark


def test_a_hundred_thousand_by_one(mark, color):
    rgb = np.resize(color, (100_000, 1, 3)).copy()
    photograph = Photograph(rgb)
    assert np.array_equal(read(written(photograph, rgb, mark)).pixels, rgb)


def test_xmp_that_a_jpeg_cannot_hold(grey, make, colored, mark):
    theirs = mark.to_xmp().replace(b"<rdf:RDF", b"<!--" + b"x" * 70_000 + b"--><rdf:RDF")
    photograph = read(make.saved(Image.fromarray(grey), "WEBP", xmp=theirs))
    message = refused(photograph, colored, BytesIO(), mark, format="JPEG")
    assert "bytes of XMP" in message
    assert read(written(photograph, colored, mark, format="PNG")).mark == mark


@pytest.mark.parametrize("shape", [(5, 5, 3), (96, 128), (96, 128, 4)])
def test_a_result_of_another_shape(source, mark, shape):
    assert "found uint8 of shape" in refused(source, np.zeros(shape, np.uint8), BytesIO(), mark)


def test_check_target_says_it_before_any_work(source, folder):
    check_target(folder / "new.png", source, overwrite=False)
    with pytest.raises(PhotoError, match="is the photograph itself"):
        check_target(source.path, source, overwrite=True)
    with pytest.raises(PhotoError, match="exists"):
        check_target(source.path, overwrite=False)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_others_may_read_a_result_as_any_file(source, colored, mark, folder):
    write(source, colored, folder / "new.png", mark)
    (folder / "plain").touch()
    assert (folder / "new.png").stat().st_mode == (folder / "plain").stat().st_mode


def test_to_pillow_is_upright(grey, make, colored):
    record = Image.Exif()
    record[274] = 6
    photograph = read(make.saved(Image.fromarray(grey), "PNG", exif=record, dpi=(300, 300)))
    image = to_pillow(photograph, colored)
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), upright(colored, 6))
    assert round(image.info["dpi"][0]) == 300


def test_to_pillow_keeps_alpha(color):
    image = Image.fromarray(color)
    image.putalpha(Image.fromarray(color[..., 1]))
    result = to_pillow(from_pillow(image), color)
    assert result.mode == "RGBA"
    assert np.array_equal(np.asarray(result)[..., 3], color[..., 1])


def test_a_marked_result_is_known_again_after_a_change_of_format(source, colored, mark):
    for first in ("JPEG", "PNG", "WEBP", "TIFF"):
        for second in ("JPEG", "PNG", "WEBP", "TIFF"):
            once = read(written(source, colored, mark, format=first))
            assert read(written(once, colored, mark, format=second)).mark == mark


def test_lab_of_a_result_differs_only_in_colour(source, colored, mark):
    lab = srgb_to_lab(read(written(source, colored, mark)).pixels)
    assert np.abs(lab[..., 1:]).mean() > 5
    assert np.abs(lab[..., 0] - lightness(source.pixels)).max() < 0.4


def test_a_format_of_twelve_bits_loses_nothing_of_its_own(grey):
    import imagecodecs

    deep = np.repeat((grey.astype(np.uint16) << 2)[..., None], 3, axis=-1)
    photograph = read(imagecodecs.avif_encode(deep, bitspersample=10, level=95))
    assert losses(photograph, "AVIF") == ()
    assert losses(photograph, "PNG") == ()
    assert losses(photograph, "JPEG") == ("its 16 bits a sample become 8",)
    assert losses(photograph, "AVIF", 8) == ("its 16 bits a sample become 8",)
