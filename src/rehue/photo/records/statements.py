"""Statements that are true of the grey file and not of the coloured one: what becomes of each.

One table, `TABLE`; `docs/reliability.md` shows it. What is not in it is kept as it stands.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from rehue.photo.records import descriptions
from rehue.photo.records.statement import (
    EXIF,
    IFD0,
    INTEROPERABILITY,
    KEPT,
    LEFT_OUT,
    Result,
    Statement,
    Value,
    nothing,
)
from rehue.photo.records.xmp import Packet

_GREY = "of the grey file's samples"
_NUMBERS = "of the source's colour numbers"
_PICTURE = "shows the picture without colour"
_BYTES = "of the source file's bytes"
_EDITORS = "editors would show the result grey"
_BEHIND = "of what stands behind a JPEG"


def _unless(part: str) -> Value:
    return lambda result: KEPT if part in result.behind else None


def _space(result: Result) -> int:
    return 1 if result.is_srgb else 65535


def _exif(directory: int, why: str, **tags: int) -> Iterator[Statement]:
    return (Statement("EXIF", name, (directory, tag), why) for name, tag in tags.items())


def _xmp(
    prefix: str,
    why: str,
    *names: str,
    becomes: str = LEFT_OUT,
    value: Value = nothing,
    only: tuple[str, ...] = (),
    is_anywhere: bool = False,
) -> Iterator[Statement]:
    for name in names:
        key = (_NAMESPACES[prefix], name)
        yield Statement(
            "XMP", f"{prefix}:{name}", key, why, becomes, value, only, is_anywhere=is_anywhere
        )


def _resources(why: str, **numbers: int) -> Iterator[Statement]:
    return (Statement("Photoshop", name, number, why) for name, number in numbers.items())


_NAMESPACES: Final = {
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "hdrgm": "http://ns.adobe.com/hdr-gain-map/1.0/",
    "Container": "http://ns.google.com/photos/1.0/container/",
    "GCamera": "http://ns.google.com/photos/1.0/camera/",
    "GImage": "http://ns.google.com/photos/1.0/image/",
}
_ANEW = "made anew where a JPEG needs it"
_R98 = "`R98` (sRGB) where it was `R03` (Adobe RGB), but with a profile"
_PROFILE = "kept with the profile that it names, else left out"
_UNLESS_BEHIND = "kept while that is there, else left out"

TABLE: Final[tuple[Statement, ...]] = (
    *_exif(IFD0, _GREY, BitsPerSample=258, Compression=259, PhotometricInterpretation=262),
    *_exif(IFD0, _GREY, SamplesPerPixel=277, PlanarConfiguration=284, GrayResponseUnit=290),
    *_exif(IFD0, _GREY, GrayResponseCurve=291, YCbCrSubSampling=530, ExtraSamples=338),
    *_exif(IFD0, _GREY, SampleFormat=339),
    *_exif(EXIF, _GREY, CompressedBitsPerPixel=0x9102),
    *_exif(IFD0, _NUMBERS, TransferFunction=301, WhitePoint=318, PrimaryChromaticities=319),
    *_exif(IFD0, _NUMBERS, YCbCrCoefficients=529, ReferenceBlackWhite=532, ICC_Profile=34675),
    *_exif(EXIF, _NUMBERS, Gamma=0xA500),
    Statement(
        "EXIF",
        "ColorSpace",
        (EXIF, 0xA001),
        _NUMBERS,
        "1 (sRGB), 65535 with another profile",
        _space,
    ),
    Statement(
        "EXIF",
        "InteropIndex",
        (INTEROPERABILITY, 1),
        _NUMBERS,
        _R98,
        lambda result: b"R98\0" if result.is_srgb else KEPT,
        only=("R03",),
    ),
    Statement(
        "EXIF",
        "ComponentsConfiguration",
        (EXIF, 0x9101),
        _GREY,
        "Y, Cb, Cr",
        lambda _: b"\1\2\3\0",
    ),
    Statement("EXIF", "YCbCrPositioning", (IFD0, 531), _GREY, "1 (centred)", lambda _: 1),
    *descriptions.statements(_GREY),
    *_exif(IFD0, "a second packet, without the mark", ApplicationNotes=700),
    *_xmp("tiff", _GREY, "BitsPerSample", "Compression", "PhotometricInterpretation"),
    *_xmp("tiff", _GREY, "SamplesPerPixel", "PlanarConfiguration", "YCbCrSubSampling"),
    *_xmp("tiff", _GREY, "YCbCrPositioning"),
    *_xmp("exif", _GREY, "ComponentsConfiguration", "CompressedBitsPerPixel"),
    *_xmp("tiff", _NUMBERS, "TransferFunction", "WhitePoint", "PrimaryChromaticities"),
    *_xmp("tiff", _NUMBERS, "YCbCrCoefficients", "ReferenceBlackWhite"),
    *_xmp("exifEX", _NUMBERS, "Gamma"),
    *_xmp(
        "exifEX",
        _NUMBERS,
        "InteroperabilityIndex",
        becomes=_R98,
        value=lambda result: "R98" if result.is_srgb else KEPT,
        only=("R03",),
    ),
    *_xmp(
        "exif",
        _NUMBERS,
        "ColorSpace",
        becomes="1 (sRGB), 65535 with another profile",
        value=lambda result: str(_space(result)),
    ),
    *_xmp(
        "photoshop",
        _NUMBERS,
        "ICCProfile",
        becomes=_PROFILE,
        value=lambda result: KEPT if result.has_own_profile else None,
    ),
    *_xmp("photoshop", _GREY, "ColorMode", becomes="3 (RGB)", value=lambda _: "3"),
    *_xmp("crs", _EDITORS, "ConvertToGrayscale", is_anywhere=True),
    *_xmp(
        "crs",
        _EDITORS,
        "Saturation",
        becomes="left out where it is -100",
        only=("-100",),
        is_anywhere=True,
    ),
    *_xmp("tiff", _BYTES, "NativeDigest"),
    *_xmp("exif", _BYTES, "NativeDigest"),
    *_xmp("xmpNote", _BYTES, "HasExtendedXMP", becomes=_ANEW),
    *_xmp(
        "dc",
        _BYTES,
        "format",
        becomes="the result's media type",
        value=lambda result: result.media_type or KEPT,
    ),
    *_xmp(
        "tiff",
        "of how the source's pixels lie",
        "Orientation",
        becomes="1 where the result's are upright",
        value=lambda result: "1" if result.is_turned else KEPT,
    ),
    *_xmp("xmp", _PICTURE, "Thumbnails"),
    Statement(
        "XMP",
        "GImage:*",
        (_NAMESPACES["GImage"], None),
        _PICTURE,
        note="the picture in its XMP (GImage) shows it without colour and is left out",
    ),
    Statement(
        "XMP",
        "hdrgm:*",
        (_NAMESPACES["hdrgm"], None),
        _BEHIND,
        _UNLESS_BEHIND,
        _unless("gain map"),
    ),
    *_xmp(
        "Container",
        _BEHIND,
        "Directory",
        becomes=_UNLESS_BEHIND,
        value=lambda result: KEPT if result.behind else None,
    ),
    *_xmp(
        "GCamera",
        _BEHIND,
        "MotionPhoto",
        "MotionPhotoVersion",
        "MotionPhotoPresentationTimestampUs",
        "MicroVideo",
        "MicroVideoVersion",
        "MicroVideoOffset",
        "MicroVideoPresentationTimestampUs",
        becomes=_UNLESS_BEHIND,
        value=_unless("video"),
    ),
    *_resources(_PICTURE, PhotoshopBGRThumbnail=1033, PhotoshopThumbnail=1036),
    *_resources(_NUMBERS, ICC_Profile=1039, ICC_Untagged=1041, IndexedColorTable=1003),
    *_resources(_GREY, GrayHalftoning=1012, DuotoneHalftoning=1015, GrayTransferFuncs=1016),
    *_resources(_GREY, DuotoneTransferFuncs=1018, DuotoneImageInfo=1019),
    *_resources(_GREY, IndexedColorCount=1046, TransparentIndex=1047),
    *_resources("a second record, not put right", EXIFInfo=1058, EXIFInfo2=1059, XMP=1060),
    Statement("JPEG", "JFXX thumbnail", (0xE0, rb"JFXX\0"), _PICTURE),
    Statement("JPEG", "Scalado", (0xE4, rb"SCALADO"), _BYTES),
    Statement("JPEG", "NITF", (0xE6, rb"NITF\0"), _GREY),
    Statement("JPEG", "SPIFF", (0xE8, rb"SPIFF\0"), _GREY),
    Statement(
        "JPEG", "Ducky (quality alone)", (0xEC, rb"Ducky\x00\x01\x00\x04.{4}(\x00\x00)?\Z"), _BYTES
    ),
    Statement("JPEG", "Adobe", (0xEE, rb"Adobe"), _GREY, _ANEW),
    Statement("JPEG", "MPF", (0xE2, rb"MPF\0"), _BYTES, _ANEW),
    Statement("JPEG", "Adobe_CM", (0xED, rb"Adobe_CM"), _NUMBERS),
    Statement(
        "JPEG",
        "JPEG-HDR",
        (0xEB, rb"HDR_RI"),
        _BYTES,
        note="its JPEG-HDR ratio image is left out: it is of the source's bytes",
    ),
    Statement(
        "JPEG",
        "C2PA manifest",
        (0xEB, rb"JP.{10}jumb.{4}jumdc2pa"),
        _BYTES,
        "left out, with a word; signed results name it",
    ),
    Statement(
        "JPEG",
        "JPEG XT",
        (0xEB, rb"JP.{10}(?!jumb)"),
        _BYTES,
        note="what JPEG XT adds to its picture (APP11) is left out",
    ),
    Statement(
        "JPEG",
        "ISO 21496-1",
        (0xE2, rb"urn:iso:std:iso:ts:21496"),
        _BEHIND,
        _UNLESS_BEHIND,
        _unless("gain map"),
    ),
)


def of(place: str) -> tuple[Statement, ...]:
    """Return the statements of a place."""
    return tuple(statement for statement in TABLE if statement.place == place)


def put_right(packet: bytes | None, result: Result) -> bytes | None:
    """Return an XMP packet whose statements are true of a result."""
    if not packet or not any(uri.encode() in packet for uri in _NAMESPACES.values()):
        return packet
    parsed = Packet.parse(packet)
    if parsed is None:
        return packet
    for statement in of("XMP"):
        uri, name = statement.key
        value = statement.value(result)
        if value is not KEPT:
            parsed.change(uri, name, value, statement.only, is_anywhere=statement.is_anywhere)
    return parsed.to_bytes()


def notes(packet: bytes | None) -> tuple[str, ...]:
    """Return what there is to say of what is left out of an XMP packet."""
    return tuple(
        statement.note
        for statement in of("XMP")
        if statement.note and statement.key[0].encode() in (packet or b"")
    )


def table() -> str:
    """Return the table in Markdown, a row for those of one place, reason and fate."""
    rows = ["| where | what | why | becomes |", "|---|---|---|---|"]
    rows_of = groupby(TABLE, lambda one: (one.place, one.why, one.becomes))
    for (place, why, becomes), alike in rows_of:
        names = ", ".join(dict.fromkeys(one.name for one in alike))
        rows.append(f"| {place} | {names} | {why} | {becomes} |")
    return "\n".join(rows)
