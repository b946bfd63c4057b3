"""Reels that the tests draw: pictures in motion, with sound, subtitles and what else goes along."""

import io
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

av = pytest.importorskip("av")
pytest.importorskip("cv2")

RATE = 24


def scenes():
    """Grey pictures to move over: smooth shapes with texture, each of its own kind."""
    from skimage import data

    pictures = [data.camera(), data.coins(), data.brick(), data.moon()]
    return [np.asarray(p, np.float32)[:300, :380] for p in pictures]


def moving(shots, height=96, width=160, grain=0.0, seed=0):
    """Yield frames (0..255, float) of a camera that pans over a picture in each shot."""
    rng = np.random.default_rng(seed)
    pictures = scenes()
    for number, count in enumerate(shots):
        picture = pictures[number % len(pictures)]
        for t in range(count):
            top, left = 10 + t // 3, 5 + t
            top, left = top % (picture.shape[0] - height), left % (picture.shape[1] - width)
            frame = picture[top : top + height, left : left + width]
            yield np.clip(frame + rng.normal(0, grain, frame.shape), 0, 255)


def frame_of(grey, pixels):
    """Make a frame of a pixel format; luma is in limited range, colour neutral."""
    height, width = grey.shape
    frame = av.VideoFrame(width, height, pixels)
    bits = frame.format.components[0].bits
    is_full = pixels.startswith(("gray", "yuvj"))
    black, span = (0, (1 << bits) - 1) if is_full else (16 << bits - 8, 219 << bits - 8)
    kind = np.uint8 if bits == 8 else np.dtype("<u2")
    for number, plane in enumerate(frame.planes):
        samples = np.frombuffer(plane, kind).reshape(plane.height, -1)
        luma = np.rint(black + grey / 255 * span)
        samples[:, : plane.width] = luma if number == 0 else 1 << bits - 1
    return frame


def write_reel(
    path,
    frames,
    *,
    codec="ffv1",
    pixels="yuv420p",
    times=None,
    sound=True,
    subtitles=False,
    options=None,
    metadata=None,
    chapters=(),
    attachment=None,
    rate=RATE,
    aspect=None,
    turn=0,
    language="eng",
):
    """Write a film; `times` are the frames' timestamps in thousandths of a second."""
    with av.open(str(path), "w") as reel:
        picture = reel.add_stream(codec, rate=rate, options=options or {})
        first = True
        for number, grey in enumerate(frames):
            if first:
                picture.height, picture.width = grey.shape
                picture.pix_fmt = pixels
                picture.codec_context.time_base = Fraction(1, 1000) if times else 1 / Fraction(rate)
                if aspect:
                    picture.codec_context.sample_aspect_ratio = aspect
                if turn:
                    picture.set_display_rotation(turn)
                picture.metadata["language"] = language
                voice = reel.add_stream("aac", rate=44100) if sound else None
                said = _captions() if subtitles else None
                words = reel.add_stream_from_template(said.streams[0]) if said else None
                if attachment:
                    reel.add_attachment(*attachment)
                reel.metadata.update(metadata or {})
                reel.set_chapters(list(chapters))
                reel.start_encoding()
                first = False
            frame = frame_of(grey, pixels)
            frame.time_base = picture.codec_context.time_base
            frame.pts = times[number] if times else number
            reel.mux(picture.encode(frame))
        reel.mux(picture.encode(None))
        if voice:
            _speak(reel, voice, (number + 1) / float(rate))
        if words:
            for packet in said.demux():
                if packet.size:
                    packet.stream = words
                    reel.mux(packet)
    return path


def _speak(reel, voice, seconds):
    samples = np.sin(np.arange(int(44100 * seconds)) / 30).astype(np.float32)[None]
    for start in range(0, samples.shape[1], 1024):
        chunk = np.repeat(samples[:, start : start + 1024], 2, axis=0)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(chunk), "fltp", "stereo")
        frame.sample_rate, frame.pts = 44100, start
        frame.time_base = Fraction(1, 44100)
        reel.mux(voice.encode(frame))
    reel.mux(voice.encode(None))


def _captions():
    lines = (f"{n + 1}\n00:00:0{n},000 --> 00:00:0{n},900\nline {n}\n" for n in range(3))
    return av.open(io.BytesIO("\n".join(lines).encode()), format="srt")


@pytest.fixture(scope="session")
def draw():
    """What draws reels and reads them back, by PyAV alone."""
    return SimpleNamespace(
        moving=moving,
        write_reel=write_reel,
        write_scans=write_scans,
        lumas=lumas,
        packets=packets,
        still=still,
    )


@pytest.fixture(scope="session")
def tiny(tiny_model):
    """A colorizer that costs nothing."""
    from rehue import Colorizer

    return Colorizer(tiny_model, threads=1)


@pytest.fixture
def reel(tmp_path):
    """Two shots of grey film with sound, FFV1 in Matroska."""
    return write_reel(tmp_path / "reel.mkv", moving([20, 20]))


def lumas(path, stream=None):
    """Return luma planes and times (seconds) of a film, by PyAV alone."""
    found, times = [], []
    with av.open(str(path)) as film:
        for frame in film.decode(film.streams.video[0] if stream is None else film.streams[stream]):
            kind = np.uint8 if frame.format.components[0].bits == 8 else np.dtype("<u2")
            plane = frame.planes[0]
            found.append(np.frombuffer(plane, kind).reshape(plane.height, -1)[:, : plane.width])
            times.append(frame.time)
    return found, times


def packets(path, kind):
    """Return bytes and times of the packets of a kind of stream."""
    with av.open(str(path)) as film:
        streams = [s for s in film.streams if s.type == kind]
        return [
            (bytes(p), p.pts * p.time_base)
            for p in film.demux(streams)
            if p.size and p.pts is not None
        ]


def write_scans(folder, frames, bits=8, first=3):
    """Write numbered files, of one frame each; returns the name that they have together."""
    from PIL import Image

    for number, grey in enumerate(frames, first):
        samples = grey.astype(np.uint8) if bits == 8 else (grey * 257).astype(np.uint16)
        Image.fromarray(samples).save(folder / f"scan-{number:04}.png")
    return folder / "scan-%04d.png"


def still(color, size=(32, 32)):
    """Return a JPEG's bytes."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "JPEG")
    return file.getvalue()
