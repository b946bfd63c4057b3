"""Is this picture grey, toned or coloured? By what it contains, not by its channel count.

A toned print (sepia, cyanotype, selenium, gold, split-toned, yellowed) has one colour for each
tone: where two places are equally bright, they are equally coloured; and light of one side, as a
lamp's over a photographed print, changes that only slowly over the picture. A colour photograph
breaks the rule. So chroma is fitted as a smooth curve over the tone and a smooth cast over the
picture, and what they leave over decides: how much it is, and how much of it neighbours share,
which JPEG's errors do not. Where the print's highlights are clipped, the lamp's light is fitted,
too.

The fits are in `rehue.color.tone_fit`; `benchmarks/picture/neutrality.py` measures how often all
this is right.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import white_code
from rehue.color.tone_fit import Blocks, Fit, blocks_of, lamp_fit, tone_fit
from rehue.errors import PhotoError

# Units of chroma below: code values of 8-bit Cb and Cr.
# What the fit may leave over, root mean square over blocks, and what of it neighbouring blocks may
# share. Chosen on photographs held back from training: of toned copies with a cast over them, after
# JPEG at quality 50 too, at least 99 % leave less; of coloured photographs some that are all but
# toned do (silhouettes before one sky, a sea by night).
LARGEST_RESIDUE = 1.7
LARGEST_PATTERN = 0.75
# The same where a lamp's light may explain more: less, and less of the picture's chroma, for so
# many terms explain much of a muted photograph; and no block much, for a stroke of ink does. That
# is tried where the first fit left so many times too much at most.
LARGEST_LIT_RESIDUE = 1.3
LARGEST_LIT_SHARE, LARGEST_LIT_PATTERN = 0.2, 0.06
LARGEST_LIT_BLOCK = 6.0
_LAMP_WORTH = 2.0
# No toning bath is more vivid: a full cyanotype reaches 46, a red traffic sign 130.
LARGEST_TONING = 60.0
# A cast that nobody would call a tone.
LARGEST_CAST = 4.0


class Tone(StrEnum):
    """What the colour of a picture is."""

    GREY = "grey"
    TONED = "toned"
    COLORED = "coloured"


@dataclass(frozen=True)
class Neutrality:
    """A judgement and its ground.

    Attributes:
        tone: grey, toned or coloured.
        reason: what was seen, in a phrase with the figure that decided; of pictures in colour
            also how clear it was.
    """

    tone: Tone
    reason: str


def judge_neutrality(image: NDArray[np.generic]) -> Neutrality:
    """Judge whether a picture is grey, toned or coloured.

    At most about 65,000 places are looked at, whatever the size. Colour that follows the tone alone
    cannot be told from toning: a silhouette before one plain sky may be called toned. A coloured
    thing on a grey picture counts from about 0.3 % of its area.

    Args:
        image: height x width (grey) or height x width x 3 (sRGB); uint8, uint16 or float 0..1
            (what lies outside is clipped, what is not a number is black).

    Returns:
        The judgement; of an array without channels it is always grey.

    Raises:
        PhotoError: another shape or sample type, or no pixels.

    >>> judge_neutrality(np.full((4, 4, 3), 128, np.uint8))
    Neutrality(tone=<Tone.GREY: 'grey'>, reason='largest cast 0.0 of at most 4.0')
    """
    white_code(image.dtype)
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3) or image.size == 0:
        raise PhotoError(
            f"a picture is height x width or height x width x 3, found shape {image.shape}"
        )
    if image.ndim == 2:
        return Neutrality(Tone.GREY, "one channel")
    residue, pattern, toning, *_ = _fitted(blocks_of(image))
    limits = ((residue, LARGEST_RESIDUE), (pattern, LARGEST_PATTERN))
    left, most = max(limits, key=lambda pair: pair[0] / pair[1])
    if left > most:
        return Neutrality(
            Tone.COLORED,
            f"places of one brightness differ in colour, {_how_clearly(left / most)} "
            f"({left:.1f}; toned prints at most {most})",
        )
    if toning > LARGEST_TONING:
        return Neutrality(
            Tone.COLORED,
            f"its colour is stronger than toning, {_how_clearly(toning / LARGEST_TONING)} "
            f"({toning:.0f}; toned prints at most {LARGEST_TONING:.0f})",
        )
    if toning > LARGEST_CAST:
        return Neutrality(
            Tone.TONED,
            "places of one brightness have one colour "
            f"(they differ by {residue:.1f} of at most {LARGEST_RESIDUE})",
        )
    return Neutrality(Tone.GREY, f"largest cast {toning:.1f} of at most {LARGEST_CAST}")


def _fitted(blocks: Blocks) -> Fit:
    """Fit chroma; where that leaves a little too much, also as that of a print under a lamp."""
    fit = tone_fit(blocks)
    is_enough = fit.residue <= LARGEST_RESIDUE and fit.pattern <= LARGEST_PATTERN
    if is_enough or fit.residue > _LAMP_WORTH * LARGEST_RESIDUE:
        return fit
    lit = lamp_fit(blocks)
    residue = min(LARGEST_LIT_RESIDUE, LARGEST_LIT_SHARE * lit.chroma)
    pattern = min(LARGEST_PATTERN, LARGEST_LIT_PATTERN * lit.chroma)
    is_toned = lit.residue <= residue and lit.pattern <= pattern
    return lit if is_toned and lit.largest <= LARGEST_LIT_BLOCK else fit


def _how_clearly(times: float) -> str:
    """Say in words by how many times a limit was passed."""
    return "clearly" if times > 2 else "only just" if times < 1.25 else "fairly clearly"
