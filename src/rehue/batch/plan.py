"""Which file goes where: decided for all, from names alone, before the first is coloured."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rehue.batch.names import (
    Names,
    compare_beside,
    is_like_a_result,
    name_beside,
    name_in_folder,
)
from rehue.errors import RehueError
from rehue.photo import FORMATS
from rehue.photo.failures import reason, shown

# What stands for standard input as a source, and for standard output as a target.
STREAM: Final = "-"
# Endings that are taken from folders; a file given by name is read whatever its ending.
PHOTOGRAPHS: Final = frozenset(FORMATS) | {".bmp", ".gif"}
_KINDS = "JPEG, PNG, TIFF, WebP, BMP or GIF"


class PlanError(RehueError):
    """Sources, a target and wishes that do not go together: a mistake in the command itself."""


@dataclass(frozen=True)
class Job:
    """One photograph to colour.

    Attributes:
        source: its file; None is standard input.
        target: of the result; None is standard output.
        compare: of the before/after picture; None when none is wanted.
        named: given by name, not found in a folder.
    """

    source: Path | None
    target: Path | None
    compare: Path | None = None
    named: bool = True


@dataclass(frozen=True)
class Problem:
    """A folder that gives nothing to colour, and why, in one line."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Plan:
    """What is to be done.

    Attributes:
        jobs: in the order of the sources; files of a folder by name, before its subfolders.
        place: where the results go, in words.
        problems: folders that cannot be read or hold no photograph.
        others: how many files in folders are no photographs, by their endings.
    """

    jobs: tuple[Job, ...]
    place: str
    problems: tuple[Problem, ...] = ()
    others: int = 0


@dataclass(frozen=True)
class _Found:
    """A source's file; `below` is where its result would stand in a target folder."""

    source: Path
    below: Path
    named: bool


def make_plan(sources: Sequence[str], target: str | None = None, *, compare: bool = False) -> Plan:
    """Say which result goes where; `rehue.batch.names` has the rule.

    Args:
        sources: files and folders, or `-` alone for standard input. Folders are searched
            through and through, without hidden files and folders, links to folders, and the
            target. They are told from strings: `./-` is a file.
        target: a file, for one photograph; a folder, if it is one, ends in a separator, or stands
            for several sources or a folder; `-` for standard output. None puts results beside
            their sources, or from standard input to standard output. One folder is mirrored right
            below the target, of several sources each folder below its own name.
        compare: plan a before/after picture beside each result.

    Raises:
        PlanError: the sources and the target do not go together.
    """
    folders = [source for source in sources if _is_dir(source)]
    _check(sources, folders, target)
    if STREAM in (*sources, target) or (target and not _is_folder(target, sources, folders)):
        return _single(sources[0], target, compare)
    into = Path(target) if target else None
    names, planned = Names(), dict[str, Job]()
    problems: list[Problem] = []
    others = 0
    for source, base in zip(sources, _bases(sources, folders), strict=True):
        if source not in folders:
            found = [_Found(Path(source), Path(Path(source).name), named=True)]
        else:
            listing = _Listing(Path(source), base, into)
            found = list(listing)
            others += listing.others
            problems += listing.problems
        for one in found:
            # Named twice, or named and found in a folder: coloured once.
            key = os.path.normcase(os.path.abspath(one.source))  # noqa: PTH100 (links count)
            if key not in planned:
                planned[key] = _job(one, into, names, compare)
    jobs = tuple(planned.values())
    return Plan(jobs, _place(jobs, into), tuple(problems), others)


def _place(jobs: Sequence[Job], into: Path | None) -> str:
    if len(jobs) == 1 and jobs[0].target:
        return shown(jobs[0].target)
    return shown(into) if into else "beside the originals as NAME.rehue.EXT"


