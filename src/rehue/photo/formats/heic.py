"""HEIC (HEVC in HEIF), through the extra `heic`.

Results are 4:2:0, which is all that many players decode, of 8 or 12 bits.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.errors import PhotoError, install_line
from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Page, Source
from rehue.photo.formats.heif import further_note, has_manifest, hdr_note, left_out
from rehue.photo.records import boxes, exif
from rehue.photo.samples.orientation import upright

_FINE = 95
# Of x265. libheif's own choice, "slow", takes 2.2 s of one core for a megapixel, this 1.0, at the
# same error and a file larger by 1 %.
_PRESET = "medium"
_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx")


def read(source: Source) -> Iterator[Decoded]:
    """Yield the first picture, upright, for libheif turns it as it decodes it.

    Raises:
        PhotoError: the extra is not installed.
    """
    heif = _library(source.name).open_heif(BytesIO(source.data), convert_hdr_to_8bit=False)
    source.check_size(*heif.size)
    records = by_pillow.records(heif.info)
    records = replace(records, dpi=None, lossless=False, manifest=has_manifest(source.data))
    if records.exif:
        records = replace(records, exif=exif.upright(exif.without_prefix(records.exif)))
    notes = (*hdr_note(source.data), *_further(heif), *left_out(source.data))
    yield Decoded(*_decode(heif), records, notes=notes)


def encode(pages: Iterator[Page], file: BinaryIO) -> None:
    """Write a page, upright."""
    (page,) = pages
    library = _library(page.photograph.name)
    samples = upright(page.samples(), page.photograph.orientation)
    mode = {3: "RGB", 4: "RGBA"}[samples.shape[2]]
    image = library.from_bytes(
        mode=f"{mode};16" if samples.dtype == np.uint16 else mode,
        size=(samples.shape[1], samples.shape[0]),
        data=np.ascontiguousarray(samples).tobytes(),
    )
    options: dict[str, Any] = {"xmp": page.xmp, "chroma": 420, "enc_params": {"preset": _PRESET}}
    if page.record:
        options["exif"] = exif.with_prefix(exif.upright(page.record))
    if page.carried.icc:
        options["icc_profile"] = page.carried.icc
    # Into memory: the library writes with seeks of its own.
    whole = BytesIO()
    image.save(whole, quality=_FINE if page.quality is None else page.quality, **options)
    file.write(whole.getvalue())


FORMAT = Format(
    name="HEIC",
    words=("HEIC", "HEIF"),
    endings=(".heic", ".heif"),
    claims=lambda start: boxes.has_brand(start, _BRANDS),
    read=read,
    encode=encode,
    media_type="image/heic",
    depths=(8, 12),
    longest_side=16_384,
    lacks=frozenset({"pages", "IPTC", "Photoshop data", "comment", "text"}),
    signed=True,
    extra="heic",
)


def _further(
    heif: Any,  # noqa: ANN401
) -> Iterator[str]:
    """Say which picture is meant where a file does not, and what it holds besides."""
    if not heif[heif.primary_index].info.get("primary", True):
        yield "the picture that it names as its own is none: the first that is one is coloured"
    yield from further_note(len(heif) - 1)


def _decode(
    heif: Any,  # noqa: ANN401
) -> tuple[Image.Image | NDArray[np.uint16], NDArray[Any] | None]:
    """Decode colour and alpha: a Pillow picture of 8 bits, or uint16 of full range."""
    samples = np.asarray(heif[heif.primary_index])
    alpha = np.ascontiguousarray(samples[..., -1]) if heif.has_alpha else None
    color = samples[..., :3] if samples.ndim == 3 else samples
    color = np.ascontiguousarray(color)
    if color.dtype == np.uint8:
        return Image.fromarray(color), alpha
    bits = heif.info.get("bit_depth", 16)
    # The high bits are filled; the low ones repeat them, so that white is full.
    wide = [plane | (plane >> bits) for plane in (color, alpha) if plane is not None]
    return wide[0], wide[1] if alpha is not None else None


def _library(name: str) -> Any:  # noqa: ANN401 (a module without types)
    try:
        import pillow_heif  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise PhotoError(
            f"{name} is an HEIC picture, and what reads them is not installed: "
            f"{install_line('heic')}; or save it as JPEG or TIFF"
        ) from error
    return pillow_heif
