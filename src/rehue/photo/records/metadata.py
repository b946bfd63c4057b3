"""What a file says besides its pixels: EXIF, XMP, IPTC, resolution, and how it was compressed."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, JpegImagePlugin, PngImagePlugin

from rehue.photo.formats.jpeg2000 import Header
from rehue.photo.photograph import Carried, JpegSettings
from rehue.photo.records import exif, tiff
from rehue.photo.sniff import Format

_PHOTOSHOP = b"Photoshop 3.0\0"
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
# Photoshop image resources 1033 and 1036 are thumbnails: they would show the uncoloured picture.
_THUMBNAILS = (1033, 1036)
_CAPTIONS = 1028
_BROKEN_EXIF = "its EXIF cannot be read and is left out"
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
    record = _exif_record(info)
    notes: tuple[str, ...] = ()
    kept = exif.without_thumbnail(record) if record else None
    if record and kept is None:
        notes = (_BROKEN_EXIF,)
    carried = Carried(
        format="PNG" if kind in {"BMP", "GIF"} else kind,
        exif=kept,
        xmp=_bytes(info.get("xmp")),
        photoshop=without_thumbnails(_photoshop(image)),
        extended_xmp=tuple(_segments(image, "APP1", _EXTENDED_XMP)),
        dpi=_dpi(_stated(info, kind)) or _dpi(exif.dpi(record) if record else None),
        comment=_bytes(info.get("comment")) if kind == "JPEG" else None,
        text=_text(image),
        jpeg=_jpeg_settings(image),
        lossless=kind not in {"WEBP", "AVIF", "HEIC"} or b"VP8L" in _riff_chunks(data),
    )
    return Found(carried, _bytes(info.get("icc_profile")), notes)


def gather_tiff(data: bytes, offset: int, compression: int) -> Found:
    """Collect what a result takes over from the page whose directory stands at `offset`.

    Args:
        data: the whole file.
        offset: of the directory.
        compression: its number.
    """
    layout = tiff.Layout.of(data)
    entries = {entry.tag: entry for entry in tiff.read_directory(data, layout, offset)[0]}

    def bytes_of(tag: int) -> bytes:
        return entries[tag].data if tag in entries else b""

    resources = without_thumbnails(bytes_of(tiff.PHOTOSHOP))
    if tiff.IPTC in entries and captions(resources) is None:
        # Other formats have captions among the resources alone.
        resources += with_captions(bytes_of(tiff.IPTC))
    carried = Carried(
        format="TIFF",
        exif=exif.from_tiff(data, offset),
        xmp=bytes_of(tiff.XMP) or None,
        photoshop=resources,
        dpi=_dpi(tiff.dpi(entries.values())),
        tiff_compression=compression,
        big_tiff=layout.big,
    )
    notes = ("its Photoshop layers are left out",) if tiff.LAYERS in entries else ()
    return Found(carried, bytes_of(tiff.ICC) or None, notes)


def gather_jpeg2000(said: Header) -> Found:
    """Collect what a result takes over from a JPEG 2000."""
    record = exif.without_thumbnail(said.exif) if said.exif else None
    notes = (_BROKEN_EXIF,) if said.exif and record is None else ()
    carried = Carried(
        format="JPEG2000",
        exif=record,
        xmp=said.xmp or None,
        photoshop=with_captions(said.iptc) if said.iptc else b"",
        dpi=_dpi(said.dpi) or _dpi(exif.dpi(record) if record else None),
        lossless=said.lossless,
    )
    return Found(carried, said.icc, notes)


def with_captions(iim: bytes) -> bytes:
    """Put captions (IPTC-IIM) into an image resource block."""
    size = len(iim).to_bytes(4, "big")
    return b"8BIM" + _CAPTIONS.to_bytes(2, "big") + bytes(2) + size + iim + bytes(len(iim) % 2)


def captions(resources: bytes) -> bytes | None:
    """Return the captions (IPTC-IIM) in image resources, if there are any."""
    return next((content for number, content in _blocks(resources) if number == _CAPTIONS), None)


def raw_profile(kind: str, content: bytes) -> tuple[str, str]:
    """Return keyword and text of a PNG's text that holds a record, as ImageMagick writes it."""
    digits = content.hex()
    lines = [digits[at : at + 72] for at in range(0, len(digits), 72)]
    return _RAW_PROFILE + kind, "\n".join(["", kind, f"{len(content):8d}", *lines, ""])


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height that the frame header of a JPEG gives (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _stated(info: dict[Any, Any], kind: Format) -> object:
    """Return the resolution that a file gives beside its EXIF.

    Of a JPEG whose JFIF header gives none, Pillow says that of the EXIF record's width twice.
    """
    return None if kind == "JPEG" and info.get("jfif_unit") not in (1, 2) else info.get("dpi")


def without_thumbnails(resources: bytes) -> bytes:
    """Return Photoshop image resources (8BIM blocks) without thumbnails, to the first bad one."""
    return b"".join(whole for number, _, whole in _numbered(resources) if number not in _THUMBNAILS)


def _blocks(resources: bytes) -> Iterator[tuple[int, bytes]]:
    for number, content, _ in _numbered(resources):
        yield number, content


def _numbered(resources: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield number, content and all of each block, up to the first bad one.

    Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks".
    """
    at = 0
    while resources[at : at + 4] == b"8BIM" and at + 12 <= len(resources):
        number = int.from_bytes(resources[at + 4 : at + 6], "big")
        name = (resources[at + 6] + 2) // 2 * 2  # length byte and name, padded to even
        size_at = at + 6 + name
        size = int.from_bytes(resources[size_at : size_at + 4], "big")
        start, end = size_at + 4, size_at + 4 + size + size % 2
        if start + size > len(resources):
            return
        yield number, resources[start : start + size], resources[at:end].ljust(end - at, b"\0")
        at = end


def _exif_record(info: dict[Any, Any]) -> bytes | None:
    record = _bytes(info.get("exif")) or _raw_profile(info, "exif", "APP1")
    return exif.without_prefix(record) if record else None


def _raw_profile(info: dict[Any, Any], *kinds: str) -> bytes | None:
    for kind in kinds:
        lines = str(info.get(_RAW_PROFILE + kind, "")).split("\n")[3:]
        try:
            record = bytes.fromhex("".join(lines))
        except ValueError:
            continue
        if record:
            return record
    return None


def _photoshop(image: Image.Image) -> bytes:
    raw = _raw_profile(image.info, "8bim", "iptc") or b""
    if raw:
        # Programs write bare captions there as well as captions in an image resource.
        return with_captions(raw) if raw.startswith(b"\x1c") else raw
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
