"""Bad input, line by line: one clear line, and what is done so far is kept."""

from fractions import Fraction

import av
import numpy as np
import pytest

from rehue.errors import FilmError
from rehue.film import FilmOptions, colorize_film

FFV1 = FilmOptions(codec="ffv1")


@pytest.mark.parametrize("kind", ["index at the end", "index at the start"])
def test_a_cut_off_mp4_is_one_line_or_told(draw, tiny, tmp_path, kind):
    """The index of an MP4 lies at its end unless it was brought to the start."""
    frames = draw.moving([120], 64, 96, grain=8)
    whole = draw.write_reel(tmp_path / "whole.mp4", frames, codec="libx264", sound=False)
    reel = whole
    if kind == "index at the start":
        reel = tmp_path / "reel.mp4"
        with (
            av.open(str(whole)) as film,
            av.open(str(reel), "w", options={"movflags": "faststart"}) as fast,
        ):
            stream = fast.add_stream_from_template(film.streams.video[0])
            for packet in film.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    fast.mux(packet)
    reel.write_bytes(reel.read_bytes()[: reel.stat().st_size // 2])
    said, out = [], tmp_path / "out.mkv"
    if kind == "index at the end":
        with pytest.raises(FilmError, match=r"cannot be read as a film .*: is it whole"):
            colorize_film(reel, out, tiny)
        assert not out.exists()
        return
    colorize_film(reel, out, tiny, tell=said.append)
    assert any("cut off" in line for line in said), said
    assert 10 < len(draw.lumas(out)[0]) < 110


def test_an_encrypted_film_is_one_line(draw, tiny, tmp_path):
    plain = draw.write_reel(
        tmp_path / "plain.mp4", draw.moving([12], 64, 96), codec="libx264", sound=False
    )
    locked = tmp_path / "locked.mp4"
    options = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "00112233445566778899aabbccddeeff",
        "encryption_kid": "0123456789abcdef0123456789abcdef",
    }
    with av.open(str(plain)) as film, av.open(str(locked), "w", options=options) as held:
        stream = held.add_stream_from_template(film.streams.video[0])
        for packet in film.demux(video=0):
            if packet.size:
                packet.stream = stream
                held.mux(packet)
    with pytest.raises(FilmError, match=r"cannot be decoded .*: is it whole, or encrypted"):
        colorize_film(locked, tmp_path / "out.mkv", tiny)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["locked.mp4", "plain.mp4"]


def test_high_dynamic_range_is_refused_in_one_line(draw, tiny, tmp_path):
    for transfer, name in ((16, "PQ"), (18, "HLG")):
        reel = tmp_path / f"{name}.mkv"
        with av.open(str(reel), "w") as film:
            stream = film.add_stream("libx265", rate=24, options={"x265-params": "log-level=none"})
            stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p10le"
            stream.codec_context.color_trc = transfer
            for _ in range(3):
                frame = av.VideoFrame(96, 64, "yuv420p10le")
                frame.color_trc = transfer
                film.mux(stream.encode(frame))
            film.mux(stream.encode(None))
        with pytest.raises(FilmError, match=rf"high dynamic range \({name}\).*tonemap"):
            colorize_film(reel, tmp_path / "out.mkv", tiny)


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


def test_frames_of_which_nothing_is_left_are_told(draw, tiny, tmp_path):
    """Where a file is damaged for longer, not even packets are found."""
    frames = draw.moving([72], 64, 96, grain=2)
    reel = draw.write_reel(
        tmp_path / "reel.mkv", frames, sound=False, codec="libx264", options={"g": "1"}
    )
    content, found = bytearray(reel.read_bytes()), draw.packets(reel, "video")
    first = content.find(found[30][0]) - 16  # with what stands before a packet
    last = content.find(found[39][0]) + len(found[39][0])
    content[first:last] = bytes(last - first)
    reel.write_bytes(content)
    said = []
    out = tmp_path / "out.mkv"
    colorize_film(reel, out, tiny, options=FFV1, tell=said.append)
    times = draw.lumas(out)[1]
    assert len(times) < 65
    assert len(said) == 1, said
    place = int(np.argmax(np.diff(times)))
    for time in times[place : place + 2]:
        assert f"0:00:0{time:.3f}" in said[0]
    assert "no frames between" in said[0]


def test_steps_that_are_a_films_own_are_no_gaps(draw, tiny, tmp_path):
    """A rate that varies, and a film that stands still now and then from its start."""
    for number, steps in enumerate(([40, 60, 1, 99, 140, 20] * 8, [42, 42, 42, 42, 300] * 8)):
        times = np.cumsum([0, *steps]).tolist()
        frames = draw.moving([len(times)], 64, 96)
        reel = draw.write_reel(tmp_path / f"{number}.mkv", frames, times=times, sound=False)
        said = []
        colorize_film(reel, tmp_path / f"out-{number}.mkv", tiny, options=FFV1, tell=said.append)
        assert said == []


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


def test_no_film_is_one_line(tiny, tmp_path):
    (tmp_path / "text.mkv").write_text("no film")
    with pytest.raises(FilmError, match="cannot be read as a film"):
        colorize_film(tmp_path / "text.mkv", tmp_path / "out.mkv", tiny)
    with pytest.raises(FilmError, match="No such file"):
        colorize_film(tmp_path / "none.mkv", tmp_path / "out.mkv", tiny)


def test_sound_alone_is_no_film(draw, tiny, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([12], 64, 96))
    with av.open(str(reel)) as film, av.open(str(tmp_path / "sound.mkv"), "w") as sound:
        stream = sound.add_stream_from_template(film.streams.audio[0])
        for packet in film.demux(film.streams.audio[0]):
            if packet.size:
                packet.stream = stream
                sound.mux(packet)
    with pytest.raises(FilmError, match="no moving picture, only audio"):
        colorize_film(tmp_path / "sound.mkv", tmp_path / "out.mkv", tiny)


@pytest.mark.parametrize("rate", [24, 25, Fraction(30000, 1001)])
def test_another_size_midway_is_one_line_and_what_is_done_is_kept(draw, tiny, tmp_path, rate):
    """At rates of television, too, where fields are looked for before any work."""
    parts = []
    for number, size in enumerate([(64, 96), (96, 64)]):
        frames = draw.moving([30, 30] if number == 0 else [12], *size)
        part = draw.write_reel(
            tmp_path / f"{number}.h264", frames, codec="libx264", sound=False, rate=rate
        )
        parts.append(part.read_bytes())
    reel = tmp_path / "reel.h264"
    reel.write_bytes(b"".join(parts))
    with pytest.raises(FilmError, match=r"changes from 96 x 64 to 64 x 96 at 0:00:0[12]"):
        colorize_film(reel, tmp_path / "out.mkv", tiny)
    assert not (tmp_path / "out.mkv").exists()
    # The first shot, which was whole.
    assert list((tmp_path / "out.mkv.rehue-work").glob("*.npz"))


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
