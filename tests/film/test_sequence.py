import errno
import io
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

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


def held(folder, pattern="*"):
    return {path.name: path.read_bytes() for path in folder.glob(pattern) if path.is_file()}


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("number", [3, 5, 8])
def test_no_file_of_another_is_replaced(draw, tiny, tmp_path, overwrite, number):
    """Whichever of the numbers it has."""
    scans = draw.write_scans(tmp_path, draw.moving([6], 64, 96))
    mine = tmp_path / f"color-{number:04}.png"
    mine.write_bytes(b"mine")
    before = held(tmp_path)
    says = "was not made by Rehue" if overwrite else "is there already"
    with pytest.raises(FilmError, match=rf"{mine.name} {says}"):
        colorize_film(
            scans, tmp_path / "color-%04d.png", tiny, options=FilmOptions(overwrite=overwrite)
        )
    assert held(tmp_path) == before
    mine.rename(tmp_path / "color-0009.png")  # which no frame has
    colorize_film(scans, tmp_path / "color-%04d.png", tiny)
    assert (tmp_path / "color-0009.png").read_bytes() == b"mine"


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("way", ["same", "round about", "linked", "hard"])
def test_the_originals_are_not_replaced(draw, tiny, tmp_path, overwrite, way):
    folder = tmp_path / "in"
    folder.mkdir()
    scans = draw.write_scans(folder, draw.moving([4], 64, 96))
    target = scans
    if way == "round about":
        target = tmp_path / "in" / ".." / "in" / scans.name
    if way == "linked":
        (tmp_path / "other").symlink_to(folder)
        target = tmp_path / "other" / scans.name
    if way == "hard":
        (tmp_path / "color-0004.png").hardlink_to(folder / "scan-0004.png")
        target = tmp_path / "color-%04d.png"
    before = held(folder)
    with pytest.raises(FilmError, match="is the original itself"):
        colorize_film(scans, target, tiny, options=FilmOptions(overwrite=overwrite, recolor=True))
    assert held(folder) == before


def test_what_rehue_made_is_replaced_where_wished_and_no_original(draw, tiny, tmp_path):
    scans = draw.write_scans(tmp_path, draw.moving([4], 64, 96))
    target = tmp_path / "color-%04d.png"
    colorize_film(scans, target, tiny, options=FilmOptions(keep_work=True))
    with pytest.raises(FilmError, match="is there already"):
        colorize_film(scans, target, tiny)
    (tmp_path / "color-0005.png").write_bytes(b"spoilt")
    colorize_film(scans, target, tiny, options=FilmOptions(overwrite=True))
    assert (tmp_path / "color-0005.png").read_bytes() != b"spoilt"
    with pytest.raises(FilmError, match="was coloured by Rehue"):
        colorize_film(target, tmp_path / "again-%04d.png", tiny, options=FilmOptions(recolor=True))


@pytest.mark.parametrize("damaged", [3, 6, 12])
def test_a_result_has_the_number_of_its_scan(draw, tiny, tmp_path, damaged):
    """Those of the others do not move when one cannot be read."""
    scans = draw.write_scans(tmp_path, draw.moving([10], 64, 96))
    (tmp_path / "whole").mkdir()
    colorize_film(scans, tmp_path / "whole" / "color-%04d.png", tiny)
    (tmp_path / f"scan-{damaged:04}.png").write_bytes(b"damaged")
    colorize_film(scans, tmp_path / "color-%04d.png", tiny)
    made = held(tmp_path, "color-*.png")
    assert sorted(made) == [f"color-{n:04}.png" for n in range(3, 13) if n != damaged]
    luma = [
        np.asarray(Image.open(io.BytesIO(made[name])).convert("L"), int)
        - np.asarray(Image.open(tmp_path / "whole" / name).convert("L"), int)
        for name in made
    ]
    assert max(np.abs(apart).mean() for apart in luma) < 1


