"""Between Pillow's pictures and arrays, with no pass over the picture that is not needed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Pixels copied at a time: strips that stay in the cache are copied three times as fast as
# `np.asarray` copies a whole picture.
_STRIP = 1 << 20
# Side of the sample that tells most coloured pictures from grey ones without a look at the rest.
_SAMPLE = 64

_DEEP = {"I": "32 bits", "F": "32-bit floats"}


def depth_of(image: Image.Image) -> str | None:
    """Say how deep a picture's samples are when they are deeper than 8 bits; None when not."""
    return "16 bits" if image.mode.startswith("I;") else _DEEP.get(image.mode)


def flat(image: Image.Image, bits: int = 8) -> tuple[Image.Image, NDArray[np.uint8] | None]:
    """Split a loaded 8-bit picture of any mode into colour and alpha.

    Args:
        image: of any mode but the deep ones.
        bits: of a sample in the file. PNG gives the transparent grey in these units, Pillow the
            pixels in 8 bits.

    Returns:
        A picture of mode L, RGB or CMYK (L too when it is stored as RGB and has no colour), and
        the alpha channel (H x W) if there is one.
    """
    alpha = None
    transparency = image.info.get("transparency")
    if image.mode in {"LA", "La"}:
        plain = image.convert("LA")
        image, alpha = plain.getchannel("L"), array(plain.getchannel("A"))
    elif image.mode == "L" and isinstance(transparency, int):
        level = transparency * 255 // ((1 << bits) - 1)
        alpha = np.where(array(image) == level, 0, 255).astype(np.uint8)
    elif image.mode in {"RGBA", "RGBa", "PA"} or transparency is not None:
        plain = image.convert("RGBA")
        image, alpha = plain.convert("RGB"), array(plain.getchannel("A"))
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in {"L", "RGB", "CMYK"}:
        image = image.convert("RGB")
    return _without_idle_channels(image), alpha


def array(image: Image.Image) -> NDArray[np.uint8]:
    """Copy a picture (mode L or RGB) into an array, H x W or H x W x 3."""
    width, height = image.size
    pixels = np.empty((height, width) if image.mode == "L" else (height, width, 3), np.uint8)
    rows = max(1, _STRIP // width)
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height)))
        pixels[top : top + rows] = np.asarray(strip)
    return pixels


def picture(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8] | None = None) -> Image.Image:
    """Make a Pillow picture (RGB or RGBA) of H x W x 3 and H x W."""
    image = _buffered("RGB", pixels)
    if alpha is not None:
        image.putalpha(_buffered("L", alpha))
    return image


def as_image(samples: NDArray[np.uint8]) -> Image.Image:
    """Make a Pillow picture of H x W (L), H x W x 3 (RGB) or H x W x 4 (CMYK), sharing memory."""
    return _buffered({1: "L", 3: "RGB", 4: "CMYK"}[samples[0, 0].size], samples)


def _buffered(mode: str, samples: NDArray[np.uint8]) -> Image.Image:
    size = samples.shape[1], samples.shape[0]
    data: Any = np.ascontiguousarray(samples)
    return Image.frombuffer(mode, size, data, "raw", mode, 0, 1)


def _without_idle_channels(image: Image.Image) -> Image.Image:
    """Return one channel of an RGB picture whose three are equal everywhere."""
    if image.mode != "RGB":
        return image
    side = min(image.width, _SAMPLE), min(image.height, _SAMPLE)
    if not _is_grey(image.resize(side, Image.Resampling.NEAREST)):
        return image
    rows = max(1, _STRIP // image.width)
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        if not _is_grey(image.crop((0, top, image.width, bottom))):
            return image
    return image.getchannel("G")


def _is_grey(image: Image.Image) -> bool:
    samples = np.asarray(image)
    green = samples[..., 1]
    return bool((samples[..., 0] == green).all() and (samples[..., 2] == green).all())
