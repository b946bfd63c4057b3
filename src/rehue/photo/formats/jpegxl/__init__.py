"""JPEG XL (ISO/IEC 18181): 8 and 16 bits and floats, lossless where the source was.

libjxl, by way of imagecodecs, packs and unpacks pixels. It says and takes nothing of their colours,
so a codestream's header is read, and written anew, in `codestream`; EXIF and XMP are boxes of the
file around it (ISO/IEC 18181-2, clause 9). Pictures are turned upright as they are decoded.

A JPEG that was recompressed as JPEG XL is read as that very JPEG, with all that it carried.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import srgb_to_linear
from rehue.errors import PhotoError
from rehue.photo.formats import jpeg
from rehue.photo.formats.contract import (
    Decoded,
    Format,
    Page,
    Source,
    begins_with,
    left_out_channels,
    left_out_foreign,
)
from rehue.photo.formats.heif import GAIN_MAP_NOTE
from rehue.photo.formats.jpegxl.codestream import (
    ALPHA,
    BLACK,
    GREY,
    SIGNATURE,
    read_header,
    with_color,
)
from rehue.photo.formats.jpegxl.colors import profile_of
from rehue.photo.photograph import Carried
from rehue.photo.records import boxes, exif
from rehue.photo.records.boxes import box
from rehue.photo.samples import depth
from rehue.photo.samples.orientation import upright

_CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
_GAIN_MAP = b"jhgm"
# Boxes that a file is made of, that a result has again, and that have a word of their own.
_OWN = {b"JXL ", b"ftyp", b"jxll", b"jxli", b"jbrd", b"Exif", b"xml ", b"free", b"skip", _GAIN_MAP}
_UNPACKED = (b"Exif", b"xml ", b"jumb")
# Of a compressed record; what swells to more is left out.
_LONGEST: Final = 1 << 24
# Quality where none is asked for. On three photographs of scikit-image's it moves L by 0.28 on
# average; a JPEG of 95 by 0.38.
_FINE = 97
# Lossless files of effort 1 are 16 % larger than those of effort 3, and made ten times as fast.
_EFFORT_LOSSLESS, _EFFORT = 1, 3


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture.

    Raises:
        PhotoError: it is animated, has inks, or is made for brighter screens (PQ, HLG).
    """
    stream, beside = _apart(source.data)
    header = read_header(stream)
    source.check_size(header.width, header.height)
    if header.is_animated:
        raise PhotoError(
            f"{source.name} is an animated JPEG XL, and Rehue colours pictures: save the frame "
            "that you want as a file of its own"
        )
    if b"jbrd" in beside:
        yield from _recompressed(source, beside)
        return
    icc = header.icc or profile_of(header.color, source.name)
    if BLACK in header.extra:
        raise PhotoError(f"{source.name} is a JPEG XL of inks (CMYK): save it as TIFF")
    record = beside.get(b"Exif", b"")
    # The first four bytes say how far away the record begins.
    record = record[4 + int.from_bytes(record[:4], "big") :]
    color, alpha = _decoded(
        with_color(stream) if header.is_absolute and icc else stream, header.color.space == GREY
    )
    if header.is_float or header.bits > 16:
        color, alpha = _sound(color, source.name), None if alpha is None else np.clip(alpha, 0, 1)
    elif header.bits > 8:
        color = depth.filled(color, header.bits)
        alpha = None if alpha is None else depth.filled(alpha, header.bits)
    if alpha is not None and header.is_associated:
        depth.divide(color, alpha)
    unused = len(header.extra) - (ALPHA in header.extra)
    yield Decoded(
        color if header.is_absolute else depth.without_idle_channels(color),
        alpha,
        Carried(
            exif=exif.upright(exif.without_prefix(record)) if record else None,
            icc=icc,
            xmp=beside.get(b"xml ") or None,
            lossless=not header.is_absolute and header.is_modular,
            manifest=_is_signed(beside),
        ),
        orientation=1,
        is_srgb=header.is_absolute,
        notes=(*left_out_channels(unused), *_left_out(beside)),
    )


