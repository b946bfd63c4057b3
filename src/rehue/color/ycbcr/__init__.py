"""Colour for a luma that is kept: Cb and Cr of an ab wanted, at a stream's own Y samples.

JPEG files and films store luma Y' apart from colour: Y' = kr R' + kg G' + kb B', with Cb and Cr
the differences B' - Y' and R' - Y', scaled to -0.5..0.5 (ITU-R BT.601-7, clause 2.5; BT.709-6,
clause 3; BT.2020-2, table 4, non-constant luminance; JFIF is BT.601 in full range). So a grey
picture's luma can stay as it is, bit for bit, and only Cb and Cr are made.

What is kept is luma, not lightness: at equal luma a blue is lighter than its grey, a yellow
darker. L is therefore free here, and so chosen that the colour with the ab wanted has exactly the
luma given: one step of Newton's method from the grey's own L. docs/film.md says how far L moves.

R'G'B' are taken as sRGB encodes them; those of BT.2020 lie on its own wider primaries.
"""

from rehue.color.ycbcr.chroma import chroma_at_luma
from rehue.color.ycbcr.coding import Coding, Matrix, Plane, Samples
from rehue.color.ycbcr.decode import decode_ycbcr, encoded_grey

__all__ = [
    "Coding",
    "Matrix",
    "Plane",
    "Samples",
    "chroma_at_luma",
    "decode_ycbcr",
    "encoded_grey",
]
