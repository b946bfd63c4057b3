"""From a film's frames to frames in colour: read, asked, steadied, solved, each step in threads."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rehue.color.ycbcr import Coding, chroma_at_luma, encoded_grey
from rehue.colorizer import Colorizer
from rehue.film.ahead import ahead, in_order
from rehue.film.encoding import Encoding
from rehue.film.flow import Map, flow_size, link, small_light
from rehue.film.frames import Frame
from rehue.film.opening import opencv
from rehue.film.probing import Film
from rehue.film.shots import Placed, Reading, placed
from rehue.film.steady import ASK_EVERY, BLOCK, Memory, Moment, steadied
from rehue.scan import AS_IS
from rehue.wishes import Coloring

# Frames that lie between two steps: what is held of a film at a time is some dozens of frames.
_DEPTH: Final = 3
_SOLVERS: Final = 2

Samples: TypeAlias = NDArray[np.unsignedinteger[Any]]
# What the network is asked: a frame in its shot; the answer is ab, h x w x 2.
Ask: TypeAlias = Callable[[Placed], Map]


@dataclass(frozen=True)
class State:
    """All that colouring the next frame needs to know of those before.

    Attributes:
        placed: the frame just coloured, in its shot.
        memory: of colours.
    """

    placed: Placed
    memory: Memory


@dataclass(frozen=True)
class Colored:
    """A frame in colour.

    Attributes:
        pts: in units of the film's time base.
        luma: height x width: what was read, brought to the encoding's depth.
        cb: at the encoding's subsampling.
        cr: as `cb`.
        state: for going on after this frame.
    """

    pts: int
    luma: Samples
    cb: Samples
    cr: Samples
    state: State


def asking(colorizer: Colorizer, film: Film, wishes: Callable[[Placed], Coloring]) -> Ask:
    """Return how the network is asked of a frame, which it sees upright and with square pixels.

    Args:
        colorizer: the model.
        film: from `probe`.
        wishes: what is wished of the colours of a frame.
    """
    grid = tuple(side // 2 for side in flow_size(film.height, film.width, float(film.aspect)))
    tall, wide = grid[::-1] if film.turn % 2 else grid

    def ask(here: Placed) -> Map:
        luma, wished = here.reading.frame.luma, wishes(here)
        if not wished.hints:  # whose places are in pixels of the film
            luma = _shrunk(luma, colorizer.size)
        # As it is: what was found on one frame and not on the next would flicker.
        ab = colorizer.look(seen(luma, film), scan=AS_IS).chroma(wished, (tall, wide)).all()
        return np.ascontiguousarray(np.rot90(ab, -film.turn))

    return ask


def _shrunk(luma: Samples, short: int) -> Samples:
    """Return luma at a whole fraction of its size, whose short side is still twice as many pixels.

    It spares the network's own way to its size most of a large frame.
    """
    factor = min(luma.shape) // (2 * short)
    if factor < 2:
        return luma
    cv2 = opencv()
    size = (luma.shape[1] // factor, luma.shape[0] // factor)
    shrunk: Samples = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    return shrunk


def seen(luma: Samples, film: Film) -> NDArray[np.uint8]:
    """Return a frame as people see it: 8-bit grey, upright, with square pixels."""
    grey = encoded_grey(luma, film.coding)
    if film.aspect != 1:
        size = (max(1, round(grey.shape[1] * float(film.aspect))), grey.shape[0])
        grey = opencv().resize(grey, size, interpolation=opencv().INTER_AREA)
    return np.ascontiguousarray(np.rot90(grey, film.turn))


def colored(
    film: Film,
    frames: Iterable[Frame],
    ask: Ask,
    encoding: Encoding,
    state: State | None = None,
    begins: Callable[[int, int], bool] | None = None,
) -> Generator[Colored]:
    """Yield a film's frames in colour.

    Args:
        film: from `probe`.
        frames: consecutive ones, from the film's first or from behind `state` on.
        ask: from `asking`.
        encoding: what they are made for: its depth and subsampling.
        state: of the frame before the first; None at the beginning. Go on only where the next
            frame's place in its shot is a multiple of `steady.BLOCK`, or 0.
        begins: says where shots begin, as for `shots.placed`; None to find out.
    """
    solve = _solver(film, encoding)
    with ThreadPoolExecutor(1) as network, ThreadPoolExecutor(_SOLVERS) as solvers:
        asked = ahead(_asked(_read(film, frames, state), ask, network, state, begins), BLOCK)
        steady = ahead(_steady(asked, state), _DEPTH)
        yield from in_order(solve, steady, solvers, _SOLVERS + 1)


def _read(film: Film, frames: Iterable[Frame], state: State | None) -> Iterator[Reading]:
    size = flow_size(film.height, film.width, float(film.aspect))
    before = None if state is None else state.placed.reading.light
    for frame in frames:
        light = small_light(frame.luma, film.coding, size)
        yield Reading(frame, light, None if before is None else link(before, light))
        before = light


_Asked: TypeAlias = "tuple[Placed, Future[Map] | None]"


def _asked(
    readings: Iterable[Reading],
    ask: Ask,
    network: ThreadPoolExecutor,
    state: State | None,
    begins: Callable[[int, int], bool] | None,
) -> Iterator[_Asked]:
    """Part frames into shots, and have the network asked of those that it is to see."""
    for here in placed(readings, None if state is None else state.placed, begins):
        is_asked = here.place % ASK_EVERY == 0
        yield here, network.submit(ask, here) if is_asked else None


_Steady: TypeAlias = tuple[Map, State]


def _steady(asked: Iterable[_Asked], state: State | None) -> Iterator[_Steady]:
    """Make the network's answers steady, shot by shot."""
    known = None if state is None else (state.placed.shot, state.memory)
    for shot, group in groupby(asked, key=lambda item: item[0].shot):
        waiting: deque[Placed] = deque()
        past = known[1] if known is not None and known[0] == shot else None
        for ab, memory in steadied(_moments(group, waiting), past):
            yield ab, State(waiting.popleft(), memory)


