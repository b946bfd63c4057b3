"""Reading photographs: from a path, bytes, a stream or one of Pillow's pictures."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Final

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from rehue.errors import PhotoError
from rehue.photo import exif, metadata, pixels, profile
from rehue.photo.failures import decoding, reason, shown
from rehue.photo.mark import Mark
from rehue.photo.orientation import as_stored
from rehue.photo.photograph import Photograph
from rehue.photo.sniff import SNIFFED, Format, picture_format
from rehue.photo.tiff import ORIENTATION

MAX_PIXELS: Final = 200_000_000

# Called by name: `Image.open` would hold pictures against a limit of its own, and warn.
_OPENERS: dict[Format, Callable[[BinaryIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImagePlugin.jpeg_factory,
    "PNG": PngImagePlugin.PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
    "TIFF": TiffImagePlugin.TiffImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "GIF": GifImagePlugin.GifImageFile,
}
_BITS_PER_SAMPLE, _SUBFILE_TYPE, _DNG_VERSION = 258, 254, 50706
_DEEP_ADVICE = "8-bit pictures only for now, reduce it to 8 bits a channel in an image editor first"

_wide_limit = threading.Lock()


@dataclass(frozen=True)
class _Source:
    name: str
    path: Path | None
    data: bytes
    kind: Format


def read(source: str | PathLike[str] | bytes | BinaryIO) -> Photograph:
    """Read a photograph: 8-bit JPEG, PNG, WebP, TIFF, BMP or GIF, one picture a file.

    Grey pictures give H x W, also when they are stored as RGB with three equal channels. A profile
    is applied: the pixels are sRGB (`rehue.photo.profile` has the rules).

    Args:
        source: a path, a file's bytes, or a binary stream, which is read to its end.

    Raises:
        PhotoError: one line: missing, empty, truncated, no picture, more than `MAX_PIXELS`, more
            than 8 bits a sample, several pages or frames.
    """
    found = _load(source)
    name = found.name
    with decoding(name):
        image = _OPENERS[found.kind](BytesIO(found.data))
        _check(image, found)
        turn = image.getexif().get(ORIENTATION, 1) if found.kind == "TIFF" else 1
        with _pillow_limit_above(image):
            image.load()
        beside = metadata.gather(image, found.data, found.kind)
        photograph = _photograph(image, beside, found.data[24] if found.kind == "PNG" else 8)
        if found.kind == "TIFF":
            # Pillow turns TIFFs, and nothing else, upright while it loads them.
            photograph = _turned_back(photograph, turn)
        else:
            turn = exif.orientation(photograph.carried.exif)
    return replace(
        photograph,
        orientation=turn if turn in range(1, 9) else 1,
        sha256=hashlib.sha256(found.data).hexdigest(),
        name=name,
        path=found.path,
    )


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
        info_only = Image.new("L", (1, 1))
        wanted = ("dpi", "icc_profile", "xmp")
        info_only.info = {key: seen.info[key] for key in wanted if key in seen.info}
        return _photograph(seen, metadata.gather(info_only, b"", "PNG"))


def _seen(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # a broken record raises nearly anything, and says nothing
        return image


def _photograph(image: Image.Image, beside: metadata.Found, bits: int = 8) -> Photograph:
    color, alpha = pixels.flat(image, bits)
    srgb = profile.to_srgb(color, beside.icc)
    return Photograph(
        pixels=pixels.array(srgb.image),
        alpha=alpha,
        carried=replace(beside.carried, icc=srgb.icc),
        mark=Mark.from_xmp(beside.carried.xmp),
        notes=beside.notes + ((srgb.note,) if srgb.note else ()),
    )


def _load(source: str | PathLike[str] | bytes | BinaryIO) -> _Source:
    if isinstance(source, bytes | bytearray | memoryview):
        data, name = bytes(source), "the data given"
        return _Source(name, None, data, picture_format(data[:SNIFFED], name))
    if hasattr(source, "read"):
        is_stdin = getattr(source, "name", None) == "<stdin>"
        name = "standard input" if is_stdin else "the stream given"
        try:
            data = source.read()
        except (OSError, ValueError) as error:
            raise PhotoError(f"{name} cannot be read ({error}): open it again") from error
        if not isinstance(data, bytes):
            raise PhotoError(f"{name} gives text: open it in binary mode (`rb`)")
        return _Source(name, None, data, picture_format(data[:SNIFFED], name))
    path, name = Path(source), shown(source)
    try:
        with path.open("rb") as file:
            start = file.read(SNIFFED)
            kind = picture_format(start, name)
            return _Source(name, path, start + file.read(), kind)
    except FileNotFoundError as error:
        raise PhotoError(f"{name} does not exist: check the path") from error
    except (OSError, ValueError) as error:
        if path_is_folder(path):
            raise PhotoError(f"{name} is a folder, not a photograph: name a file in it") from error
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise PhotoError(f"{name} cannot be read ({why}): check the path and its rights") from error


def path_is_folder(path: Path) -> bool:
    """Say whether a path is a folder; False for one that the system cannot even look up."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _check(image: ImageFile.ImageFile, found: _Source) -> None:
    """Refuse, before anything is decoded, what would be reduced, dropped or far too large."""
    name = found.name
    width, height = image.size
    if width < 1 or height < 1:
        raise PhotoError(f"{name} has no pixels ({width} x {height}): give another picture")
    if width * height > MAX_PIXELS:
        raise PhotoError(
            f"{name} has {width:,} x {height:,} pixels, more than the {MAX_PIXELS:,} that Rehue "
            "opens: give a smaller picture or a part of it"
        )
    depth = pixels.depth_of(image)
    if found.kind == "PNG" and found.data[24] > 8:
        depth = f"{found.data[24]} bits"
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        tags = image.tag_v2
        depths = tags.get(_BITS_PER_SAMPLE, (1,))
        deepest = max(depths) if isinstance(depths, tuple) else depths
        if deepest > 8:
            depth = f"{deepest} bits"
        if _DNG_VERSION in tags or tags.get(_SUBFILE_TYPE, 0) & 1:
            raise PhotoError(
                f"{name} begins with a small copy, as cameras' raw files do: "
                "develop it and save it as TIFF or PNG first"
            )
    if depth:
        raise PhotoError(f"{name} has {depth} a sample: {_DEEP_ADVICE}")
    if getattr(image, "is_animated", False) and not _has_only_previews(image, found.data):
        raise PhotoError(
            f"{name} holds several pages or frames, Rehue colours one for now: "
            "save the one that you want as a file of its own"
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


@contextmanager
def _pillow_limit_above(image: ImageFile.ImageFile) -> Iterator[None]:
    """Let Pillow load a picture that `MAX_PIXELS` allows and its own limit does not.

    Only TIFFs are held against that limit again when they are loaded. It is a global of Pillow's:
    it is raised for such large ones alone, one at a time, and put back.
    """
    limit = Image.MAX_IMAGE_PIXELS
    if limit is None or image.width * image.height <= limit:
        yield
        return
    with _wide_limit:
        limit = Image.MAX_IMAGE_PIXELS
        Image.MAX_IMAGE_PIXELS = MAX_PIXELS
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


def _turned_back(photograph: Photograph, turn: int) -> Photograph:
    if turn not in range(2, 9):
        return photograph
    alpha = photograph.alpha
    return replace(
        photograph,
        pixels=as_stored(photograph.pixels, turn).copy(order="C"),
        alpha=None if alpha is None else as_stored(alpha, turn).copy(order="C"),
    )
