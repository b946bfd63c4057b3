"""Frames that are woven of fields: told, and parted where wished."""

import shutil
import subprocess
from fractions import Fraction

import av
import numpy as np
import pytest

from rehue.color.ycbcr import Coding, decode_ycbcr
from rehue.film import FilmOptions, colorize_film

FFV1 = FilmOptions(codec="ffv1")


def test_fields_are_told_and_parted_where_wished(draw, tiny, tmp_path):
    """Two fields of a moving picture, woven together."""
    frames = list(draw.moving([24], 64, 96))
    woven = []
    for one, other in zip(frames[::2], frames[1::2], strict=True):
        woven.append(one.copy())
        woven[-1][1::2] = other[1::2]
    options = {"x264-params": "tff=1", "crf": "10"}
    reel = draw.write_reel(tmp_path / "reel.mkv", woven, codec="libx264", options=options)
    said = []
    colorize_film(reel, tmp_path / "woven.mkv", tiny, tell=said.append)
    assert any("interlaced" in line for line in said), said
    said.clear()
    wished = FilmOptions("ffv1", deinterlace=True)
    colorize_film(reel, tmp_path / "parted.mkv", tiny, options=wished, tell=said.append)
    assert said == []
    (before, times), (after, new_times) = (
        draw.lumas(tmp_path / f"{n}.mkv") for n in ("woven", "parted")
    )
    assert new_times == pytest.approx(times, abs=0.002)

    def comb(luma):
        rows = luma.astype(int)
        return np.abs(rows[1:-1] * 2 - rows[:-2] - rows[2:]).mean()

    assert np.mean([comb(f) for f in after]) < 0.9 * np.mean([comb(f) for f in before])


def pulled_down(film):
    """Weave four frames of film into five of video, as telecine does: A, B, B/C, C/D, D."""
    for a, b, c, d in zip(film[::4], film[1::4], film[2::4], film[3::4], strict=False):
        yield a
        yield b
        for one, other in ((b, c), (c, d)):
            woven = one.copy()
            woven[1::2] = other[1::2]
            yield woven
        yield d


@pytest.mark.parametrize(
    ("kind", "says"),
    [("telecine", "telecine"), ("woven", "though it does not say"), ("film", None)],
)
def test_woven_frames_are_told_though_nothing_says_so(draw, tiny, tmp_path, kind, says):
    film = list(draw.moving([216], 96, 160, grain=6))[::3]
    frames = film
    if kind == "telecine":
        frames = list(pulled_down(film))
    if kind == "woven":
        frames = [one.copy() for one in film[::2]]
        for one, other in zip(frames, film[1::2], strict=True):
            one[1::2] = other[1::2]
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, rate=Fraction(30000, 1001), sound=False)
    said = []
    colorize_film(reel, tmp_path / "out.mkv", tiny, options=FFV1, tell=said.append)
    assert [says in line for line in said] == ([True] if says else [])


def read_with_ffprobe(path, what):
    asked = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", what]
    run = subprocess.run(
        [*asked, "-of", "csv=p=0", str(path)], capture_output=True, text=True, check=True
    )
    return [line.strip(",") for line in run.stdout.split()]


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="read back with ffprobe")
@pytest.mark.parametrize(
    ("codec", "ending"), [("h264", "mkv"), ("h264", "mp4"), ("ffv1", "mkv"), ("prores", "mov")]
)
def test_woven_fields_stay_woven_in_their_order(draw, tiny, tmp_path, codec, ending):
    options = {"x264-params": "bff=1", "crf": "10"}
    frames = draw.moving([8], 96, 160)
    reel = draw.write_reel(
        tmp_path / "reel.mkv", frames, codec="libx264", options=options, sound=False
    )
    assert read_with_ffprobe(reel, "stream=field_order") == ["bb"]
    out = tmp_path / f"out.{ending}"
    colorize_film(reel, out, tiny, options=FilmOptions(codec, quality=100))
    assert read_with_ffprobe(out, "stream=field_order")[0] in ("bb", "bt")
    if codec != "ffv1":  # whose frames do not say it themselves
        assert read_with_ffprobe(out, "frame=interlaced_frame,top_field_first") == ["1,0"] * 8
    if codec != "prores":
        (before, _), (after, _) = draw.lumas(reel), draw.lumas(out)
        assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_colour_is_shared_within_a_field(draw, tiny, tmp_path):
    """Two fields that have nothing in common: a chroma sample must fit the luma of its own."""
    dark, light = (np.full((64, 96), grey) for grey in (110.0, 240.0))
    woven = dark.copy()
    woven[1::2] = light[1::2]
    options = {"x264-params": "tff=1", "qp": "0"}
    reel = draw.write_reel(
        tmp_path / "reel.mkv", [woven] * 6, codec="libx264", options=options, sound=False
    )
    out = tmp_path / "out.mkv"
    colorize_film(reel, out, tiny, options=FFV1)
    with av.open(str(out)) as film:
        picture = next(film.decode(video=0))
    luma, *chroma = (
        np.frombuffer(plane, np.uint8).reshape(plane.height, -1)[:, : plane.width].astype(int)
        for plane in picture.planes
    )
    coding = Coding("bt601")
    for field in (0, 1):
        cb, cr = (plane[field::2].repeat(2, axis=0).repeat(2, axis=1) for plane in chroma)
        rgb = decode_ycbcr(luma[field::2], cb, cr, coding)
        # Half a code, and what a code is of the range.
        assert rgb.min() > -0.5 / 219 - 1e-3
        assert rgb.max() < 1 + 0.5 / 219 + 1e-3
    strength = [np.abs(plane - 128).mean(axis=1) for plane in chroma]
    assert max(np.abs(s[0::2] - s[1::2]).max() for s in strength) > 0
