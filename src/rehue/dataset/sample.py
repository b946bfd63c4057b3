"""One photograph of a data set: first as an entry that can be opened, then as pixels."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Entry:
    """A photograph that has not been read yet.

    Attributes:
        key: unique in its data set; splits hash it, reports name it.
        read: returns the encoded file's bytes.
        kind: subject group (`people`, `food`), where the data set has one.
        label: scene or class, where the data set has one.
        source: where the photograph comes from, where the data set says so.
        origin: file or shard that it is read from; tells data sets with the same keys apart.
    """

    key: str
    read: Callable[[], bytes]
    kind: str | None = None
    label: str | None = None
    source: str | None = None
    origin: str = ""


@dataclass(frozen=True)
class Sample:
    """A decoded photograph.

    Attributes:
        key: as in `Entry`.
        image: height x width x 3, uint8, sRGB-encoded, upright.
        kind: as in `Entry`.
        label: as in `Entry`.
        source: as in `Entry`.
    """

    key: str
    image: NDArray[np.uint8]
    kind: str | None = None
    label: str | None = None
    source: str | None = None
