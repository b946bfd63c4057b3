"""Writing results: whole files or none, never over a source."""

import os
import secrets
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.errors import PhotoError
from rehue.photo import pixels
from rehue.photo.encode import encode
from rehue.photo.failures import reason, shown
from rehue.photo.mark import Mark
from rehue.photo.orientation import upright
from rehue.photo.photograph import Photograph

# What can hold a coloured picture and its mark, by the ending of a file's name.
FORMATS: Final = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}


def write(
    photograph: Photograph,
    rgb: NDArray[np.uint8],
    target: Path | BinaryIO,
    mark: Mark,
    *,
    format: str | None = None,  # noqa: A002 (Pillow's word)
    overwrite: bool = False,
) -> None:
    """Write a coloured photograph with all that its source carried, and the mark.

    The file is made beside its target under another name and then renamed, so that a target is
    either whole or not there. The same arguments give the same bytes.

    Args:
        photograph: the source.
        rgb: H x W x 3, sRGB-encoded, in the order that the source stores.
        target: a path, in a folder that exists, or a binary stream.
        mark: says how it was coloured.
        format: JPEG, PNG, WEBP or TIFF (or an ending such as "jpg"); by default what the target's
            name says, or else what the source was.
        overwrite: replace a target that exists; the source itself is never replaced.

    Raises:
        PhotoError: the target is the source, exists, or cannot be written; the format cannot hold
            the picture.
    """
    if rgb.dtype != np.uint8 or rgb.shape != (*photograph.pixels.shape[:2], 3):
        height, width = photograph.pixels.shape[:2]
        raise PhotoError(
            f"a result for {photograph.name} is uint8 of shape ({height}, {width}, 3), "
            f"found {rgb.dtype} of shape {rgb.shape}: give one of the same size"
        )
    path = None if hasattr(target, "write") else Path(target)
    chosen = result_format(photograph, path, format)
    if path is None:
        _send(encode(photograph, rgb, mark, chosen), target)
        return
    check_target(path, photograph, overwrite=overwrite)
    data = encode(photograph, rgb, mark, chosen)
    _place(data, path)


def to_pillow(photograph: Photograph, rgb: NDArray[np.uint8]) -> Image.Image:
    """Return a coloured photograph as Pillow's picture: upright, sRGB, RGB or RGBA.

    Resolution (`info["dpi"]`) comes with it; to keep everything else, write a file.
    """
    alpha = photograph.alpha
    seen = None if alpha is None else upright(alpha, photograph.orientation)
    image = pixels.picture(upright(rgb, photograph.orientation), seen)
    if photograph.carried.dpi:
        image.info["dpi"] = photograph.carried.dpi
    return image


def result_format(photograph: Photograph, target: Path | None, asked: str | None = None) -> str:
    """Return what `write` writes: JPEG, PNG, WEBP or TIFF.

    Raises:
        PhotoError: the format asked for, or the target's ending, is none of these.
    """
    if asked is not None:
        known = FORMATS.get("." + asked.lower(), asked.upper())
        if known not in FORMATS.values():
            raise PhotoError(f"format `{shown(asked)}` is unknown: take JPEG, PNG, TIFF or WEBP")
        return known
    if target is None or not target.suffix:
        return photograph.carried.format
    by_name = FORMATS.get(target.suffix.lower())
    if by_name is None:
        raise PhotoError(
            f"{shown(target)} ends in {shown(target.suffix)}, which cannot hold a coloured "
            "picture and its mark: name a .jpg, .png, .tif or .webp"
        )
    return by_name


def check_target(target: Path, photograph: Photograph | None = None, *, overwrite: bool) -> None:
    """Refuse a target that `write` would refuse, before any work is done for it.

    Raises:
        PhotoError: it is the source or a folder, exists, or its folder does not.
    """
    name = shown(target)
    try:
        source = photograph.path if photograph else None
        if source and target.exists() and target.samefile(source):
            raise PhotoError(f"{name} is the photograph itself: name another file for the result")
        if target.is_dir():
            raise PhotoError(f"{name} is a folder: name a file in it for the result")
        if not target.parent.is_dir():
            raise PhotoError(
                f"{name} cannot be written, there is no folder {shown(target.parent)}: "
                "make it first"
            )
        if not overwrite and os.path.lexists(target):
            raise PhotoError(f"{name} exists: name another file, or allow overwriting")
    except (OSError, ValueError) as error:
        raise _unwritable(name, error) from error


def _place(data: bytes, target: Path) -> None:
    # Opened by hand and not by `tempfile`, whose files nobody else may read.
    beside = target.with_name(f".rehue-{secrets.token_hex(6)}.part")
    try:
        try:
            with beside.open("xb") as file:
                file.write(data)
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        raise _unwritable(shown(target), error) from error


def _send(data: bytes, stream: object) -> None:
    try:
        stream.write(data)  # type: ignore[attr-defined]
    except (OSError, ValueError, TypeError) as error:
        raise _unwritable("the stream given", error) from error


def _unwritable(name: str, error: Exception) -> PhotoError:
    why = reason(error) if isinstance(error, OSError) else str(error)
    return PhotoError(f"{name} cannot be written ({why}): check the folder's rights and free space")
