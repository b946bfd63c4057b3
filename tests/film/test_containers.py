"""What goes with a film goes with its result, in every pair of codec and container."""

import json
import shutil
import subprocess
from fractions import Fraction

import av
import numpy as np
import pytest

from rehue.errors import FilmError
from rehue.film import FilmOptions, colorize_film
from rehue.film.encoding import CODECS

PAIRS = [(name, ending) for name, codec in CODECS.items() for ending in codec.containers]
CHAPTERS = [
    {
        "id": n + 1,
        "start": n * 500,
        "end": (n + 1) * 500,
        "time_base": Fraction(1, 1000),
        "metadata": {"title": f"part {n}"},
    }
    for n in range(2)
]


@pytest.mark.parametrize(("codec", "ending"), PAIRS)
def test_frames_times_and_sound(draw, tiny, tmp_path, codec, ending):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([18, 12], 64, 96, grain=2))
    out = tmp_path / f"out.{ending}"
    colorize_film(reel, out, tiny, options=FilmOptions(codec=codec))
    (before, times), (after, new_times) = draw.lumas(reel), draw.lumas(out)
    assert len(after) == 30
    assert new_times == pytest.approx(times, abs=1e-6)
    scale = 4 if after[0].dtype == np.uint16 else 1
    apart = [np.abs(a / scale - b).mean() for a, b in zip(after, before, strict=True)]
    assert max(apart) < 6  # the codec's own loss on grain
    with av.open(str(reel)) as one, av.open(str(out)) as other:
        assert other.streams.audio[0].codec_context.name == one.streams.audio[0].codec_context.name
        assert other.streams.video[0].codec_context.name.startswith(
            {"av1": "libdav1d", "h264": "h264"}.get(codec, codec)
        )
        starts = [
            float(f.streams.audio[0].start_time * f.streams.audio[0].time_base)
            for f in (one, other)
        ]
        assert starts[0] == pytest.approx(starts[1], abs=0.025)
    old, new = draw.packets(reel, "audio"), draw.packets(out, "audio")
    assert [content for content, _ in old] == [content for content, _ in new]
    assert [float(t) for _, t in new] == pytest.approx([float(t) for _, t in old], abs=0.001)


def test_all_that_goes_along_in_matroska(draw, tiny, tmp_path):
    reel = draw.write_reel(
        tmp_path / "reel.mkv",
        draw.moving([30], 64, 96),
        subtitles=True,
        metadata={"title": "A reel", "OWN": "words"},
        chapters=CHAPTERS,
        attachment=("notes.txt", "text/plain", b"some words"),
        language="fre",
    )
    out = tmp_path / "out.mkv"
    colorize_film(reel, out, tiny)
    assert draw.packets(reel, "subtitle") == draw.packets(out, "subtitle")
    with av.open(str(out)) as film:
        assert film.metadata["title"] == "A reel"
        assert film.metadata["OWN"] == "words"
        assert "coloured by Rehue" in film.metadata["REHUE"]
        assert [c["metadata"]["title"] for c in film.chapters()] == ["part 0", "part 1"]
        assert film.streams.video[0].language == "fre"
        [attached] = [s for s in film.streams if s.type == "attachment"]
        assert (attached.metadata["filename"], attached.data) == ("notes.txt", b"some words")


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="read back with ffprobe")
@pytest.mark.parametrize("codec", ["h264", "ffv1", "hevc"])
def test_pixels_that_are_not_square_stay_so(draw, tiny, tmp_path, codec):
    frames = draw.moving([4], 64, 96)
    reel = draw.write_reel(
        tmp_path / "reel.mkv", frames, codec="libx264", aspect=Fraction(4, 3), sound=False
    )
    out = tmp_path / "out.mkv"
    colorize_film(reel, out, tiny, options=FilmOptions(codec=codec))
    asked = [
        "ffprobe",
        "-v",
        "error",
        "-show_entries",
        "frame=sample_aspect_ratio",
        "-of",
        "csv=p=0",
    ]
    said = subprocess.run([*asked, str(out)], capture_output=True, text=True, check=True).stdout
    assert said.replace(",", "").split() == ["4:3"] * 4


