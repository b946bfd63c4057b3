"""A sheet of a film: a picture of each of its shots, in colour."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.files import replacing
from rehue.film.coloring import Ask, colored
from rehue.film.frames import Frame, read_frames
from rehue.film.iterate import color_frame
from rehue.film.pipe import y4m_encoding
from rehue.film.probing import Film
from rehue.film.shotlist import ShotList, find_shots
from rehue.film.times import clock, pts_at
from rehue.film.wishes import FilmOptions, as_read, asking_for, part_of
from rehue.wishes import Coloring

# Pixels of a sheet's pictures, across, and how many stand beside each other.
_WIDTH, _COLUMNS = 320, 4
_LINE: Final = 18


def write_sheet(
    film: Film,
    target: Path,
    colorizer: Colorizer,
    coloring: Coloring,
    options: FilmOptions | None = None,
) -> int:
    """Draw a sheet with a picture of each shot, from its midst, above its number and time.

    Args:
        film: from `probe`.
        target: a picture, by its ending; replaced if it is there.
        colorizer: the model.
        coloring: what is wished of the colours.
        options: what is wished of the film: part, shots, hints, deinterlace.

    Returns:
        How many shots it has.

    Raises:
        FilmError: it cannot be read.
    """
    wished = options or FilmOptions()
    if target.suffix.lower() not in Image.registered_extensions():
        raise FilmError(f"{target}: name a picture, such as {target.stem}.png")
    film = as_read(film, wished)
    ask = asking_for(film, colorizer, coloring, wished)
    tiles = [
        _tile(_picture(frame, film, ask), f"{number}  {clock(begins, film)}")
        for number, begins, frame in _midst(film, wished)
    ]
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


def _midst(film: Film, wished: FilmOptions) -> Iterator[tuple[int, int, Frame]]:
    """Yield of each shot that is wanted its number, when it begins, and a frame of its midst."""
    first, end = part_of(film, wished)
    found = find_shots(film, deinterlace=wished.deinterlace, first=first, end=end)
    shots = (wished.shots or ShotList(tuple(found))).shots
    starts = [pts_at(film, shot.start / 1000) for shot in shots]
    for number, (shot, start) in enumerate(zip(shots, starts, strict=True), start=1):
        begins = max(start, film.start if first is None else first)
        if number < len(shots):
            ends = starts[number]
        elif shot.frames:
            ends = begins + round(shot.frames / film.rate / film.time_base)
        else:
            ends = max(begins + 1, film.start + round((film.duration or 0.0) / film.time_base))
        ends = ends if end is None else min(ends, end)
        if ends <= begins:
            continue
        # By its duration, which sound may stretch, a film may be longer than its picture.
        for place in ((begins + ends) // 2, begins):
            frame = next(read_frames(film, start=place, deinterlace=wished.deinterlace), None)
            if frame is not None:
                yield number, begins, frame
                break


def _picture(frame: Frame, film: Film, ask: Ask) -> Image.Image:
    """Return a frame in colour, upright and with square pixels."""
    encoding = y4m_encoding(film)
    with closing(colored(film, [frame], ask, encoding)) as coming:
        rgb = color_frame(next(coming), film, encoding).rgb()
    size = (max(1, round(film.width * float(film.aspect))), film.height)
    shown = Image.fromarray(rgb).resize(size)
    return Image.fromarray(np.rot90(np.asarray(shown), film.turn))


def _tile(picture: Image.Image, said: str) -> Image.Image:
    height = max(1, round(picture.height * _WIDTH / picture.width))
    tile = Image.new("RGB", (_WIDTH, height + _LINE), "black")
    tile.paste(picture.resize((_WIDTH, height)), (0, 0))
    ImageDraw.Draw(tile).text((4, height + 3), said, fill="white")
    return tile
