"""Dividing photographs by a hash of their key, so that a part never depends on the others."""

import hashlib
from enum import StrEnum


class Part(StrEnum):
    """TRAIN is learnt from; CHOOSE is held back to choose decoding, rates and remedies on."""

    TRAIN = "train"
    CHOOSE = "choose"


def part_of(key: str, share: float = 0.05) -> Part:
    """Say which part a photograph belongs to; `share` is that of CHOOSE.

    A photograph of CHOOSE at one share is in CHOOSE at every larger one.

    >>> part_of("c819070c8fc15b1d")
    <Part.TRAIN: 'train'>
    """
    digest = hashlib.sha256(f"rehue split {key}".encode()).digest()
    return Part.CHOOSE if int.from_bytes(digest[:8], "big") < share * 2**64 else Part.TRAIN
