"""A film's frames in colour, one after the other, in Python."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from os import PathLike
from pathlib import Path
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from rehue.color import quantize
from rehue.color.ycbcr import Coding, decode_ycbcr
from rehue.colorizer import Colorizer
from rehue.film.coloring import Colored, asking, colored
from rehue.film.encoding import Encoding
from rehue.film.frames import read_frames
from rehue.film.pipe import y4m_encoding
from rehue.film.probing import PROGRESSIVE, Film, probe
from rehue.wishes import Coloring, ColoringOptions


@dataclass(frozen=True)
class ColorFrame:
    """A frame in colour.

    Attributes:
        time: seconds, as the film's timestamps count them.
        shot: number of its shot, from 1.
        luma: height x width, as the film has it.
        cb: at the film's subsampling, and 4:2:0 for a grey film.
        cr: as `cb`.
        coding: what the codes mean.
        subsampling: luma samples across and down that share a chroma sample.
    """

    time: Fraction
    shot: int
    luma: NDArray[np.unsignedinteger[Any]]
    cb: NDArray[np.unsignedinteger[Any]]
    cr: NDArray[np.unsignedinteger[Any]]
    coding: Coding
    subsampling: tuple[int, int]

    def rgb(self) -> NDArray[np.uint8]:
        """Return the frame as sRGB, height x width x 3, 8 bits."""
        across, down = self.subsampling
        height, width = self.luma.shape
        cb, cr = (
            plane.repeat(down, axis=0).repeat(across, axis=1)[:height, :width]
            for plane in (self.cb, self.cr)
        )
        encoded = decode_ycbcr(self.luma, cb, cr, self.coding)
        shown: NDArray[np.uint8] = quantize(encoded, np.uint8).astype(np.uint8, copy=False)
        return shown


def frames_in_color(
    path: str | PathLike[str],
    colorizer: Colorizer | None = None,
    *,
    deinterlace: bool = False,
    **coloring: Unpack[ColoringOptions],
) -> Iterator[ColorFrame]:
    """Yield a film's frames in colour, steady over time, in the order in which they are shown.

    Args:
        path: of a film.
        colorizer: the model; None is the shipped one.
        deinterlace: part woven fields first.
        **coloring: saturation, warmth and so on, as for `rehue.wishes.Coloring`.

    Raises:
        FilmError: it cannot be read.
    """
    film = probe(Path(path))
    if deinterlace:
        film = replace(film, fields=PROGRESSIVE)
    wished = Coloring(**coloring)
    encoding = y4m_encoding(film)
    ask = asking(colorizer or Colorizer(), film, lambda _: wished)
    frames = read_frames(film, deinterlace=deinterlace)
    with closing(colored(film, frames, ask, encoding)) as coming:
        for frame in coming:
            yield color_frame(frame, film, encoding)


def color_frame(frame: Colored, film: Film, encoding: Encoding) -> ColorFrame:
    """Return a coloured frame with what its codes mean."""
    coding = Coding(film.coding.matrix, film.coding.is_full_range, encoding.bits)
    return ColorFrame(
        frame.pts * film.time_base,
        frame.state.placed.shot + 1,
        frame.luma,
        frame.cb,
        frame.cr,
        coding,
        encoding.subsampling,
    )