def encode(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write a page, upright."""
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    (page,) = pages
    is_lossless = page.carried.lossless and page.quality is None
    samples = page.samples() if is_lossless else _light(page)
    whole = imagecodecs.jpegxl_encode(
        np.ascontiguousarray(upright(samples, page.photograph.orientation)),
        level=None if is_lossless else _FINE if page.quality is None else page.quality,
        lossless=is_lossless,
        effort=_EFFORT_LOSSLESS if is_lossless else _EFFORT,
        usecontainer=True,
        # As for AVIF: the same bytes on every machine.
        numthreads=1,
    )
    parts = []
    for part in boxes.boxes(bytes(whole)):
        content = part.content
        if part.kind == b"jxlc":
            content = with_color(content, page.carried.icc)
            if page.record:
                parts.append(box(b"Exif", bytes(4), exif.upright(page.record)))
            parts.append(box(b"xml ", page.xmp))
        parts.append(box(part.kind, content))
    file.writelines(parts)


FORMAT = Format(
    name="JPEGXL",
    words=("JPEG XL", "JXL"),
    endings=(".jxl",),
    claims=begins_with(_CONTAINER, SIGNATURE),
    read=read,
    encode=encode,
    media_type="image/jxl",
    depths=(8, 16, 32),
    lacks=frozenset({"pages", "IPTC", "Photoshop data", "comment", "text"}),
)


def _apart(data: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Return the codestream, and the boxes beside it, unpacked."""
    if data.startswith(SIGNATURE):
        return data, {}
    parts, beside = [], dict[bytes, bytes]()
    for part in boxes.boxes(data):
        kind, content = part.kind, part.content
        if kind == b"jxlc":
            parts.append(content)
        elif kind == b"jxlp":
            parts.append(content[4:])
        elif kind == b"brob":
            beside.setdefault(content[:4], _unpacked(content))
        else:
            beside.setdefault(kind, content)
    if not parts:
        raise EOFError("it has no codestream")
    return b"".join(parts), beside


def _unpacked(content: bytes) -> bytes:
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    if content[:4] not in _UNPACKED:
        return b""
    try:
        return bytes(imagecodecs.brotli_decode(content[4:], out=_LONGEST))
    except imagecodecs.BrotliError:
        return b""


def _left_out(beside: Mapping[bytes, bytes]) -> tuple[str, ...]:
    """Say which boxes have no place in a result."""
    gain_map = (GAIN_MAP_NOTE,) if _GAIN_MAP in beside else ()
    others = set(beside) - _OWN
    if _is_signed(beside):
        others -= {b"jumb"}
    return (*gain_map, *left_out_foreign(others))


def _is_signed(beside: Mapping[bytes, bytes]) -> bool:
    return boxes.is_manifest(boxes.Box(b"jumb", beside.get(b"jumb", b"")))


def _recompressed(source: Source, beside: Mapping[bytes, bytes]) -> Iterator[Decoded]:
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    whole = bytes(imagecodecs.jpegxl_decode_jpeg(source.data, numthreads=1))
    for decoded in jpeg.read(replace(source, data=whole)):
        is_signed = decoded.records.manifest or _is_signed(beside)
        records = replace(decoded.records, lossless=False, manifest=is_signed)
        yield replace(decoded, records=records, notes=(*decoded.notes, *_left_out(beside)))


def _decoded(stream: bytes, is_grey: bool) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Decode colour and alpha, of the range that is stored."""
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    try:
        samples = imagecodecs.jpegxl_decode(stream, index=0)
    except imagecodecs.JpegxlError as error:
        if "NEED_MORE_INPUT" in str(error):
            raise EOFError("its codestream is truncated") from error
        raise
    if samples.dtype == np.float16:
        samples = samples.astype(np.float32)
    if is_grey and samples.ndim == 3 and samples.shape[2] > 2:
        # Channels that are not alpha come as planes.
        samples = samples[0]
    return depth.apart(samples)


def _sound(samples: NDArray[Any], name: str) -> NDArray[Any]:
    low, high = float(samples.min()), float(samples.max())
    # NaN fails both comparisons.
    if not (low >= -0.5 and high <= 1.5):
        raise PhotoError(f"{name} has floats from {low:g} to {high:g}: scale them to 0..1 first")
    clipped: NDArray[Any] = np.clip(samples, 0, 1)
    return clipped


def _light(page: Page) -> NDArray[Any]:
    """Return sRGB samples as the encoder takes them for colours: deep ones linear, with alpha."""
    colors = depth.with_bits(page.rgb, page.bits)
    if page.bits > 8:
        linear = np.empty_like(colors)
        for rows in depth.strips(colors):
            light = srgb_to_linear(depth.with_bits(colors[rows], 32))
            linear[rows] = depth.quantized(light, page.bits)
        colors = linear
    alpha = page.photograph.alpha
    if alpha is None:
        return colors
    return np.concatenate([colors, depth.with_bits(alpha, page.bits)[..., None]], axis=-1)
