"""Colours that stay in place over time: a shot's chroma, averaged along the motion of its picture.

The network answers for every fourth frame. What it answers is carried along optical flow both
ways, and averaged where ways meet: each place counts the answers that have come together in it, as
far as the flow on their way is to be trusted, and older ones count less. A place that has just come
into sight has no past, and takes its colour from the future.

Looking ahead matters: averages over the past alone smear more and hold less.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rehue.film.flow import Link, Map, carry
from rehue.film.opening import opencv

# The network is asked for one frame of so many, and for each shot's first.
ASK_EVERY: Final = 4
# Frames that are settled together, and how far beyond them is looked: multiples of ASK_EVERY.
BLOCK: Final = 8
AHEAD: Final = 16
# Frames in which what a place has counted falls to a third.
_MEMORY: Final = 12
# What a place without any answer of its own takes from its surroundings.
_LITTLE: Final = np.float32(0.02)


@dataclass(frozen=True)
class Moment:
    """A frame of a shot on the grid of chroma.

    Attributes:
        link: to the frame before; None for the shot's first.
        ab: what the network answered, h x w x 2; None where it was not asked.
    """

    link: Link | None
    ab: Map | None


@dataclass(frozen=True)
class Memory:
    """What is known at a frame of its shot's past.

    Attributes:
        values: h x w x 3: a and b, each times the count, and the count.
    """

    values: Map


def steadied(
    moments: Iterable[Moment], past: Memory | None = None
) -> Iterator[tuple[NDArray[np.float32], Memory]]:
    """Yield the steady ab (h x w x 2) of each frame of a shot, and what is known by then.

    Blocks of frames are settled together, so the result depends on where the first frame lies in
    the shot: go on only at a multiple of `BLOCK` frames.

    Args:
        moments: a shot's frames, from its first or from a multiple of `BLOCK` on.
        past: what was known at the frame before the first; None at the shot's first.
    """
    coming = iter(moments)
    window = list(islice(coming, BLOCK + AHEAD))
    while window:
        block = window[:BLOCK]
        futures = _futures(window)[: len(block)]
        for moment, future in zip(block, futures, strict=True):
            past = _onwards(past, moment)
            yield _joined(past.values + future), past
        window = window[BLOCK:] + list(islice(coming, BLOCK))


def _onwards(past: Memory | None, moment: Moment) -> Memory:
    """Carry what is known to a frame, and add what the network answers there."""
    values = _own(moment)
    if past is not None and moment.link is not None:
        values = values + _carried(past.values, moment.link.back, moment.link.trust)
    return Memory(values)


def _futures(window: list[Moment]) -> list[Map]:
    """Return what each frame is told by those after it, without its own answer."""
    told: list[Map] = [np.zeros_like(_own(window[-1]))]
    for moment in reversed(window[1:]):
        link = moment.link
        if link is None:
            raise ValueError("only a shot's first frame has no link")
        told.append(_carried(told[-1] + _own(moment), link.forth, link.trust_before))
    return told[::-1]


def _own(moment: Moment) -> Map:
    if moment.ab is not None:
        ones = np.ones((*moment.ab.shape[:2], 1), np.float32)
        return np.concatenate([moment.ab, ones], axis=-1)
    if moment.link is None:
        raise ValueError("a shot's first frame needs an answer")
    return np.zeros((*moment.link.trust.shape, 3), np.float32)


def _carried(values: Map, places: Map, trust: Map) -> Map:
    carried = carry(values, places)
    carried *= (trust * np.float32(1 - 1 / _MEMORY))[..., None]
    return carried


def _joined(values: Map) -> Map:
    """Divide sums by counts; where nothing has been counted, the surroundings fill in."""
    cv2 = opencv()
    around = cv2.GaussianBlur(values, (0, 0), 4)
    wide = cv2.GaussianBlur(
        cv2.resize(values, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA), (0, 0), 4
    )
    wide = cv2.resize(wide, values.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    # Ever wider surroundings, each counting only where the nearer have nothing.
    filled = values + _LITTLE * (around + _LITTLE * wide)
    joined: Map = filled[..., :2] / np.maximum(filled[..., 2:], np.float32(1e-9))
    return joined
