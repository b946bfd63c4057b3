"""Saying what kind of thing was scanned, before a network sees it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rehue.color import judge_neutrality, lightness
from rehue.errors import PhotoError
from rehue.scan.edges import Corners, places_in
from rehue.scan.finding import Finding, Print, whole
from rehue.scan.own_color import find_own_color
from rehue.scan.prints import find_prints
from rehue.scan.reduced import reduced
from rehue.scan.screens import find_screen
from rehue.scan.stated import NOTHING_STATED, Stated
from rehue.scan.tones import Tones, find_tones

# Sides of the copy whose tones are measured (px), for grain must not count as tones; and places a
# side at which they are.
_TONES, _PLACES = 256, 160
# Share of a print that is left out there, from each side to the middle.
_EDGE = 0.03


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
    own = None if stated.as_is or stated.recolor else find_own_color(pixels)
    height, width = pixels.shape[:2]
    itself = Print(whole(height, width))
    if stated.as_is:
        return Finding((itself,), toning=toning)
    perhaps = NOTHING_STATED
    if stated.prints is None:
        seen = find_prints(pixels)
        places = [tuple((float(x), float(y)) for x, y in c) for c in seen.corners]
        if places and not seen.are_sure:
            perhaps, places = Stated(prints=tuple(places)), []
    else:
        places = [_on_page(corners, height, width) for corners in stated.prints]
    found = [Print(corners) for corners in places] or [itself]
    prints = tuple(
        _measured(pixels, one, stated.tones).turned((stated.upright or 0) // 90) for one in found
    )
    return Finding(
        prints,
        has_surround=bool(places),
        toning=toning,
        own_color=own,
        is_recognizable=stated.upright is None and not stated.is_negative,
        has_stated_tones=stated.tones is not None,
        perhaps=perhaps,
    )


def _measured(pixels: NDArray[np.generic], found: Print, tones: Tones | None) -> Print:
    """Look at one print's tones and dots."""
    rows, columns = _box(found.quad)
    box = pixels[rows, columns]
    if tones is None:
        tones = find_tones(lightness(_shown(box, found.quad - (columns.start, rows.start))))
    return replace(found, tones=tones, screen=find_screen(box))


def _shown(box: NDArray[np.generic], corners: Corners) -> NDArray[np.float32]:
    """Return what a quadrilateral shows at a grid of places, but for its edges: luma, 0..1."""
    # They are mixed with what surrounds it.
    share = np.linspace(_EDGE, 1 - _EDGE, _PLACES)
    planes = [box] if box.ndim == 2 else [box[..., channel] for channel in range(3)]
    values: list[NDArray[np.float32]] = []
    for plane in planes:
        small = reduced(plane, _TONES)
        if not values:
            at = np.floor(places_in(corners / small.step, share, share)).astype(np.intp)
            limits = np.array(small.light.shape[::-1]) - 1
            x, y = np.clip(at, 0, limits).transpose(2, 0, 1)
        values.append(small.light[y, x] / np.float32(255))
    # Of a colour photograph green alone may span less (weights of ITU-R BT.601).
    weights = np.array([1] if len(planes) == 1 else [0.299, 0.587, 0.114], np.float32)
    return np.asarray(np.tensordot(weights, np.stack(values), 1))


def _box(corners: Corners) -> tuple[slice, slice]:
    """Rows and columns that a print lies in."""
    low = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    high = np.ceil(corners.max(axis=0)).astype(int)
    return slice(low[1], high[1]), slice(low[0], high[0])


def _on_page(
    corners: tuple[tuple[float, float], ...], height: int, width: int
) -> tuple[tuple[float, float], ...]:
    for x, y in corners:
        if not (0 <= x <= width and 0 <= y <= height):
            raise PhotoError(
                f"a print's corner {x:g}, {y:g} lies outside {width} x {height} pixels"
            )
    return tuple((float(x), float(y)) for x, y in corners)
