"""What a user does with films, from the command line."""

import os
import subprocess
import sys

import av
import numpy as np
import pytest
from PIL import Image


def rehue(*arguments, given=None, code=0):
    run = subprocess.run(
        [sys.executable, "-m", "rehue", *map(str, arguments)],
        input=given,
        capture_output=True,
        check=False,
    )
    assert run.returncode == code, run.stderr.decode()
    assert b"Traceback" not in run.stderr
    return run


def test_a_film_beside_itself_then_again_then_a_bad_one(draw, tiny_model, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([12], 64, 96))
    said = rehue("colorize", reel, "--model", tiny_model).stderr.decode()
    assert "reel.rehue.mkv, 12 frames" in said
    again = rehue("colorize", reel, "--model", tiny_model, code=1).stderr.decode()
    assert "is there already" in again
    assert len(again.splitlines()) == 1
    (tmp_path / "bad.mkv").write_bytes(b"no film")
    both = rehue(
        *(
            "colorize",
            tmp_path / "bad.mkv",
            reel,
            "-o",
            f"{tmp_path / 'out'}/",
            "--model",
            tiny_model,
        ),
        code=1,
    ).stderr.decode()
    assert "no such folder" in both or "cannot be read as a film" in both


def test_without_the_extra_a_film_says_which(draw, tiny_model, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([3], 64, 96))
    hidden = "import sys; sys.modules['av'] = None; from rehue.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", hidden, "colorize", str(reel), "--model", str(tiny_model)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    [line] = run.stderr.splitlines()
    assert line.startswith("rehue: films need PyAV: pip install")
    assert "[film]" in line


