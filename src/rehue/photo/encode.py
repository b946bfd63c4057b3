"""Encoding a coloured picture in any format, as good as its source and as complete.

Lightness is what Rehue promises to keep, so no format is written more coarsely than its source:

- JPEG: the source's quantisation tables, or those of quality 90 where they are finer; its
  subsampling. A grey source has neither for colour: its own table serves all three components,
  and 4:2:0 is taken, which on six Kodak photographs moved L by 0.666 on average where 4:4:4 did
  by 0.662 (quality 92), for two thirds of the time and 0.82 of the bytes. Other sources: quality
  95, 4:4:4.
- PNG: lossless; zlib's level 1, four times as fast as level 6 for 2 % more bytes.
- WebP: lossless where the source was, else quality 95 (the format gives no way to tell how a
  source was compressed); effort low, 10 times as fast for 7 % more bytes.
- TIFF: the source's compression where it suits colour, else Deflate (`tiff_write`).
- JPEG 2000: reversible where the source was, else 55 dB. AVIF: quality 95, 4:4:4;
  HEIC: quality 95, 4:2:0, which is all that many players decode.
- BMP: no place for anything but pixels and resolution (`write` puts the mark beside it).

A quality asked for goes before all this in every format that has one.
"""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin, PngImagePlugin

from rehue.errors import PhotoError
from rehue.photo.failures import encoding
from rehue.photo.formats import avif, heic, jpeg2000, png, tiff_write
from rehue.photo.formats.table import longest_side, sample_bits
from rehue.photo.photograph import JpegSettings, Photograph
from rehue.photo.provenance.mark import Mark
from rehue.photo.records import exif, metadata
from rehue.photo.samples import deep_profile, depth, pixels
from rehue.photo.samples.orientation import upright

_FINEST_NEEDED = 90
_SEGMENT = 65_533  # bytes in a JPEG segment, without its length
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"


def encode(
    photograph: Photograph,
    rgb: Iterable[NDArray[Any]],
    mark: Mark,
    kind: str,
    file: BinaryIO,
    *,
    bits: int,
    quality: int | None = None,
) -> None:
    """Write the coloured pixels, all that is carried, and the mark.

    Args:
        photograph: the source.
        rgb: for each page H x W x 3, sRGB-encoded, in the order that the source stores.
        mark: says how it was coloured.
        kind: of `formats`.
        file: empty; for a TIFF it can seek.
        bits: 8, 12, 16 or 32, one that the format has.
        quality: 1..100; None is as fine as the source.

    Raises:
        PhotoError: the format cannot hold the picture.
    """
    check(photograph, kind)
    with encoding(photograph.name, kind):
        if kind == "TIFF":
            pages = (
                tiff_write.Page(page, colored, mark.to_xmp(page.carried.xmp))
                for page, colored in zip(photograph.pages, rgb, strict=True)
            )
            tiff_write.write_pages(file, pages, photograph, bits, quality)
            return
        (colored,) = rgb
        packet = mark.to_xmp(photograph.carried.xmp)
        samples = deep_profile.for_file(colored, photograph.carried.icc, sample_bits(bits))
        data = _ENCODERS[kind](photograph, samples, packet, quality)
    file.write(data)


def check(photograph: Photograph, kind: str) -> None:
    """Refuse what a format cannot hold, before any work is done for it.

    Raises:
        PhotoError: too long a side, transparency, or several pages.
    """
    height, width = photograph.pixels.shape[:2]
    longest = longest_side(kind)
    if longest and max(height, width) > longest:
        raise PhotoError(
            f"{photograph.name} has {width:,} x {height:,} pixels, and a {kind} holds at most "
            f"{longest:,} a side: write a .png or .tif"
        )
    alpha = photograph.alpha
    if kind in {"JPEG", "BMP"} and alpha is not None and _is_transparent(alpha):
        raise PhotoError(
            f"{photograph.name} has transparent parts, which a {kind} cannot hold: "
            "write a .png, .tif or .webp"
        )
    if kind != "TIFF" and photograph.further:
        raise PhotoError(
            f"{photograph.name} has {len(photograph.pages)} pages, and a {kind} holds one: "
            "write a .tif"
        )


def _is_transparent(alpha: NDArray[Any]) -> bool:
    white = 1 if alpha.dtype.kind == "f" else np.iinfo(alpha.dtype).max
    return bool(alpha.min() < white)


def _with_alpha(photograph: Photograph, samples: NDArray[Any]) -> NDArray[Any]:
    if photograph.alpha is None:
        return samples
    over = depth.with_bits(photograph.alpha, depth.bits_of(samples))
    return np.concatenate([samples, over[..., None]], axis=-1)


