"""JPEG XL, judged by libjxl's own tools and exiftool."""

import contextlib
import json
import shutil
import subprocess
from io import BytesIO

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rehue.color import lightness
from rehue.color.srgb import linear_to_srgb
from rehue.errors import PhotoError
from rehue.photo import as_stored, losses, read, upright, with_bits, write
from rehue.photo.formats.jpegxl.bits import BitReader, BitWriter
from rehue.photo.formats.jpegxl.codestream import read_header, with_color
from rehue.photo.formats.jpegxl.icc import read_icc, write_icc
from rehue.photo.records.boxes import box, boxes


def ran(*command):
    tool = command[0]
    if shutil.which(tool) is None:
        package = "libimage-exiftool-perl" if tool == "exiftool" else "libjxl-tools"
        pytest.skip(f"{tool} is not installed (Debian: {package})")
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def by_cjxl(source, *options):
    target = source.with_name(f"{source.name}.jxl")
    ran("cjxl", source, target, *options)
    return target


def tinted(samples):
    """Samples in colour, of the same type."""
    rgb = np.stack([samples] * 3, axis=-1) if samples.ndim == 2 else samples
    return (rgb * np.array([1, 0.9, 0.8])).astype(samples.dtype)


def encoded(samples, **options):
    return bytes(imagecodecs.jpegxl_encode(samples, lossless=True, effort=1, **options))


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("with_alpha", [False, True])
def test_every_depth_is_written_without_loss_and_read_by_djxl(
    make, mark, color, folder, dtype, with_alpha
):
    samples = with_bits(color, {"uint8": 8, "uint16": 16, "float32": 32}[dtype])
    if dtype == "uint16":
        samples = samples - np.arange(96, dtype=np.uint16)[:, None, None]
    rgb = np.dstack([samples, samples[..., :1]]) if with_alpha else samples
    options = {"photometric": "rgb", "metadata": None, "iccprofile": make.adobe_like_profile()}
    options |= {"extrasamples": ["unassalpha"]} if with_alpha else {}
    file = BytesIO()
    tifffile.imwrite(file, rgb, resolution=(240, 300), resolutionunit=2, **options)
    photograph = read(file.getvalue())
    target = folder / "a.jxl"
    wanted = tinted(photograph.pixels)
    write(photograph, wanted, target, mark)

    result = read(target)
    assert result.bits == photograph.bits
    assert result.mark == mark
    # Through a profile and back: half a code there, half a code back.
    tolerance = {"uint8": 1 / 255, "uint16": 3 / 65535, "float32": 1e-6}[dtype]
    assert np.abs(with_bits(result.pixels, 32) - with_bits(wanted, 32)).max() <= tolerance + 1e-6
    assert result.carried.icc == photograph.carried.icc
    assert result.carried.dpi == photograph.carried.dpi
    assert result.carried.lossless
    if with_alpha:
        np.testing.assert_array_equal(result.alpha, photograph.alpha)
    if dtype != "float32":
        ran("djxl", target, folder / "a.png")
        stored = imagecodecs.jpegxl_decode(target.read_bytes())
        theirs = imagecodecs.png_decode((folder / "a.png").read_bytes())
        np.testing.assert_array_equal(theirs, stored)


@pytest.mark.parametrize("bits", [8, 16, 32])
def test_a_quality_gives_a_lossy_picture_of_the_same_colours(make, mark, color, folder, bits):
    profile = make.adobe_like_profile()
    photograph = read(make.saved(Image.fromarray(color), "PNG", icc_profile=profile))
    target = folder / "a.jxl"
    wanted = tinted(photograph.pixels)
    write(photograph, wanted, target, mark, bit_depth=bits, quality=90)

    result = read(target)
    assert result.bits == bits
    assert result.carried.icc == profile
    assert not result.carried.lossless
    assert np.abs(lightness(result.pixels) - lightness(wanted)).mean() < 1
    if bits == 8:  # Debian's libjxl is an earlier one
        ran("djxl", target, folder / "a.png")
        theirs = read(folder / "a.png").pixels
        assert np.abs(lightness(theirs) - lightness(result.pixels)).mean() < 0.5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright_both_ways(make, mark, grey, folder, orientation):
    turned = Image.Exif()
    turned[274], turned[270] = orientation, "In the garden"
    data = make.saved(Image.fromarray(as_stored(grey, orientation)), "PNG", exif=turned)
    photograph = read(data)
    target = folder / "a.jxl"
    write(photograph, tinted(photograph.pixels), target, mark)
    result = read(target)
    assert result.orientation == 1
    np.testing.assert_array_equal(result.pixels, tinted(grey))
    ran("djxl", target, folder / "seen.png")
    np.testing.assert_array_equal(np.asarray(Image.open(folder / "seen.png")), tinted(grey))

    # Another's file, which says in its header how it is turned.
    (folder / "b.png").write_bytes(data)
    theirs = read(by_cjxl(folder / "b.png", "-d", "0"))
    np.testing.assert_array_equal(upright(theirs.pixels, theirs.orientation), grey)


