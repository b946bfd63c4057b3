"""PNG (ISO/IEC 15948), lossless; 16-bit pictures and a gamma are read here, not by Pillow.

imagecodecs packs and unpacks 16-bit pixels; everything else in such a file is Pillow's work still,
done on the same chunks around a picture of one pixel. Results are packed at zlib's level 1, four
times as fast as level 6 for 2 % more bytes.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, PngImagePlugin

from rehue.color.srgb import linear_to_srgb
from rehue.errors import PhotoError
from rehue.photo.formats import by_pillow, png_texts
from rehue.photo.formats.contract import (
    Decoded,
    Format,
    Page,
    Source,
    begins_with,
    left_out_foreign,
    left_out_shape,
)
from rehue.photo.formats.heard import heard
from rehue.photo.formats.heif import HDR_NOTE, HDR_TRANSFERS
from rehue.photo.photograph import Carried
from rehue.photo.records import exif, raw_profiles
from rehue.photo.samples import depth, pixels

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = {b"IHDR", b"IDAT", b"IEND", b"PLTE", b"tRNS", b"sBIT", b"bKGD", b"hIST"}
_MANIFEST = b"caBX"  # C2PA's
# What a result has again, has otherwise, or has notes of its own for.
_KNOWN = _PIXELS | {
    *(b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"sPLT"),
    *(b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"pHYs", b"acTL", b"fcTL", _MANIFEST),
}
_LEFT_OUT = {
    b"bKGD": "the colour to show it on (bKGD) is left out",
    b"tIME": "when it was last changed (tIME) is left out",
    b"oFFs": "its place on a larger page (oFFs) is left out",
    b"pCAL": "what its values measure (pCAL) is left out",
    b"sCAL": "the scale of what it shows (sCAL) is left out",
    b"sTER": "that it is a pair for two eyes (sTER) is left out",
}
_MANAGED = {b"iCCP", b"sRGB", b"cICP"}
_ONE_PIXEL = (
    (
        b"IHDR",
        (1).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0]),
    ),
    (b"IDAT", zlib.compress(bytes(4))),
)
# BT.709's primaries with sRGB's transfer, or BT.709's, which screens take for the same.
_SRGB_CODINGS = {(1, 13), (1, 1)}
# A gamma of 1/2.2 in its 100,000ths is what sRGB files say; this near to it, it is meant.
_SRGB_GAMMA, _NEAR = 45455, 1000


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture."""
    plain, texts = png_texts.apart(source.data)
    image = by_pillow.opened(PngImagePlugin.PngImageFile, replace(source, data=plain))
    by_pillow.check_still(image, source.name)
    if source.data[24] > 8:
        color, alpha = _decode_deep(plain)
        if color.shape[:2] != (image.height, image.width):
            raise PhotoError(f"{source.name} is not as its header says: copy or download it again")
        image = PngImagePlugin.PngImageFile(BytesIO(_without_pixels(plain)))
        image.load()
        decoded = Decoded(color, alpha)
    else:
        by_pillow.load(image, source)
        decoded = Decoded(*pixels.flat(image, source.data[24]))
    if texts.icc:
        image.info["icc_profile"] = texts.icc
    records, notes = _records(image, texts)
    records = replace(records, manifest=any(kind == _MANIFEST for kind, _ in _chunks(source.data)))
    notes = (*texts.notes, *notes, *_coding(plain), *_left_out(source.data))
    decoded = replace(decoded, records=records, notes=notes)
    exponent = _gamma(source.data)
    yield decoded if exponent is None else _with_gamma(decoded, exponent)