@pytest.mark.parametrize("kind", ["420mpeg2", "422", "444", "mono", "420p10", "mono12"])
def test_a_pipe_keeps_luma(draw, tiny_model, kind):
    bits = 10 if kind.endswith("p10") else 12 if kind.endswith("12") else 8
    sample = np.uint8 if bits == 8 else np.dtype("<u2")
    across, down = (
        {"42": (2, 2), "44": (1, 1), "mo": (0, 0)}[kind[:2]] if kind[:3] != "422" else (2, 1)
    )
    frames = list(draw.moving([5], 34, 50))
    heading = f"YUV4MPEG2 W50 H34 F30000:1001 Ip A1:1 C{kind}\n".encode()
    lumas = [(f / 255 * (219 << bits - 8) + (16 << bits - 8)).astype(sample) for f in frames]
    chroma = 2 * -(-34 // down) * -(-50 // across) if across else 0
    given = heading + b"".join(
        b"FRAME\n" + y.tobytes() + np.zeros(chroma, sample).tobytes() for y in lumas
    )
    made = rehue("colorize", "-", "-o", "-", "--model", tiny_model, given=given).stdout
    first, _, rest = made.partition(b"\n")
    assert b"W50 H34 F30000:1001" in first
    if not across:
        across, down = 2, 2
    plane = -(-34 // down) * -(-50 // across)
    size = (34 * 50 + 2 * plane) * np.dtype(sample).itemsize
    assert len(rest) == 5 * (size + 6)
    for number, luma in enumerate(lumas):
        frame = np.frombuffer(rest[number * (size + 6) + 6 :][:size], sample)
        assert np.array_equal(frame[: 34 * 50], luma.ravel())
        assert np.ptp(frame[34 * 50 :]) > 3 << (bits - 8)
    import io

    with av.open(io.BytesIO(made), format="yuv4mpegpipe") as film:
        assert sum(1 for _ in film.decode(video=0)) == 5


def test_a_pipe_that_is_cut_off_is_one_line(tiny_model):
    given = b"YUV4MPEG2 W4 H4 F25:1 Cmono\nFRAME\n" + bytes(7)
    said = rehue("colorize", "-", "--model", tiny_model, given=given, code=1).stderr.decode()
    assert said.splitlines() == ["rehue: standard input: ends in the midst of frame 1"]


@pytest.mark.parametrize("where", ["file", "terminal"])
def test_a_pipe_goes_into_no_file_and_no_terminal(tiny_model, tmp_path, where):
    given, out = b"YUV4MPEG2 W4 H4 F25:1 Cmono\nFRAME\n" + bytes(16), tmp_path / "out.mkv"
    options = ["-o", str(out)] if where == "file" else []
    ours, theirs = os.openpty()
    try:
        run = subprocess.run(
            [sys.executable, "-m", "rehue", "colorize", "-", "--model", tiny_model, *options],
            input=given,
            stdout=theirs if where == "terminal" else subprocess.PIPE,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert run.returncode == 2
    says = "not into" if where == "file" else "would go to the terminal"
    assert says in run.stderr.decode()
    assert not run.stdout
    assert not out.exists()


@pytest.mark.parametrize(
    ("pixels", "made"),
    [
        ("gray", "yuv420p"),
        ("gray10le", "yuv420p10le"),
        ("yuv422p", "yuv422p"),
        ("yuv444p", "yuv444p"),
    ],
)
def test_raw_frames_through_a_pipe(draw, tiny_model, pixels, made):
    bits = 10 if pixels.endswith("10le") else 8
    kind = np.uint8 if bits == 8 else np.dtype("<u2")
    lumas = [(f / 255 * ((1 << bits) - 1)).astype(kind) for f in draw.moving([5], 34, 50)]
    chroma = {"gray": 0, "yuv422p": 2 * 25, "yuv444p": 2 * 50}[pixels.removesuffix("10le")] * 34
    given = b"".join(y.tobytes() + np.full(chroma, 128, kind).tobytes() for y in lumas)
    form = f"50x34:{pixels}@30000/1001"
    run = rehue("colorize", "-", "--raw", form, "--model", tiny_model, given=given)
    assert f"5 frames in colour, {made}" in run.stderr.decode()
    plane = {"yuv420p": 17 * 25, "yuv420p10le": 17 * 25, "yuv422p": 34 * 25, "yuv444p": 34 * 50}
    frames = np.frombuffer(run.stdout, kind).reshape(5, 34 * 50 + 2 * plane[made])
    assert np.array_equal(frames[:, : 34 * 50], np.stack(lumas).reshape(5, -1))
    assert np.ptp(frames[:, 34 * 50 :]) > 3 << (bits - 8)


def test_raw_frames_that_are_none_are_one_line(tiny_model):
    for form, given, says in (
        ("50x34", b"", "give width, height"),
        ("50x34:rgb24", b"", "give width, height"),
        ("4x4:gray", bytes(40), "ends in the midst of frame 3"),
    ):
        said = rehue("colorize", "-", "--raw", form, "--model", tiny_model, given=given, code=1)
        [line] = said.stderr.decode().splitlines()
        assert says in line


def test_a_preview_and_a_sheet(draw, tiny_model, tmp_path):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([48, 30], 64, 96))
    rehue("colorize", reel, "--preview", "1s", "--model", tiny_model)
    with av.open(str(tmp_path / "reel.rehue-preview.mp4")) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert 20 <= len(frames) <= 25
    assert frames[0].shape == (64, 192, 3)
    before, after = (np.ptp(f.astype(int), axis=-1).mean() for f in np.split(frames[5], 2, axis=1))
    assert before < 4 < after
    rehue("colorize", reel, "--sheet", "--model", tiny_model)
    with Image.open(tmp_path / "reel.rehue-sheet.png") as sheet:
        assert sheet.width == 640


@pytest.mark.parametrize("quiet", [("--quiet",), ()])
def test_encoders_do_not_speak_for_themselves(draw, tiny_model, tmp_path, quiet):
    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([6], 64, 96), sound=False)
    for codec, ending in (("av1", "mp4"), ("hevc", "mp4"), ("h264", "mp4"), ("ffv1", "mkv")):
        out = tmp_path / f"{codec}.{ending}"
        options = ("--codec", codec, "--model", tiny_model, *quiet)
        said = rehue("colorize", reel, "-o", out, *options)
        line = [] if quiet else [f"rehue: {reel} is in colour: {out}, 6 frames"]
        assert said.stderr.decode().splitlines() == line
        assert said.stdout == b""


@pytest.mark.parametrize(
    "pixels",
    ["yuv410p", "yuv411p", "yuv420p", "yuv422p10le", "yuv440p", "yuv444p16le", "gray12le", "bgr0"],
)
def test_frames_in_python_of_every_kind_of_pixels(draw, tiny, tmp_path, pixels):
    from rehue.film import frames_in_color

    path = tmp_path / "reel.mkv"
    with av.open(str(tmp_path / "reel.mkv"), "w") as film:
        stream = film.add_stream("ffv1", rate=24)
        stream.height, stream.width, stream.pix_fmt = 64, 96, pixels
        for grey in draw.moving([3], 64, 96):
            rgb = np.repeat(grey.astype(np.uint8)[..., None], 3, axis=-1)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            film.mux(stream.encode(frame.reformat(format=pixels)))
        film.mux(stream.encode(None))
    shown = [frame.rgb() for frame in frames_in_color(path, tiny)]
    assert [frame.shape for frame in shown] == [(64, 96, 3)] * 3
    assert np.ptp(shown[0].astype(int), axis=-1).mean() > 3


def test_frames_in_python(draw, tiny, tmp_path):
    from rehue.film import frames_in_color

    reel = draw.write_reel(tmp_path / "reel.mkv", draw.moving([10, 8], 64, 96), sound=False)
    frames = list(frames_in_color(reel, tiny, saturation=0.7))
    before, times = draw.lumas(reel)
    assert [float(f.time) for f in frames] == pytest.approx(times)
    assert [f.shot for f in frames] == [1] * 10 + [2] * 8
    assert all(np.array_equal(f.luma, y) for f, y in zip(frames, before, strict=True))
    assert frames[0].rgb().shape == (64, 96, 3)
    assert np.ptp(frames[0].rgb().astype(int), axis=-1).mean() > 3
