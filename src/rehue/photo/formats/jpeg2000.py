"""JPEG 2000: what a file says in its boxes, and a file made of a codestream and such boxes.

OpenJPEG packs and unpacks the codestream: reversibly where the source was, else at 55 dB. The boxes
are ISO/IEC 15444-1's (annex I) and, for EXIF, XMP and IPTC, the UUID boxes that other programs
write (for XMP: ISO 16684-3).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Jpeg2KImagePlugin

from rehue.errors import PhotoError
from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Page, Source, begins_with
from rehue.photo.photograph import Carried
from rehue.photo.records import boxes, photoshop
from rehue.photo.records.boxes import box
from rehue.photo.samples import depth, pixels

_SIGNATURE = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
_XMP = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
_EXIF = b"JpgTiffExif->JP2"
_IPTC = bytes.fromhex("33C7A4D2B81D4723A0BAF1A3E097AD38")
_SRGB, _GREY = 16, 17
_PER_METRE = 39.3700787
_SIZ, _COD = b"\xff\x51", b"\xff\x52"
_START = b"\xff\x4f"
# Signal to noise (dB) of results that are as lossy as their sources.
_FINE = 55


@dataclass(frozen=True)
class _Header:
    """What stands beside the samples.

    Attributes:
        width: of the picture (px).
        height: of the picture (px).
        channels: stored.
        bits: of a sample.
        is_plain: whether the channels are grey or RGB at full size, unsigned and all of one depth.
        alpha: the channel that holds alpha, if one does.
        records: what a result takes over; `lossless` where the reversible transform was used.
    """

    width: int
    height: int
    channels: int
    bits: int
    is_plain: bool
    alpha: int | None
    records: Carried


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture."""
    said = _header(source.data)
    source.check_size(said.width, said.height)
    if said.channels > 4:
        raise PhotoError(f"{source.name} has {said.channels} channels: save it as TIFF")
    if said.bits > 8:
        yield Decoded(*_decode_deep(source.data, said, source.name), said.records)
        return
    image = by_pillow.opened(Jpeg2KImagePlugin.Jpeg2KImageFile, source)
    by_pillow.load(image, source)
    yield Decoded(*pixels.flat(image), said.records)


