"""What callers in Python give: an array, Pillow's picture, a path, bytes or a stream."""

from os import PathLike
from typing import Any, BinaryIO, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.errors import PhotoError
from rehue.photo.photograph import Photograph
from rehue.photo.read import from_pillow, read

Photo: TypeAlias = NDArray[Any] | Image.Image | str | PathLike[str] | bytes | BinaryIO


def photograph_of(photo: Photo) -> Photograph:
    """Return what is given as a photograph; arrays are none, see `checked`.

    Raises:
        PhotoError: it is neither a picture, a path, bytes nor a stream, or cannot be read.
    """
    if isinstance(photo, Image.Image):
        return from_pillow(photo)
    if isinstance(photo, str | PathLike | bytes) or hasattr(photo, "read"):
        return read(cast("str | bytes | PathLike[str] | BinaryIO", photo))
    raise PhotoError(
        f"{type(photo).__name__} is not a photograph: give an array, a PIL image, a path or bytes"
    )


def checked(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array that is a picture: H x W or H x W x 3; uint8, uint16 or float32.

    Raises:
        PhotoError: it is none.
    """
    known = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)
    if not known or 0 in array.shape:
        raise PhotoError(
            f"an array of shape {array.shape}: give height x width (grey) or "
            "height x width x 3 (sRGB)"
        )
    if array.dtype not in (np.uint8, np.uint16, np.float32):
        raise PhotoError(f"an array of {array.dtype}: give uint8, uint16 or float32 (0..1)")
    if array.dtype == np.float32:
        low, high = float(array.min()), float(array.max())
        # Resampling leaves values a little beyond 0..1; NaN fails both comparisons.
        if not (low >= -0.5 and high <= 1.5):
            raise PhotoError(
                f"an array of float32 from {low:g} to {high:g}: give sRGB values of 0..1"
            )
    return array
