"""A line of text in a corner of a picture that says to people that it was coloured."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rehue.color.srgb import white_code
from rehue.errors import PhotoError

# Of the short side; on a print of 10 x 15 cm it is as large as a caption.
_HEIGHT: Final = 1 / 32
_SMALLEST: Final = 9  # px; smaller letters cannot be read
_WIDEST: Final = 0.9  # of the picture
# Of the letters' size: the dark rim, which makes them legible on light, and the way to the edges.
_RIM: Final = 1 / 8
_MARGIN: Final = 1 / 2


def visible_mark(model: str) -> str:
    """Return what the mark says.

    >>> visible_mark("default")
    'colourised by Rehue (default)'
    """
    return f"colourised by Rehue ({model})"


def draw_mark(rgb: NDArray[Any], text: str) -> NDArray[Any]:
    """Write a line into the lower right corner: white letters with a black rim.

    It grows with the picture: a 32nd of the short side, or less where it would be too wide.

    Args:
        rgb: height x width x 3, upright, sRGB-encoded: uint8, uint16 or float32.
        text: one line.

    Returns:
        A new array of the same shape and type.

    Raises:
        PhotoError: the picture is too small for letters that can be read.
    """
    height, width = rgb.shape[:2]
    letters, rim = _masks(text, height, width)
    down, across = letters.shape
    marked = rgb.copy()
    corner = marked[height - down :, width - across :]
    white = white_code(rgb.dtype)
    drawn = corner * (1 - rim[..., None])
    drawn = drawn + (white - drawn) * letters[..., None]
    corner[...] = np.rint(drawn) if white > 1 else drawn
    return marked


def _masks(text: str, height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw letters, and letters with rim, 0..1, to be laid into the lower right corner."""
    size = max(_SMALLEST, min(height, width) * _HEIGHT)
    size *= min(1, width * _WIDEST / _font(size).getlength(text))
    if size < _SMALLEST or height < 2 * size:
        raise PhotoError(
            f"a picture of {width} x {height} pixels is too small for a mark that can be read: "
            "write it without the visible mark"
        )
    rim, margin = max(1, round(size * _RIM)), round(size * _MARGIN)
    left, top, right, bottom = _font(size).getbbox(text, stroke_width=rim)
    down, across = round(bottom - top) + margin, round(right - left) + margin
    masks: list[NDArray[np.float32]] = []
    for stroke in (0, rim):
        mask = Image.new("L", (across, down))
        ImageDraw.Draw(mask).text(
            (-left, -top), text, fill=255, font=_font(size), stroke_width=stroke
        )
        masks.append(np.asarray(mask, np.float32) / np.float32(255))
    return masks[0], masks[1]


def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if isinstance(font, ImageFont.ImageFont):
        raise PhotoError("Pillow has no FreeType here, which draws the visible mark: reinstall it")
    return font
