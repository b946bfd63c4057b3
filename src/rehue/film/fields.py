"""Frames that are woven of two fields though nothing says so: interlaced, or telecined film.

Film of 24 frames a second becomes video of 30 by weaving: of each five frames two have their fields
from two frames of film (3:2 pulldown). Woven frames show by combs: where things move, a line is
less like its neighbours than like those beyond them, which neither grain nor texture does.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color.ycbcr import encoded_grey
from rehue.errors import FilmError
from rehue.film.frames import read_frames
from rehue.film.opening import opencv
from rehue.film.probing import Film

# Frames that are looked at, and where in the film they begin: titles stand still.
_FRAMES, _AT = 60, 0.3
# A block (px) is combed where lines next to each other differ by so much more than lines two apart,
# and by so many greys; a frame, where so many of its blocks are.
_BLOCK, _MORE, _LEAST, _SHARE = 32, 1.3, 1.0, 0.02
# Rates and heights of video that has fields, and the rate to which film is telecined; and frames in
# which its weave comes round.
_RATES, _TALLEST, _TELECINED = (24.9, 30.1), 1088, 29.9
_ROUND: Final = 5
# Woven frames must be so many, or it is a torn frame or two.
_FEWEST: Final = 6


def woven(film: Film) -> str | None:
    """Say in a line that a film's frames are woven of fields; None where they are not."""
    if not (_RATES[0] < film.rate < _RATES[1] and film.height <= _TALLEST):
        return None
    start = film.start + round((film.duration or 0) * _AT / film.time_base)
    frames = read_frames(film, start=start if film.duration else None)
    combs: list[tuple[bool, bool]] = []
    with suppress(FilmError):  # what is wrong there is said when it is reached
        greys = (encoded_grey(frame.luma, film.coding) for frame in islice(frames, _FRAMES))
        combs.extend(_combs(greys))
    moving, combed = np.array(combs, bool).reshape(-1, 2).T
    if combed.sum() < _FEWEST:
        return None
    if film.rate > _TELECINED and _is_telecine(moving, combed):
        return (
            "telecine: two of each five frames are woven of two frames of film, and coloured so; "
            "FFmpeg's fieldmatch,decimate undoes it before"
        )
    if combed.sum() > moving.sum() / 2:
        return "interlaced, though it does not say so: --deinterlace parts its fields"
    return None


def is_combed(grey: NDArray[np.uint8]) -> bool:
    """Say whether a frame, height x width, has combs."""
    lines = grey.astype(np.float32)
    near, apart = (
        _blocks(np.abs(lines[step : len(lines) - 2 + step] - lines[: len(lines) - 2]))
        for step in (1, 2)
    )
    return bool((near > _MORE * apart + _LEAST).mean() > _SHARE)


def _blocks(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the means of blocks."""
    cv2 = opencv()
    size = [max(1, side // _BLOCK) for side in values.shape[::-1]]
    means: NDArray[np.float32] = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return means


def _combs(greys: Iterable[NDArray[np.uint8]]) -> Iterator[tuple[bool, bool]]:
    """Say of each frame whether it moves against the one before, and then whether it is combed."""
    before: NDArray[Any] | None = None
    for grey in greys:
        moves = before is not None and bool(np.abs(grey.astype(np.int16) - before).mean() > 1)
        yield moves, moves and is_combed(grey)
        before = grey.astype(np.int16)


def _is_telecine(moving: NDArray[np.bool_], combed: NDArray[np.bool_]) -> bool:
    """Say whether two frames after one another of each five are woven, and the others are not."""
    phases = [slice(phase, None, _ROUND) for phase in range(_ROUND)]
    shares = [combed[phase].sum() / max(1, moving[phase].sum()) for phase in phases]
    are = np.array(shares) > 1 / 2
    follow = any(are[n] and are[(n + 1) % _ROUND] for n in range(_ROUND))
    return are.sum() == 2 and follow and max(shares) - min(shares) > 1 / 2
