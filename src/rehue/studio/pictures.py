"""Pictures for the page: small, of 8 bits, quick to make and to show."""

from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.color import fit_to_gamut, lab_to_srgb, srgb_to_lab
from rehue.look import Look
from rehue.photo import Photograph, upright, with_bits
from rehue.picture.render import as_grey
from rehue.picture.shrink import shrunk

# As fine as eyes see on a screen, and a third of a PNG.
_QUALITY: Final = 90
# Colours of a reference that become a palette, and the chroma below which they are greys.
_COLORS: Final = 8
_LEAST_CHROMA: Final = 8.0
# The picker: hues around the circle, steps of chroma, and how far a colour may be moved to exist.
_HUES: Final = 24
_CHROMAS: Final = (12, 24, 36, 48, 64, 80)
_MOVED: Final = 1.0


def jpeg(pixels: NDArray[Any], *, is_preview: bool = False) -> bytes:
    """Return a picture (height x width, or x 3, any sample type) as a JPEG.

    A preview has its colours at half the height and width (4:2:0): a third less to do, and 0.04 of
    255 further from the picture, as colours come from a network's small grid.
    """
    file = BytesIO()
    subsampling = 2 if is_preview else 0
    small = Image.fromarray(with_bits(pixels, 8))
    small.save(file, "JPEG", quality=_QUALITY, subsampling=subsampling)
    return file.getvalue()


def grey_of(look: Look) -> bytes:
    """Return the lightness of a look's pixels as a JPEG."""
    return jpeg(as_grey(look.pixels))


def confidence_of(sure: NDArray[np.float32]) -> bytes:
    """Return confidence (height x width, 0..1) as a grey PNG; white is sure."""
    file = BytesIO()
    Image.fromarray(np.rint(sure * 255).astype(np.uint8)).save(file, "PNG", compress_level=1)
    return file.getvalue()


def small_copy(photograph: Photograph, longest: int) -> bytes:
    """Return a small copy of a photograph as it is, as a JPEG."""
    return jpeg(shrunk(upright(photograph.pixels, photograph.orientation), longest))


def palette_in(photograph: Photograph) -> list[str]:
    """Return the main colours of a photograph as `#rrggbb`, those that cover most first.

    Median cut (Heckbert 1982), as Pillow does it; greys are left out.
    """
    small = with_bits(shrunk(photograph.pixels, 200), 8)
    if small.ndim == 2:
        return []
    cut = Image.fromarray(small).quantize(2 * _COLORS, Image.Quantize.MEDIANCUT)
    table = np.asarray(cut.getpalette(), np.uint8).reshape(-1, 3)
    numbers, counts = np.unique(np.asarray(cut), return_counts=True)
    lab = srgb_to_lab(table)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    found = [int(n) for n in numbers[np.argsort(-counts)] if chroma[n] >= _LEAST_CHROMA]
    return [f"#{table[n].tobytes().hex()}" for n in found[:_COLORS]]


def colors_at(lightness: float) -> list[list[str]]:
    """Return the colours that exist at a lightness (L 0..100): rows of hues, by chroma.

    >>> len(colors_at(50.0)[0]), colors_at(0.0)
    (24, [])
    """
    hues = np.arange(_HUES) * (2 * np.pi / _HUES)
    rows = []
    for chroma in _CHROMAS:
        ab = chroma * np.stack([np.cos(hues), np.sin(hues)], axis=-1)
        lab = np.concatenate([np.full((_HUES, 1), lightness), ab], axis=-1)
        fitted = fit_to_gamut(lab)
        exists = np.abs(fitted[:, 1:] - ab).max(axis=-1) <= _MOVED
        shown = lab_to_srgb(fitted, np.uint8)
        row = [f"#{c.tobytes().hex()}" if e else "" for c, e in zip(shown, exists, strict=True)]
        if exists.any():
            rows.append(row)
    return rows
