"""JPEG 2000: what a file says in its boxes, and a file made of a codestream and such boxes.

OpenJPEG packs and unpacks the codestream: reversibly where the source was, else at 55 dB. The boxes
are ISO/IEC 15444-1's (annex I); what they say besides the picture is read in `jp2_records`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Jpeg2KImagePlugin

from rehue.errors import PhotoError
from rehue.photo.formats import by_pillow, jp2_records, jp2_resolution
from rehue.photo.formats.contract import Decoded, Format, Page, Source, begins_with
from rehue.photo.formats.heard import heard
from rehue.photo.photograph import Carried
from rehue.photo.records import boxes
from rehue.photo.records.boxes import box
from rehue.photo.samples import depth, pixels

_SIGNATURE = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
# Enumerated colour spaces (table I.10, and 15444-2, table M.25): those that are read.
_CMYK, _SRGB, _GREY, _SYCC = 12, 16, 17, 18
_OTHERS = {14: "L*a*b*", 19: "CIEJab", 20: "e-sRGB", 21: "ROMM-RGB", 24: "e-sYCC"}
_SIZ, _COD = b"\xff\x51", b"\xff\x52"
_TILE, _COMMENT = b"\xff\x90", b"\xff\x64"
_OF_ENCODERS = (b"Created by", b"Creator", b"Kakadu", b"Kdu-", b"JasPer", b"LEAD", b"Aware")
_START, _END = b"\xff\x4f", b"\xff\xd9"
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
        is_signed: whether samples are; black is the lowest then.
        space: the enumerated colour space, where one is given.
        has_alpha: whether one of the channels holds alpha.
        is_ordered: whether channels come in the order of their colours.
        records: what a result takes over; `lossless` where the reversible transform was used.
        notes: what it cannot take over, a line each.
    """

    width: int
    height: int
    channels: int
    bits: int
    is_signed: bool
    space: int | None
    has_alpha: bool
    is_ordered: bool
    records: Carried
    notes: tuple[str, ...] = ()


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture."""
    said = _header(source.data)
    source.check_size(said.width, said.height)
    if said.channels > 4:
        raise PhotoError(f"{source.name} has {said.channels} channels: save it as TIFF")
    if said.space in _OTHERS and not said.records.icc:
        raise _unusual(source.name, f"colours are {_OTHERS[said.space]}")
    color, alpha = _decode(source, said)
    yield Decoded(color, alpha, said.records, notes=said.notes + _comment_note(source.data))


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
        across, down = map(jp2_resolution.written, carried.dpi)
        beside.append(box(b"res ", box(b"resc", down + across, b"\0\0")))
    head = [_SIGNATURE, box(b"jp2h", *beside), *jp2_records.written(page)]
    file.writelines([*head, box(b"jp2c", stream)])


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
    stream = _stream(data)
    if stream is None or stream[:4] != _START + _SIZ or len(stream) < 42:
        raise ValueError("no whole JPEG 2000 codestream")
    if data is stream and not data.rstrip(b"\0").endswith(_END):
        raise ValueError("a truncated JPEG 2000 codestream")
    # A.5.1: sizes of the grid and its offsets, then depth and steps of each component.
    right, bottom, left, top = (
        int.from_bytes(stream[8 + 4 * n : 12 + 4 * n], "big") for n in range(4)
    )
    channels = int.from_bytes(stream[40:42], "big")
    components = [stream[42 + 3 * n : 45 + 3 * n] for n in range(channels)]
    coding = stream.find(_COD, 42 + 3 * channels)
    beside = boxes.first(data, b"jp2h") or b""
    spaces = [(content[:1], content[3:]) for content in _of_kind(beside, b"colr")]
    # Restricted profiles, and of JPX's any (15444-2, M.11.7.3.2).
    color = [content for method, content in spaces if method in (b"\2", b"\3")]
    numbers = [int.from_bytes(content[:4], "big") for method, content in spaces if method == b"\1"]
    roles = list(_roles(boxes.first(beside, b"cdef") or b""))
    is_bare = data.startswith(_START)
    records, notes = (Carried(), ()) if is_bare else jp2_records.read(data)
    return _Header(
        width=right - left,
        height=bottom - top,
        channels=channels,
        bits=(components[0][0] & 0x7F) + 1 if components and components[0] else 0,
        is_signed=bool(components and components[0] and components[0][0] & 0x80),
        space=numbers[0] if numbers else None,
        has_alpha=any(kind in (1, 2) for _, kind, _ in roles) if roles else channels in (2, 4),
        is_ordered=all(kind or which == channel + 1 for channel, kind, which in roles),
        notes=notes,
        records=replace(
            records,
            icc=color[0] if color else None,
            dpi=jp2_resolution.read(boxes.first(beside, b"res ") or b""),
            lossless=coding > 0 and stream[coding + 13 : coding + 14] == b"\1",
        ),
    )


def _decode(source: Source, said: _Header) -> tuple[Any, NDArray[Any] | None]:
    """Decode colour and alpha: uint8 or uint16 of full range, or Pillow's picture of 8 bits."""
    import imagecodecs  # noqa: PLC0415 (slow to load, and not always needed)

    try:
        with heard():
            samples = imagecodecs.jpeg2k_decode(_without_profile(source.data))
    except (ValueError, RuntimeError) as error:
        # Channels of several sizes or depths, which Pillow brings to one.
        if said.bits > 8 or not said.is_ordered:
            raise _unusual(
                source.name, f"channels are {said.channels} of {said.bits} bits"
            ) from error
        image = by_pillow.opened(Jpeg2KImagePlugin.Jpeg2KImageFile, source)
        by_pillow.load(image, source)
        return pixels.flat(image)
    if samples.shape[:2] != (said.height, said.width):
        raise PhotoError(f"{source.name} holds another picture than its header says: save it anew")
    samples = _filled(samples, said)
    if said.space == _CMYK and samples.ndim == 3 and samples.shape[2] == 4:
        return samples, None
    if said.has_alpha:
        return depth.apart(samples)
    if samples.ndim == 3 and samples.shape[2] not in (1, 3):
        raise _unusual(source.name, f"channels are {samples.shape[2]}, none of them alpha")
    return samples[..., 0] if samples.ndim == 3 and samples.shape[2] == 1 else samples, None