def test_records_are_where_exiftool_finds_them(make, mark, grey, exif, folder):
    photograph = read(
        make.saved(Image.fromarray(grey), "JPEG", exif=b"Exif\0\0" + exif, dpi=(240, 240))
    )
    write(photograph, tinted(photograph.pixels), folder / "a.jxl", mark)
    (said,) = json.loads(ran("exiftool", "-j", "-G1", "-n", folder / "a.jxl"))
    assert said["IFD0:ImageDescription"] == "Grandmother, 1931"
    assert said["IFD0:Orientation"] == 1
    assert said["IFD0:XResolution"] == 240
    assert said["ExifIFD:DateTimeOriginal"] == "1931:05:01 12:00:00"
    assert said["XMP-rehue:Model"] == mark.model


def test_a_resolution_without_a_record_gets_one(make, mark, grey, folder):
    photograph = read(make.saved(Image.fromarray(grey), "BMP", dpi=(300, 300)))
    write(photograph, tinted(photograph.pixels), folder / "a.jxl", mark)
    across, down = read(folder / "a.jxl").carried.dpi
    assert (round(across), round(down)) == (300, 300)


@pytest.mark.parametrize("distance", ["0", "1"])
@pytest.mark.parametrize("kind", ["adobe", "table", "grey"])
def test_profiles_that_libjxl_packed_are_unpacked(make, color, grey, folder, kind, distance):
    profile = {
        "adobe": make.adobe_like_profile(),
        "table": make.table_profile(),
        "grey": make.grey_profile(1.8),
    }[kind]
    samples = grey if kind == "grey" else color
    path = folder / "a.png"
    Image.fromarray(samples).save(path, icc_profile=profile)
    made = by_cjxl(path, "-d", distance)
    stream = made.read_bytes()
    header = read_header(stream if stream[0] == 0xFF else jxlc(stream))
    assert header.icc == profile
    # Lossy ones are coded as colours, and come without a way through the profile.
    ours, theirs = lightness(read(made).pixels), lightness(read(path).pixels)
    assert np.abs(ours - theirs).mean() < (1e-6 if distance == "0" else 1)


@settings(deadline=None)
@given(st.binary(max_size=3000))
def test_profiles_of_any_bytes_come_back(icc):
    made = BitWriter()
    write_icc(made, icc)
    assert read_icc(BitReader(made.to_bytes())) == icc


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=200))
def test_broken_codes_end_in_an_error(data):
    with contextlib.suppress(ValueError, EOFError):
        read_icc(BitReader(data))


def test_a_profile_that_swells_is_refused():
    made = BitWriter()
    made.put_u64(1 << 22)
    # No copies; one cluster; prefix codes, of one symbol that takes no bits.
    for value, count in ((0, 1), (1, 1), (0, 2), (1, 1), (8, 4), (0, 4), (0, 4), (0, 1)):
        made.put(value, count)
    with pytest.raises(ValueError, match="swells"):
        read_icc(BitReader(made.to_bytes() + bytes(100)))


def test_a_header_written_anew_says_another_profile_and_the_same_picture(make, color, folder):
    stream = encoded(color)
    profile = make.table_profile()
    changed = with_color(stream, profile)
    assert read_header(changed).icc == profile
    np.testing.assert_array_equal(imagecodecs.jpegxl_decode(changed), color)
    assert with_color(changed) == with_color(stream)
    (folder / "a.jxl").write_bytes(changed)
    assert f"{len(profile)}-byte ICC profile" in ran("jxlinfo", folder / "a.jxl")


