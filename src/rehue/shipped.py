"""The shipped model in one call: it is loaded at the first and kept for the next."""

from functools import cache
from os import PathLike
from typing import Any, BinaryIO, Unpack, overload

from numpy.typing import NDArray
from PIL import Image

from rehue.colorizer import Colorizer, FileOptions, Picture, Sample
from rehue.photo import MAX_PIXELS, Photo
from rehue.wishes import ColoringOptions


@overload
def colorize(photo: NDArray[Sample], **coloring: Unpack[ColoringOptions]) -> NDArray[Sample]: ...


@overload
def colorize(photo: Picture, **coloring: Unpack[ColoringOptions]) -> Image.Image: ...


def colorize(photo: Photo, **coloring: Unpack[ColoringOptions]) -> NDArray[Any] | Image.Image:
    """Colour a photograph with the shipped model; see `Colorizer.__call__`.

    The model is loaded at the first call and kept.
    """
    return _default_colorizer()(photo, **coloring)


def colorize_file(
    source: str | PathLike[str] | bytes | BinaryIO,
    target: str | PathLike[str] | BinaryIO,
    *,
    max_pixels: int = MAX_PIXELS,
    overwrite: bool = False,
    **options: Unpack[FileOptions],
) -> None:
    """Colour a file into another with the shipped model; see `Colorizer.colorize_file`."""
    _default_colorizer().colorize_file(
        source, target, max_pixels=max_pixels, overwrite=overwrite, **options
    )


@cache
def _default_colorizer() -> Colorizer:
    return Colorizer()