def encode(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write a page."""
    (page,) = pages
    carried = page.carried
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt(raw_profiles.XMP, page.xmp)
    for key, text in carried.text:
        texts.add_text(key, text)
    if carried.photoshop:
        texts.add_text(*raw_profiles.written("iptc", carried.photoshop), zip=True)
    options = by_pillow.options(page) | {
        "pnginfo": texts,
        "compress_level": 1,
        "dpi": carried.dpi,
    }
    if page.bits == 8:
        file.write(by_pillow.saved(by_pillow.picture(page), "PNG", options))
        return
    beside = by_pillow.saved(Image.new("RGB", (1, 1)), "PNG", options)
    file.write(_encode_deep(page.samples(), beside))


FORMAT = Format(
    name="PNG",
    words=("PNG",),
    endings=(".png",),
    claims=begins_with(_SIGNATURE),
    read=read,
    encode=encode,
    media_type="image/png",
    depths=(8, 16),
    lacks=frozenset({"pages", "comment"}),
    for_layers=True,
    signed=True,
)


def _records(image: ImageFile.ImageFile, texts: png_texts.Texts) -> tuple[Carried, tuple[str, ...]]:
    found = by_pillow.records(image.info)
    held = raw_profiles.found_in(texts.said)
    both = exif.several(filter(None, (found.exif, held.exif)))
    return replace(
        found,
        exif=found.exif or held.exif,
        icc=found.icc or held.icc,
        xmp=found.xmp or held.xmp,
        photoshop=held.photoshop,
        text=held.others,
    ), tuple(dict.fromkeys((*held.notes, *both)))


def _with_gamma(decoded: Decoded, exponent: float) -> Decoded:
    note = f"its gamma of {exponent:.2f} is applied, the result's is sRGB's"
    color = decoded.samples
    if isinstance(color, Image.Image):
        table = _gamma_table(exponent, 8).tolist()
        color = color.point(table * len(color.getbands()))
    else:
        color = _gamma_table(exponent, 16)[color]
    return replace(decoded, samples=color, notes=(*decoded.notes, note))


def _without_pixels(data: bytes) -> bytes:
    """Return a file with all that stands beside the pixels, and one pixel."""
    beside = [chunk for chunk in _chunks(data) if chunk[0] not in _PIXELS]
    return _file([_ONE_PIXEL[0], *beside, _ONE_PIXEL[1]])


def _decode_deep(data: bytes) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Decode a picture of 16 bits a sample: colour (H x W or H x W x 3) and alpha."""
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    # Checked here: libpng would say on standard error what it found.
    if not _is_whole(data):
        raise ValueError("a chunk is damaged or truncated")
    with heard():
        return depth.apart(imagecodecs.png_decode(data))


def _encode_deep(samples: NDArray[np.uint16], beside: bytes) -> bytes:
    """Return a file of 16 bits a sample.

    Args:
        samples: H x W x 3, or x 4 with alpha.
        beside: a PNG of one pixel whose other chunks the file gets.
    """
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    packed = list(_chunks(bytes(imagecodecs.png_encode(np.ascontiguousarray(samples), level=3))))
    others = [chunk for chunk in _chunks(beside) if chunk[0] not in _PIXELS]
    return _file([packed[0], *others, *(c for c in packed if c[0] == b"IDAT")])


def _coding(data: bytes) -> Iterator[str]:
    """Say how numbers are meant, where a result's are meant otherwise (cICP, PNG 3, 11.3.2.6)."""
    for kind, content in _chunks(data):
        if kind == b"IDAT":
            return
        if kind == b"cICP" and len(content) == 4 and content[1] in HDR_TRANSFERS:
            yield HDR_NOTE
        elif kind == b"cICP" and tuple(content[:2]) not in _SRGB_CODINGS:
            yield "its colour coding (cICP) is left out, and its numbers are read as sRGB's"


def _left_out(data: bytes) -> Iterator[str]:
    """Say which chunks have no place in a result."""
    kinds = [kind for kind, _ in _chunks(data)]
    if kinds.count(b"iCCP") > 1:
        yield "its second ICC profile is left out"
    yield from (note for kind, note in _LEFT_OUT.items() if kind in kinds)
    for kind, content in _chunks(data):
        if kind == b"pHYs" and len(content) == 9 and not content[8]:
            yield from left_out_shape(*struct.unpack_from(">II", content))
    yield from left_out_foreign(set(kinds) - _KNOWN - _LEFT_OUT.keys())


def _gamma(data: bytes) -> float | None:
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


def _gamma_table(exponent: float, bits: int) -> NDArray[Any]:
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
