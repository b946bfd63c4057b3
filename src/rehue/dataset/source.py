"""Opening a data set by its path, whatever its layout, and counting what is left out."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rehue.color.neutrality import Tone, judge_neutrality
from rehue.dataset.folder import folder_entries
from rehue.dataset.places365 import PlacesPart, is_places365, places365_entries
from rehue.dataset.sample import Entry, Sample
from rehue.dataset.sampling import evenly
from rehue.dataset.shard import shard_entries
from rehue.errors import DatasetError
from rehue.photo import read, upright, with_bits

UNREADABLE = "unreadable"


class Photographs:
    """Photographs that are decoded one after the other.

    Attributes:
        entries: what will be read, in order.
        left_out: keys by reason (`unreadable`, `grey`, `toned`), filled while iterating; nothing
            is dropped without standing here.
    """

    def __init__(self, entries: Iterable[Entry], *, keep_neutral: bool = False) -> None:
        self.entries: Sequence[Entry] = list(entries)
        self.keep_neutral = keep_neutral
        self.left_out: dict[str, list[str]] = {}

    def __len__(self) -> int:
        """Number of entries, before anything is left out."""
        return len(self.entries)

    def __iter__(self) -> Iterator[Sample]:
        """Yield what can be read and has colour."""
        self.left_out = {}
        for entry in self.entries:
            try:
                image = decode(entry.read())
            except Exception:  # Pillow's decoders raise nearly anything on damaged files
                self._leave_out(UNREADABLE, entry)
                continue
            if not self.keep_neutral:
                tone = judge_neutrality(image).tone
                if tone is not Tone.COLORED:
                    self._leave_out(tone.value, entry)
                    continue
            yield Sample(entry.key, image, entry.kind, entry.label, entry.source)

    def evenly(self, count: int | None) -> "Photographs":
        """Return `count` of them, evenly spaced over the whole; all, where it is more or None."""
        return Photographs(evenly(self.entries, count), keep_neutral=self.keep_neutral)

    def _leave_out(self, reason: str, entry: Entry) -> None:
        self.left_out.setdefault(reason, []).append(entry.key)


def decode(data: bytes) -> NDArray[np.uint8]:
    """Decode an image file to upright sRGB of 8 bits, height x width x 3; its first page.

    Raises:
        PhotoError: it cannot be read.
    """
    photograph = read(data)
    pixels = with_bits(upright(photograph.pixels, photograph.orientation), 8)
    return pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=-1)


def find_entries(
    path: Path, pattern: str = "*.tar", places_part: PlacesPart = PlacesPart.TRAIN
) -> list[Entry]:
    """List the photographs of a shard, a folder of shards, Places365 or a folder tree.

    Args:
        path: a tar file or a folder.
        pattern: which shards of a folder of shards to take.
        places_part: which list of Places365 to take.

    Raises:
        DatasetError: nothing is there, or nothing that is a photograph.
    """
    if path.is_file():
        entries = list(shard_entries(path))
    elif not path.is_dir():
        raise DatasetError(f"{path}: no such shard or folder: check the path")
    elif is_places365(path):
        entries = list(places365_entries(path, places_part))
    elif shards := sorted(path.glob(pattern)):
        entries = [entry for shard in shards for entry in shard_entries(shard)]
    else:
        entries = list(folder_entries(path))
    if not entries and (others := sorted(path.glob("*.tar"))):
        raise DatasetError(
            f"{path}: no shard is called {pattern}, found {others[0].name}: "
            "rename them, or change the pattern in the recipe"
        )
    if not entries:
        raise DatasetError(f"{path}: no photographs found: give a shard or a folder of images")
    return entries


def open_photographs(
    path: Path, *, pattern: str = "*.tar", keep_neutral: bool = False
) -> Photographs:
    """Open a data set to judge on; see `find_entries` for its layouts.

    Of Places365 these are the photographs of `places365_val.txt`.

    Args:
        path: a tar file or a folder.
        pattern: which shards of a folder of shards to take.
        keep_neutral: yield grey and toned photographs too.
    """
    entries = find_entries(path, pattern, PlacesPart.VAL)
    return Photographs(entries, keep_neutral=keep_neutral)
