from fractions import Fraction

import numpy as np
import pytest

from rehue.color import lightness, linear_to_srgb, srgb_to_linear
from rehue.errors import FilmError
from rehue.film import FilmOptions, colorize_film, probe


@pytest.mark.parametrize(
    ("bits", "ending"), [(8, "png"), (16, "png"), (8, "tif"), (16, "tif"), (16, "dpx"), (8, "dpx")]
)
def test_a_sequence_becomes_one_numbered_alike(draw, tiny, tmp_path, bits, ending):
    import av

    frames = list(draw.moving([12], 64, 96))
    scans = draw.write_scans(tmp_path, frames, bits)
    target = tmp_path / f"color-%04d.{ending}"
    assert colorize_film(scans, target, tiny) == 12
    made = sorted(tmp_path.glob(f"color-*.{ending}"))
    assert [p.name for p in made] == [f"color-{n:04}.{ending}" for n in range(3, 15)]
    assert "coloured by Rehue" in (tmp_path / f"color-%04d.{ending}.rehue.txt").read_text()
    for path, grey in zip(made, frames, strict=True):
        with av.open(str(path)) as film:
            picture = next(film.decode(video=0))
        assert picture.format.components[0].bits == bits
        rgb = picture.to_ndarray(format="rgb48le" if bits == 16 else "rgb24")
        light = lightness(rgb.astype(np.uint16 if bits == 16 else np.uint8))
        sample = grey.astype(np.uint8) if bits == 8 else (grey * 257).astype(np.uint16)
        # Luma is what is kept, so L moves with the strength of colour.
        assert np.abs(light - lightness(sample)).mean() < 2.5
        assert np.ptp(rgb.astype(int), axis=-1).mean() > 3 * (257 if bits == 16 else 1)


def test_a_sequence_becomes_a_film_with_its_luma(draw, tiny, tmp_path):
    frames = list(draw.moving([6], 64, 96))
    scans = draw.write_scans(tmp_path, frames, 16)
    out = tmp_path / "out.mkv"
    colorize_film(scans, out, tiny, options=FilmOptions("ffv1"))
    for luma, grey in zip(draw.lumas(out)[0], frames, strict=True):
        assert np.array_equal(luma, (grey * 257).astype(np.uint16))


def test_a_missing_number_is_one_line(draw, tiny, tmp_path):
    scans = draw.write_scans(tmp_path, draw.moving([6], 64, 96))
    (tmp_path / "scan-0005.png").unlink()
    with pytest.raises(FilmError, match="number 5 is missing"):
        probe(scans)
    with pytest.raises(FilmError, match="no such files"):
        probe(tmp_path / "none-%04d.png")


def test_what_is_there_is_not_replaced(draw, tiny, tmp_path):
    scans = draw.write_scans(tmp_path, draw.moving([3], 64, 96))
    (tmp_path / "color-0003.png").write_bytes(b"mine")
    with pytest.raises(FilmError, match=r"color-0003.png is there already"):
        colorize_film(scans, tmp_path / "color-%04d.png", tiny)
    with pytest.raises(FilmError, match="frames are written as"):
        colorize_film(scans, tmp_path / "color-%04d.gif", tiny)


def write_with_ffmpeg(folder, frames, ending, pixels):
    """Write frames (0..255) as numbered files in a format of FFmpeg's."""
    import av

    for number, grey in enumerate(frames, 1):
        rgb = np.repeat((grey / 255)[..., None], 3, axis=-1)
        if "f32" in pixels:
            samples = srgb_to_linear(rgb.astype(np.float32))
            samples = samples[..., 0] if pixels.startswith("gray") else samples
        else:
            bits = av.VideoFormat(pixels, 8, 8).components[0].bits
            samples = np.rint(rgb * ((1 << bits) - 1)).astype(np.uint16)
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(samples), format=pixels)
        context = av.CodecContext.create(ending, "w")
        context.width, context.height, context.pix_fmt = picture.width, picture.height, pixels
        context.time_base = Fraction(1, 24)
        content = [*context.encode(picture), *context.encode(None)]
        path = folder / f"scan-{number:06}.{ending}"
        path.write_bytes(b"".join(bytes(packet) for packet in content))
    return folder / f"scan-%06d.{ending}"


@pytest.mark.parametrize("pixels", ["gbrpf32le", "grayf32le"])
def test_linear_light_comes_back_as_linear_light(draw, tiny, tmp_path, pixels):
    import av

    frames = list(draw.moving([6], 64, 96))
    scans = write_with_ffmpeg(tmp_path, frames, "exr", pixels)
    said = []
    colorize_film(scans, tmp_path / "color-%06d.exr", tiny, tell=said.append)
    assert any("linear light" in line for line in said)
    for number, grey in enumerate(frames, 1):
        with av.open(str(tmp_path / f"color-{number:06}.exr")) as film:
            picture = next(film.decode(video=0))
        kind = np.float16 if "f16" in picture.format.name else np.float32
        green, blue, red = (
            np.frombuffer(plane, kind).reshape(64, -1)[:, :96] for plane in picture.planes
        )
        encoded = linear_to_srgb(np.stack([red, green, blue], -1).astype(np.float32))
        luma = encoded @ np.float32([0.2126, 0.7152, 0.0722])
        # What a half of 10 bits, and the grey written, can hold.
        assert np.abs(luma - grey / 255).mean() < 2e-3
        assert np.ptp(encoded, axis=-1).mean() > 0.02


@pytest.mark.parametrize(("bits", "pixels"), [(10, "gbrp10be"), (12, "gbrp12be")])
def test_the_depth_of_a_dpx_stays(draw, tiny, tmp_path, bits, pixels):
    import av

    scans = write_with_ffmpeg(tmp_path, draw.moving([4], 64, 96), "dpx", pixels)
    colorize_film(scans, tmp_path / "color-%06d.dpx", tiny)
    with av.open(str(tmp_path / "color-000002.dpx")) as film:
        assert next(film.decode(video=0)).format.components[0].bits == bits
