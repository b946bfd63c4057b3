"""Numbered files, one frame each, that stand for a film: `scan-%06d.png`.

FFmpeg's `image2` reads them, and stops without a word where a number is missing: so the files are
looked at first.
"""

import re
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
    numbered = numbered_files(pattern)
    if not numbered:
        raise FilmError(f"{pattern}: there are no such files")
    numbers = list(numbered)
    missing = sorted(set(range(numbers[0], numbers[-1] + 1)) - set(numbers))
    if missing:
        raise FilmError(
            f"{pattern}: number {missing[0]} is missing ({len(missing)} in all, of "
            f"{numbers[0]} to {numbers[-1]}): bring it, or number the files anew"
        )
    return list(numbered.values())


def numbered_files(pattern: Path) -> dict[int, Path]:
    """Return the files of a sequence by their numbers, in order; none where there are none."""
    before, after = _PLACE.split(pattern.name)[0], _PLACE.split(pattern.name)[-1]
    named = re.compile(re.escape(before) + r"(\d+)" + re.escape(after) + "$")
    held = pattern.parent.iterdir() if pattern.parent.is_dir() else iter(())
    matches = ((named.match(path.name), path) for path in held)
    return dict(sorted((int(match[1]), path) for match, path in matches if match))


def options_of(pattern: Path) -> dict[str, str]:
    """Return what FFmpeg wants to know of a sequence: its first number, and a rate."""
    files_of(pattern)
    return {"start_number": str(next(iter(numbered_files(pattern)))), "framerate": str(_RATE)}


def name_of(pattern: Path, number: int) -> Path:
    """Return the file of a sequence that has a number.

    >>> name_of(Path("color-%04d.png"), 12).name
    'color-0012.png'
    """
    return pattern.with_name(pattern.name % number)
