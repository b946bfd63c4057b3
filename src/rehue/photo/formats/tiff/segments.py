"""Strips and tiles of a TIFF, decoded side by side into one picture."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rehue.errors import PhotoError
from rehue.photo.formats import jpeg, webp
from rehue.photo.formats.tiff.header import (
    CHANNELS,
    JPEG,
    PALETTE,
    WEBP,
    WHITE_IS_ZERO,
    sample_type,
    unusual,
)

if TYPE_CHECKING:
    from tifffile import TiffPage

_THREADS = 4


def decoded(
    page: "TiffPage", data: bytes, name: str, alpha_at: int | None
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Decode all segments into H x W x channels and alpha, black 0 and white full."""
    import imagecodecs  # noqa: F401, PLC0415 (tifffile's decoders; loaded before the threads start)

    channels, size = CHANNELS[page.photometric], (page.imagelength, page.imagewidth)
    wanted = sample_type(page, name)
    color = np.zeros((*size, channels), wanted)
    alpha = None if alpha_at is None else np.zeros(size, wanted)
    options: dict[str, Any] = {}
    if page.compression == JPEG:
        options = {"jpegtables": page.jpegtables, "jpegheader": page.jpegheader}
    is_planar = page.planarconfig == 2 and page.samplesperpixel > 1

    def place(numbered: tuple[int, memoryview]) -> None:
        number, packed = numbered
        made, (plane, _, top, left, _), _ = page.decode(packed, number, **options)
        if made is None:
            raise PhotoError(f"{name} lacks parts of its picture: copy or download it again")
        part = made[0, : page.imagelength - top, : page.imagewidth - left]
        spot = slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
        first = plane if is_planar else 0
        used = min(channels - first, part.shape[2])
        if used > 0:
            color[*spot, first : first + used] = _scaled(page, part[..., :used], name)
        if alpha is not None and alpha_at is not None and 0 <= alpha_at - first < part.shape[2]:
            alpha[spot] = _scaled(page, part[..., alpha_at - first], name, inverted=False)

    page.decode  # noqa: B018 (made at the first look, which is not safe between threads)
    with ThreadPoolExecutor(_THREADS) as pool:
        for _ in pool.map(place, list(_segments(page, data, name))):
            pass
    return color, alpha


def _segments(page: "TiffPage", data: bytes, name: str) -> Iterator[tuple[int, memoryview]]:
    """Yield number and bytes of each strip or tile, all of which must be there."""
    whole = memoryview(data)
    count = int(np.prod(page.chunked))
    offsets, sizes = page.dataoffsets, page.databytecounts
    if len(offsets) < count or len(sizes) < count:
        raise PhotoError(
            f"{name} lists {len(offsets)} of its {count} strips or tiles: copy or download it again"
        )
    for number in range(count):
        offset, size = offsets[number], sizes[number]
        if size < 1 or offset < 1 or offset + size > len(data):
            raise PhotoError(
                f"{name} is cut off before its end (strip or tile {number + 1} of {count} is not "
                "all there): copy or download it again"
            )
        packed = whole[offset : offset + size]
        if page.compression in (JPEG, WEBP):
            _check_size(page, packed, name)
        yield number, packed


def _check_size(page: "TiffPage", packed: memoryview, name: str) -> None:
    """Refuse a strip or tile of JPEG or WebP that says it is larger than its place."""
    start = bytes(packed[: 1 << 16])
    size = jpeg.frame_size(start) if page.compression == JPEG else webp.frame_size(start)
    if page.is_tiled:
        # Those at the edges are padded, also where the whole picture is smaller than a tile.
        width, length = page.tilewidth, page.tilelength
    else:
        width, length = page.imagewidth, min(page.rowsperstrip, page.imagelength)
    if size and (size[0] > width + 15 or size[1] > length + 15):
        kind = "JPEG" if page.compression == JPEG else "WebP"
        raise unusual(name, f"a {kind} of {size[0]:,} x {size[1]:,} pixels in a smaller place")


def _scaled(
    page: "TiffPage", part: NDArray[Any], name: str, *, inverted: bool = True
) -> NDArray[Any]:
    """Bring samples to the full range of their type, with black as 0 where that is `inverted`."""
    inverted = inverted and page.photometric == WHITE_IS_ZERO
    if part.dtype.kind == "f":
        part = part.astype(np.float32)
        low, high = float(part.min()), float(part.max())
        # NaN fails both comparisons; resampling leaves values a little beyond 0..1.
        if not (low >= -0.5 and high <= 1.5):
            raise PhotoError(
                f"{name} has floats from {low:g} to {high:g}: scale them to 0..1 first"
            )
        part = np.clip(part, 0, 1)
        return 1 - part if inverted else part
    bits = page.bitspersample
    white = 255 if bits <= 8 else 65535
    if page.photometric == PALETTE:
        return part
    if bits > 16:
        part = (part >> (bits - 16)).astype(np.uint16)
    elif bits not in (8, 16):
        part = (part.astype(np.uint32) * white + ((1 << bits) - 1) // 2) // ((1 << bits) - 1)
    return white - part if inverted else part
