"""JPEG (ITU-T T.81, T.871), never written more coarsely than its source.

Results have the source's quantisation tables, or those of quality 90 where they are finer, and its
subsampling. A grey source has neither for colour: its own table serves all three components, and
4:2:0 is taken, which on six Kodak photographs moved L by 0.666 on average where 4:4:4 did by 0.662
(quality 92), for two thirds of the time and 0.82 of the bytes. Other sources: quality 95, 4:4:4.

Where a result's luma is its grey source's (`Chroma` in place of RGB), the source's own image data
stand in it (`splice`). A grey picture that is stored in three components has none to take over: its
luma is encoded anew with its own table.
"""

import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image, ImageFile, JpegImagePlugin

from rehue.errors import PhotoError
from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Page, Source, begins_with
from rehue.photo.formats.jpeg import splice
from rehue.photo.formats.jpeg.restoring import XMP
from rehue.photo.photograph import Carried, Chroma, JpegSettings
from rehue.photo.samples import pixels

_FINEST_NEEDED = 90
_SEGMENT = 65_533  # bytes in a segment, without its length
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
# Cameras and programs write some ten; each costs a pass over the whole picture.
_START_OF_SCAN, _MOST_SCANS = b"\xff\xda", 500


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture; smaller ones after it, as cameras put there, are left out."""
    if source.data.count(_START_OF_SCAN) > _MOST_SCANS:
        raise PhotoError(
            f"{source.name} is a JPEG of more than {_MOST_SCANS} scans, made to keep readers busy: "
            "give another picture"
        )
    image = by_pillow.opened(JpegImagePlugin.jpeg_factory, source)
    if not _has_only_previews(image, source.data):
        by_pillow.check_still(image, source.name)
    decoded = by_pillow.decoded(image, source)
    yield replace(decoded, records=_records(image, decoded.records, source.data))


def frame_size(data: bytes) -> tuple[int, int] | None:
    """Return width and height that the frame header of a JPEG gives (ITU-T T.81, B.2.2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def encode(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write a page.

    Raises:
        PhotoError: its XMP is longer than a segment.
    """
    (page,) = pages
    carried = page.carried
    room = _SEGMENT - len(XMP)
    if len(page.xmp) > room:
        raise PhotoError(
            f"{page.photograph.name} has {len(page.xmp):,} bytes of XMP with Rehue's mark, and a "
            f"JPEG holds {room:,}: write a .png or .tif"
        )
    segments = [(0xE1, XMP + page.xmp)]
    segments += [(0xE1, content) for content in carried.extended_xmp]
    step = _SEGMENT - len(_PHOTOSHOP)
    for at in range(0, len(carried.photoshop), step):
        segments.append((0xED, _PHOTOSHOP + carried.photoshop[at : at + step]))
    beside = by_pillow.options(page) | {
        "extra": b"".join(
            bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content
            for marker, content in segments
        ),
        "dpi": carried.dpi or (0, 0),
    }
    if carried.comment:
        beside["comment"] = carried.comment
    if isinstance(page.color, Chroma):
        file.write(_with_luma_kept(page, page.color, beside))
        return
    options = beside | _fineness(page)
    file.write(by_pillow.saved(pixels.picture(page.colors()), "JPEG", options))


def _with_luma_kept(page: Page, chroma: Chroma, beside: dict[str, Any]) -> bytes:
    """Return a file of the source's luma, Cb and Cr; Pillow writes what stands beside."""
    source = page.carried.jpeg
    if source is None:
        raise ValueError("there is no luma to keep")
    grey = source.image_data
    if grey is None:
        own = {"qtables": [list(source.luma)], "progressive": source.progressive}
        picture = pixels.as_image(page.photograph.pixels)
        grey = splice.image_data(by_pillow.saved(picture, "JPEG", own))
    fineness = _as_fine_as(replace(source, chroma=None), grey=True)
    fineness.pop("subsampling")
    with ThreadPoolExecutor(2) as pool:
        cb, cr = pool.map(
            lambda plane, more: by_pillow.saved(pixels.as_image(plane), "JPEG", fineness | more),
            (chroma.cb, chroma.cr),
            (beside, {}),
        )
    return splice.with_chroma(grey, cb, cr)


FORMAT = Format(
    name="JPEG",
    words=("JPEG",),
    endings=(".jpg", ".jpeg", ".jpe", ".jfif"),
    claims=begins_with(b"\xff\xd8\xff"),
    read=read,
    encode=encode,
    media_type="image/jpeg",
    longest_side=65_500,  # libjpeg's, a little below the standard's
    lacks=frozenset({"pages", "alpha", "text"}),
    signed=True,
    keeps_luma=True,
)


def _has_only_previews(image: ImageFile.ImageFile, data: bytes) -> bool:
    """Say whether a JPEG's further pictures (CIPA DC-007) are all smaller than its first.

    Cameras and telephones put previews and brightness maps there; views of a scene are as large.
    """
    if image.format != "MPO":
        return False
    further = JpegImagePlugin.jpeg_factory(BytesIO(data))
    for number in range(1, getattr(further, "n_frames", 1)):
        further.seek(number)
        if further.width * further.height >= image.width * image.height:
            return False
    return True


def _records(image: ImageFile.ImageFile, found: Carried, data: bytes) -> Carried:
    if image.info.get("jfif_unit") not in (1, 2):
        # Where the JFIF header gives none, Pillow says that of the EXIF record's width twice.
        found = replace(found, dpi=None)
    photoshop = (s[len(_PHOTOSHOP) :] for s in _segments(image, "APP13", _PHOTOSHOP))
    return replace(
        found,
        photoshop=b"".join(photoshop),
        extended_xmp=tuple(_segments(image, "APP1", _EXTENDED_XMP)),
        comment=by_pillow.as_bytes(image.info.get("comment")),
        jpeg=_settings(image, data),
    )


def _segments(image: ImageFile.ImageFile, marker: str, prefix: bytes) -> Iterator[bytes]:
    for name, content in getattr(image, "applist", ()):
        if name == marker and content.startswith(prefix):
            yield content


def _settings(image: ImageFile.ImageFile, data: bytes) -> JpegSettings | None:
    if not isinstance(image, JpegImagePlugin.JpegImageFile):
        return None
    tables = [image.quantization.get(layer[3]) for layer in image.layer]
    if not tables or tables[0] is None:
        return None
    sampling = JpegImagePlugin.get_sampling(image)
    settings = JpegSettings(
        luma=tuple(tables[0]),
        chroma=tuple(tables[1]) if len(tables) > 1 and tables[1] is not None else None,
        subsampling=sampling if sampling >= 0 else None,
        progressive=bool(image.info.get("progressive")),
    )
    if len(image.layer) > 1:
        return replace(settings, not_kept="it is CMYK") if len(image.layer) == 4 else settings
    try:
        return replace(settings, image_data=splice.image_data(data))
    except splice.NotKeptError as error:
        return replace(settings, not_kept=str(error))


def _fineness(page: Page) -> dict[str, Any]:
    source = page.carried.jpeg
    if page.quality is not None:
        kept = source.subsampling if source else None
        return {"quality": page.quality, "subsampling": 0 if kept is None else kept}
    if source is None:
        return {"quality": by_pillow.FINE, "subsampling": 0}
    return _as_fine_as(source, page.photograph.pixels.ndim == 2)


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