@pytest.mark.parametrize("samples", ["uint16", "float32"])
def test_samples_that_are_linear_are_read_as_linear(grey, samples):
    # What imagecodecs says of its deep files.
    light = (with_bits(grey, 32) ** 2).astype(np.float32)
    stored = with_bits(light, 16) if samples == "uint16" else light
    photograph = read(encoded(stored))
    seen = with_bits(photograph.pixels, 32)
    assert np.abs(seen - linear_to_srgb(with_bits(stored, 32))).max() < 2e-3


def test_a_recompressed_jpeg_is_read_as_that_jpeg(make, mark, color, exif, folder):
    path = folder / "a.jpg"
    options = {"exif": b"Exif\0\0" + exif, "comment": b"shoebox 7", "dpi": (240, 300)}
    Image.fromarray(color).save(path, quality=85, icc_profile=make.adobe_like_profile(), **options)
    jpeg = read(path)
    again = read(by_cjxl(path, "-j", "1"))
    np.testing.assert_array_equal(again.pixels, jpeg.pixels)
    assert (again.kind, again.carried.format) == ("JPEGXL", "JPEGXL")
    assert again.orientation == jpeg.orientation == 6
    for name in ("exif", "icc", "comments", "dpi", "jpeg"):
        assert getattr(again.carried, name) == getattr(jpeg.carried, name)
    write(again, tinted(again.pixels), folder / "result.jxl", mark)
    assert read(folder / "result.jxl").mark == mark


def test_packed_records_are_unpacked(grey, exif):
    packet = b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>"
    whole = encoded(grey, usecontainer=True)
    first = [box(part.kind, part.content) for part in boxes(whole)]
    for kind, content in ((b"Exif", bytes(4) + exif), (b"xml ", packet)):
        first.insert(2, box(b"brob", kind, bytes(imagecodecs.brotli_encode(content))))
    photograph = read(b"".join(first))
    assert photograph.carried.xmp == packet
    assert photograph.carried.dpi == (240, 240)
    assert photograph.orientation == 1  # the header's, which decoders keep to


def test_a_record_that_swells_is_left_out(grey):
    whole = encoded(grey, usecontainer=True)
    swollen = bytes(imagecodecs.brotli_encode(bytes(100_000_000)))
    photograph = read(whole + box(b"brob", b"xml ", swollen))
    assert photograph.carried.xmp is None


def test_a_codestream_in_parts_is_read(color):
    whole = encoded(color, usecontainer=True)
    stream = jxlc(whole)
    middle = len(stream) // 2
    parts = [box(b"jxlp", bytes(4), stream[:middle])]
    parts.append(box(b"jxlp", b"\x80\0\0\1", stream[middle:]))
    head = [box(part.kind, part.content) for part in boxes(whole) if part.kind != b"jxlc"]
    np.testing.assert_array_equal(read(b"".join(head + parts)).pixels, color)


def test_ten_bits_fill_the_range(grey):
    ten = (grey.astype(np.uint16) << 2) | (grey >> 6)
    stream = with_color(encoded(ten, bitspersample=10))
    photograph = read(stream)
    assert photograph.bits == 16
    assert np.abs(with_bits(photograph.pixels, 8).astype(int) - grey).max() <= 1


def test_an_animation_is_refused(color):
    frames = np.stack([color, color[::-1]])
    with pytest.raises(PhotoError, match="is an animated JPEG XL, and Rehue colours pictures"):
        read(bytes(imagecodecs.jpegxl_encode(frames, lossless=True, photometric="rgb")))


def test_too_many_pixels_are_refused_by_the_header(color):
    with pytest.raises(PhotoError, match="128 x 96 pixels, more than the 1,000"):
        read(encoded(color), max_pixels=1000)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_a_file_that_is_cut_off_is_said_to_be(color, share):
    whole = encoded(color)
    with pytest.raises(PhotoError, match="cut off before its end"):
        read(whole[: max(4, int(len(whole) * share))])


def test_what_has_no_place_is_said(make, grey):
    photograph = read(make.saved(Image.fromarray(grey), "JPEG", comment=b"shoebox 7"))
    assert losses(photograph, "JPEGXL") == ("its comment has no place in a JPEGXL",)


def jxlc(whole):
    return next(part.content for part in boxes(whole) if part.kind == b"jxlc")
