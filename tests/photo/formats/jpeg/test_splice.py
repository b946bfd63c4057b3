"""A grey JPEG's image data in a coloured JPEG: byte for byte, and shown by every decoder."""

import shutil
import subprocess
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rehue.errors import PhotoError
from rehue.photo import Chroma, read, write
from rehue.photo.formats.jpeg import splice
from rehue.photo.formats.jpeg.segments import segments

# Each writes a PNG of a JPEG.
DECODERS = {
    "djpeg": ["djpeg", "-bmp", "-outfile", "OUT.bmp", "IN"],
    "ImageMagick": ["convert", "IN", "OUT.bmp"],
    "libvips": ["vips", "copy", "IN", "OUT.png"],
    "FFmpeg": ["ffmpeg", "-v", "error", "-y", "-i", "IN", "-pix_fmt", "rgb24", "OUT.bmp"],
}


def colored(data, mark, chroma=None):
    photograph = read(data)
    height, width = photograph.pixels.shape[:2]
    rows, columns = np.mgrid[: -(-height // 2), : -(-width // 2)]
    smooth = [np.uint8(128 + 30 * np.sin(rows / 9 + n) * np.cos(columns / 11)) for n in (0, 1)]
    file = BytesIO()
    write(photograph, chroma or Chroma(*smooth), file, mark)
    return file.getvalue()


def shown(data):
    return np.asarray(Image.open(BytesIO(data)).convert("RGB")).astype(int)


def luma(data):
    """Y as libjpeg decodes it, without a step to RGB."""
    picture = Image.open(BytesIO(data))
    picture.draft("YCbCr" if picture.mode == "RGB" else "L", picture.size)
    return np.asarray(picture.convert(picture.mode))[..., 0] if picture.mode != "L" else picture


def test_image_data_stand_in_the_result_and_come_out_again(kinds, mark):
    for name, data in kinds.items():
        result = colored(data, mark)
        grey = splice.image_data(data)
        assert splice.luma_of(result) == grey, name
        scans = [s.coded for s in segments(grey) if s.coded]
        assert [s.coded for s in segments(result) if s.coded][: len(scans)] == scans, name
        assert np.array_equal(luma(result), np.asarray(Image.open(BytesIO(data)))), name


def test_only_the_file_itself_is_in_normal_form(kinds):
    for name, data in kinds.items():
        grey = splice.image_data(data)
        assert splice.image_data(grey) == grey, name
        assert np.array_equal(Image.open(BytesIO(grey)), Image.open(BytesIO(data))), name


def test_the_chroma_is_what_was_given(kinds, mark):
    for name in ("baseline", "progressive", "restarts by blocks", "other numbers"):
        photograph = read(kinds[name])
        height, width = photograph.pixels.shape[:2]
        plane = np.full((-(-height // 2), -(-width // 2)), 100, np.uint8)
        result = Image.open(BytesIO(colored(kinds[name], mark, Chroma(plane, 255 - plane))))
        result.draft("YCbCr", result.size)
        result.load()
        cb, cr = np.asarray(result)[..., 1:].reshape(-1, 2).T
        assert (np.abs(cb.astype(int) - 100) <= 1).all(), name
        assert (np.abs(cr.astype(int) - 155) <= 1).all(), name


@pytest.mark.parametrize("decoder", DECODERS)
def test_other_decoders_show_the_same(kinds, mark, tmp_path, decoder):
    if not shutil.which(DECODERS[decoder][0]):
        pytest.skip(f"{decoder} is not installed")
    for number, (name, data) in enumerate(kinds.items()):
        result = colored(data, mark)
        source = tmp_path / f"{number}.jpg"
        source.write_bytes(result)
        command = [
            part.replace("IN", str(source)).replace("OUT", str(source.with_suffix("")))
            for part in DECODERS[decoder]
        ]
        subprocess.run(command, check=True, capture_output=True)
        (picture,) = tmp_path.glob(f"{number}.[bp][mn][pg]")
        difference = np.abs(np.asarray(Image.open(picture).convert("RGB")) - shown(result))
        # FFmpeg has another inverse transform, and brings chroma up in another way.
        assert difference.mean() < (3 if decoder == "FFmpeg" else 0.01), name


@pytest.mark.skipif(not shutil.which("jpegtran"), reason="jpegtran is not installed")
def test_jpegtran_takes_the_originals_coefficients_out(kinds, mark, tmp_path):
    def grey(data):
        command = ["jpegtran", "-grayscale", "-copy", "none"]
        return subprocess.run(command, input=data, capture_output=True, check=True).stdout

    for name, data in kinds.items():
        # Sampling factors mean nothing of one component, and jpegtran keeps them.
        assert grey(colored(data, mark)) == grey(splice.image_data(data)), name


def test_what_stands_beside_comes_as_it_does_into_other_results(kinds, make, grey, mark, exif):
    data = make.saved(
        Image.fromarray(grey), "JPEG", exif=b"Exif\0\0" + exif, dpi=(240, 300), comment=b"box 7"
    )
    result = read(colored(data, mark))
    source = read(data)
    assert result.mark == mark
    assert result.carried.exif == source.carried.exif
    assert result.carried.dpi == (240, 300)
    assert result.carried.comments == (b"box 7",)
    assert b"Adobe" not in colored(kinds["Adobe's segment"], mark)


def test_a_profile_that_moves_greys_moves_luma(grey, make):
    picture = Image.fromarray(grey)
    plain = read(make.saved(picture, "JPEG", icc_profile=make.srgb_profile()))
    assert plain.carried.jpeg.image_data
    moved = read(make.saved(picture, "JPEG", icc_profile=make.dot_gain_profile()))
    assert moved.carried.jpeg.image_data is None
    assert moved.carried.jpeg.not_kept == "its profile is not sRGB's"


@pytest.mark.skipif(not shutil.which("cjpeg"), reason="cjpeg is not installed")
def test_arithmetic_coding_is_not_kept(grey, tmp_path):
    Image.fromarray(grey).save(tmp_path / "a.pgm")
    command = ["cjpeg", "-arithmetic", str(tmp_path / "a.pgm")]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    assert read(data).carried.jpeg.not_kept == "it is coded arithmetically"


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda d: d.replace(b"\xff\xd1", b"\xff\xd2", 1), "its restart markers are out of order"),
        (lambda d: d.replace(b"\xff\xd1", b"", 1), "its restart markers are out of order"),
        (lambda d: d.replace(b"\xff\xda", b"\x00\xff\xda", 1), "there are stray bytes at"),
        (lambda d: d[:-2], "its last scan has no end"),
        (lambda d: d[:200], "a segment is cut off"),
        (lambda d: d.replace(b"\xff\xc0", b"\xff\xc3", 1), "it is lossless"),
        (lambda d: d.replace(b"\xff\xc0", b"\xff\xc5", 1), "it is hierarchical"),
        (lambda d: d.replace(b"\xff\xc0\0\x0b\x08", b"\xff\xc1\0\x0b\x0c", 1), "it has 12 bits"),
        (lambda d: d.replace(b"\x01\x01\x11\0", b"\x01\xfd\x11\0"), "its component's number is"),
        (lambda d: d.replace(b"\xff\xd9", b"\xff\xdc\0\x04\0\x3d\xff\xd9"), "its height comes"),
    ],
)
def test_what_is_not_kept_says_why(kinds, damage, reason):
    with pytest.raises(splice.NotKeptError, match=reason):
        splice.image_data(damage(kinds["restarts by blocks"]))


def test_chroma_goes_with_the_luma_of_a_grey_jpeg_alone(kinds, grey, color, make, mark):
    sources = [
        make.saved(Image.fromarray(grey), "PNG"),
        make.saved(Image.fromarray(color), "JPEG"),
        kinds["odd"],
    ]
    plane = np.full((48, 64), 128, np.uint8)
    for source in sources:
        with pytest.raises(PhotoError, match="with the luma of a grey JPEG"):
            colored(source, mark, Chroma(plane, plane))
    with pytest.raises(PhotoError, match="with the luma of a grey JPEG"):
        write(read(kinds["baseline"]), Chroma(plane, plane), BytesIO(), mark, format="PNG")


def test_a_file_saved_again_holds_no_luma_of_its_own(kinds, make, mark):
    again = make.saved(Image.open(BytesIO(colored(kinds["baseline"], mark))), "JPEG")
    assert splice.luma_of(again) is None
    assert splice.luma_of(kinds["baseline"]) is None
    assert splice.luma_of(b"\xff\xd8\xff\xd9") is None


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_damage_never_gives_a_broken_file(kinds, mark, data):
    whole = kinds[data.draw(st.sampled_from(sorted(kinds)))]
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(2, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 30))
    broken = bytes(broken[: len(broken) - cut])
    try:
        photograph = read(broken)
    except PhotoError:
        return
    settings_ = photograph.carried.jpeg
    if photograph.pixels.ndim != 2 or settings_ is None or settings_.image_data is None:
        return
    result = colored(broken, mark)
    # What libjpeg mends without a word, it mends in the result in the same way.
    assert np.array_equal(luma(result), photograph.pixels)
    assert splice.luma_of(result) == settings_.image_data
