"""Saying what kind of thing was scanned, before a network sees it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rehue.color import judge_neutrality, lightness
from rehue.errors import PhotoError
from rehue.scan.cutting import cut_out
from rehue.scan.edges import Corners
from rehue.scan.finding import Finding, Print, whole
from rehue.scan.prints import find_prints
from rehue.scan.reduced import reduced
from rehue.scan.screens import find_screen
from rehue.scan.tones import Tones, find_tones

# Sides of the copy whose tones are measured (px): grain must not count as tones.
_TONES = 256


@dataclass(frozen=True)
class Stated:
    """What a user says of a scan; what is not said is looked for.

    Attributes:
        as_is: nothing is looked for, the picture is shown to the network as it is.
        prints: corners of each print, as for `Print`; empty: there are none.
        tones: L of the darkest and the lightest tone of the prints.
    """

    as_is: bool = False
    prints: tuple[tuple[tuple[float, float], ...], ...] | None = None
    tones: Tones | None = None

    def __post_init__(self) -> None:
        """Refuse prints that have no four corners.

        Raises:
            PhotoError: so it is.
        """
        for corners in self.prints or ():
            if len(corners) != 4:
                raise PhotoError(f"a print of {len(corners)} corners: give four")


NOTHING_STATED = Stated()


def examine(pixels: NDArray[np.generic], stated: Stated = NOTHING_STATED) -> Finding:
    """Say what kind of thing a picture is.

    Nothing is changed: a finding says how the network is to see the picture. Where nothing is
    sure, it sees it as it is.

    Args:
        pixels: height x width, or height x width x 3, upright; uint8, uint16 or float 0..1.
        stated: what the user says.

    Raises:
        PhotoError: another shape or sample type; a stated print lies outside the picture.

    >>> examine(np.full((60, 80), 128, np.uint8)).is_plain
    True
    """
    toning = judge_neutrality(pixels)
    height, width = pixels.shape[:2]
    itself = Print(whole(height, width))
    if stated.as_is:
        return Finding((itself,), toning=toning)
    if stated.prints is None:
        places = [tuple((float(x), float(y)) for x, y in c) for c in find_prints(pixels)]
    else:
        places = [_inside(corners, height, width) for corners in stated.prints]
    found = [Print(corners) for corners in places] or [itself]
    prints = tuple(_measured(pixels, one, stated.tones) for one in found)
    return Finding(prints, has_surround=bool(places), toning=toning)


def _measured(pixels: NDArray[np.generic], found: Print, tones: Tones | None) -> Print:
    """Look at one print's tones and dots."""
    box = pixels[_box(found.quad)]
    if tones is None:
        small = reduced(box, _TONES)
        quad = (found.quad - [_box(found.quad)[1].start, _box(found.quad)[0].start]) / small.step
        tones = find_tones(lightness(cut_out(small.light / np.float32(255), quad)))
    return replace(found, tones=tones, screen=find_screen(box))


def _box(corners: Corners) -> tuple[slice, slice]:
    """Rows and columns that a print lies in."""
    low = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    high = np.ceil(corners.max(axis=0)).astype(int)
    return slice(low[1], high[1]), slice(low[0], high[0])


def _inside(
    corners: tuple[tuple[float, float], ...], height: int, width: int
) -> tuple[tuple[float, float], ...]:
    for x, y in corners:
        if not (0 <= x <= width and 0 <= y <= height):
            raise PhotoError(
                f"a print's corner {x:g}, {y:g} lies outside {width} x {height} pixels"
            )
    return tuple((float(x), float(y)) for x, y in corners)