@pytest.mark.parametrize("kind", ["scans", "film"])
def test_parts_have_the_numbers_that_the_whole_has(draw, tiny, tmp_path, kind):
    frames, first = list(draw.moving([48], 64, 96)), 3
    if kind == "scans":
        source = draw.write_scans(tmp_path, frames)
    else:
        source, first = draw.write_reel(tmp_path / "reel.mkv", frames, sound=False), 1
    target = tmp_path / "color-%04d.png"
    for start, end in ((1.0, None), (0.0, 1.0)):
        colorize_film(source, target, tiny, options=FilmOptions(start=start, end=end))
        numbers = sorted(held(tmp_path, "color-*.png"))
        begins = first + round(24 * start)
        assert numbers == [f"color-{n:04}.png" for n in range(begins, first + 48)]
    with pytest.raises(FilmError, match=r"color-0030.png is there already"):
        colorize_film(source, target, tiny, options=FilmOptions(start=(30 - first) / 24 - 0.01))


def test_a_frame_that_is_lost_leaves_its_number_free(draw, tiny, tmp_path):
    frames = list(draw.moving([30], 64, 96))
    times = [round(n * 1000 / 24) for n in range(32) if n not in (10, 11)]
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, times=times, sound=False)
    colorize_film(reel, tmp_path / "color-%02d.png", tiny)
    numbers = {int(name[6:8]) for name in held(tmp_path, "color-*.png")}
    assert numbers == set(range(1, 33)) - {11, 12}


@pytest.mark.parametrize("stop", ["killed", "full"])
def test_what_was_stopped_while_files_are_written_goes_on(draw, tiny, tmp_path, monkeypatch, stop):
    """By the same command alone: other wishes, and files that were changed since, are refused."""
    from rehue.film import sequence
    from rehue.wishes import Coloring

    scans = draw.write_scans(tmp_path, draw.moving([8], 64, 96))
    target = tmp_path / "color-%04d.png"
    real, written = sequence._file, []

    def stopped(*arguments):
        written.append(1)
        if len(written) == 5:
            raise KeyboardInterrupt if stop == "killed" else OSError(errno.ENOSPC, "full")
        return real(*arguments)

    monkeypatch.setattr(sequence, "_file", stopped)
    with pytest.raises((KeyboardInterrupt, FilmError)) as raised:
        colorize_film(scans, target, tiny, options=FilmOptions(keep_work=True))
    assert stop == "killed" or "the same command goes on" in str(raised.value)
    assert len(held(tmp_path, "color-*.png")) == 4
    monkeypatch.undo()
    with pytest.raises(FilmError, match="is there already"):
        colorize_film(scans, target, tiny, Coloring(saturation=0.5))
    said = []
    colorize_film(scans, target, tiny, options=FilmOptions(keep_work=True), tell=said.append)
    assert len(held(tmp_path, "color-*.png")) == 8
    # Now it is done: what somebody has retouched since stays.
    with pytest.raises(FilmError, match="is there already"):
        colorize_film(scans, target, tiny, options=FilmOptions(keep_work=True))


def test_what_numbered_files_cannot_hold_is_said_before_any_work(draw, tiny, tmp_path):
    frames = list(draw.moving([6], 64, 96))
    reel = draw.write_reel(
        tmp_path / "reel.mkv",
        frames,
        subtitles=True,
        attachment=("notes.txt", "text/plain", b"some words"),
    )
    before = held(tmp_path)
    with pytest.raises(FilmError, match=r"audio, aac.*subtitle.*attachment.*would be lost.*-map"):
        colorize_film(reel, tmp_path / "color-%04d.png", tiny)
    assert held(tmp_path) == before
    silent = draw.write_reel(
        tmp_path / "silent.mkv", frames, sound=False, metadata={"title": "A reel"}
    )
    said = []
    colorize_film(silent, tmp_path / "color-%04d.png", tiny, tell=said.append)
    assert said == [f"{silent}: has metadata, which numbered files do not keep"]


@pytest.mark.parametrize(("name", "codec"), [("out.mkv", "ffv1"), ("color-%04d.tif", None)])
def test_disk_that_is_short_is_said_before_any_work(draw, tiny, tmp_path, monkeypatch, name, codec):
    scans = draw.write_scans(tmp_path, draw.moving([6], 64, 96), 16)
    usage = SimpleNamespace(free=6 * 64 * 96 * 3)
    monkeypatch.setattr("rehue.film.checking.shutil.disk_usage", lambda _: usage)
    said = []
    colorize_film(scans, tmp_path / name, tiny, options=FilmOptions(codec), tell=said.append)
    assert sum("will stop midway" in line for line in said) == 1


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
    assert f"{scans}: what its files say of themselves is not taken over" in said
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
