"""YCbCr in TIFFs as only TIFF has it (TIFF 6.0, section 21): subsampled in units, or in planes.

No decoder that says what is wrong with a file reads these: strips are unpacked here and put
together.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rehue.errors import PhotoError
from rehue.photo.formats.tiff.header import JPEG, unusual
from rehue.photo.samples import depth

if TYPE_CHECKING:
    from tifffile import TiffPage

_COEFFICIENTS, _SUBSAMPLING, _REFERENCE = 529, 530, 532
_USUAL_REFERENCE = (0, 255, 128, 255, 128, 255)
_PLANES, _HORIZONTAL = 2, 2


def decoded_ycbcr(page: "TiffPage", data: bytes, name: str) -> NDArray[np.uint8]:
    """Decode a page of three samples of 8 bits: H x W x 3, RGB.

    Raises:
        PhotoError: a strip or tile is missing, or shorter than its place.
    """
    across, down = _pair(page.tags.valueof(_SUBSAMPLING, (2, 2)))
    is_planar = page.planarconfig == _PLANES
    if across not in (1, 2, 4) or down not in (1, 2, 4):
        raise unusual(name, f"YCbCr with chroma for {across} x {down} pixels")
    if page.predictor not in ((1, _HORIZONTAL) if is_planar else (1,)):
        raise unusual(name, f"YCbCr with predictor {int(page.predictor)}")
    height, width = page.imagelength, page.imagewidth
    planes = [(1, 1), (across, down), (across, down)]
    luma = np.zeros((height, width), np.uint8)
    chroma = np.zeros((2, -(-height // down), -(-width // across)), np.uint8)
    for plane, part in enumerate(planes if is_planar else [(across, down)]):
        for place in _places(page, plane if is_planar else 0):
            packed = _segment(page, data, name, place[0])
            if is_planar:
                target = luma if plane == 0 else chroma[plane - 1]
                samples = _unpacked(page, packed)
                _put_plane(samples, target, place, part, name, page.predictor == _HORIZONTAL)
            else:
                _put_units(_unpacked(page, packed), luma, chroma, place, part, name)
    return _as_rgb(page, luma, chroma, across, down)


# Number of a segment, and its top, left, height and width in the picture.
_Place = tuple[int, int, int, int, int]


def _places(page: "TiffPage", plane: int) -> list[_Place]:
    height, width = page.imagelength, page.imagewidth
    high = page.tilelength if page.is_tiled else min(page.rowsperstrip, height)
    wide = page.tilewidth if page.is_tiled else width
    spots = [(top, left) for top in range(0, height, high) for left in range(0, width, wide)]
    first = plane * len(spots)
    full = high if page.is_tiled else None
    return [
        (first + n, top, left, full or min(high, height - top), wide)
        for n, (top, left) in enumerate(spots)
    ]


def _segment(page: "TiffPage", data: bytes, name: str, number: int) -> bytes:
    offsets, sizes = page.dataoffsets, page.databytecounts
    if number < min(len(offsets), len(sizes)):
        at, size = offsets[number], sizes[number]
        if at > 0 and size > 0 and at + size <= len(data):
            return data[at : at + size]
    raise _short(name)


def _unpacked(page: "TiffPage", packed: bytes) -> NDArray[np.uint8]:
    import imagecodecs  # noqa: PLC0415 (slow to load)

    if page.compression == JPEG:
        plane: NDArray[np.uint8] = imagecodecs.jpeg8_decode(packed, tables=page.jpegtables)
        return plane.reshape(-1)
    ways: dict[int, Callable[[bytes], Any]] = {
        1: bytes,
        5: imagecodecs.lzw_decode,
        8: imagecodecs.zlib_decode,
        32946: imagecodecs.zlib_decode,
        32773: imagecodecs.packbits_decode,
        34925: imagecodecs.lzma_decode,
        50000: imagecodecs.zstd_decode,
    }
    return np.frombuffer(ways[page.compression](packed), np.uint8)


def _put_plane(
    samples: NDArray[np.uint8],
    target: NDArray[np.uint8],
    place: _Place,
    part: tuple[int, int],
    name: str,
    is_difference: bool,
) -> None:
    _, top, left, high, wide = place
    across, down = part
    rows, columns = -(-high // down), -(-wide // across)
    if len(samples) < rows * columns:
        raise _short(name)
    whole = samples[: rows * columns].reshape(rows, columns)
    if is_difference:
        whole = np.cumsum(whole, axis=1, dtype=np.uint8)
    spot = target[top // down :, left // across :][:rows, :columns]
    spot[:] = whole[: spot.shape[0], : spot.shape[1]]


def _put_units(
    samples: NDArray[np.uint8],
    luma: NDArray[np.uint8],
    chroma: NDArray[np.uint8],
    place: _Place,
    part: tuple[int, int],
    name: str,
) -> None:
    """Put units of luma, Cb and Cr where they belong: rows of units, each of its pixels."""
    _, top, left, high, wide = place
    across, down = part
    rows, columns, size = -(-high // down), -(-wide // across), across * down + 2
    if len(samples) < rows * columns * size:
        raise _short(name)
    units = samples[: rows * columns * size].reshape(rows, columns, size)
    light = units[..., :-2].reshape(rows, columns, down, across).swapaxes(1, 2)
    spot = luma[top:, left:][: rows * down, : columns * across]
    whole = light.reshape(rows * down, columns * across)
    spot[:] = whole[: spot.shape[0], : spot.shape[1]]
    for number, plane in enumerate(chroma):
        area = plane[top // down :, left // across :][:rows, :columns]
        area[:] = units[: area.shape[0], : area.shape[1], across * down + number]


def _as_rgb(
    page: "TiffPage", luma: NDArray[np.uint8], chroma: NDArray[np.uint8], across: int, down: int
) -> NDArray[np.uint8]:
    red, green, blue = _numbers(page.tags.valueof(_COEFFICIENTS), (0.299, 0.587, 0.114))
    levels = _numbers(page.tags.valueof(_REFERENCE), _USUAL_REFERENCE)
    if 0 in (green, levels[1] - levels[0], levels[3] - levels[2], levels[5] - levels[4]):
        levels, (red, green, blue) = _USUAL_REFERENCE, (0.299, 0.587, 0.114)
    made = np.empty((*luma.shape, 3), np.uint8)
    for rows in depth.strips(luma):
        y = (luma[rows].astype(np.float32) - levels[0]) * (255 / (levels[1] - levels[0]))
        lines = np.arange(rows.start, rows.start + len(y)) // down
        cb, cr = (
            (np.repeat(plane[lines], across, axis=1)[:, : y.shape[1]] - np.float32(low))
            * (127 / (high - low))
            for plane, low, high in ((chroma[0], *levels[2:4]), (chroma[1], *levels[4:6]))
        )
        r, b = y + cr * (2 - 2 * red), y + cb * (2 - 2 * blue)
        g = (y - red * r - blue * b) / green
        made[rows] = np.clip(np.rint(np.stack([r, g, b], axis=-1)), 0, 255).astype(np.uint8)
    return made


def _numbers(value: object, usual: tuple[float, ...]) -> tuple[float, ...]:
    """Return a tag's numbers, which may be rationals (two whole numbers each)."""
    if not isinstance(value, tuple) or len(value) not in (len(usual), 2 * len(usual)):
        return usual
    if len(value) == len(usual):
        return tuple(float(number) for number in value)
    pairs = list(zip(value[::2], value[1::2], strict=True))
    return tuple(above / below for above, below in pairs) if all(b for _, b in pairs) else usual


def _pair(value: object) -> tuple[int, int]:
    return (value[0], value[1]) if isinstance(value, tuple) and len(value) == 2 else (2, 2)


def _short(name: str) -> PhotoError:
    return PhotoError(
        f"{name} is cut off before its end (a strip or tile is not all there): copy or download it "
        "again"
    )
