"""Colour science in NumPy: sRGB, CIE Lab (D65, 2 degree observer), gamut, differences, bins.

What tells grey and toned pictures from coloured ones is here too (`judge_neutrality`).
Arrays are height x width x channel (any leading shape works): uint8 0..255, uint16 0..65535 or
float 0..1, all sRGB-encoded. L is 0..100; a and b are roughly -110..110.
"""

from rehue.color.bins import Bins
from rehue.color.colorfulness import colorfulness
from rehue.color.difference import ciede2000
from rehue.color.gamut import fit_to_gamut, in_gamut
from rehue.color.lab import (
    denormalize_ab,
    lab_to_srgb,
    lightness,
    normalize_ab,
    srgb_to_lab,
)
from rehue.color.neutrality import Neutrality, Tone, judge_neutrality
from rehue.color.srgb import linear_to_srgb, quantize, srgb_to_linear

__all__ = [
    "Bins",
    "Neutrality",
    "Tone",
    "ciede2000",
    "colorfulness",
    "denormalize_ab",
    "fit_to_gamut",
    "in_gamut",
    "judge_neutrality",
    "lab_to_srgb",
    "lightness",
    "linear_to_srgb",
    "normalize_ab",
    "quantize",
    "srgb_to_lab",
    "srgb_to_linear",
]
