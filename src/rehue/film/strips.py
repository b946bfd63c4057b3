"""What shows a film's colours before all of it is coloured: a preview, and a sheet of its shots."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.files import replacing
from rehue.film.coloring import Colored, asking, colored, seen
from rehue.film.encoding import CODECS, choose_encoding, set_up
from rehue.film.frames import Frame, clock_of, read_frames
from rehue.film.naming import CONTAINERS
from rehue.film.opening import pyav
from rehue.film.precedence import usual_precedence
from rehue.film.probing import Film
from rehue.film.segments import picture_of
from rehue.film.shotlist import find_shots
from rehue.scan import AS_IS
from rehue.wishes import Coloring

# A preview is made of so many pieces, spread over the film.
_PIECES: Final = 5
# Pixels of a sheet's pictures, across, and how many stand beside each other.
_WIDTH, _COLUMNS = 320, 4
_LINE: Final = 18


def write_preview(
    film: Film,
    target: Path,
    seconds: float,
    colorizer: Colorizer,
    coloring: Coloring,
    codec: str | None = None,
) -> int:
    """Write some seconds of a film, from places spread over it, before and after side by side.

    Args:
        film: from `probe`.
        target: ends in .mp4, .mkv or .mov.
        seconds: of the preview.
        colorizer: the model.
        coloring: what is wished of the colours.
        codec: as for `choose_encoding`.

    Returns:
        How many frames it has.

    Raises:
        FilmError: the codec or the container is unknown, or the film cannot be read.
    """
    container = target.suffix[1:].lower()
    if container not in CONTAINERS:
        raise FilmError(f"{target}: films are written as {', '.join('.' + c for c in CONTAINERS)}")
    wide = replace(
        film, width=2 * film.width, layout=replace(film.layout, subsampling=film.made_at)
    )
    encoding = choose_encoding(wide, codec, None, container)
    ask = asking(colorizer, film, lambda _: coloring)
    number = 0
    with (
        replacing(target) as part,
        pyav().open(str(part), "w", format=CONTAINERS[container]) as made,
    ):
        stream = made.add_stream(CODECS[encoding.codec].encoder, rate=film.rate)
        set_up(stream.codec_context, wide, encoding)
        stream.codec_context.time_base = 1 / film.rate
        with usual_precedence():
            made.start_encoding()
        for frames in _pieces(film, seconds):
            with closing(colored(film, frames, ask, encoding)) as coming:
                for frame in coming:
                    picture = picture_of(_beside(frame, encoding.bits), wide, encoding)
                    picture.pts, picture.time_base = number, 1 / film.rate
                    made.mux(stream.encode(picture))
                    number += 1
        made.mux(stream.encode(None))
    return number


def _pieces(film: Film, seconds: float) -> Iterator[Iterator[Frame]]:
    """Yield frames of pieces that are spread over a film."""
    length = film.duration or 0.0
    count = _PIECES if length > seconds else 1
    frames = max(1, round(seconds / count * float(film.rate)))
    for number in range(count):
        begin = (number + 0.5) * length / count - seconds / count / 2 if count > 1 else 0.0
        start = film.start + round(max(0.0, begin) / float(film.time_base))
        yield islice(read_frames(film, start=start), frames)


def _beside(frame: Colored, bits: int) -> Colored:
    """Lay a frame without its colour and the frame with it side by side."""
    neutral = np.full_like(frame.cb, 1 << (bits - 1))
    return replace(
        frame,
        luma=np.hstack([frame.luma, frame.luma]),
        cb=np.hstack([neutral, frame.cb]),
        cr=np.hstack([neutral, frame.cr]),
    )


def write_sheet(film: Film, target: Path, colorizer: Colorizer, coloring: Coloring) -> int:
    """Draw a sheet with a picture of each shot, from its midst, above its number and time.

    Args:
        film: from `probe`.
        target: a picture, by its ending.
        colorizer: the model.
        coloring: what is wished of the colours.

    Returns:
        How many shots it has.

    Raises:
        FilmError: it cannot be read.
    """
    if target.suffix.lower() not in Image.registered_extensions():
        raise FilmError(f"{target}: name a picture, such as {target.stem}.png")
    tiles = []
    for number, shot in enumerate(find_shots(film), start=1):
        middle = shot.start + (shot.frames or 0) * 500 / float(film.rate)
        start = film.start + int(middle / 1000 / float(film.time_base))
        frame = next(read_frames(film, start=start), None)
        if frame is not None:
            rgb = colorizer.look(seen(frame.luma, film), scan=AS_IS).colorize(coloring)
            tiles.append(_tile(rgb, f"{number}  {clock_of(shot.start)}"))
    if not tiles:
        raise FilmError(f"{film.path}: has no frames")
    tall = max(tile.height for tile in tiles)
    rows = -(-len(tiles) // _COLUMNS)
    sheet = Image.new("RGB", (_WIDTH * min(_COLUMNS, len(tiles)), tall * rows), "black")
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % _COLUMNS * _WIDTH, number // _COLUMNS * tall))
    with replacing(target) as part:
        sheet.save(part, format=Image.registered_extensions()[target.suffix.lower()])
    return len(tiles)


def _tile(rgb: NDArray[np.uint8], said: str) -> Image.Image:
    height = max(1, round(rgb.shape[0] * _WIDTH / rgb.shape[1]))
    tile = Image.new("RGB", (_WIDTH, height + _LINE), "black")
    tile.paste(Image.fromarray(rgb).resize((_WIDTH, height)), (0, 0))
    ImageDraw.Draw(tile).text((4, height + 3), said, fill="white")
    return tile
