"""The Places365-Standard layout (Zhou et al. 2018), "small" (256 x 256) edition.

    data_256/<letter>/<category>/*.jpg  with  places365_train_standard.txt
    val_256/*.jpg                       with  places365_val.txt
    categories_places365.txt            (names of the 365 categories; not needed)

Each line of a list is a path and a category number.
"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from rehue.dataset.sample import Entry
from rehue.errors import DatasetError


class PlacesPart(StrEnum):
    """Which list of Places365 to read; the two never share a photograph."""

    TRAIN = "train"
    VAL = "val"


_LISTS = {
    PlacesPart.TRAIN: ("places365_train_standard.txt", "data_256"),
    PlacesPart.VAL: ("places365_val.txt", "val_256"),
}
_CATEGORIES = "categories_places365.txt"


def is_places365(root: Path) -> bool:
    """Say whether a folder holds the layout (either list beside its folder)."""
    return any((root / name).is_file() and (root / data).is_dir() for name, data in _LISTS.values())


def places365_entries(root: Path, part: PlacesPart = PlacesPart.TRAIN) -> Iterator[Entry]:
    """Yield the photographs of one list, in its order.

    The label is the category: the folders' names for training (`abbey`, `apartment_building/
    outdoor`), the names of `categories_places365.txt` (or else the numbers) for validation.

    Raises:
        DatasetError: the list or its folder is missing, or a line is not `path number`.
    """
    list_name, data_name = _LISTS[part]
    list_path, data = root / list_name, root / data_name
    if not list_path.is_file() or not data.is_dir():
        raise DatasetError(f"{root}: no {list_name} beside {data_name}/: is it Places365-Standard?")
    names = {}
    if (root / _CATEGORIES).is_file():
        # Names are written as /a/airfield.
        pairs = _lines(root / _CATEGORIES)
        names = {number: name.strip("/").partition("/")[2] for name, number in pairs}
    origin = data.resolve()
    for written, category in _lines(list_path):
        relative = written.lstrip("/")
        folder = "/".join(relative.split("/")[1:-1])
        yield Entry(
            key=f"{data_name}/{relative}",
            read=(data / relative).read_bytes,
            kind="scenes",
            label=folder or names.get(category, str(category)),
            source="places365",
            origin=str(origin / relative),
        )


def _lines(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the path and the category number of every line that is not empty."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: not a readable list ({error}): download it again") from error
    for number, line in enumerate(lines, start=1):
        name, _, category = line.strip().rpartition(" ")
        if not line.strip():
            continue
        if not name or not category.isdecimal():
            raise DatasetError(f"{path}, line {number}: expected 'path number', found {line!r}")
        yield name, int(category)
