"""A preview of a film: some seconds from places spread over it, without colour and with it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice, pairwise, takewhile
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color.ycbcr import Coding
from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.files import replacing
from rehue.film.coloring import Colored, colored
from rehue.film.encoding import CODECS, Encoding, choose_encoding, set_up
from rehue.film.frames import Frame, read_frames
from rehue.film.naming import CONTAINERS
from rehue.film.opening import pyav
from rehue.film.precedence import usual_precedence
from rehue.film.probing import Film
from rehue.film.segments import picture_of
from rehue.film.shotlist import ShotList
from rehue.film.times import pts_at, thousandths
from rehue.film.wishes import FilmOptions, as_read, asking_for, part_of
from rehue.wishes import Coloring

# A preview is made of so many pieces, spread over the film.
_PIECES: Final = 5
# Film of more bits than usual codecs have is shown in so many, where no codec is named.
_MOST_BITS, _SHOWN_BITS = 12, 10


def write_preview(
    film: Film,
    target: Path,
    seconds: float,
    colorizer: Colorizer,
    coloring: Coloring,
    options: FilmOptions | None = None,
) -> int:
    """Write some seconds of a film, from places spread over it, before and after side by side.

    With a list of shots each piece is from the midst of another shot.

    Args:
        film: from `probe`.
        target: ends in .mp4, .mkv or .mov; replaced if it is there.
        seconds: of the preview.
        colorizer: the model.
        coloring: what is wished of the colours.
        options: what is wished of the film: part, shots, hints, codec, quality, deinterlace.

    Returns:
        How many frames it has.

    Raises:
        FilmError: the codec or the container is unknown, the film cannot be read, or the target is
            the film itself.
    """
    wished = options or FilmOptions()
    container = target.suffix[1:].lower()
    if container not in CONTAINERS:
        raise FilmError(f"{target}: films are written as {', '.join('.' + c for c in CONTAINERS)}")
    if target.exists() and film.path.exists() and target.samefile(film.path):
        raise FilmError(f"{target} is the film itself: name another file")
    film = as_read(film, wished)
    shown = film
    if wished.codec is None and film.layout.bits > _MOST_BITS:
        shown = _in_bits(film, _SHOWN_BITS)
    wide = _doubled(shown)
    encoding = choose_encoding(wide, wished.codec, wished.quality, container)
    ask = asking_for(shown, colorizer, coloring, wished)
    pieces = list(_pieces(film, wished, seconds))
    shots = wished.shots

    def begins(before: int, now: int) -> bool:
        times = (thousandths(pts, film) for pts in (before, now))
        return shots is not None and shots.begins(*times)

    number = 0
    with (
        replacing(target) as part,
        pyav().open(str(part), "w", format=CONTAINERS[container]) as made,
    ):
        stream = made.add_stream(CODECS[encoding.codec].encoder, rate=film.rate)
        set_up(stream.codec_context, wide, encoding)
        stream.codec_context.time_base = 1 / film.rate
        if film.turn:
            stream.set_display_rotation(90 * film.turn)
        with usual_precedence():
            made.start_encoding()
        for frames in pieces:
            lowered = (_lowered(frame, film, shown) for frame in frames)
            known = None if shots is None else begins
            with closing(colored(shown, lowered, ask, encoding, begins=known)) as coming:
                for frame in coming:
                    picture = picture_of(_beside(frame, wide, encoding), wide, encoding)
                    picture.pts, picture.time_base = number, 1 / film.rate
                    made.mux(stream.encode(picture))
                    number += 1
        made.mux(stream.encode(None))
    return number


def _pieces(film: Film, wished: FilmOptions, seconds: float) -> Iterator[Iterator[Frame]]:
    """Yield frames of pieces that are spread over a film, or over the part of it that is wanted."""
    first, end = part_of(film, wished)
    begins = film.start if first is None else first
    known = [film.duration or 0.0, *(s.start / 1000 for s in (wished.shots or ShotList(())).shots)]
    ends = max(begins + 1, film.start + round(max(known) / film.time_base))
    ends = ends if end is None else min(ends, end)
    spans = _spans(film, wished.shots, begins, ends, seconds)
    count = max(1, round(seconds / len(spans) * float(film.rate)))
    half = round(seconds / len(spans) / 2 / film.time_base)
    for one, after in spans:
        start = max(one, (one + after) // 2 - half)
        frames = read_frames(film, start=start, deinterlace=wished.deinterlace)
        within = takewhile(lambda frame: end is None or frame.pts < end, frames)
        yield islice(within, count)


def _spans(
    film: Film, shots: ShotList | None, begins: int, ends: int, seconds: float
) -> list[tuple[int, int]]:
    """Return timestamps between which pieces lie: equal parts, or shots."""
    if shots is None:
        count = _PIECES if (ends - begins) * film.time_base > seconds else 1
        return list(pairwise(begins + n * (ends - begins) // count for n in range(count + 1)))
    starts = (pts_at(film, shot.start / 1000) for shot in shots.shots)
    held = list(pairwise([begins, *(start for start in starts if begins < start < ends), ends]))
    count = min(_PIECES, len(held))
    return [held[(2 * n + 1) * len(held) // (2 * count)] for n in range(count)]


def _in_bits(film: Film, bits: int) -> Film:
    """Return a film as it is when its samples have fewer bits."""
    coding = Coding(film.coding.matrix, film.coding.is_full_range, bits)
    return replace(film, layout=replace(film.layout, bits=bits), coding=coding)


def _lowered(frame: Frame, film: Film, shown: Film) -> Frame:
    """Return a frame with the bits that are shown of it."""
    lost = film.layout.bits - shown.layout.bits
    return replace(frame, luma=frame.luma >> frame.luma.dtype.type(lost)) if lost else frame


def _doubled(film: Film) -> Film:
    """Return what two frames of a film are that lie side by side where they are shown.

    What is beyond whole groups of samples that share their colour is left out.
    """
    across, down = (max(2, samples) for samples in film.made_at)
    width = film.width // across * across or film.width
    height = film.height // down * down or film.height
    is_turned = film.turn % 2 == 1
    return replace(
        film,
        width=width if is_turned else 2 * width,
        height=2 * height if is_turned else height,
        layout=replace(film.layout, subsampling=film.made_at),
    )


def _beside(frame: Colored, wide: Film, encoding: Encoding) -> Colored:
    """Lay a frame without its colour and the frame with it side by side, as they are shown."""
    is_turned = wide.turn % 2 == 1
    height = wide.height // 2 if is_turned else wide.height
    width = wide.width if is_turned else wide.width // 2
    across, down = encoding.subsampling
    neutral = np.full_like(frame.cb, 1 << (encoding.bits - 1))

    def laid(before: NDArray[Any], after: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
        both = [before[:rows, :columns], after[:rows, :columns]]
        # Turned by two or three quarters, what is stored first is shown last.
        return np.concatenate(both[::-1] if wide.turn > 1 else both, axis=0 if is_turned else 1)

    small = -(-height // down), -(-width // across)
    return replace(
        frame,
        luma=laid(frame.luma, frame.luma, height, width),
        cb=laid(neutral, frame.cb, *small),
        cr=laid(neutral, frame.cr, *small),
    )