def _check(sources: Sequence[str], folders: list[str], target: str | None) -> None:
    if not sources or "" in sources or target == "":
        raise PlanError("an empty name was given: name a photograph or a folder")
    if STREAM in sources and len(sources) > 1:
        raise PlanError("- (standard input) stands alone: give it in a command of its own")
    if target == STREAM and (folders or len(sources) > 1):
        raise PlanError("-o - (standard output) holds one photograph: name a folder for several")
    if target in (None, STREAM):
        return
    if _is_folder(target, sources, folders) and STREAM in sources:
        raise PlanError(f"{shown(target)} is a folder, and standard input has no name: name a file")
    if _is_folder(target, sources, folders) and os.path.lexists(target) and not _is_dir(target):
        raise PlanError(f"{shown(target)} is a file: name a folder for several photographs")
    for folder in folders:
        if os.path.realpath(folder) == os.path.realpath(target):
            raise PlanError(
                f"{shown(target)} is the folder of the photographs itself: name another one, or "
                "leave -o away to have results beside them"
            )


def _is_folder(target: str, sources: Sequence[str], folders: list[str]) -> bool:
    separators = tuple(filter(None, (os.sep, os.altsep)))
    several = len(sources) > 1 or bool(folders)
    return several or target.endswith(separators) or _is_dir(target)


def _single(source: str, target: str | None, compare: bool) -> Plan:
    """Plan one photograph whose source or target is a stream, or whose target is a file."""
    result = None if target in (None, STREAM) else Path(target)
    if compare and result is None:
        raise PlanError("--compare writes beside a result, not to standard output: name a file")
    beside = compare_beside(result) if compare and result else None
    job = Job(None if source == STREAM else Path(source), result, beside)
    return Plan((job,), shown(result) if result else "standard output")


def _bases(sources: Sequence[str], folders: list[str]) -> Iterator[Path]:
    """Yield what stands in a target folder above the files of each source."""
    names = Names()
    for source in sources:
        alone = len(sources) == 1 or source not in folders
        # "." and ".." have names too.
        yield Path() if alone else names.take(Path(Path(source).resolve().name))


def _job(found: _Found, into: Path | None, names: Names, compare: bool) -> Job:
    if into is None:
        wanted = found.source.with_name(name_beside(found.source.name))
    else:
        wanted = into / found.below.with_name(name_in_folder(found.below.name))
    result = names.take(wanted)
    beside = names.take(compare_beside(result)) if compare else None
    return Job(found.source, result, beside, found.named)


class _Listing:
    """The photographs of a folder and of all below it; what else there is, is counted."""

    def __init__(self, folder: Path, base: Path, without: Path | None) -> None:
        self.problems: list[Problem] = []
        self.others = 0
        self._folder, self._base = folder, base
        self._without = os.path.realpath(without) if without else None

    def __iter__(self) -> Iterator[_Found]:
        empty = True
        for where, folders, names in os.walk(self._folder, onerror=self._unreadable):
            folders[:] = sorted(name for name in folders if self._is_entered(where, name))
            # Results come last: they have no results, and must not take an original's name.
            for name in sorted(names, key=lambda name: (is_like_a_result(name), name)):
                path = Path(where, name)
                if name.startswith("."):
                    continue
                if _is_photograph(path):
                    empty = False
                    below = self._base / path.relative_to(self._folder)
                    yield _Found(path, below, named=False)
                else:
                    self.others += 1
        if empty and not self.problems:
            self.problems.append(Problem(self._folder, self._nothing()))

    def _is_entered(self, where: str, name: str) -> bool:
        if name.startswith("."):
            return False
        return self._without is None or os.path.realpath(Path(where, name)) != self._without

    def _unreadable(self, error: OSError) -> None:
        path = Path(error.filename or self._folder)
        why = f"{shown(path)} cannot be listed ({reason(error)}): check its rights"
        self.problems.append(Problem(path, why))

    def _nothing(self) -> str:
        files = f", found {self.others} other files" if self.others else ""
        return f"{shown(self._folder)} holds no photographs ({_KINDS}){files}: name another folder"


def _is_photograph(path: Path) -> bool:
    if path.suffix.lower() not in PHOTOGRAPHS:
        return False
    # Pipes and devices would block. What cannot be looked up is tried, and then said to be bad.
    return os.path.isfile(path) or not os.path.exists(path)  # noqa: PTH110, PTH113 (never raise)


def _is_dir(path: str) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 (never raises, also for names that are too long)
