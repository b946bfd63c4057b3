"""Photographs that the benchmarks of scans make their cases of."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.dataset.split import Part, part_of

Picture = NDArray[np.uint8]
Named = tuple[str, Picture]


class Packed(NamedTuple):
    """Where a photograph lies in a shard.

    Attributes:
        key: its name.
        shard: the tar file.
        start: of its bytes there.
        length: of them.
    """

    key: str
    shard: Path
    start: int
    length: int

    def read(self) -> Named:
        """Return its name and its pixels."""
        with self.shard.open("rb") as file:
            file.seek(self.start)
            return self.key, _read(io.BytesIO(file.read(self.length)))


def held_back(photos: Path, kodak: Path) -> list[Named]:
    """Return the Kodak photographs and those of `val-000`: on these is reported."""
    return [*of_folder(kodak), *(packed.read() for packed in _packed(photos / "val-000.tar"))]


def of_folder(folder: Path) -> list[Named]:
    """Return the photographs in a folder, such as the historic ones."""
    paths = sorted(p for p in folder.iterdir() if p.suffix in {".webp", ".png", ".jpg"})
    return [(path.stem, _read(path)) for path in paths]


def choosing(photos: Path, count: int | None = None) -> list[Named]:
    """Return photographs, evenly, of the shards' part on which thresholds are chosen."""
    return [packed.read() for packed in spread(of_part(photos, Part.CHOOSE), count)]


def others(photos: Path, count: int) -> list[Named]:
    """Return photographs, evenly, of the part on which nothing of a scan was chosen."""
    return [packed.read() for packed in spread(of_part(photos, Part.TRAIN), count)]


def of_part(photos: Path, part: Part) -> list[Packed]:
    """Return where the photographs of a part of all training shards lie, by their keys."""
    shards = sorted({*photos.glob("*.tar")} - {*photos.glob("val-*.tar")})
    packed = [one for shard in shards for one in _packed(shard) if part_of(one.key) is part]
    return sorted(packed, key=lambda one: one.key)


def spread(packed: list[Packed], count: int | None) -> list[Packed]:
    """Return so many of them, evenly; None is all."""
    count = min(count or len(packed), len(packed))
    return [packed[i * len(packed) // count] for i in range(count)]


def _packed(shard: Path) -> Iterator[Packed]:
    with tarfile.open(shard) as tar:
        for member in tar:
            if member.name.endswith(".webp"):
                yield Packed(Path(member.name).stem, shard, member.offset_data, member.size)


def _read(file: io.BytesIO | Path) -> Picture:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))
