"""Walking through folders: one after the other, so that a large tree is not waited for."""

import os
import posixpath
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rehue.batch.names import folded, is_colored, is_like_a_result
from rehue.batch.storage import Place, entries, is_address
from rehue.batch.unread import sorted_out
from rehue.film.naming import WORK

# What a run writes down; beside results, and so perhaps among photographs.
JOURNAL: Final = "rehue-journal.jsonl"


@dataclass(frozen=True)
class Directory:
    """What is in one directory, without what is below it.

    Attributes:
        path: of the directory.
        below: the same from the root; empty for the root itself.
        photographs: their names and those of films, sorted; those called as results last, for
            they have no results and must not take an original's name.
        unread: names of pictures that are not taken, sorted (`rehue.batch.unread`).
        others: how many other files there are.
        has_twin: it, or one above it, is one with its neighbour where case does not count.
    """

    path: str
    below: str
    photographs: tuple[str, ...]
    unread: tuple[str, ...]
    others: int
    has_twin: bool


def directories(root: str, without: Place | None = None) -> Iterator[Directory | OSError]:
    """Yield a directory and all below it, each before its subdirectories, by name.

    Hidden ones and links are not entered. What cannot be listed gives its error.

    Args:
        root: to begin with; a path or an address in storage.
        without: is not entered.
    """
    real_root = real(root)
    left_out = real(str(without)) if without else None
    scan, join = (_scan_storage, posixpath.join) if is_address(root) else (_scan, os.path.join)
    pending = [("", False)]
    while pending:
        below, has_twin = pending.pop()
        path = join(root, below) if below else root
        try:
            folders, photographs, others = scan(path)
        except OSError as error:
            yield error
            continue
        folders.sort()
        photographs.sort(key=lambda name: (is_like_a_result(name), name))
        unread, count = sorted_out(others, photographs)
        yield Directory(path, below, tuple(photographs), unread, count, has_twin)
        alike = Counter(map(folded, folders))
        for name in reversed(folders):
            inside = join(below, name)
            if join(real_root, inside) != left_out:
                pending.append((inside, has_twin or alike[folded(name)] > 1))


def real(path: str) -> str:
    """Return what two names of one folder have in common: its path without links."""
    return path.rstrip("/") if is_address(path) else os.path.realpath(path)


def _scan(path: str) -> tuple[list[str], list[str], list[str]]:
    """Return the names of folders, of photographs, and of other files."""
    with os.scandir(path) as scan:
        found = [entry for entry in scan if not entry.name.startswith(".")]
    folders = [e.name for e in found if _is_folder(e) and not e.name.endswith(WORK)]
    files = [entry for entry in found if entry.name != JOURNAL and not _leads_to_folder(entry)]
    photographs = [entry.name for entry in files if _is_photograph(entry)]
    taken = set(photographs)
    return folders, photographs, [entry.name for entry in files if entry.name not in taken]


def _scan_storage(address: str) -> tuple[list[str], list[str], list[str]]:
    """Return the same of a folder in storage."""
    found = [(name, is_dir) for name, is_dir in entries(address) if not name.startswith(".")]
    folders = [name for name, is_dir in found if is_dir and _is_name(name)]
    files = [name for name, is_dir in found if not is_dir and name != JOURNAL]
    photographs = [name for name in files if is_colored(name) and _is_name(name)]
    taken = set(photographs)
    return folders, photographs, [name for name in files if name not in taken]


def _is_name(name: str) -> bool:
    """Say whether a name in storage is one here, too, and not a path."""
    return os.name != "nt" or not set(name) & set('\\:*?"<>|')


def _is_folder(entry: os.DirEntry[str]) -> bool:
    is_junction = getattr(entry, "is_junction", None)  # Windows' links, from Python 3.12 on
    return entry.is_dir(follow_symlinks=False) and not (is_junction and is_junction())


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) or (
        entry.is_symlink() and os.path.isdir(entry.path)  # noqa: PTH112 (never raises)
    )


def _is_photograph(entry: os.DirEntry[str]) -> bool:
    if not is_colored(entry.name):
        return False
    if entry.is_file(follow_symlinks=False):
        return True
    # Pipes and devices would block. What cannot be looked up is tried, and then said to be bad.
    path = entry.path
    return os.path.isfile(path) or not os.path.exists(path)  # noqa: PTH110, PTH113 (never raise)
