"""JPEG (ITU-T T.81, T.871), never written more coarsely than its source.

Results have the source's quantisation tables, or those of quality 90 where they are finer, and its
subsampling. A grey source has neither for colour: its own table serves all three components, and
4:2:0 is taken, which on six Kodak photographs moved L by 0.666 on average where 4:4:4 did by 0.662
(quality 92), for two thirds of the time and 0.82 of the bytes. Other sources: quality 95, 4:4:4.

Where a result's luma is its grey source's (`Chroma` in place of RGB), the source's own image data
stand in it (`splice`). A grey picture that is stored in three components has none to take over: its
luma is encoded anew with its own table. So is that of a toned one: of a luma that is nearly the
source's most coefficients stay as they were with the table that they were made with.
"""

import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image, ImageFile, JpegImagePlugin

from rehue.color.neutrality import Tone, judge_neutrality
from rehue.errors import PhotoError
from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Page, Source, begins_with
from rehue.photo.formats.jpeg import rare, splice
from rehue.photo.formats.jpeg.behind import attached, read_behind
from rehue.photo.formats.jpeg.beside import read_beside, without_beside, written_beside
from rehue.photo.formats.jpeg.segments import SOS, Segment, walked
from rehue.photo.photograph import Chroma, JpegSettings
from rehue.photo.samples import pixels

_FINEST_NEEDED = 90
# Cameras and programs write some ten; each costs a pass over the whole picture.
_MOST_SCANS = 500


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture; what stands behind it is carried, or left out with a note (`behind`)."""
    data = source.data
    found, end = walked(data)
    _check_scans(found, end, source)
    picture = replace(source, data=without_beside(data, found, end))
    beside = read_beside(found)
    records, notes = beside.records, beside.notes
    frame = rare.rare_frame(found)
    if frame is None or frame.bits == 8:
        image = by_pillow.opened(JpegImagePlugin.JpegImageFile, picture)
        records = replace(records, jpeg=_settings(image, data))
    if frame:
        decoded, size = Decoded(rare.decode(picture, frame, end)), (frame.width, frame.height)
    else:
        decoded, size = by_pillow.decoded(image, picture), image.size
    if end is not None:
        after, packet, more = read_behind(source, found, end, size, records.xmp)
        records, notes = replace(records, xmp=packet, behind=after), (*notes, *more)
    yield replace(decoded, records=records, notes=notes)


def _check_scans(found: list[Segment], end: int | None, source: Source) -> None:
    """Refuse a picture of far more scans than programs write; what is behind it does not count."""
    scans = sum(segment.marker == SOS for segment in found)
    if end is None:
        # libjpeg goes on, up to what looks like the end.
        last = found[-1].at if found else 0
        stop = source.data.find(b"\xff\xd9", last)
        scans += source.data.count(b"\xff\xda", last, stop if stop > 0 else len(source.data))
    if scans > _MOST_SCANS:
        raise PhotoError(
            f"{source.name} is a JPEG of more than {_MOST_SCANS} scans, made to keep readers busy: "
            "give another picture"
        )


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
    """Write a page, with what stands beside and behind it."""
    (page,) = pages
    carried = page.carried
    beside = {
        "extra": written_beside(carried, page.xmp),
        "icc_profile": carried.icc,
        "dpi": carried.dpi or (0, 0),
    }
    if isinstance(page.color, Chroma):
        whole = _with_luma_kept(page, page.color, beside)
    else:
        picture = pixels.picture(page.colors())
        whole = by_pillow.saved(picture, "JPEG", beside | _fineness(page))
    file.write(attached(whole, carried.behind))


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
    holds_segments=True,
)


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
    stored = page.photograph.pixels
    fineness = _as_fine_as(source, stored.ndim == 2)
    if stored.ndim == 3 and judge_neutrality(stored).tone is not Tone.COLORED:
        fineness["qtables"][0] = list(source.luma)
    return fineness


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
