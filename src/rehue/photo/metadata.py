"""What a file says besides its pixels: EXIF, XMP, IPTC, resolution, and how it was compressed."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, JpegImagePlugin, PngImagePlugin

from rehue.photo import exif
from rehue.photo.photograph import Carried, JpegSettings
from rehue.photo.sniff import Format

_PHOTOSHOP = b"Photoshop 3.0\0"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
# Photoshop image resources 1033 and 1036 are thumbnails: they would show the uncoloured picture.
_THUMBNAILS = (1033, 1036)
_TIFF_PHOTOSHOP = 34377
# A text of ImageMagick's that holds a whole record, in hexadecimal after three lines.
_RAW_PROFILE = "Raw profile type "


@dataclass(frozen=True)
class Found:
    """What was found beside the pixels; `icc` is the profile as it stands in the file."""

    carried: Carried
    icc: bytes | None
    notes: tuple[str, ...]


def gather(image: Image.Image, data: bytes, kind: Format) -> Found:
    """Collect what a result takes over from a loaded picture and its file's bytes."""
    info = image.info
    record = exif.from_tiff(data) if kind == "TIFF" else _exif_record(info)
    notes: tuple[str, ...] = ()
    kept = exif.without_thumbnail(record) if record else None
    if record and kept is None:
        notes = ("its EXIF cannot be read and is left out",)
    carried = Carried(
        format="PNG" if kind in {"BMP", "GIF"} else kind,
        exif=kept,
        xmp=_bytes(info.get("xmp")),
        photoshop=without_thumbnails(_photoshop(image)),
        extended_xmp=tuple(_segments(image, "APP1", _EXTENDED_XMP)),
        dpi=_dpi(info.get("dpi")),
        comment=_bytes(info.get("comment")) if kind == "JPEG" else None,
        text=_text(image),
        jpeg=_jpeg_settings(image),
        tiff_compression=info.get("compression") if kind == "TIFF" else None,
        lossless=kind != "WEBP" or b"VP8L" in _riff_chunks(data),
    )
    return Found(carried, _bytes(info.get("icc_profile")), notes)


def without_thumbnails(resources: bytes) -> bytes:
    """Return Photoshop image resources (8BIM blocks) without thumbnails, up to the first bad one.

    Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks".
    """
    kept = bytearray()
    at = 0
    while resources[at : at + 4] == b"8BIM" and at + 12 <= len(resources):
        number = int.from_bytes(resources[at + 4 : at + 6], "big")
        name = (resources[at + 6] + 2) // 2 * 2  # length byte and name, padded to even
        size_at = at + 6 + name
        size = int.from_bytes(resources[size_at : size_at + 4], "big")
        end = size_at + 4 + size + size % 2
        if size_at + 4 + size > len(resources):
            break
        if number not in _THUMBNAILS:
            kept += resources[at:end].ljust(end - at, b"\0")
        at = end
    return bytes(kept)


def _exif_record(info: dict[Any, Any]) -> bytes | None:
    record = _bytes(info.get("exif"))
    if record is None:
        for kind in ("exif", "APP1"):
            lines = str(info.get(_RAW_PROFILE + kind, "")).split("\n")[3:]
            try:
                record = record or bytes.fromhex("".join(lines))
            except ValueError:
                continue
    return exif.without_prefix(record) if record else None


def _photoshop(image: Image.Image) -> bytes:
    tags = getattr(image, "tag_v2", None)
    if tags is not None:
        return _bytes(tags.get(_TIFF_PHOTOSHOP)) or b""
    return b"".join(segment[len(_PHOTOSHOP) :] for segment in _segments(image, "APP13", _PHOTOSHOP))


def _segments(image: Image.Image, marker: str, prefix: bytes) -> Iterator[bytes]:
    for name, content in getattr(image, "applist", ()):
        if name == marker and content.startswith(prefix):
            yield content


def _text(image: Image.Image) -> tuple[tuple[str, str], ...]:
    if not isinstance(image, PngImagePlugin.PngImageFile):
        return ()
    return tuple(
        (key, str(text))
        for key, text in image.text.items()
        if key != "XML:com.adobe.xmp" and not key.startswith(_RAW_PROFILE)
    )


def _jpeg_settings(image: Image.Image) -> JpegSettings | None:
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return None
    tables = [image.quantization.get(layer[3]) for layer in image.layer]
    if not tables or tables[0] is None:
        return None
    sampling = JpegImagePlugin.get_sampling(image)
    return JpegSettings(
        luma=tuple(tables[0]),
        chroma=tuple(tables[1]) if len(tables) > 1 and tables[1] is not None else None,
        subsampling=sampling if sampling >= 0 else None,
        progressive=bool(image.info.get("progressive")),
    )


def _dpi(value: object) -> tuple[float, float] | None:
    try:
        across, down = (float(part) for part in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    # NaN fails both comparisons; greater figures do not fit into a file's fields.
    return (across, down) if 0 < across < 65535 and 0 < down < 65535 else None


def _bytes(value: object) -> bytes | None:
    return value if isinstance(value, bytes) and value else None


def _riff_chunks(data: bytes) -> set[bytes]:
    names, at = set(), 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        names.add(name)
        at += 8 + size + size % 2
    return names