def _moments(asked: Iterable[_Asked], waiting: deque[Placed]) -> Iterator[Moment]:
    """Yield what `steadied` wants of each frame, and keep the frame itself until it is done."""
    for here, answer in asked:
        waiting.append(here)
        # What leads over from another shot is of no use.
        link_before = here.reading.link if here.place else None
        yield Moment(link_before, None if answer is None else answer.result())


def _solver(film: Film, encoding: Encoding) -> Callable[[_Steady], Colored]:
    cv2 = opencv()
    coding = Coding(film.coding.matrix, film.coding.is_full_range, encoding.bits)
    across, down = encoding.subsampling
    size = (-(-film.width // across), -(-film.height // down))
    # Where lines share their colour two and two, they do so within a field.
    are_woven = film.is_interlaced and down == 2 and film.height % 4 == 0

    def solve(steady: _Steady) -> Colored:
        ab, state = steady
        frame = state.placed.reading.frame
        luma = deepened(frame.luma, film.coding, coding)
        a, b = (
            cv2.resize(np.ascontiguousarray(ab[..., n]), size, interpolation=cv2.INTER_CUBIC)
            for n in (0, 1)
        )
        if are_woven:
            cb, cr = np.empty(a.shape, coding.dtype), np.empty(a.shape, coding.dtype)
            for field in (slice(0, None, 2), slice(1, None, 2)):
                cb[field], cr[field] = chroma_at_luma(
                    luma[field], a[field], b[field], coding, encoding.subsampling
                )
        else:
            cb, cr = chroma_at_luma(luma, a, b, coding, encoding.subsampling)
        return Colored(frame.pts, luma, cb, cr, state)

    return solve


def deepened(luma: Samples, coding: Coding, wanted: Coding) -> Samples:
    """Bring luma to more bits: exactly where its range is limited, to the nearest where full."""
    if coding.bits == wanted.bits:
        return luma
    if not coding.is_full_range:
        return luma.astype(np.uint16) << np.uint16(wanted.bits - coding.bits)
    scaled = luma.astype(np.uint32) * wanted.white + coding.white // 2
    return (scaled // coding.white).astype(np.uint16)
