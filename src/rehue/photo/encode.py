"""Encoding a coloured picture as JPEG, PNG, WebP or TIFF, as good as its source and as complete.

Lightness is what Rehue promises to keep, so no format is written more coarsely than its source:

- JPEG: the source's quantisation tables, or those of quality 90 where they are finer; its
  subsampling. A grey source has neither for colour: its own table serves all three components,
  and 4:2:0 is taken, which on six Kodak photographs moved L by 0.666 on average where 4:4:4 did
  by 0.662 (quality 92), for two thirds of the time and 0.82 of the bytes. Other sources: quality
  95, 4:4:4.
- PNG: lossless; zlib's level 1, four times as fast as level 6 for 2 % more bytes.
- WebP: lossless where the source was, else quality 95 (the format gives no way to tell how a
  source was compressed); effort low, 10 times as fast for 7 % more bytes.
- TIFF: the source's compression where Pillow writes it for RGB, else deflate.
"""

from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin, PngImagePlugin

from rehue.errors import PhotoError
from rehue.photo import exif, pixels, profile, tiff
from rehue.photo.failures import encoding
from rehue.photo.mark import Mark
from rehue.photo.photograph import Carried, JpegSettings, Photograph

# Longest side that a format holds (libjpeg's limit is a little below the standard's).
_LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383}
_FINEST_NEEDED = 90
_SEGMENT = 65_533  # bytes in a JPEG segment, without its length
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_TIFF_COMPRESSIONS = {
    "raw": "raw",
    "tiff_lzw": "tiff_lzw",
    "packbits": "packbits",
    "lzma": "lzma",
    "zstd": "zstd",
    "jpeg": "jpeg",
    "tiff_jpeg": "jpeg",
}


def encode(photograph: Photograph, rgb: NDArray[np.uint8], mark: Mark, kind: str) -> bytes:
    """Return the bytes of a file: the coloured pixels, all that is carried, and the mark.

    Args:
        photograph: the source.
        rgb: H x W x 3, sRGB-encoded, in the order that the source stores.
        mark: says how it was coloured.
        kind: JPEG, PNG, WEBP or TIFF.

    Raises:
        PhotoError: the format cannot hold the picture.
    """
    _check(photograph, kind)
    carried = photograph.carried
    alpha = photograph.alpha if kind != "JPEG" else None
    with encoding(photograph.name, kind):
        image = profile.from_srgb(pixels.picture(rgb), carried.icc)
        if alpha is not None:
            image.putalpha(Image.fromarray(alpha))
        packet = mark.to_xmp(carried.xmp)
        if kind == "TIFF":
            return _tiff(image, carried, packet)
        options: dict[str, Any] = {"icc_profile": carried.icc}
        if carried.exif:
            options["exif"] = exif.with_prefix(carried.exif)
        options |= _OPTIONS[kind](photograph, packet)
        return _saved(image, kind, options)


def _check(photograph: Photograph, kind: str) -> None:
    height, width = photograph.pixels.shape[:2]
    longest = _LONGEST_SIDE.get(kind)
    if longest and max(height, width) > longest:
        raise PhotoError(
            f"{photograph.name} has {width:,} x {height:,} pixels, and a {kind} holds at most "
            f"{longest:,} a side: write a .png or .tif"
        )
    if kind == "JPEG" and photograph.alpha is not None and photograph.alpha.min() < 255:
        raise PhotoError(
            f"{photograph.name} has transparent parts, which a JPEG cannot hold: "
            "write a .png, .tif or .webp"
        )


def _jpeg_options(photograph: Photograph, packet: bytes) -> dict[str, Any]:
    carried = photograph.carried
    room = _SEGMENT - len(_XMP_HEADER)
    if len(packet) > room:
        raise PhotoError(
            f"{photograph.name} has {len(packet):,} bytes of XMP with Rehue's mark, and a JPEG "
            f"holds {room:,}: write a .png or .tif"
        )
    segments = [(0xE1, _XMP_HEADER + packet)]
    segments += [(0xE1, content) for content in carried.extended_xmp]
    header = b"Photoshop 3.0\0"
    step = _SEGMENT - len(header)
    for at in range(0, len(carried.photoshop), step):
        segments.append((0xED, header + carried.photoshop[at : at + step]))
    options: dict[str, Any] = {
        "extra": b"".join(
            bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content
            for marker, content in segments
        ),
        "dpi": carried.dpi or (0, 0),
    }
    if carried.comment:
        options["comment"] = carried.comment
    if carried.jpeg is None:
        return options | {"quality": 95, "subsampling": 0}
    return options | _as_fine_as(carried.jpeg, photograph.pixels.ndim == 2)


def _as_fine_as(source: JpegSettings, grey: bool) -> dict[str, Any]:
    luma_needed, chroma_needed = _tables_of_quality(_FINEST_NEEDED)
    luma = list(map(min, source.luma, luma_needed))
    tables = [luma]
    if source.chroma is not None:
        tables.append(list(map(min, source.chroma, chroma_needed)))
    subsampling = source.subsampling
    if subsampling is None:
        subsampling = 2 if grey and source.chroma is None else 0
    return {"qtables": tables, "subsampling": subsampling, "progressive": source.progressive}


@cache
def _tables_of_quality(quality: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    file = BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG", quality=quality)
    tables = JpegImagePlugin.JpegImageFile(BytesIO(file.getvalue())).quantization
    return tuple(tables[0]), tuple(tables[1])


def _png_options(photograph: Photograph, packet: bytes) -> dict[str, Any]:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", packet)
    for key, text in photograph.carried.text:
        texts.add_text(key, text)
    return {"pnginfo": texts, "compress_level": 1, "dpi": photograph.carried.dpi}


def _webp_options(photograph: Photograph, packet: bytes) -> dict[str, Any]:
    options: dict[str, Any] = {"xmp": packet, "exact": True}
    if photograph.carried.lossless:
        return options | {"lossless": True, "quality": 20, "method": 0}
    return options | {"quality": 95, "method": 2}


_OPTIONS = {"JPEG": _jpeg_options, "PNG": _png_options, "WEBP": _webp_options}


def _tiff(image: Image.Image, carried: Carried, packet: bytes) -> bytes:
    compression = _TIFF_COMPRESSIONS.get(carried.tiff_compression or "", "tiff_adobe_deflate")
    if compression == "jpeg" and image.mode == "RGBA":
        compression = "tiff_adobe_deflate"
    options: dict[str, Any] = {"compression": compression, "icc_profile": carried.icc}
    if compression == "jpeg":
        options["quality"] = 95
    said = list(tiff.description(carried.exif)) if carried.exif else []
    said.append(tiff.Entry(tiff.XMP, tiff.BYTE, len(packet), packet))
    if carried.photoshop:
        size = len(carried.photoshop)
        said.append(tiff.Entry(tiff.PHOTOSHOP, tiff.BYTE, size, carried.photoshop))
    if carried.dpi and tiff.X_RESOLUTION not in {entry.tag for entry in said}:
        options["dpi"] = carried.dpi
    return tiff.with_entries(_saved(image, "TIFF", options), said)


def _saved(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
