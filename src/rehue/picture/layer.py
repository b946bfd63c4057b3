"""A picture's colour without its light, and how image editors lay it over the uncoloured original.

Editors blend a layer with the mode Color by W3C's formula, which is Adobe's too: the backdrop keeps
its luma (weighted, encoded red, green and blue), the layer gives the differences between red, green
and blue. Luma is not lightness: at the same L a blue has less of it than a grey. So what an editor
shows differs from Rehue's own result; `benchmarks/picture/layer.py` says by how much.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rehue.color.lab import lab_to_srgb, srgb_to_lab
from rehue.color.srgb import quantize, white_code

# W3C Compositing and Blending Level 1, clause 10.2 ("Non-separable blend modes"): Lum.
_LUMA: Final = np.array([0.3, 0.59, 0.11], np.float32)
# How far L and chroma are moved to see what luma does (units of Lab).
_STEP: Final = np.float32(0.1)
# Pixels handled at a time, so that no float copy of a whole picture is ever made.
_STRIP_PIXELS: Final = 1 << 17

_Colors: TypeAlias = NDArray[np.floating]


def color_layer(backdrop: NDArray[Any], rgb: NDArray[Any], threads: int = 1) -> NDArray[Any]:
    """Return the colour alone that, laid over a picture with the mode Color, comes nearest.

    Of the colours that have the backdrop's luma, which are all that the mode can give, those are
    taken that are nearest to the wanted ones. These are then brought to the luma of mid-grey by
    adding one number to red, green and blue, or as near to it as all three stay in range: the mode
    does not see that number, and nothing of the picture but its colour is left.

    Args:
        backdrop: height x width (grey) or height x width x 3, of the type of `rgb`.
        rgb: what is wanted, height x width x 3, sRGB-encoded: uint8, uint16 or float32.
        threads: strips at a time.

    Returns:
        The shape and type of `rgb`.

    >>> rgb = np.array([[[90, 130, 100], [255, 255, 255]]], np.uint8)
    >>> color_layer(np.array([[115, 255]], np.uint8), rgb).tolist()
    [[[103, 143, 113], [128, 128, 128]]]
    """
    layer = np.empty_like(rgb)
    white = np.float32(white_code(rgb.dtype))
    height, width = rgb.shape[:2]
    step = max(1, _STRIP_PIXELS // width)

    def fill(top: int) -> None:
        rows = slice(top, top + step)
        below = backdrop[rows].astype(np.float32) / white
        luma = below if below.ndim == 2 else _luma(below)
        colors = _nearest(luma, rgb[rows].astype(np.float32) / white)
        layer[rows] = quantize(_at_middle(colors), rgb.dtype)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(0, height, step)))
    return layer


def blend_color(backdrop: _Colors, layer: _Colors) -> _Colors:
    """Lay a layer over a picture with the blend mode Color, as editors and browsers do.

    B(Cb, Cs) = SetLum(Cs, Lum(Cb)): W3C Compositing and Blending Level 1, clause 10.2.3.

    Args:
        backdrop: ... x 3, encoded, 0..1.
        layer: ... x 3, encoded, 0..1.

    >>> blend_color(np.array([0.5, 0.5, 0.5]), np.array([0.2, 0.4, 0.1])).round(3).tolist()
    [0.393, 0.593, 0.293]
    """
    return _with_luma(layer, _luma(backdrop))


def _nearest(luma: _Colors, wanted: _Colors) -> _Colors:
    """Return colours of a luma (0..1) that are nearest to the wanted ones.

    One step of Newton's method along the gradient of luma, in Lab, its axes L, chroma and hue
    weighted as CIEDE2000 weights them (Sharma, Wu and Dalal 2005, eqs 15, 19 and 20, without T).
    More steps change nothing that can be seen.
    """
    lab = srgb_to_lab(wanted)
    light, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    hue = np.arctan2(lab[..., 2], lab[..., 1])
    zero, one, cos, sin = np.zeros_like(light), np.ones_like(light), np.cos(hue), np.sin(hue)
    axes = [np.stack(axis, -1) for axis in ((one, zero, zero), (zero, cos, sin), (zero, -sin, cos))]
    from_middle = (light - 50) ** 2
    weights = (
        1 + 0.015 * from_middle / np.sqrt(20 + from_middle),
        1 + 0.045 * chroma,
        1 + 0.015 * chroma,
    )
    now = _luma(wanted)
    way, rise = np.zeros_like(lab), np.zeros_like(light)
    for axis, weight in zip(axes, weights, strict=True):
        slope = (_luma(lab_to_srgb(lab + _STEP * axis)) - now) / _STEP
        way += axis * (weight**2 * slope)[..., None]
        rise += (weight * slope) ** 2
    lab += way * ((luma - now) / rise)[..., None]
    return _with_luma(lab_to_srgb(lab), luma)


def _at_middle(colors: _Colors) -> _Colors:
    shift: _Colors = np.clip(0.5 - _luma(colors), -colors.min(axis=-1), 1 - colors.max(axis=-1))
    return colors + shift[..., None]


def _with_luma(colors: _Colors, luma: _Colors) -> _Colors:
    """SetLum of the same clause: colours moved to a luma, and drawn in to grey where outside."""
    grey = luma[..., None]
    moved = colors - _luma(colors)[..., None] + grey
    lowest, highest = moved.min(axis=-1, keepdims=True), moved.max(axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        below = np.where(lowest < 0, grey / (grey - lowest), 1)
        above = np.where(highest > 1, (1 - grey) / (highest - grey), 1)
    drawn_in: _Colors = grey + (moved - grey) * np.minimum(below, above)
    return drawn_in


def _luma(colors: _Colors) -> _Colors:
    luma: _Colors = colors @ _LUMA.astype(colors.dtype)
    return luma