@pytest.mark.parametrize("ending", ["mp4", "mov"])
def test_all_that_goes_along_in_mp4_and_mov(draw, tiny, tmp_path, ending):
    reel = draw.write_reel(
        tmp_path / f"reel.{ending}",
        draw.moving([30], 64, 96),
        codec="libx264",
        metadata={"title": "A reel", "comment": "words"},
        chapters=CHAPTERS,
    )
    out = tmp_path / f"out.{ending}"
    colorize_film(reel, out, tiny)
    with av.open(str(out)) as film:
        assert film.metadata["title"] == "A reel"
        assert film.metadata["comment"] == "words"
        assert "coloured by Rehue" in film.metadata["rehue"]
        assert [c["metadata"]["title"] for c in film.chapters()] == ["part 0", "part 1"]


@pytest.mark.parametrize(("ending", "other"), [("mkv", "mkv"), ("mp4", "mp4"), ("mp4", "mkv")])
def test_a_cover_stays(draw, tiny, tmp_path, ending, other):
    plain = draw.write_reel(tmp_path / f"plain.{ending}", draw.moving([6], 64, 96), codec="libx264")
    reel, cover = tmp_path / f"reel.{ending}", draw.still("red")
    with av.open(str(plain)) as film, av.open(str(reel), "w") as covered:
        covered.metadata.update({"title": "A reel", "show": "Newsreels"})
        streams = {s.index: covered.add_stream_from_template(s, opaque=True) for s in film.streams}
        if ending == "mkv":
            covered.add_attachment("cover.jpg", "image/jpeg", cover)
        else:
            picture = covered.add_stream("mjpeg", rate=1)
            picture.width, picture.height, picture.pix_fmt = 32, 32, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
            packet = av.Packet(cover)
            packet.stream, packet.pts, packet.dts = picture, 0, 0
        if ending == "mp4":
            covered.mux(packet)
        for packet in film.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                covered.mux(packet)
    out, said = tmp_path / f"out.{other}", []
    colorize_film(reel, out, tiny, tell=said.append)
    assert said == []
    with av.open(str(out)) as film:
        named = {name.lower(): value for name, value in film.metadata.items()}
        assert (named["title"], named["show"]) == ("A reel", "Newsreels")
        held = [s for s in film.streams if s.disposition & av.stream.Disposition.attached_pic]
        assert [bytes(next(film.demux(s))) for s in held] == [cover]
    assert len(draw.lumas(out)[0]) == 6


def test_tags_that_have_no_place_beside_a_cover_are_said(draw, tiny, tmp_path):
    reel = draw.write_reel(
        tmp_path / "reel.mkv",
        draw.moving([6], 64, 96),
        codec="libx264",
        metadata={"title": "A reel", "archive": "Box 7"},
        attachment=("cover.jpg", "image/jpeg", draw.still("red")),
    )
    said = []
    colorize_film(reel, tmp_path / "out.mp4", tiny, tell=said.append)
    (line,) = said
    assert line.endswith("beside a cover for its tags ARCHIVE: name a .mkv file to keep them")
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert film.metadata["title"] == "A reel"
        assert "ARCHIVE" not in {name.upper() for name in film.metadata}
    colorize_film(reel, tmp_path / "out.mkv", tiny, tell=said.append)
    assert said == [line]


def test_what_a_container_cannot_hold_is_refused_before_any_work(draw, tiny, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([6], 64, 96), subtitles=True)
    with pytest.raises(FilmError, match=r"stream 2 \(subtitle.*does not go into .mp4: name a .mkv"):
        colorize_film(reel, tmp_path / "out.mp4", tiny)
    assert [p.name for p in tmp_path.iterdir()] == ["reel.mkv"]


def test_a_timecode_stays(draw, tiny, tmp_path):
    plain = draw.write_reel(tmp_path / "plain.mov", draw.moving([12], 64, 96), codec="libx264")
    reel = tmp_path / "reel.mov"
    with av.open(str(plain)) as film, av.open(str(reel), "w") as coded:
        streams = {s.index: coded.add_stream_from_template(s, opaque=True) for s in film.streams}
        streams[0].metadata["timecode"] = "01:02:03:04"
        for packet in film.demux():
            if packet.size:
                packet.stream = streams[packet.stream_index]
                coded.mux(packet)
    out = tmp_path / "out.mov"
    colorize_film(reel, out, tiny)
    with av.open(str(out)) as film:
        assert "01:02:03:04" in [s.metadata.get("timecode") for s in film.streams]
        assert sum(s.type == "data" for s in film.streams) == 1


