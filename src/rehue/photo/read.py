"""Reading photographs: a file's bytes, the one format that claims them, and what becomes of it.

Formats decode; that a picture is small enough, in sRGB, without an uncoloured thumbnail, and what
there is to say of it, is settled here, for all of them in the same way.
"""

from dataclasses import replace
from os import PathLike
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from rehue.errors import PhotoError
from rehue.photo.failures import decoding
from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Source
from rehue.photo.photograph import Carried, Photograph
from rehue.photo.provenance import sidecar
from rehue.photo.provenance.mark import Mark
from rehue.photo.records import exif, photoshop, statements, xmp
from rehue.photo.result import result_of
from rehue.photo.samples import deep_profile, depth, pixels, profile
from rehue.photo.source import load

MAX_PIXELS: Final = 200_000_000

_DEEP_ADVICE = (
    "Pillow holds no colours as deep, give an array or the file, or convert it to 8 bits a channel"
)


def read(
    source: str | PathLike[str] | bytes | BinaryIO, *, max_pixels: int = MAX_PIXELS
) -> Photograph:
    """Read a photograph of any of `rehue.photo.formats`; some need an extra (`heic`, `raw`).

    8-bit pictures give uint8, deeper ones uint16, and floats float32; grey ones H x W, also when
    they are stored as RGB with three equal channels. A profile is applied: the pixels are sRGB
    (`rehue.photo.samples.profile` has the rules). A TIFF's further pages are its `further`.

    Args:
        source: a path, a file's bytes, or a binary stream, which is read to its end.
        max_pixels: of all pages together; judged by the header, before anything is decoded.

    Raises:
        PhotoError: one line: missing, empty, truncated, no picture, too many pixels, animated.
    """
    found = load(source, max_pixels)
    form = found.format
    with decoding(found.name):
        pages = [
            replace(
                _photograph(page, form.becomes),
                sha256=found.sha256,
                kind=form.name,
                name=found.name,
                path=found.path,
                times=found.times,
            )
            for page in form.read(Source(found.data, found.name, max_pixels))
        ]
    if found.path and form.encode and not form.holds_mark:
        pages[0] = replace(pages[0], mark=sidecar.mark_beside(found.path))
    notes = [f"page {n}: {note}" for n, page in enumerate(pages[1:], 2) for note in page.notes]
    return replace(pages[0], further=tuple(pages[1:]), notes=(*pages[0].notes, *notes))


def from_pillow(image: Image.Image) -> Photograph:
    """Take one of Pillow's pictures, turned upright; of an animation the current frame.

    Raises:
        PhotoError: its file is damaged, or it has more than 8 bits a sample.
    """
    with decoding("the picture given"):
        deep = pixels.depth_of(image)
        if deep:
            raise PhotoError(f"the picture given has {deep} a sample: {_DEEP_ADVICE}")
        if 0 in image.size:
            raise PhotoError("the picture given has no pixels: give one with at least 1 x 1")
        image.load()
        seen = _seen(image)
        records = replace(by_pillow.records(seen.info), exif=None)
        return _photograph(Decoded(*pixels.flat(seen), records), Carried().format)


def _photograph(page: Decoded, becomes: str) -> Photograph:
    said = page.records
    record = exif.without_prefix(said.exif or photoshop.exif(said.photoshop) or b"") or None
    whole = exif.without_thumbnail(record) if record else None
    samples, icc, notes = _in_srgb(page, said.icc)
    if said.jpeg and said.icc and samples.ndim == 2 and not _is_as_stored(samples, page):
        why = "its profile is not sRGB's"
        said = replace(said, jpeg=replace(said.jpeg, image_data=None, not_kept=why))
    kept = exif.put_right(whole, result_of(icc, 2 if samples.ndim == 2 else 0)) if whole else None
    packet, unsound = xmp.readable(said.xmp or exif.xmp(record) or photoshop.xmp(said.photoshop))
    notes += tuple(filter(None, (unsound, *statements.notes(packet))))
    if record and whole is None:
        notes = ("its EXIF cannot be read and is left out", *notes)
    return Photograph(
        pixels=samples,
        alpha=page.alpha,
        orientation=page.orientation or exif.orientation(kept),
        carried=replace(
            said,
            format=becomes,
            exif=kept,
            icc=icc,
            xmp=packet,
            photoshop=photoshop.put_right(said.photoshop),
            dpi=_sound(said.dpi) or _sound(exif.dpi(record) if record else None),
        ),
        mark=Mark.from_xmp(packet),
        notes=page.notes + notes,
    )


def _in_srgb(
    page: Decoded, icc: bytes | None
) -> tuple[NDArray[Any], bytes | None, tuple[str, ...]]:
    """Return samples in sRGB, the profile that a result carries, and what there is to say."""
    color = page.samples
    if isinstance(color, np.ndarray) and page.is_srgb:
        kept, note = deep_profile.kept(icc)
        return depth.without_idle_channels(color), kept, (note,) if note else ()
    if isinstance(color, np.ndarray) and color.dtype == np.uint8:
        color = pixels.as_image(color)
    samples: NDArray[Any]
    if isinstance(color, Image.Image):
        srgb = profile.to_srgb(color, icc)
        samples, kept, note = pixels.array(srgb.image), srgb.icc, srgb.note
        is_cmyk = color.mode == "CMYK"
    else:
        managed = deep_profile.to_srgb(color, icc)
        samples, kept, note = managed.pixels, managed.icc, managed.note
        if samples.dtype == np.float32 and icc is None:
            note = "its floats have no profile and are taken for sRGB's"
        is_cmyk = color.ndim == 3 and color.shape[2] == 4
    notes = (note,) if note else ()
    return samples, kept, (*notes, "was CMYK, the result is RGB") if is_cmyk else notes


def _is_as_stored(samples: NDArray[Any], page: Decoded) -> bool:
    """Say whether a profile has left an 8-bit picture's samples as they were."""
    stored = page.samples
    stored = pixels.array(stored) if isinstance(stored, Image.Image) else stored
    return np.array_equal(samples, stored)


def _sound(dpi: object) -> tuple[float, float] | None:
    try:
        across, down = (float(part) for part in dpi)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    # NaN fails both comparisons; greater figures do not fit into a file's fields.
    return (across, down) if 0 < across < 65535 and 0 < down < 65535 else None


def _seen(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # a broken record raises nearly anything, and says nothing
        return image
