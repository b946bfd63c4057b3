import os
import signal
import subprocess
import sys
import time
from fractions import Fraction

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


def killed_after(segments, arguments, work):
    """Kill a run when so many segments are whole."""
    code = (
        "import sys, rehue.film.segments as s; s._LONGEST = 1; from rehue.cli import main; main()"
    )
    run = subprocess.Popen([sys.executable, "-c", code, *arguments])
    until = time.monotonic() + 120
    while run.poll() is None and time.monotonic() < until:
        if len(list(work.glob("*.npz"))) >= segments:
            os.kill(run.pid, signal.SIGKILL)
        time.sleep(0.005)
    return run.wait()


@pytest.mark.parametrize("codec", ["ffv1", "h264"])
def test_killed_runs_go_on_and_give_what_one_run_gives(
    draw, tiny_model, tmp_path, codec, monkeypatch
):
    """One shot longer than a segment, and a cut; killed twice in the midst."""
    frames = draw.moving([70, 20], 64, 96, grain=3)
    reel = draw.write_reel(tmp_path / "reel.mkv", frames)
    monkeypatch.setattr("rehue.film.segments._LONGEST", 1)
    options = FilmOptions(codec=codec)
    colorize_film(reel, tmp_path / "whole.mkv", Colorizer(tiny_model, threads=1), options=options)
    killed = tmp_path / "killed.mkv"
    arguments = ["colorize", str(reel), "-o", str(killed), "--model", str(tiny_model)]
    arguments += ["--threads", "1", "--codec", codec, "--quiet"]
    work = tmp_path / "killed.mkv.rehue-work"
    for segments in (1, 3):
        assert killed_after(segments, arguments, work) == -signal.SIGKILL
        assert not killed.exists()
    before = {path: path.stat().st_mtime_ns for path in work.glob("*.npz")}
    assert len(before) >= 3
    assert killed_after(99, arguments, work) == 0
    assert killed.read_bytes() == (tmp_path / "whole.mkv").read_bytes()
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


def test_a_cut_off_film_is_told_and_coloured_as_far_as_it_goes(draw, tiny, tmp_path):
    frames = draw.moving([120], 64, 96, grain=8)
    reel = draw.write_reel(tmp_path / "reel.mkv", frames, codec="libx264", sound=False)
    reel.write_bytes(reel.read_bytes()[: reel.stat().st_size // 2])
    said = []
    out = tmp_path / "out.mkv"
    colorize_film(reel, out, tiny, tell=said.append)
    assert any("cut off" in line for line in said), said
    assert 10 < len(draw.lumas(out)[0]) < 110


def test_a_damaged_frame_is_told_with_its_time_and_the_others_keep_theirs(draw, tiny, tmp_path):
    frames = draw.moving([40], 64, 96, grain=2)
    reel = draw.write_reel(
        tmp_path / "reel.mkv", frames, sound=False, codec="libx264", options={"g": "1"}
    )
    content = bytearray(reel.read_bytes())
    found = draw.packets(reel, "video")
    place = content.find(found[20][0])
    content[place : place + len(found[20][0])] = bytes(len(found[20][0]))
    reel.write_bytes(content)
    said = []
    out = tmp_path / "out.mkv"
    colorize_film(reel, out, tiny, options=FFV1, tell=said.append)
    assert len(said) == 1, said
    assert "0:00:00.833" in said[0]
    times = draw.lumas(out)[1]
    assert len(times) == 39
    assert np.diff(times).max() == pytest.approx(2 / 24, abs=0.002)


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("out.avi", {}, "films are written as"),
        ("out.mov", {"codec": "ffv1"}, "ffv1 does not go into .mov: name a .mkv file"),
        ("out.mkv", {"codec": "xvid"}, "codec 'xvid' is unknown"),
        ("out.mkv", {"quality": 0}, "give 1 to 100"),
        ("reel.mkv", {}, "is the film itself"),
        ("none/out.mkv", {}, "no such folder"),
        ("there.mkv", {}, "is there already"),
        ("there.mkv", {"overwrite": True}, "was not made by Rehue"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(tiny, reel, tmp_path, name, options, says):
    (tmp_path / "there.mkv").write_bytes(b"something else")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FilmError, match=says):
        colorize_film(reel, tmp_path / name, tiny, options=FilmOptions(**options))
    assert sorted(tmp_path.iterdir()) == before


def test_what_rehue_made_is_never_taken_for_an_original(tiny, reel, tmp_path):
    for name in ("a.mkv", "a.mp4", "a.mov"):
        colorize_film(reel, tmp_path / name, tiny)
        with pytest.raises(FilmError, match="was coloured by Rehue"):
            colorize_film(tmp_path / name, tmp_path / "b.mkv", tiny)


def test_no_film_is_one_line(tiny, tmp_path):
    (tmp_path / "text.mkv").write_text("no film")
    with pytest.raises(FilmError, match="cannot be read as a film"):
        colorize_film(tmp_path / "text.mkv", tmp_path / "out.mkv", tiny)
    with pytest.raises(FilmError, match="No such file"):
        colorize_film(tmp_path / "none.mkv", tmp_path / "out.mkv", tiny)


def test_sound_alone_is_no_film(draw, tiny, tmp_path):
    import av

    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([12], 64, 96))
    with av.open(str(reel)) as film, av.open(str(tmp_path / "sound.mkv"), "w") as sound:
        stream = sound.add_stream_from_template(film.streams.audio[0])
        for packet in film.demux(film.streams.audio[0]):
            if packet.size:
                packet.stream = stream
                sound.mux(packet)
    with pytest.raises(FilmError, match="no moving picture, only audio"):
        colorize_film(tmp_path / "sound.mkv", tmp_path / "out.mkv", tiny)


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


def test_another_size_midway_is_one_line_and_what_is_done_is_kept(draw, tiny, tmp_path):
    parts = []
    for number, size in enumerate([(64, 96), (96, 64)]):
        frames = draw.moving([12], *size)
        part = draw.write_reel(tmp_path / f"{number}.h264", frames, codec="libx264", sound=False)
        parts.append(part.read_bytes())
    reel = tmp_path / "reel.h264"
    reel.write_bytes(b"".join(parts))
    with pytest.raises(FilmError, match="changes from 96 x 64 to 64 x 96"):
        colorize_film(reel, tmp_path / "out.mkv", tiny)
    assert not (tmp_path / "out.mkv").exists()


def test_a_full_disk_is_one_line_and_the_same_command_goes_on(draw, tiny, tmp_path, monkeypatch):
    import errno

    from rehue.film.packets import PacketWriter

    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([16, 16], 64, 96))
    out = tmp_path / "out.mkv"
    add, calls = PacketWriter.add, []

    def full(self, packet):
        calls.append(packet)
        if len(calls) == 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        add(self, packet)

    with monkeypatch.context() as patched:
        patched.setattr(PacketWriter, "add", full)
        with pytest.raises(FilmError, match="the disk is full"):
            colorize_film(reel, out, tiny, options=FFV1)
    assert not out.exists()
    said = []
    colorize_film(reel, out, tiny, options=FFV1, tell=said.append)
    assert said == [f"{reel}: goes on after 16 frames"]
    assert len(draw.lumas(out)[0]) == 32
