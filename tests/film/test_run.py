import errno
import signal
import subprocess
import sys
from contextlib import suppress

import numpy as np
import pytest

from rehue import Colorizer
from rehue.errors import FilmError
from rehue.film import FilmOptions, colorize_film

FFV1 = FilmOptions(codec="ffv1")


@pytest.mark.parametrize(
    ("pixels", "options"),
    [
        ("yuv420p", FFV1),
        ("yuv422p10le", FFV1),
        ("yuv444p", FFV1),
        ("gray", FFV1),
        ("gray10le", FFV1),
        ("yuv420p", FilmOptions(codec="h264", quality=100)),
        ("yuv420p10le", FilmOptions(codec="h264", quality=100)),
        ("yuv420p", FilmOptions(codec="hevc", quality=100)),
        ("yuv420p10le", FilmOptions(codec="hevc", quality=100)),
    ],
)
def test_luma_stays_bit_for_bit(draw, tiny, tmp_path, pixels, options):
    frames = draw.moving([10], 64, 96, grain=4)
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, pixels=pixels, sound=False)
    out = tmp_path / "out.mkv"
    colorize_film(reel, out, tiny, options=options)
    (before, times), (after, new_times) = draw.lumas(reel), draw.lumas(out)
    assert times == new_times
    assert len(before) == len(after) == 10
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


def test_prores_has_the_same_luma_two_bits_higher(draw, tiny, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([8], 64, 96), sound=False)
    out = tmp_path / "out.mov"
    colorize_film(reel, out, tiny, options=FilmOptions(codec="prores", quality=100))
    (before, _), (after, _) = draw.lumas(reel), draw.lumas(out)
    # ProRes is no lossless codec: what it was given is there to within its own error.
    error = [a.astype(int) - b.astype(int) * 4 for a, b in zip(after, before, strict=True)]
    assert np.abs(np.mean(error)) < 1
    assert np.abs(error).mean() < 4


def test_there_is_colour_and_it_is_the_models(draw, tiny, reel, tmp_path):
    import av

    colorize_film(reel, tmp_path / "out.mkv", tiny, options=FFV1)
    with av.open(str(tmp_path / "out.mkv")) as film:
        picture = next(film.decode(video=0))
        rgb = picture.to_ndarray(format="rgb24")
        luma = np.frombuffer(picture.planes[0], np.uint8).reshape(picture.height, -1)[:, :160]
    # The tiny model gives greenish blue to what is dark and orange to what is light.
    warm = rgb[..., 0].astype(int) - rgb[..., 2]
    assert warm[luma > 150].mean() - warm[luma < 100].mean() > 20


# A run that dies, as by a power cut, some frames after it has closed so many segments.
DYING = """
import os, signal, sys
import rehue.film.segments as segments
from rehue.cli import main

segments._LONGEST, left = 1, [{segments}, 3]
close, add = segments.SegmentWriter.close, segments.SegmentWriter.add

def closing(self, following):
    left[0] -= 1
    return close(self, following)

def adding(self, frame):
    left[1] -= left[0] <= 0
    if not left[1]:
        os.kill(os.getpid(), signal.SIGKILL)
    add(self, frame)

segments.SegmentWriter.close, segments.SegmentWriter.add = closing, adding
main()
"""


def killed_after(segments, arguments):
    """Start a run that is killed in the midst of a segment, after so many that are whole."""
    code = DYING.replace("{segments}", str(segments))
    return subprocess.run([sys.executable, "-c", code, *arguments], check=False).returncode


@pytest.mark.parametrize(("codec", "ending"), [("ffv1", "mkv"), ("h264", "mkv"), ("h264", "mp4")])
def test_killed_runs_go_on_and_give_what_one_run_gives(
    draw, tiny_model, tmp_path, codec, ending, monkeypatch
):
    """One shot longer than a segment, and a cut; killed twice in the midst."""
    frames = draw.moving([70, 20], 64, 96, grain=3)
    reel = draw.write_reel(tmp_path / "reel.mkv", frames)
    monkeypatch.setattr("rehue.film.segments._LONGEST", 1)
    options = FilmOptions(codec=codec)
    whole = tmp_path / f"whole.{ending}"
    colorize_film(reel, whole, Colorizer(tiny_model, threads=1), options=options)
    killed = tmp_path / f"killed.{ending}"
    arguments = ["colorize", str(reel), "-o", str(killed), "--model", str(tiny_model)]
    arguments += ["--threads", "1", "--codec", codec, "--quiet"]
    work = tmp_path / f"killed.{ending}.rehue-work"
    for segments in (1, 2):
        assert killed_after(segments, arguments) == -signal.SIGKILL
        assert not killed.exists()
    before = {path: path.stat().st_mtime_ns for path in work.glob("*.npz")}
    assert len(before) >= 3
    assert killed_after(99, arguments) == 0
    assert killed.read_bytes() == whole.read_bytes()
    assert not work.exists()


