"""Photographs that the benchmarks of scans make their cases of."""

import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.dataset.split import Part, part_of

Picture = NDArray[np.uint8]
Named = tuple[str, Picture]


def held_back(photos: Path, kodak: Path) -> list[Named]:
    """Return the Kodak photographs and those of `val-000`: on these is reported."""
    return [*_of_folder(kodak), *_of_shard(photos / "val-000.tar", lambda _: True)]


def historic(folder: Path) -> list[Named]:
    """Return the historic photographs."""
    return list(_of_folder(folder))


def choosing(photos: Path) -> list[Named]:
    """Return the photographs of the training shards on which thresholds are chosen."""
    return [*_of_training(photos, Part.CHOOSE)]


def others(photos: Path, count: int) -> list[Named]:
    """Return photographs of the training shards on which nothing of a scan was chosen, evenly."""
    keys = sorted(_keys(photos))
    keys = [key for key in keys if part_of(key) is Part.TRAIN]
    wanted = {keys[i * len(keys) // count] for i in range(count)}
    return [*_of_training(photos, Part.TRAIN, wanted)]


def _keys(photos: Path) -> Iterator[str]:
    for shard in sorted(photos.glob("train-*.tar")):
        with tarfile.open(shard) as tar:
            yield from (Path(name).stem for name in tar.getnames() if name.endswith(".webp"))


def _of_training(photos: Path, part: Part, wanted: set[str] | None = None) -> Iterator[Named]:
    for shard in sorted(photos.glob("train-*.tar")):
        yield from _of_shard(
            shard, lambda key: part_of(key) is part and (wanted is None or key in wanted)
        )


def _of_shard(shard: Path, is_wanted: Callable[[str], bool]) -> Iterator[Named]:
    with tarfile.open(shard) as tar:
        for member in tar:
            key = Path(member.name).stem
            if member.name.endswith(".webp") and is_wanted(key):
                file = tar.extractfile(member)
                if file is not None:
                    yield key, _read(io.BytesIO(file.read()))


def _of_folder(folder: Path) -> Iterator[Named]:
    for path in sorted(folder.iterdir()):
        if path.suffix in {".webp", ".png", ".jpg"}:
            yield path.stem, _read(path)


def _read(file: io.BytesIO | Path) -> Picture:
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))
