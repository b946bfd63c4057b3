"""Shots of one scene in the colours of one, though a network says different things of them.

Two shots of a scene show the same things at about the same light. So the first frames of both are
compared tone by tone: how far the mean ab of one is from the other's is added to the second shot's
answers. A palette, as a reference picture gives it, moves shots apart that agree already.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rehue.errors import FilmError
from rehue.film.coloring import Ask
from rehue.film.flow import Light, Map, flow_size, small_light
from rehue.film.opening import opencv
from rehue.film.probing import Film
from rehue.film.shotlist import ShotList, opening_frame
from rehue.film.shots import Placed, Reading
from rehue.film.times import thousandths

# Tones that are told apart, and how many of 255 greys a mean reaches to either side.
_TONES: Final = np.linspace(0, 255, 18)
_REACH: Final = 15.0
# Share of a frame that a tone must fill for its mean to count half.
_FEW: Final = 0.005


def in_likeness(ask: Ask, film: Film, shots: ShotList, *, deinterlace: bool = False) -> Ask:
    """Return how the network is asked where shots are to be like others.

    Args:
        ask: how it is asked otherwise.
        film: from `probe`.
        shots: of which some say what they are like.
        deinterlace: part woven fields first.

    Raises:
        FilmError: when asked, where a shot that another is to be like has no frame.
    """

    @cache
    def shift(number: int) -> Map:
        like = shots.shots[number].like
        if like is None:
            return np.zeros((len(_TONES), 2), np.float32)
        one, own = (_first(film, shots, n, deinterlace=deinterlace) for n in (like - 1, number))
        return _difference(asked(one), one.reading.light, ask(own), own.reading.light)

    def asked(here: Placed) -> Map:
        number = shots.number(thousandths(here.reading.frame.pts, film))
        ab = ask(here)
        if shots.shots[number].like is None:
            return ab
        return ab + _at_tones(shift(number), here.reading.light, ab)

    return asked


def _first(film: Film, shots: ShotList, number: int, *, deinterlace: bool) -> Placed:
    """Return a shot's first frame."""
    frame = opening_frame(film, shots, number, deinterlace=deinterlace)
    if frame is None:
        raise FilmError(f"{film.path}: has no shot {number + 1}, which another is to be like")
    size = flow_size(film.height, film.width, float(film.aspect))
    light = small_light(frame.luma, film.coding, size)
    return Placed(Reading(frame, light, None), number, 0, (1.0,))


def _difference(ab: Map, light: Light, own: Map, own_light: Light) -> Map:
    """Return how far the mean ab of each tone is from another frame's: tones x 2."""
    (means, shares), (own_means, own_shares) = _profile(ab, light), _profile(own, own_light)
    share = np.minimum(shares, own_shares)
    trust = share / (share + _FEW)
    difference: Map = ((means - own_means) * trust[:, None]).astype(np.float32)
    return difference


def _profile(ab: Map, light: Light) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean ab of each tone, and the share of a frame that it fills."""
    grey, colors = _on_grid(light, ab).ravel(), ab.reshape(-1, 2)
    weights = np.exp(-(((_TONES[:, None] - grey) / _REACH) ** 2))
    total = weights.sum(axis=1)
    return weights @ colors / np.maximum(total, 1e-9)[:, None], total / grey.size


def _at_tones(shift: Map, light: Light, ab: Map) -> Map:
    grey = _on_grid(light, ab)
    return np.stack([np.interp(grey, _TONES, shift[:, n]) for n in (0, 1)], -1).astype(np.float32)


def _on_grid(light: Light, ab: Map) -> Map:
    cv2 = opencv()
    grey: Map = cv2.resize(light, ab.shape[1::-1], interpolation=cv2.INTER_AREA).astype(np.float32)
    return grey
