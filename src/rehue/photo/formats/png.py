"""PNG's chunks (ISO/IEC 15948): 16-bit pictures and a gamma, which Pillow does not read.

imagecodecs packs and unpacks 16-bit pixels; everything else in such a file is Pillow's work still,
done on the same chunks around a picture of one pixel.
"""

import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import linear_to_srgb

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = {b"IHDR", b"IDAT", b"IEND", b"PLTE", b"tRNS", b"sBIT", b"bKGD", b"hIST"}
_MANAGED = {b"iCCP", b"sRGB", b"cICP"}
_ONE_PIXEL = (
    (
        b"IHDR",
        (1).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0]),
    ),
    (b"IDAT", zlib.compress(bytes(4))),
)
# A gamma of 1/2.2 in its 100,000ths is what sRGB files say; this near to it, it is meant.
_SRGB_GAMMA, _NEAR = 45455, 1000


def bits(data: bytes) -> int:
    """Return the bits of a sample."""
    return data[24]


def without_pixels(data: bytes) -> bytes:
    """Return a file with all that stands beside the pixels, and one pixel."""
    beside = [chunk for chunk in _chunks(data) if chunk[0] not in _PIXELS]
    return _file([_ONE_PIXEL[0], *beside, _ONE_PIXEL[1]])


def decode_deep(data: bytes) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Decode a picture of 16 bits a sample: colour (H x W or H x W x 3) and alpha."""
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    # Checked here: libpng would say on standard error what it found.
    if not _is_whole(data):
        raise ValueError("a chunk is damaged or truncated")
    samples = imagecodecs.png_decode(data)
    if samples.ndim == 2:
        return samples, None
    channels = samples.shape[2]
    alpha = np.ascontiguousarray(samples[..., -1]) if channels in (2, 4) else None
    color = samples[..., 0] if channels < 3 else samples[..., :3]
    return np.ascontiguousarray(color), alpha


def encode_deep(samples: NDArray[np.uint16], beside: bytes) -> bytes:
    """Return a file of 16 bits a sample.

    Args:
        samples: H x W x 3, or x 4 with alpha.
        beside: a PNG of one pixel whose other chunks the file gets.
    """
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    packed = list(_chunks(bytes(imagecodecs.png_encode(np.ascontiguousarray(samples), level=3))))
    others = [chunk for chunk in _chunks(beside) if chunk[0] not in _PIXELS]
    return _file([packed[0], *others, *(c for c in packed if c[0] == b"IDAT")])


def gamma(data: bytes) -> float | None:
    """Return the exponent from samples to linear light that a file asks for (11.3.2.2).

    None when it says nothing, says it otherwise (profile, sRGB), or means sRGB.
    """
    found = {}
    for kind, content in _chunks(data):
        if kind == b"IDAT":
            break
        found[kind] = content
    if _MANAGED & found.keys() or len(found.get(b"gAMA", b"")) != 4:
        return None
    said = int.from_bytes(found[b"gAMA"], "big")
    if not said or abs(said - _SRGB_GAMMA) <= _NEAR:
        return None
    return 100_000 / said


def gamma_table(exponent: float, bits: int) -> NDArray[Any]:
    """Return the sRGB code for each code of a picture of that gamma, of 8 or 16 bits."""
    white = (1 << bits) - 1
    linear = (np.arange(white + 1) / white) ** exponent
    codes: NDArray[Any] = np.floor(np.clip(linear_to_srgb(linear), 0, 1) * white + 0.5)
    return codes.astype(np.uint8 if bits == 8 else np.uint16)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        yield kind, data[at + 8 : at + 8 + size]
        if kind == b"IEND":
            return
        at += 12 + size


def _is_whole(data: bytes) -> bool:
    """Say whether all chunks of pixels are as they were written, and the end is there."""
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 8 + size
        check = zlib.crc32(memoryview(data)[at + 4 : end])
        if kind in _PIXELS and check != int.from_bytes(data[end : end + 4], "big"):
            return False
        if kind == b"IEND":
            return True
        at = end + 4
    return False


def _file(chunks: list[tuple[bytes, bytes]]) -> bytes:
    parts = [_SIGNATURE]
    for kind, content in [*chunks, (b"IEND", b"")]:
        check = zlib.crc32(content, zlib.crc32(kind))
        parts += [len(content).to_bytes(4, "big"), kind, content, check.to_bytes(4, "big")]
    return b"".join(parts)