def _picture(photograph: Photograph, samples: NDArray[np.uint8]) -> Image.Image:
    alpha = photograph.alpha
    return pixels.picture(samples, None if alpha is None else depth.with_bits(alpha, 8))


def _saved(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _beside(photograph: Photograph) -> dict[str, Any]:
    """Return what Pillow's writers take from every photograph."""
    carried = photograph.carried
    options: dict[str, Any] = {"icc_profile": carried.icc}
    if carried.exif:
        options["exif"] = exif.with_prefix(carried.exif)
    return options


def _jpeg(
    photograph: Photograph, samples: NDArray[Any], packet: bytes, quality: int | None
) -> bytes:
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
    options = _beside(photograph) | {
        "extra": b"".join(
            bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content
            for marker, content in segments
        ),
        "dpi": carried.dpi or (0, 0),
    }
    if carried.comment:
        options["comment"] = carried.comment
    options |= _jpeg_fineness(photograph, quality)
    return _saved(pixels.picture(samples), "JPEG", options)


def _jpeg_fineness(photograph: Photograph, quality: int | None) -> dict[str, Any]:
    source = photograph.carried.jpeg
    if quality is not None:
        kept = source.subsampling if source else None
        return {"quality": quality, "subsampling": 0 if kept is None else kept}
    if source is None:
        return {"quality": 95, "subsampling": 0}
    return _as_fine_as(source, photograph.pixels.ndim == 2)


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


def _png(
    photograph: Photograph,
    samples: NDArray[Any],
    packet: bytes,
    quality: int | None,  # noqa: ARG001
) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", packet)
    for key, text in photograph.carried.text:
        texts.add_text(key, text)
    if photograph.carried.photoshop:
        texts.add_text(*metadata.raw_profile("iptc", photograph.carried.photoshop), zip=True)
    options = _beside(photograph) | {
        "pnginfo": texts,
        "compress_level": 1,
        "dpi": photograph.carried.dpi,
    }
    if samples.dtype == np.uint8:
        return _saved(_picture(photograph, samples), "PNG", options)
    beside = _saved(Image.new("RGB", (1, 1)), "PNG", options)
    return png.encode_deep(_with_alpha(photograph, samples), beside)


def _webp(
    photograph: Photograph, samples: NDArray[Any], packet: bytes, quality: int | None
) -> bytes:
    options = _beside(photograph) | {"xmp": packet, "exact": True}
    record = _record(photograph)
    if record:
        options["exif"] = exif.with_prefix(record)
    if photograph.carried.lossless and quality is None:
        options |= {"lossless": True, "quality": 20, "method": 0}
    else:
        options |= {"quality": 95 if quality is None else quality, "method": 2}
    return _saved(_picture(photograph, samples), "WEBP", options)


def _jpeg2000(
    photograph: Photograph, samples: NDArray[Any], packet: bytes, quality: int | None
) -> bytes:
    carried = photograph.carried
    return jpeg2000.encode(
        np.ascontiguousarray(_with_alpha(photograph, samples)),
        lossless=carried.lossless,
        quality=quality,
        icc=carried.icc,
        record=carried.exif,
        xmp=packet,
        iptc=metadata.captions(carried.photoshop),
        dpi=carried.dpi,
    )


def _avif(
    photograph: Photograph, samples: NDArray[Any], packet: bytes, quality: int | None
) -> bytes:
    return avif.encode(
        np.ascontiguousarray(_with_alpha(photograph, samples)),
        quality=quality,
        icc=photograph.carried.icc,
        record=_record(photograph),
        xmp=packet,
        orientation=photograph.orientation,
    )


def _heic(
    photograph: Photograph, samples: NDArray[Any], packet: bytes, quality: int | None
) -> bytes:
    record = _record(photograph)
    return heic.encode(
        upright(_with_alpha(photograph, samples), photograph.orientation),
        photograph.name,
        quality=quality,
        icc=photograph.carried.icc,
        record=exif.upright(record) if record else None,
        xmp=packet,
    )


def _bmp(
    photograph: Photograph,
    samples: NDArray[Any],
    packet: bytes,  # noqa: ARG001
    quality: int | None,  # noqa: ARG001
) -> bytes:
    seen = upright(samples, photograph.orientation)
    options = {"dpi": photograph.carried.dpi} if photograph.carried.dpi else {}
    return _saved(pixels.picture(np.ascontiguousarray(seen)), "BMP", options)


def _record(photograph: Photograph) -> bytes | None:
    """Return the EXIF record; where there is none, one with the resolution, if that is known."""
    carried = photograph.carried
    if carried.exif or not carried.dpi:
        return carried.exif
    return exif.of_resolution(carried.dpi)


_ENCODERS = {
    "JPEG": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "JPEG2000": _jpeg2000,
    "AVIF": _avif,
    "HEIC": _heic,
    "BMP": _bmp,
}
