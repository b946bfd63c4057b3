"""Photographs to learn from or to judge on: folders, Places365, tar shards; without torch.

`open_photographs` finds the layout by looking, yields `Sample`s and counts what it leaves out;
`split` divides by a hash of the key; `cache` keeps decoded pixels in one memory-mapped file;
`crops` turns them into the lightness and ab that a network learns from.
"""

from rehue.dataset.cache import PixelCache
from rehue.dataset.crops import CropRequest, LabCrops
from rehue.dataset.sample import Entry, Sample
from rehue.dataset.source import Photographs, open_photographs
from rehue.dataset.split import Part, part_of

__all__ = [
    "CropRequest",
    "Entry",
    "LabCrops",
    "Part",
    "Photographs",
    "PixelCache",
    "Sample",
    "open_photographs",
    "part_of",
]
