"""Frames through a pipe without any heading, as FFmpeg's `rawvideo` hands them on."""

import re
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from typing import BinaryIO, Final

from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.film.coloring import asking, colored
from rehue.film.frames import Frame
from rehue.film.layout import Layout, subsampling_of
from rehue.film.pipe import described, planes_of, whole_frames, y4m_encoding
from rehue.film.probing import Film
from rehue.wishes import Coloring

_FORM: Final = re.compile(
    r"(\d+)x(\d+):((?:gray|yuv4(?:20|22|44|11)p)(?:(10|12|14|16)le)?)(?:@(\d+(?:\.\d+|/[1-9]\d*)?))?"
)
_RATE: Final = "24"


def read_raw(stream: BinaryIO, form: str) -> tuple[Film, Iterator[Frame]]:
    """Return the film that raw frames are, and its frames.

    Args:
        stream: of frames, each of its planes one after the other, without padding.
        form: such as 1920x1080:gray10le@24: width, height, FFmpeg's name of a planar pixel format,
            and frames a second (24 if not given), on which nothing but timing depends.

    Raises:
        FilmError: the form is none; while frames are read: the stream ends in the midst of one.
    """
    found = _FORM.fullmatch(form)
    if not found or not int(found[1]) or not int(found[2]):
        raise FilmError(
            f"raw frames {form!r}: give width, height, a planar format and a rate, such as "
            "1920x1080:gray10le@24 or 720x576:yuv420p@25"
        )
    width, height, pixels, deep, rate = found.groups()
    is_grey = pixels.startswith("gray")
    bits = int(deep or 8)
    layout = Layout(
        pixels, pixels, bits, None if is_grey else subsampling_of(pixels), True, is_grey
    )
    film = described(
        int(width), int(height), layout, Fraction(rate or _RATE), Fraction(1), is_full=is_grey
    )
    return film, whole_frames(stream, film)


def color_raw(
    source: BinaryIO, target: BinaryIO, form: str, colorizer: Colorizer, coloring: Coloring
) -> tuple[int, str]:
    """Colour raw frames from one pipe to another.

    Returns:
        How many frames there are, and FFmpeg's name of the pixel format in which they went out.

    Raises:
        FilmError: as for `read_raw`.
    """
    film, frames = read_raw(source, form)
    encoding = y4m_encoding(film)
    number = 0
    with closing(colored(film, frames, asking(colorizer, film, lambda _: coloring), encoding)) as c:
        for frame in c:
            target.writelines(planes_of(frame))
            number += 1
    target.flush()
    return number, encoding.pixels
