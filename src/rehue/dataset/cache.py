"""Decoded photographs in one memory-mapped file, so that training never decodes twice."""

import hashlib
import json
import shutil
import tempfile
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.color import Bins, srgb_to_lab
from rehue.dataset.sample import Entry, Sample
from rehue.dataset.source import Photographs
from rehue.errors import DatasetError
from rehue.files import reason, replacing

_PIXELS, _INDEX = "pixels.bin", "index.json"
# A change of what is stored makes older caches unknown rather than misread.
_LAYOUT = 1


@dataclass(frozen=True)
class CachedPhoto:
    """Where one photograph lies in the cache, and what is known of it."""

    key: str
    kind: str | None
    label: str | None
    source: str | None
    offset: int
    height: int
    width: int


class PixelCache:
    """Photographs as raw 8-bit sRGB, read through a memory map.

    Attributes:
        photos: one row a photograph, in the data set's order.
        left_out: keys of what was left out while the cache was made, by reason.
    """

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / _INDEX).read_text("utf-8"))
        self.folder = folder
        self.photos = [CachedPhoto(**row) for row in index["photos"]]
        self.left_out: dict[str, list[str]] = index["left_out"]
        self._pixels = np.memmap(folder / _PIXELS, np.uint8, "r")

    def __len__(self) -> int:
        """Number of photographs."""
        return len(self.photos)

    def image(self, number: int) -> NDArray[np.uint8]:
        """Return photograph `number`, height x width x 3, as a read-only view of the map."""
        photo = self.photos[number]
        size = photo.height * photo.width * 3
        flat = self._pixels[photo.offset : photo.offset + size]
        return flat.reshape(photo.height, photo.width, 3)

    def sample(self, number: int) -> Sample:
        """Return photograph `number` with what is known of it."""
        photo = self.photos[number]
        return Sample(photo.key, self.image(number), photo.kind, photo.label, photo.source)

    @cached_property
    def scenes(self) -> list[str]:
        """Labels that the photographs carry, sorted."""
        return sorted({photo.label for photo in self.photos if photo.label is not None})

    def scene(self, number: int) -> int:
        """Return the place of a photograph's label in `scenes`; -1 where it has none."""
        label = self.photos[number].label
        return -1 if label is None else bisect_left(self.scenes, label)

    @classmethod
    def build(cls, entries: Sequence[Entry], root: Path, short_side: int = 256) -> "PixelCache":
        """Decode photographs into a folder below `root`, or open the one made before.

        The folder's name is a digest of the keys, of where they are read from, and of the
        settings. It appears by rename: an interrupted build leaves nothing that could be taken
        for a cache.

        Args:
            entries: photographs; grey, toned and unreadable ones are left out and counted.
            root: where caches live.
            short_side: larger photographs are brought to this (px).

        Raises:
            DatasetError: nothing with colour is left.
        """
        folder = root / _digest(entries, short_side)
        if (folder / _INDEX).is_file():
            return cls(folder)
        try:
            root.mkdir(parents=True, exist_ok=True)
            building = Path(tempfile.mkdtemp(prefix="building-", dir=root))
        except OSError as error:
            raise DatasetError(
                f"{root}: no folder for photographs ({reason(error)}): give another --cache"
            ) from error
        try:
            _fill(building, Photographs(entries), short_side)
            building.rename(folder)
        except OSError as error:
            # Another run may have finished the same cache first.
            if not (folder / _INDEX).is_file():
                raise DatasetError(
                    f"{root}: decoded photographs cannot be kept ({reason(error)}): "
                    "make room, or give another --cache"
                ) from error
        finally:
            shutil.rmtree(building, ignore_errors=True)
        return cls(folder)

    def color_histograms(self, bins: Bins, step: int = 4) -> NDArray[np.float32]:
        """Return the share of each bin among each photograph's colours, softly encoded.

        They are kept beside the pixels, so that they are counted once.

        Args:
            bins: B bins.
            step: pixels skipped in both directions.

        Returns:
            A row for each photograph, N x B; each sums to 1.
        """
        facts = repr((step, bins.centers.tolist())).encode()
        path = self.folder / f"colors-{hashlib.sha256(facts).hexdigest()[:16]}.npy"
        if path.is_file():
            kept: NDArray[np.float32] = np.load(path)
            return kept
        # Made once for all: the few colours of each by itself would not ask for it.
        _ = bins.encoding_table
        rows = np.empty((len(self), len(bins)), np.float32)
        for number, row in enumerate(rows):
            ab = srgb_to_lab(self.image(number)[::step, ::step])[..., 1:]
            nearest, weights = bins.encode(ab)
            histogram = np.bincount(nearest.ravel(), weights.ravel(), minlength=len(bins))
            row[:] = histogram / histogram.sum()
        with replacing(path) as beside, beside.open("wb") as file:
            np.save(file, rows)
        return rows


def _digest(entries: Sequence[Entry], short_side: int) -> str:
    rows = [(e.key, e.kind, e.label, e.source, e.origin) for e in entries]
    facts = (_LAYOUT, short_side, rows)
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _fill(folder: Path, photographs: Photographs, short_side: int) -> None:
    rows: list[dict[str, object]] = []
    offset = 0
    with (folder / _PIXELS).open("wb") as file:
        for sample in photographs:
            image = _brought_to(sample.image, short_side)
            file.write(image.tobytes())
            height, width = image.shape[:2]
            facts = {k: getattr(sample, k) for k in ("key", "kind", "label", "source")}
            rows.append({**facts, "offset": offset, "height": height, "width": width})
            offset += image.size
    if not rows:
        counts = ", ".join(f"{len(keys)} {why}" for why, keys in photographs.left_out.items())
        raise DatasetError(
            f"no photograph with colour is left of {len(photographs)} ({counts}): "
            "give photographs in colour"
        )
    index = {"photos": rows, "left_out": photographs.left_out}
    (folder / _INDEX).write_text(json.dumps(index), "utf-8")


def _brought_to(image: NDArray[np.uint8], short_side: int) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    scale = short_side / min(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.LANCZOS))
