"""Is a film in colour already? Frames spread over it are judged as photographs are."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color import Tone, judge_neutrality
from rehue.film.opening import open_film, pyav
from rehue.film.probing import Film

if TYPE_CHECKING:
    from av.video.stream import VideoStream

# Frames that are looked at, at the nearest places where decoding can begin, and their width.
_FRAMES: Final = 12
_WIDTH: Final = 480
# A grey film may have a coloured leader or title; more of its frames in colour make a colour film.
_SOME: Final = 0.25


def is_in_color(film: Film) -> bool:
    """Say whether more than a quarter of a film's frames are in colour, neither grey nor toned."""
    if film.layout.subsampling is None:
        return False
    tones = [judge_neutrality(frame).tone for frame in _spread(film)]
    return tones.count(Tone.COLORED) > _SOME * len(tones)


def _spread(film: Film) -> Iterator[NDArray[np.uint8]]:
    """Yield frames from places spread over a film, small."""
    errors = pyav().error.FFmpegError
    length = film.duration or 0.0
    tall = max(1, round(film.height * _WIDTH / film.width))
    size = (_WIDTH, tall) if film.width > _WIDTH else (film.width, film.height)
    with open_film(str(film.path)) as container:
        stream: VideoStream = container.streams[film.stream]  # type: ignore[assignment]
        stream.codec_context.skip_frame = "NONKEY" if length else "DEFAULT"
        for number in range(_FRAMES):
            at = film.start + round(number / _FRAMES * length / film.time_base)
            # What does not decode there is left to those who read all of it.
            with suppress(errors, StopIteration):
                if length:
                    container.seek(at, stream=stream)
                picture = next(container.decode(stream)).reformat(*size, format="rgb24")
                yield picture.to_ndarray().astype(np.uint8, copy=False)