def test_pixels_and_colour_are_tagged(draw, tiny, tmp_path):
    cases = [("yuv420p", 1, 6), ("gray", 2, 6), ("yuv420p10le", 1, 6)]
    for pixels, full, matrix in cases:
        reel = draw.write_reel(
            tmp_path / f"{pixels}.mkv", draw.moving([4], 64, 96), pixels=pixels, sound=False
        )
        out = tmp_path / f"out-{pixels}.mkv"
        colorize_film(reel, out, tiny, options=FilmOptions(codec="ffv1"))
        with av.open(str(out)) as film:
            picture = next(film.decode(video=0))
            assert (picture.color_range, picture.colorspace) == (full, matrix)
            assert (picture.color_primaries, picture.color_trc) == (1, 1)


@pytest.mark.parametrize(
    ("pixels", "quality", "profile"),
    [
        ("yuv422p10le", 100, "apch"),
        ("yuv420p", 80, "apch"),
        ("yuv420p", 79, "apcn"),
        ("yuv420p", 59, "apcs"),
        ("yuv420p", 1, "apco"),
        ("yuv444p", 80, "ap4h"),
        ("yuv444p10le", 1, "ap4h"),
    ],
)
@pytest.mark.parametrize("ending", ["mov", "mkv"])
def test_prores_is_tagged_for_what_it_holds(draw, tiny, tmp_path, pixels, quality, profile, ending):
    reel = draw.write_reel(
        tmp_path / "reel.mkv", draw.moving([2], 64, 96), pixels=pixels, sound=False
    )
    out = tmp_path / f"out.{ending}"
    colorize_film(reel, out, tiny, options=FilmOptions("prores", quality))
    with av.open(str(out)) as film:
        assert film.streams.video[0].codec_context.codec_tag == profile
        is_full = next(film.decode(video=0)).format.name.startswith("yuv444")
        assert is_full == (profile == "ap4h")


@pytest.mark.parametrize("pixels", ["gray16le", "yuv420p16le", "gray14le"])
def test_a_film_that_only_ffv1_holds_is_inspected(draw, tmp_path, pixels):
    from rehue.film import inspect_film

    reel = draw.write_reel(
        tmp_path / "reel.mkv", draw.moving([2], 64, 96), pixels=pixels, sound=False
    )
    assert inspect_film(reel).fits == ("mkv",)


def test_disk_is_reckoned_by_what_codecs_take(draw, tiny, tmp_path):
    """Of frames that are all grain the work takes as much as is said, to within half."""
    from rehue.film import probe
    from rehue.film.encoding import choose_encoding

    for pixels, codec in (
        ("yuv420p", "ffv1"),
        ("yuv444p16le", "ffv1"),
        ("yuv420p", "prores"),
        ("yuv420p", "h264"),
    ):
        ending = CODECS[codec].containers[0]
        frames = draw.moving([4], 256, 320, grain=12)
        reel = draw.write_reel(tmp_path / f"{pixels}.mkv", frames, pixels=pixels, sound=False)
        out = tmp_path / f"out.{ending}"
        out.unlink(missing_ok=True)
        colorize_film(reel, out, tiny, options=FilmOptions(codec, 100))
        said = choose_encoding(probe(reel), codec, 100, ending).bytes_a_pixel
        assert 0.5 < said * 4 * 256 * 320 / out.stat().st_size < 2


def test_inspect_says_what_a_film_is_and_what_would_be_kept(draw, tiny_model, tmp_path):
    from typer.testing import CliRunner

    from rehue.cli import app

    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([6], 64, 96), subtitles=True)
    said = CliRunner().invoke(app, ["inspect", str(reel)])
    assert said.exit_code == 0, said.output
    for part in (
        "picture: stream 0: ffv1, 96 x 64, yuv420p, 24 frames a second, bt601 limited range",
        "goes along: stream 1: audio, aac, 44100 Hz, stereo",
        "goes along: stream 2: subtitle, srt",
        "already in colour: no",
        "a result goes into: .mkv",
        "nothing says that it was coloured",
    ):
        assert part in said.output
    run = CliRunner().invoke(app, ["colorize", str(reel), "--model", str(tiny_model)])
    assert run.exit_code == 0, run.output
    made = tmp_path / "reel.rehue.mkv"
    said = CliRunner().invoke(app, ["inspect", str(made)])
    assert said.exit_code == 0, said.output
    assert "model: tiny" in said.output
    assert f"source: {reel}, the same" in said.output
    reel.write_bytes(reel.read_bytes() + b"more")
    said = CliRunner().invoke(app, ["inspect", str(made), "--json"])
    assert said.exit_code == 1
    held = json.loads(said.output)
    assert (held["source_matches"], held["mark"]["model"]) == (False, "tiny")