def encode(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write a page as a JP2 file; a quality of 1 to 100 is a signal to noise of 30 to 55 dB."""
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    (page,) = pages
    carried = page.carried
    samples = np.ascontiguousarray(page.samples())
    if carried.lossless and page.quality is None:
        how: dict[str, Any] = {"reversible": True, "level": 0}
    else:
        how = {
            "reversible": False,
            "level": _FINE if page.quality is None else 30 + page.quality / 4,
        }
    # Each tile that is coded apart costs quality at its edges: one tile, as OpenJPEG does it.
    stream = bytes(imagecodecs.jpeg2k_encode(samples, codecformat="j2k", numthreads=1, **how))
    height, width, channels = samples.shape
    size = height.to_bytes(4, "big") + width.to_bytes(4, "big")
    bits = depth.bits_of(samples) - 1
    beside = [box(b"ihdr", size, channels.to_bytes(2, "big"), bytes([bits, 7, 0, 0]))]
    enumerated = b"\1\0\0" + _SRGB.to_bytes(4, "big")
    beside.append(box(b"colr", b"\2\0\0" + carried.icc if carried.icc else enumerated))
    if channels == 4:
        # Channel, type (0 colour, 1 opacity), and the colour that it is, or 0 for all of them.
        rows = [(0, 0, 1), (1, 0, 2), (2, 0, 3), (3, 1, 0)]
        packed = b"".join(number.to_bytes(2, "big") for row in rows for number in row)
        beside.append(box(b"cdef", len(rows).to_bytes(2, "big"), packed))
    if carried.dpi:
        across, down = map(_rational, carried.dpi)
        beside.append(box(b"res ", box(b"resc", down + across, b"\0\0")))
    iptc = photoshop.captions(carried.photoshop)
    uuids = [(_XMP, page.xmp), (_EXIF, carried.exif), (_IPTC, iptc)]
    named = [box(b"uuid", kind, content) for kind, content in uuids if content]
    file.writelines([_SIGNATURE, box(b"jp2h", *beside), *named, box(b"jp2c", stream)])


FORMAT = Format(
    name="JPEG2000",
    words=("JPEG 2000", "JP2"),
    endings=(".jp2",),
    claims=begins_with(b"\x00\x00\x00\x0cjP  \r\n\x87\n", _START + _SIZ),
    read=read,
    encode=encode,
    media_type="image/jp2",
    depths=(8, 16),
    lacks=frozenset({"pages", "comment", "text"}),
)


def _header(data: bytes) -> _Header:
    """Read the boxes and the codestream's main header.

    Raises:
        ValueError: there is no codestream, or its header is cut off.
    """
    stream = data if data.startswith(_START) else boxes.first(data, b"jp2c")
    if stream is None or stream[:4] != _START + _SIZ or len(stream) < 42:
        raise ValueError("no whole JPEG 2000 codestream")
    if data is stream and not data.rstrip(b"\0").endswith(b"\xff\xd9"):
        raise ValueError("a truncated JPEG 2000 codestream")
    # A.5.1: sizes of the grid and its offsets, then depth and steps of each component.
    right, bottom, left, top = (
        int.from_bytes(stream[8 + 4 * n : 12 + 4 * n], "big") for n in range(4)
    )
    channels = int.from_bytes(stream[40:42], "big")
    components = [stream[42 + 3 * n : 45 + 3 * n] for n in range(channels)]
    coding = stream.find(_COD, 42 + 3 * channels)
    beside = boxes.first(data, b"jp2h") or b""
    color = [content[3:] for content in _of_kind(beside, b"colr") if content[:1] == b"\2"]
    spaces = [
        int.from_bytes(content[3:7], "big")
        for content in _of_kind(beside, b"colr")
        if content[:1] == b"\1"
    ]
    named = {content[:16]: content[16:] for content in _of_kind(data, b"uuid")}
    iptc = named.get(_IPTC)
    return _Header(
        width=right - left,
        height=bottom - top,
        channels=channels,
        bits=(components[0][0] & 0x7F) + 1 if components and components[0] else 0,
        is_plain=len(set(components)) == 1
        and components[0][0] < 0x80
        and components[0][1:] == b"\1\1"
        and set(spaces) <= {_SRGB, _GREY}
        and boxes.first(beside, b"pclr") is None,
        alpha=_alpha_channel(boxes.first(beside, b"cdef")),
        records=Carried(
            icc=color[0] if color else None,
            exif=named.get(_EXIF),
            xmp=named.get(_XMP) or None,
            photoshop=photoshop.with_captions(iptc) if iptc else b"",
            dpi=_resolution(boxes.first(beside, b"res ") or b""),
            lossless=coding > 0 and stream[coding + 13 : coding + 14] == b"\1",
        ),
    )


def _decode_deep(data: bytes, said: _Header, name: str) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Decode a picture of more than 8 bits a sample: colour and alpha, uint16 of full range."""
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    alpha_at = said.alpha if said.alpha is not None else {2: 1, 4: 3}.get(said.channels)
    color_channels = said.channels - (alpha_at is not None)
    if not said.is_plain or said.bits > 16 or color_channels not in (1, 3):
        raise PhotoError(
            f"{name} is a JPEG 2000 of a kind that Rehue does not read ({said.channels} channels "
            f"of {said.bits} bits): save it as TIFF"
        )
    samples = imagecodecs.jpeg2k_decode(data)
    if samples.shape[:2] != (said.height, said.width):
        raise PhotoError(f"{name} holds another picture than its header says: save it anew")
    samples = depth.filled(samples, said.bits)
    if alpha_at is None:
        return samples, None
    order = [n for n in range(said.channels) if n != alpha_at]
    color = samples[..., order[0]] if len(order) == 1 else samples[..., order]
    return np.ascontiguousarray(color), np.ascontiguousarray(samples[..., alpha_at])


def _of_kind(content: bytes, kind: bytes) -> list[bytes]:
    return [found.content for found in boxes.boxes(content) if found.kind == kind]


def _alpha_channel(definitions: bytes | None) -> int | None:
    for at in range(2, len(definitions or b"") - 5, 6):
        channel, kind = (
            int.from_bytes((definitions or b"")[at + n : at + n + 2], "big") for n in (0, 2)
        )
        if kind == 1:
            return channel
    return None


def _resolution(content: bytes) -> tuple[float, float] | None:
    said = boxes.first(content, b"resc") or boxes.first(content, b"resd")
    if said is None or len(said) < 10:
        return None
    numbers = [int.from_bytes(said[at : at + 2], "big") for at in range(0, 8, 2)]
    powers = [byte - 256 if byte > 127 else byte for byte in said[8:10]]
    if 0 in numbers or max(map(abs, powers)) > 12:
        return None
    down = numbers[0] / numbers[1] * 10.0 ** powers[0] / _PER_METRE
    across = numbers[2] / numbers[3] * 10.0 ** powers[1] / _PER_METRE
    return across, down


def _rational(dpi: float) -> bytes:
    """Samples per metre as a numerator and a denominator of 16 bits."""
    wanted = dpi * _PER_METRE
    below = max(1, min(65535, int(65535 / wanted))) if wanted >= 1 else 65535
    while below > 1 and round(wanted * below) > 65535:
        below -= 1
    # 100 dots an inch are 3937.00787 a metre: a denominator of 10 keeps two decimals of an inch.
    return min(65535, round(wanted * below)).to_bytes(2, "big") + below.to_bytes(2, "big")
