"""Reading photographs: from a path, bytes, a stream or one of Pillow's pictures."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from os import PathLike
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    ImageOps,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from rehue.errors import PhotoError
from rehue.photo.failures import decoding
from rehue.photo.formats import avif, heic, jpeg2000, png, raw, tiff_read
from rehue.photo.photograph import Photograph
from rehue.photo.provenance import sidecar
from rehue.photo.provenance.mark import Mark
from rehue.photo.records import exif, metadata
from rehue.photo.samples import deep_profile, pixels, profile
from rehue.photo.sniff import Format
from rehue.photo.source import Source, load

MAX_PIXELS: Final = 200_000_000

# Called by name: `Image.open` would hold pictures against a limit of its own, and warn.
_OPENERS: dict[Format, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.jpeg_factory,
    "PNG": PngImagePlugin.PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
    "JPEG2000": Jpeg2KImagePlugin.Jpeg2KImageFile,
}
_DEEP_ADVICE = (
    "Pillow holds no colours as deep, give an array or the file, or convert it to 8 bits a channel"
)

# Cameras and programs write some ten; each costs a pass over the whole picture.
_START_OF_SCAN, _MOST_SCANS = b"\xff\xda", 500

_wide_limit = threading.Lock()


def read(
    source: str | PathLike[str] | bytes | BinaryIO, *, max_pixels: int = MAX_PIXELS
) -> Photograph:
    """Read a photograph: JPEG, PNG, TIFF, WebP, JPEG 2000, AVIF, BMP or GIF.

    With the extras `heic` and `raw` HEIC and cameras' raw files too. 8-bit pictures give uint8,
    deeper ones uint16, and floats float32; grey ones H x W, also when they are stored as RGB with
    three equal channels. A profile is applied: the pixels are sRGB
    (`rehue.photo.samples.profile` has the rules). A TIFF's further pages are its `further`.

    Args:
        source: a path, a file's bytes, or a binary stream, which is read to its end.
        max_pixels: of all pages together; judged by the header, before anything is decoded.

    Raises:
        PhotoError: one line: missing, empty, truncated, no picture, too many pixels, animated.
    """
    found = load(source, max_pixels)
    with decoding(found.name):
        reader = _READERS.get(found.kind, _read_with_pillow)
        origin: dict[str, Any] = {"sha256": found.sha256, "kind": found.kind, "name": found.name}
        origin |= {"path": found.path, "times": found.times}
        pages = [replace(page, **origin) for page in reader(found, max_pixels)]
    if found.kind == "BMP" and found.path:
        pages[0] = replace(pages[0], mark=sidecar.mark_beside(found.path))
    notes = [f"page {n}: {note}" for n, page in enumerate(pages[1:], 2) for note in page.notes]
    return replace(pages[0], further=tuple(pages[1:]), notes=(*pages[0].notes, *notes))


def from_pillow(image: Image.Image) -> Photograph:
    """Take one of Pillow's pictures, turned upright; of an animation the current frame.

    Raises:
        PhotoError: its file is damaged, or it has more than 8 bits a sample.
    """
    with decoding("the picture given"):
        depth = pixels.depth_of(image)
        if depth:
            raise PhotoError(f"the picture given has {depth} a sample: {_DEEP_ADVICE}")
        if 0 in image.size:
            raise PhotoError("the picture given has no pixels: give one with at least 1 x 1")
        image.load()
        seen = _seen(image)
        wanted = ("dpi", "icc_profile", "xmp")
        info = {key: seen.info[key] for key in wanted if key in seen.info}
        return _photograph(*pixels.flat(seen), _gathered(info, "PNG"))


def _read_with_pillow(source: Source, max_pixels: int) -> Iterator[Photograph]:
    if source.kind == "JPEG" and source.data.count(_START_OF_SCAN) > _MOST_SCANS:
        raise PhotoError(
            f"{source.name} is a JPEG of more than {_MOST_SCANS} scans, made to keep readers busy: "
            "give another picture"
        )
    image = _opened(source.data, source, max_pixels)
    if pixels.depth_of(image):
        raise PhotoError(
            f"{source.name} has {pixels.depth_of(image)} a sample, which a {source.kind} does not "
            "have: save it as TIFF or PNG"
        )
    _load(image, max_pixels)
    found = metadata.gather(image, source.data, source.kind)
    yield _photograph(*pixels.flat(image), found)


def _read_png(source: Source, max_pixels: int) -> Iterator[Photograph]:
    image = _opened(source.data, source, max_pixels)
    color: Image.Image | NDArray[Any]
    bits = png.bits(source.data)
    if bits > 8:
        color, alpha = png.decode_deep(source.data)
        if color.shape[:2] != (image.height, image.width):
            raise PhotoError(f"{source.name} is not as its header says: copy or download it again")
        image = PngImagePlugin.PngImageFile(BytesIO(png.without_pixels(source.data)))
        image.load()
    else:
        _load(image, max_pixels)
        color, alpha = pixels.flat(image, bits)
    found = metadata.gather(image, source.data, "PNG")
    exponent = png.gamma(source.data)
    if exponent is not None:
        note = f"its gamma of {exponent:.2f} is applied, the result's is sRGB's"
        found = replace(found, notes=(*found.notes, note))
        if isinstance(color, Image.Image):
            table = png.gamma_table(exponent, 8).tolist()
            color = color.point(table * len(color.getbands()))
        else:
            color = png.gamma_table(exponent, 16)[color]
    yield _photograph(color, alpha, found)


def _read_tiff(source: Source, max_pixels: int) -> Iterator[Photograph]:
    if tiff_read.is_camera_raw(source.data):
        yield from _read_raw(source, max_pixels)
        return
    for page in tiff_read.read_pages(source.data, source.name, max_pixels):
        yield replace(_photograph(page.color, page.alpha, page.found), orientation=page.orientation)


def _read_jpeg2000(source: Source, max_pixels: int) -> Iterator[Photograph]:
    said = jpeg2000.header(source.data)
    _check_size(said.width, said.height, source.name, max_pixels)
    if said.channels > 4:
        raise PhotoError(f"{source.name} has {said.channels} channels: save it as TIFF")
    color: Image.Image | NDArray[Any]
    if said.bits > 8:
        color, alpha = jpeg2000.decode_deep(source.data, said, source.name)
    else:
        image = _opened(source.data, source, max_pixels)
        _load(image, max_pixels)
        color, alpha = pixels.flat(image)
    yield _photograph(color, alpha, metadata.gather_jpeg2000(said))


def _read_avif(source: Source, max_pixels: int) -> Iterator[Photograph]:
    image = _opened(source.data, source, max_pixels)
    color: Image.Image | NDArray[Any]
    if avif.bits(source.data) > 8:
        color, alpha = avif.decode_deep(source.data, image.size, source.name)
    else:
        _load(image, max_pixels)
        color, alpha = pixels.flat(image)
    yield _photograph(color, alpha, metadata.gather(image, source.data, "AVIF"))


def _read_heic(source: Source, max_pixels: int) -> Iterator[Photograph]:
    (width, height), info, heif = heic.open_heic(source.data, source.name)
    _check_size(width, height, source.name, max_pixels)
    found = _gathered(
        {key: info[key] for key in ("exif", "xmp", "icc_profile") if key in info}, "HEIC"
    )
    record = found.carried.exif
    found = replace(
        found, carried=replace(found.carried, exif=exif.upright(record) if record else None)
    )
    yield _photograph(*heic.decode(heif), found)


def _read_raw(source: Source, max_pixels: int) -> Iterator[Photograph]:
    rgb, found, orientation = raw.develop(source.data, source.name, max_pixels)
    yield replace(_photograph(rgb, None, found), orientation=orientation)


_READERS: dict[Format, Callable[[Source, int], Iterator[Photograph]]] = {
    "PNG": _read_png,
    "TIFF": _read_tiff,
    "JPEG2000": _read_jpeg2000,
    "AVIF": _read_avif,
    "HEIC": _read_heic,
    "RAW": _read_raw,
}


def _photograph(
    color: Image.Image | NDArray[Any], alpha: NDArray[Any] | None, beside: metadata.Found
) -> Photograph:
    samples: NDArray[Any]
    if isinstance(color, np.ndarray) and color.dtype == np.uint8:
        color = pixels.as_image(color)
    if isinstance(color, Image.Image):
        srgb = profile.to_srgb(color, beside.icc)
        samples, icc, note = pixels.array(srgb.image), srgb.icc, srgb.note
        is_cmyk = color.mode == "CMYK"
    else:
        managed = deep_profile.to_srgb(color, beside.icc)
        samples, icc, note = managed.pixels, managed.icc, managed.note
        if samples.dtype == np.float32 and beside.icc is None:
            note = "its floats have no profile and are taken for sRGB's"
        is_cmyk = color.ndim == 3 and color.shape[2] == 4
    notes = beside.notes + ((note,) if note else ())
    if is_cmyk:
        notes += ("was CMYK, the result is RGB",)
    return Photograph(
        pixels=samples,
        alpha=alpha,
        orientation=exif.orientation(beside.carried.exif),
        carried=replace(beside.carried, icc=icc),
        mark=Mark.from_xmp(beside.carried.xmp),
        notes=notes,
    )


def _gathered(info: dict[Any, Any], kind: Format) -> metadata.Found:
    info_only = Image.new("L", (1, 1))
    info_only.info = info
    return metadata.gather(info_only, b"", kind)


def _seen(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # a broken record raises nearly anything, and says nothing
        return image


def _opened(data: bytes, source: Source, max_pixels: int) -> ImageFile.ImageFile:
    """Open a file with Pillow, refusing what would be dropped or is far too large."""
    image = _OPENERS[source.kind](BytesIO(data))
    _check_size(image.width, image.height, source.name, max_pixels)
    if getattr(image, "is_animated", False) and not _has_only_previews(image, data):
        raise PhotoError(
            f"{source.name} holds several pages or frames, which Rehue colours in TIFFs alone: "
            "save the one that you want as a file of its own"
        )
    return image


def _check_size(width: int, height: int, name: str, max_pixels: int) -> None:
    if width < 1 or height < 1:
        raise PhotoError(f"{name} has no pixels ({width} x {height}): give another picture")
    if width * height > max_pixels:
        raise PhotoError(
            f"{name} has {width:,} x {height:,} pixels, more than the {max_pixels:,} that Rehue "
            "opens: give a smaller picture or a part of it"
        )


def _has_only_previews(image: ImageFile.ImageFile, data: bytes) -> bool:
    """Say whether a JPEG's further pictures (CIPA DC-007) are all smaller than its first.

    Cameras and telephones put previews and brightness maps there; views of a scene are as large.
    """
    if image.format != "MPO":
        return False
    further = _OPENERS["JPEG"](BytesIO(data))
    for number in range(1, getattr(further, "n_frames", 1)):
        further.seek(number)
        if further.width * further.height >= image.width * image.height:
            return False
    return True


def _load(image: ImageFile.ImageFile, max_pixels: int) -> None:
    with _pillow_limit_above(image, max_pixels):
        image.load()


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