def _filled(samples: NDArray[Any], said: _Header) -> NDArray[Any]:
    """Bring samples of any depth and sign to the full range of uint8 or uint16."""
    if said.is_signed:
        shifted = samples.astype(np.int32) + (1 << (said.bits - 1))
        samples = np.clip(shifted, 0, None).astype(np.uint8 if said.bits <= 8 else np.uint16)
    if samples.dtype != np.uint8:
        return depth.filled(samples, said.bits)
    white = (1 << said.bits) - 1
    if white == 255:
        return samples
    table = np.minimum(np.arange(256) * 255 + white // 2, 255 * white) // white
    made: NDArray[Any] = table.astype(np.uint8)[samples]
    return made


def _without_profile(data: bytes) -> bytes:
    """Return a file whose numbers its decoder leaves alone: without its ICC profile."""
    if data.startswith(_START):
        return data
    parts = []
    for found in boxes.boxes(data):
        content = found.content
        if found.kind == b"jp2h":
            inside = list(boxes.boxes(content))
            has_colors = any(b.kind == b"colr" and b.content[:1] == b"\1" for b in inside)
            kept = [b for b in inside if b.kind != b"colr" or b.content[:1] == b"\1"]
            if not has_colors:
                is_grey = int.from_bytes(inside[0].content[8:10], "big") < 3
                space = (_GREY if is_grey else _SRGB).to_bytes(4, "big")
                kept.append(boxes.Box(b"colr", b"\1\0\0" + space))
            content = b"".join(box(b.kind, b.content) for b in kept)
        if found.kind in (b"jP  ", b"ftyp", b"jp2h"):
            parts.append(box(found.kind, content))
    return b"".join([*parts, box(b"jp2c", _stream(data) or b"")])


def _stream(data: bytes) -> bytes | None:
    """Return the codestream; also one whose box claims more than there is, but that has its end."""
    if data.startswith(_START):
        return data
    found = boxes.first(data, b"jp2c")
    at = data.find(b"jp2c" + _START + _SIZ)
    if found is None and at > 0 and data.endswith(_END):
        return data[at + 4 :]
    return found


def _comment_note(data: bytes) -> tuple[str, ...]:
    """Say that a comment in the codestream is left out (A.9.2), unless an encoder names itself."""
    stream, at = _stream(data) or b"", 2
    while stream[at : at + 1] == b"\xff" and stream[at : at + 2] != _TILE:
        size = int.from_bytes(stream[at + 2 : at + 4], "big")
        text = stream[at + 6 : at + 2 + size]
        is_text = stream[at : at + 2] == _COMMENT and stream[at + 4 : at + 6] == b"\0\1"
        if is_text and not text.startswith(_OF_ENCODERS):
            return ("the comment in its codestream is left out",)
        if size < 2:
            break
        at += 2 + size
    return ()


def _unusual(name: str, what: str) -> PhotoError:
    return PhotoError(
        f"{name} is a JPEG 2000 of a kind that Rehue does not read (its {what}): save it as TIFF"
    )


def _of_kind(content: bytes, kind: bytes) -> list[bytes]:
    return [found.content for found in boxes.boxes(content) if found.kind == kind]


def _roles(definitions: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield channel, kind (0 colour, 1 and 2 opacity), and the colour that it is (I.5.3.6)."""
    for at in range(2, len(definitions) - 5, 6):
        channel, kind, which = (
            int.from_bytes(definitions[at + n : at + n + 2], "big") for n in (0, 2, 4)
        )
        yield channel, kind, which
