"""What formats that Pillow decodes have in common: opened within limits, loaded, saved."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any, BinaryIO, Final, TypeAlias

from PIL import Image, ImageFile

from rehue.errors import PhotoError
from rehue.photo.formats.contract import Decoded, Page, Source
from rehue.photo.photograph import Carried
from rehue.photo.records import exif
from rehue.photo.samples import depth, pixels

# A class of Pillow's. By its name: `Image.open` would hold pictures against a limit of its own,
# and warn.
Opener: TypeAlias = Callable[[BinaryIO], ImageFile.ImageFile]
# Quality of JPEG and WebP where nothing says how fine a source was.
FINE: Final = 95

_wide_limit = threading.Lock()


def opened(opener: Opener, source: Source) -> ImageFile.ImageFile:
    """Open a file, refusing what would be dropped or is far too large."""
    image = opener(BytesIO(source.data))
    source.check_size(image.width, image.height)
    return image


def check_still(image: ImageFile.ImageFile, name: str) -> None:
    """Refuse pictures of several pages or frames."""
    if getattr(image, "is_animated", False):
        raise PhotoError(
            f"{name} holds several pages or frames, which Rehue colours in TIFFs alone: "
            "save the one that you want as a file of its own"
        )


def decoded(image: ImageFile.ImageFile, source: Source) -> Decoded:
    """Load an opened picture of 8 bits, with what Pillow tells of it."""
    deep = pixels.depth_of(image)
    if deep:
        raise PhotoError(
            f"{source.name} has {deep} a sample, which a {image.format} does not have: "
            "save it as TIFF or PNG"
        )
    load(image, source)
    return Decoded(*pixels.flat(image), records(image.info))


def load(image: ImageFile.ImageFile, source: Source) -> None:
    """Decode an opened picture."""
    with _pillow_limit_above(image, source.max_pixels):
        image.load()


def records(info: Mapping[Any, Any]) -> Carried:
    """Return what stands beside a picture, by what Pillow and its plugins tell of it."""
    return Carried(
        exif=as_bytes(info.get("exif")),
        icc=as_bytes(info.get("icc_profile")),
        xmp=as_bytes(info.get("xmp")),
        dpi=info.get("dpi"),
    )


def as_bytes(value: object) -> bytes | None:
    """Return bytes, of which there are some; None for anything else."""
    return value if isinstance(value, bytes) and value else None


def picture(page: Page) -> Image.Image:
    """Return a page of 8 bits as a picture, RGB or RGBA."""
    alpha = page.photograph.alpha
    return pixels.picture(page.colors(), None if alpha is None else depth.with_bits(alpha, 8))


def options(page: Page) -> dict[str, Any]:
    """Return what Pillow's writers take of every page."""
    beside: dict[str, Any] = {"icc_profile": page.carried.icc}
    if page.carried.exif:
        beside["exif"] = exif.with_prefix(page.carried.exif)
    return beside


def saved(image: Image.Image, kind: str, options: dict[str, Any]) -> bytes:
    """Return a file as Pillow writes it."""
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@contextmanager
def _pillow_limit_above(image: ImageFile.ImageFile, max_pixels: int) -> Iterator[None]:
    """Let Pillow load a picture that `max_pixels` allows and its own limit does not.

    Some of its decoders hold pictures against that limit again as they load them. It is a global
    of Pillow's: it is raised for such large ones alone, one at a time, and put back.
    """
    limit = Image.MAX_IMAGE_PIXELS
    if limit is None or image.width * image.height <= limit:
        yield
        return
    with _wide_limit:
        limit = Image.MAX_IMAGE_PIXELS
        Image.MAX_IMAGE_PIXELS = max_pixels
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit
