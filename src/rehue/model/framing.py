"""Putting a picture of any size and shape before a network, and putting its answers together.

The network sees the true aspect ratio: one factor for both sides brings the short side to the
working size. A long picture is seen through overlapping windows. Edges are padded by reflection
to multiples of 32, and what was answered for the padding is cut off again.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.color import lightness
from rehue.model.runtime import Runtime

# The coarsest stride of any network, at which features are, too.
MULTIPLE = 32
# A window is at most this many times as long as the working size...
_WINDOW = 3
# ...neighbours share this many working sizes...
_OVERLAP = 1
# ...and a picture longer than so many working sizes is seen smaller (100,000 x 1 is valid).
_LONGEST = 48


@dataclass(frozen=True)
class Answer:
    """What a network answered for one picture, on its own grid.

    Attributes:
        logits: B x h x w; None from a network without classes.
        ab: 2 x h x w; None from a network without a regression.
        box: left, top, right, bottom of the picture on the grid, in cells; cells beyond it were
            padding.
        stride: pixels a cell, as the network saw the picture.
        features: C x height/32 x width/32 of what the network saw, padding included, by which
            things are told apart; None from a network without a recogniser.
        hints: that it was told of, 3 x height x width as it saw the picture; None for none.
        pinned: height x width, which of these are pins; None for no hints.
    """

    logits: NDArray[np.float32] | None
    ab: NDArray[np.float32] | None
    box: tuple[float, float, float, float]
    stride: int
    features: NDArray[np.float32] | None = None
    hints: NDArray[np.float32] | None = None
    pinned: NDArray[np.bool_] | None = None


def ask(
    runtime: Runtime,
    light: NDArray[np.float32],
    working_size: int,
    bins: int,
    *,
    hints: NDArray[np.float32] | None = None,
    palette: NDArray[np.float32] | None = None,
    turn: int = 0,
) -> Answer:
    """Show a picture to a network, with what a user says of it.

    Args:
        runtime: the network.
        light: h x w, from `shrunk_lightness`.
        working_size: as given there.
        bins: B.
        hints: 3 x h x w: a, b and a mask, from `hints.place_hints`.
        palette: B shares.
        turn: quarter turns clockwise after which the picture is upright: so the network sees it,
            and its answer is turned back.
    """
    planes = light[None] if hints is None else np.concatenate([light[None], hints])
    axis = 0 if light.shape[0] > light.shape[1] else 1
    windows = _windows(light.shape[axis], working_size)
    if len(windows) == 1:
        return replace(_ask_window(runtime, planes, bins, palette, turn), hints=hints)
    # Windows lie along the long side; the network still sees the picture upright.
    parts = [planes[:, w] if axis == 0 else planes[:, :, w] for w in windows]
    answers = [_ask_window(runtime, part, bins, palette, turn) for part in parts]
    joined = _joined(answers, [w.start for w in windows], light.shape, axis)
    return replace(joined, hints=hints)


def shrunk_lightness(pixels: NDArray[np.generic], working_size: int) -> NDArray[np.float32]:
    """Return L (0..100) with the short side at the working size."""
    height, width = pixels.shape[:2]
    factor = working_size / min(height, width)
    factor = min(factor, _LONGEST * working_size / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if pixels.dtype == np.uint8:
        # Brought to size as encoded, as the training photographs were.
        small = np.asarray(_resized(Image.fromarray(pixels), size))
        return lightness(small).astype(np.float32, copy=False)
    light = lightness(pixels).astype(np.float32, copy=False)
    small_light = np.asarray(_resized(Image.fromarray(light), size), np.float32)
    return np.clip(small_light, np.float32(0), np.float32(100))


def _resized(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)


def _windows(length: int, working_size: int) -> list[slice]:
    """Spread windows evenly; they start at multiples of 32, so that their grids agree."""
    window, step = _padded(_WINDOW * working_size), (_WINDOW - _OVERLAP) * working_size
    if length <= window + working_size:
        return [slice(0, length)]
    count = -(-(length - window) // step) + 1
    starts = [(length - window) * i // (count - 1) // MULTIPLE * MULTIPLE for i in range(count)]
    # Starts were rounded down: one multiple more lets the last window reach the end.
    return [slice(start, min(start + window + MULTIPLE, length)) for start in starts]


def _ask_window(
    runtime: Runtime,
    planes: NDArray[np.float32],
    bins: int,
    palette: NDArray[np.float32] | None,
    turn: int,
) -> Answer:
    """Ask for one window; planes are lightness and, where there are hints, a, b and their mask."""
    _, height, width = planes.shape
    edges = ((0, _padded(height) - height), (0, _padded(width) - width))
    # Reflection needs a second pixel; a side of one pixel repeats it.
    mode: Literal["reflect", "edge"] = "reflect" if min(height, width) > 1 else "edge"
    padded = _turned(np.pad(planes, ((0, 0), *edges), mode)[None], turn)
    logits, ab, features = runtime.run(
        padded[:, :1],
        bins,
        padded[:, 1:] if len(planes) > 1 else None,
        None if palette is None else palette[None],
    )
    grid = next(output.shape[2] for output in (logits, ab, features) if output is not None)
    stride = padded.shape[2] // grid
    box = (0, 0, width / stride, height / stride)
    outputs = (None if one is None else _turned(one[0], -turn) for one in (logits, ab, features))
    logits, ab, features = outputs
    return Answer(logits, ab, box, stride, features=features)


def _turned(planes: NDArray[Any], quarters: int) -> NDArray[Any]:
    """Turn planes (... x height x width) clockwise."""
    return np.ascontiguousarray(np.rot90(planes, -quarters, (-2, -1)))


def _joined(answers: list[Answer], starts: list[int], shape: tuple[int, ...], axis: int) -> Answer:
    """Blend windows along one axis of the picture, each weighing less towards its ends."""
    height, width = shape
    stride = answers[0].stride

    def blended(parts: list[NDArray[np.float32] | None], stride: int) -> NDArray[np.float32] | None:
        along = [np.moveaxis(part, 1 + axis, 0) for part in parts if part is not None]
        if not along:
            return None
        cells = _padded(shape[axis]) // stride
        total = np.zeros((cells, *along[0].shape[1:]), np.float32)
        weight = np.zeros(cells, np.float32)
        for part, start in zip(along, starts, strict=True):
            covered = slice(start // stride, start // stride + len(part))
            from_end = np.arange(1, len(part) + 1, dtype=np.float32)
            ramp = np.minimum(from_end, from_end[::-1])
            total[covered] += part * ramp[:, None, None]
            weight[covered] += ramp
        total /= weight[:, None, None]
        return np.ascontiguousarray(np.moveaxis(total, 0, 1 + axis))

    return Answer(
        blended([a.logits for a in answers], stride),
        blended([a.ab for a in answers], stride),
        (0, 0, width / stride, height / stride),
        stride,
        blended([a.features for a in answers], MULTIPLE),
    )


def _padded(length: int) -> int:
    return length + -length % MULTIPLE