def test_other_wishes_begin_anew(draw, tiny, reel, tmp_path):
    from rehue.wishes import Coloring

    out = tmp_path / "out.mkv"
    colorize_film(reel, out, tiny, options=FilmOptions(codec="ffv1", keep_work=True))
    first = {p.name for p in (tmp_path / "out.mkv.rehue-work").iterdir()}
    calm = Coloring(saturation=0.5)
    options = FilmOptions(codec="ffv1", keep_work=True, overwrite=True)
    said = []
    colorize_film(reel, out, tiny, calm, options, tell=said.append)
    second = {p.name for p in (tmp_path / "out.mkv.rehue-work").iterdir()}
    assert first & second == {"settings.json"}
    assert said == []


def test_times_of_a_variable_rate_stay(draw, tiny, tmp_path):
    times = [0, 40, 100, 101, 200, 340, 341, 900, 940, 1000]
    frames = list(draw.moving([10], 64, 96))
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, times=times)
    for name in ("out.mkv", "out.mp4"):
        colorize_film(reel, tmp_path / name, tiny)
        assert draw.lumas(tmp_path / name)[1] == pytest.approx([t / 1000 for t in times])


def shown(path):
    """Return when each frame is shown and how long, in seconds, and a film's whole duration."""
    import av

    with av.open(str(path)) as film:
        packets = [p for p in film.demux(video=0) if p.size]
        rows = sorted(
            (float(p.pts * p.time_base), float(p.duration * p.time_base)) for p in packets
        )
        return rows, film.duration / 1e6


@pytest.mark.parametrize("varies", [False, True])
@pytest.mark.parametrize("last", [0.01, 0.3, 5.0])
@pytest.mark.parametrize(
    ("ending", "into"),
    [("mkv", "mkv"), ("mp4", "mp4"), ("mov", "mkv"), ("mkv", "mp4"), ("ts", "mkv")],
)
def test_the_last_frame_is_shown_as_long_as_it_was(
    draw, tiny, tmp_path, varies, last, ending, into
):
    import av

    times = [0, 40, 100, 101, 200, 340, 341, 900, 940, 1000] if varies else None
    plain = draw.write_reel(
        tmp_path / f"plain.{ending}",
        draw.moving([10], 64, 96),
        codec="libx264",
        times=times,
        sound=False,
    )
    reel = tmp_path / f"reel.{ending}"
    with av.open(str(plain)) as film, av.open(str(reel), "w") as made:
        stream = made.add_stream_from_template(film.streams.video[0])
        packets = [p for p in film.demux(video=0) if p.size]
        ends = max(p.pts for p in packets)
        for packet in packets:
            if packet.pts == ends:
                packet.duration = round(last / packet.time_base)
            packet.stream = stream
            made.mux(packet)
    out = tmp_path / f"out.{into}"
    colorize_film(reel, out, tiny)
    (before, long), (after, made_long) = shown(reel), shown(out)
    if ending == "ts":  # which says nothing of it
        assert after[-1][1] > 0
        return
    assert before[-1][1] == pytest.approx(last, abs=0.002)
    assert made_long == pytest.approx(long, abs=0.002)
    if into == "mkv":  # MP4 says how long what is decoded last is shown, and the whole
        assert after[-1][1] == pytest.approx(last, abs=0.002)


def test_a_turned_film_is_seen_upright_and_stays_turned(draw, tiny, tmp_path):
    import av

    frames = list(draw.moving([6], 64, 96))
    reel = draw.write_reel(tmp_path / "reel.mp4", frames, codec="libx264", turn=90)
    out = tmp_path / "out.mp4"
    colorize_film(reel, out, tiny)
    with av.open(str(reel)) as before, av.open(str(out)) as after:
        turns = [next(f.decode(video=0)).rotation for f in (before, after)]
    assert turns[0] != 0
    assert turns[0] == turns[1]


def test_what_rehue_made_is_never_taken_for_an_original(tiny, reel, tmp_path):
    for name in ("a.mkv", "a.mp4", "a.mov"):
        colorize_film(reel, tmp_path / name, tiny)
        with pytest.raises(FilmError, match="was coloured by Rehue"):
            colorize_film(tmp_path / name, tmp_path / "b.mkv", tiny)


def test_a_disk_that_is_full_costs_nothing_that_is_done(tiny, reel, tmp_path, monkeypatch):
    """Not even where nothing at all can be written when a run goes on."""
    out, work = tmp_path / "out.mkv", tmp_path / "out.mkv.rehue-work"
    options = FilmOptions(codec="ffv1", keep_work=True)
    colorize_film(reel, out, tiny, options=options)
    out.unlink()
    before = {path.name: path.stat().st_mtime_ns for path in work.iterdir()}

    def full(path, data, *_):
        with path.open("wb") as file:
            file.write(data[: len(data) // 2].encode())
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.write_text", full)
        with suppress(FilmError):
            colorize_film(reel, out, tiny, options=options)
    out.unlink(missing_ok=True)
    colorize_film(reel, out, tiny, options=options)
    assert {path.name: path.stat().st_mtime_ns for path in work.iterdir()} == before
