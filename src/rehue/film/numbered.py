"""Numbered files, one frame each, that stand for a film: `scan-%06d.png`.

FFmpeg's `image2` reads them, and stops without a word where a number is missing: so the files are
looked at first.
"""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final

from rehue.errors import FilmError

_PLACE: Final = re.compile(r"%0?(\d*)d")
_RATE: Final = 24  # frames a second: files do not say


def is_sequence(path: str | Path) -> bool:
    """Say whether a path stands for numbered files: it has %d or %06d in its name."""
    return _PLACE.search(Path(path).name) is not None


def files_of(pattern: Path) -> list[Path]:
    """Return the files of a sequence in order.

    Raises:
        FilmError: there is none, or a number is missing between them.
    """
    before, after = _PLACE.split(pattern.name)[0], _PLACE.split(pattern.name)[-1]
    named = re.compile(re.escape(before) + r"(\d+)" + re.escape(after) + "$")
    held = pattern.parent.iterdir() if pattern.parent.is_dir() else iter(())
    matches = ((named.match(path.name), path) for path in held)
    numbered = sorted((int(match[1]), path) for match, path in matches if match)
    if not numbered:
        raise FilmError(f"{pattern}: there are no such files")
    numbers = [number for number, _ in numbered]
    missing = sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers))
    if missing:
        raise FilmError(
            f"{pattern}: number {missing[0]} is missing ({len(missing)} in all, of "
            f"{numbers[0]} to {numbers[-1]}): bring it, or number the files anew"
        )
    return [path for _, path in numbered]


def options_of(pattern: Path) -> dict[str, str]:
    """Return what FFmpeg wants to know of a sequence: its first number, and a rate."""
    first = re.search(r"(\d+)", files_of(pattern)[0].name[len(_PLACE.split(pattern.name)[0]) :])
    return {"start_number": first[1] if first else "0", "framerate": str(_RATE)}


def names_like(source: Path, target: Path) -> Iterator[Path]:
    """Yield names of results without end: numbered as the original's, if it is a sequence."""
    if is_sequence(source):
        before = len(_PLACE.split(source.name)[0])
        for path in files_of(source):
            found = re.match(r"\d+", path.name[before:])
            yield target.with_name(target.name % int(found[0] if found else 0))
        return
    for number in count(1):
        yield target.with_name(target.name % number)
