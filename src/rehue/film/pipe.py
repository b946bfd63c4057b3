"""Films through a pipe, as YUV4MPEG2 (y4m): what FFmpeg and its like hand from one to the next.

A line says size, rate and format; each frame is a line and its planes. Format and words are those
of the mjpegtools' yuv4mpeg(5) and of FFmpeg's `yuv4mpegdec.c`: 8 to 16 bits, the range in
`XCOLORRANGE`.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from rehue.color.ycbcr import Coding
from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.film.coloring import Colored, asking, colored
from rehue.film.encoding import Encoding
from rehue.film.frames import Frame
from rehue.film.layout import RATIOS, Layout, planar
from rehue.film.probing import HIGH_DEFINITION, PROGRESSIVE, UPPER_FIRST, Film
from rehue.wishes import Coloring

MAGIC: Final = b"YUV4MPEG2"
_NAME: Final = Path("standard input")
_LONGEST_LINE: Final = 1 << 12
# Luma samples across and down that share a chroma sample, by how a format's name begins.
_SUBSAMPLINGS: Final = {"420": (2, 2), "422": (2, 1), "444": (1, 1), "411": (4, 1), "mono": None}
# How fields lie: the upper or the lower first, or not the same everywhere.
_FIELDS: Final = {"t": UPPER_FIRST, "b": UPPER_FIRST + 1, "m": UPPER_FIRST}


def read_y4m(stream: BinaryIO) -> tuple[Film, Iterator[Frame]]:
    """Read a film's heading, and return it with its frames.

    Raises:
        FilmError: it is no y4m, or of a kind that is not known; while frames are read: it ends in
            the midst of one.
    """
    words = _line(stream).split()
    if not words or words[0] != MAGIC:
        raise FilmError(f"{_NAME}: is no y4m: let FFmpeg write it with -f yuv4mpegpipe -strict -1")
    said = {word[:1].decode(): word[1:].decode("ascii", "replace") for word in words[1:]}
    extra = [word.decode("ascii", "replace") for word in words[1:] if word[:1] == b"X"]
    try:
        width, height = int(said["W"]), int(said["H"])
        rate = _ratio(said.get("F"), Fraction(25))
        aspect = _ratio(said.get("A"), Fraction(1))
    except (KeyError, ValueError) as error:
        raise FilmError(f"{_NAME}: its heading is damaged ({words[1:]!r})") from error
    layout = _layout(said.get("C", "420jpeg"))
    film = described(width, height, layout, rate, aspect, is_full="XCOLORRANGE=FULL" in extra)
    film = replace(film, fields=_FIELDS.get(said.get("I", ""), PROGRESSIVE))
    return film, whole_frames(stream, film, heading=b"FRAME")


def described(
    width: int, height: int, layout: Layout, rate: Fraction, aspect: Fraction, *, is_full: bool
) -> Film:
    """Return what is known of a film that comes through a pipe: BT.709 from 720 lines on."""
    return Film(
        path=_NAME,
        container="pipe",
        stream=0,
        codec="rawvideo",
        width=width,
        height=height,
        layout=layout,
        coding=Coding("bt709" if height >= HIGH_DEFINITION else "bt601", is_full, layout.bits),
        primaries=2,
        transfer=2,
        time_base=1 / rate,
        rate=rate,
        start=0,
        duration=None,
        frames=None,
        turn=0,
        aspect=aspect,
        fields=PROGRESSIVE,
    )


def _ratio(said: str | None, usual: Fraction) -> Fraction:
    """Read 30000:1001; 0:0 and 0:1 stand for what is not known."""
    over, _, under = (said or "0:0").partition(":")
    return Fraction(int(over), int(under)) if int(over) > 0 and int(under) > 0 else usual


def _layout(named: str) -> Layout:
    kind = next((k for k in _SUBSAMPLINGS if named.startswith(k)), None)
    rest = named.removeprefix(kind or "")
    digits = rest.removeprefix("p") if kind != "mono" else rest
    bits = int(digits) if digits.isdigit() else 8
    if kind is None or not 8 <= bits <= 16 or "alpha" in named:
        raise FilmError(f"{_NAME}: format C{named} is not known: give 420, 422, 444 or mono")
    return Layout(named, named, bits, _SUBSAMPLINGS[kind], True, False)


def whole_frames(stream: BinaryIO, film: Film, heading: bytes = b"") -> Iterator[Frame]:
    """Yield the frames of a stream.

    Args:
        stream: of frames, the planes of each one after the other.
        film: what they are.
        heading: what the line above each begins with; empty where there is none.

    Raises:
        FilmError: one does not begin where it should, or the stream ends in the midst of one.
    """
    kind: np.dtype[Any] = np.dtype(film.coding.dtype).newbyteorder("<")
    luma, chroma = film.width * film.height, 0
    if film.layout.subsampling is not None:
        across, down = film.layout.subsampling
        chroma = 2 * -(-film.width // across) * -(-film.height // down)
    size = (luma + chroma) * kind.itemsize
    for number in count():
        line = _line(stream) if heading else b""
        if heading and not line:
            return
        if not line.startswith(heading):
            raise FilmError(f"{_NAME}: frame {number + 1} does not begin where it should")
        content = _whole(stream, size)
        if not heading and not content:
            return
        if len(content) < size:
            raise FilmError(f"{_NAME}: ends in the midst of frame {number + 1}")
        samples = np.frombuffer(content, kind, luma).reshape(film.height, film.width)
        yield Frame(number, samples)


def color_y4m(source: BinaryIO, target: BinaryIO, colorizer: Colorizer, coloring: Coloring) -> int:
    """Colour a film from one pipe to another; returns how many frames it has.

    Raises:
        FilmError: as for `read_y4m`.
    """
    film, frames = read_y4m(source)
    encoding = y4m_encoding(film)
    ask = asking(colorizer, film, lambda _: coloring)
    with closing(colored(film, frames, ask, encoding)) as coming:
        return write_y4m(target, film, encoding, coming)


def y4m_encoding(film: Film) -> Encoding:
    """Return how frames come out: at the depth and subsampling in which they came in."""
    subsampling, bits = film.made_at, film.layout.bits
    return Encoding("ffv1", 100, planar(RATIOS[subsampling], bits), bits, subsampling)


def write_y4m(stream: BinaryIO, film: Film, encoding: Encoding, frames: Iterable[Colored]) -> int:
    """Write a film; returns how many frames it has."""
    kind = RATIOS[encoding.subsampling]
    # FFmpeg reads 8-bit 4:2:0 without more as JPEG's siting; television's is the usual one.
    depth = f"p{encoding.bits}" if encoding.bits > 8 else "mpeg2" if kind == "420" else ""
    rate, aspect = film.rate, film.aspect
    woven = next((letter for letter, n in _FIELDS.items() if n == film.fields), "p")
    full = "FULL" if film.coding.is_full_range else "LIMITED"
    heading = (
        f"YUV4MPEG2 W{film.width} H{film.height} F{rate.numerator}:{rate.denominator} I{woven} "
        f"A{aspect.numerator}:{aspect.denominator} C{kind}{depth} XCOLORRANGE={full}\n"
    )
    stream.write(heading.encode())
    number = 0
    for frame in frames:
        stream.write(b"FRAME\n")
        stream.writelines(planes_of(frame))
        number += 1
    stream.flush()
    return number


def planes_of(frame: Colored) -> Iterator[bytes]:
    """Yield the samples of a frame's planes."""
    for plane in (frame.luma, frame.cb, frame.cr):
        yield np.ascontiguousarray(plane).tobytes()


def _line(stream: BinaryIO) -> bytes:
    return stream.readline(_LONGEST_LINE).rstrip(b"\n")


def _whole(stream: BinaryIO, size: int) -> bytes:
    parts = []
    while size and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
