"""Colours that a network saw, where a photograph takes them another way than over its L."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.color.fading import estimate_fade
from rehue.photo import Chroma, as_stored, box_as_stored
from rehue.picture.chroma import chroma_of
from rehue.picture.refresh import class_variance, confidence_in_own, refresh
from rehue.picture.upsample import Box, Upsampling
from rehue.seen import Seen
from rehue.wishes import Coloring


def chroma_as_stored(
    pixels: NDArray[np.uint8], ab: NDArray[np.float32], box: Box, orientation: int, threads: int
) -> Chroma:
    """Return the Cb and Cr of a grey photograph in the order in which its file stores it.

    Args:
        pixels: upright, height x width.
        ab: as wished, upright, on the network's grid: 2 x h x w.
        box: left, top, right, bottom of the pixels on that grid, in cells.
        orientation: of the file (EXIF).
        threads: strips at a time.
    """
    # Pairs of pixels are counted from the corner at which the file begins.
    luma = np.ascontiguousarray(as_stored(pixels, orientation))
    small = np.moveaxis(as_stored(np.moveaxis(ab, 0, -1), orientation), -1, 0)
    _, height, width = ab.shape
    box = box_as_stored(box, height, width, orientation)
    chroma = Upsampling(np.ascontiguousarray(small), box, *luma.shape)
    return Chroma(*chroma_of(luma, chroma, threads))


def refreshed(
    pixels: NDArray[Any], seen: Seen, coloring: Coloring, box: Box, threads: int
) -> NDArray[Any]:
    """Return a faded photograph fresh: the fade undone, its own colours blended with those seen.

    Args:
        pixels: height x width x 3, sRGB; uint8, uint16 or float32 0..1.
        seen: what the network saw of it.
        coloring: what is wished of the colours.
        box: left, top, right, bottom of the pixels on the network's grid, in cells.
        threads: strips at a time.

    Raises:
        ModelError: as for `Seen.ab`.
        PhotoError: as for `Seen.ab`.
    """
    fade = estimate_fade(pixels)
    logits = seen.answer_to(coloring).logits
    spread = None if logits is None else class_variance(logits, seen.card.bins)
    ab = seen.ab(coloring)
    own = np.broadcast_to(confidence_in_own(fade, spread), ab.shape).copy()
    size = pixels.shape[:2]
    return refresh(
        pixels,
        fade,
        Upsampling(ab, box, *size),
        Upsampling(own, box, *size),
        saturation=coloring.saturation,
        warmth=coloring.warmth,
        threads=threads,
    )
