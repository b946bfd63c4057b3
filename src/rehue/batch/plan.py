"""Which file goes where: decided from names alone, in one order, while the work goes on."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath, PurePosixPath
from typing import Final

from rehue.batch.job import Job, Problem, Step
from rehue.batch.listing import JOURNAL, Directory, directories, real
from rehue.batch.names import (
    Names,
    ending_of,
    folded,
    name_beside,
    name_in_folder,
    name_of_alternative,
    name_of_comparison,
    name_of_layer,
)
from rehue.batch.storage import Address, Place, exists, is_address, is_folder, place
from rehue.errors import RehueError
from rehue.files import reason, shown
from rehue.photo import KINDS, PHOTOGRAPHS

# What stands for standard input as a source, and for standard output as a target.
STREAM: Final = "-"


class PlanError(RehueError):
    """Sources, a target and wishes that do not go together: a mistake in the command itself."""


class Plan(Iterator[Step]):
    """What is to be done, found out while it is read, once.

    Jobs come in the order of the sources; files of a folder by name, before its subfolders. Names
    follow from this order alone. What is kept grows with folders, not with files.

    Attributes:
        place: where the results go, in words.
        journal: where the run is written down; None for photographs given by name, beside which
            nothing but results is put.
    """

    def __init__(self, steps: "_Steps | list[Job]", place: str, journal: Place | None) -> None:
        self.place = place
        self.journal = journal
        self._steps = steps
        self._seen: deque[Step] = deque()
        self._coming: Iterator[Step] = iter(steps)

    def __next__(self) -> Step:
        return self._seen.popleft() if self._seen else next(self._coming)

    @property
    def others(self) -> int:
        """Files in the folders read so far that are no photographs."""
        return self._steps.others if isinstance(self._steps, _Steps) else 0

    def peek(self, count: int) -> tuple[Job, ...]:
        """Return the first jobs to come, at most `count`, without taking them."""
        jobs = [step for step in self._seen if isinstance(step, Job)]
        while len(jobs) < count and (step := next(self._coming, None)):
            self._seen.append(step)
            jobs += [step] if isinstance(step, Job) else []
        return tuple(jobs[:count])


def make_plan(
    sources: Sequence[str],
    target: str | None = None,
    *,
    compare: bool = False,
    layer: bool = False,
    kind: str | None = None,
    alternatives: int = 1,
) -> Plan:
    """Say which result goes where; `rehue.batch.names` has the rule.

    Args:
        sources: files and folders, also as addresses in storage (`rehue.batch.storage`), or `-`
            alone for standard input. Folders are searched through and through, without hidden
            files and folders, links to folders, and the target. They are told from strings: `./-`
            is a file.
        target: a file, for one photograph; a folder, if it is one, ends in a separator, or stands
            for several sources or a folder; `-` for standard output. None puts results beside
            their sources, or from standard input to standard output. One folder is mirrored right
            below the target, of several sources each folder below its own name.
        compare: plan a before/after picture beside each result.
        layer: results are colour layers.
        kind: format of the results, as `rehue.photo.format_named` returns it; None for the
            sources'.
        alternatives: how many colourings of each photograph, beside each other.

    Raises:
        PlanError: the sources and the target do not go together.
        RehueError: storage cannot be reached.
    """
    folders = [source for source in sources if _is_dir(source)]
    _check(sources, folders, target)
    if compare and layer:
        raise PlanError("--compare shows a result, of which --layer is only a part: take one")
    if STREAM in (*sources, target) or (target and not _is_folder(target, sources, folders)):
        return _single(sources[0], target, compare, alternatives)
    into = place(target) if target else None

    def result(name: str) -> str:
        if layer:
            return name_of_layer(name, kind)
        return (name_in_folder if into else name_beside)(name, kind)

    steps = _Steps(sources, folders, into, result, compare, alternatives)
    as_what = "NAME.EXT.rehue-layer" if layer else "NAME.rehue.EXT"
    where = shown(into) if into else f"beside the originals as {as_what}"
    if folders or (into and len(sources) > 1):
        return Plan(steps, where, (into or place(folders[0])) / JOURNAL)
    plan = Plan(steps, where, None)
    only = plan.peek(2)
    if len(only) == 1 and only[0].target:
        plan.place = shown(only[0].target)
    return plan


class _Steps:
    """The steps of a plan from files and folders to files in folders."""

    def __init__(
        self,
        sources: Sequence[str],
        folders: list[str],
        into: Place | None,
        result: Callable[[str], str],
        compare: bool,
        alternatives: int,
    ) -> None:
        self.others = 0
        self._sources, self._folders = sources, folders
        self._into, self._result, self._compare = into, result, compare
        self._others = range(2, alternatives + 1)
        self._names: dict[str, Names] = {}
        # Whatever is found, names are kept where a file named later may want one.
        files = [source for source in sources if source not in folders]
        self._kept = {self._key(into or place(source).parent) for source in files}
        self._walked: set[str] = set()
        self._named: set[str] = set()

    def __iter__(self) -> Iterator[Step]:
        for source, base in zip(self._sources, _bases(self._sources, self._folders), strict=True):
            if source in self._folders:
                yield from self._folder(source, base)
            else:
                yield from self._file(place(source))

    def _file(self, source: Place) -> Iterator[Step]:
        # Named twice, or found in a folder before: coloured once.
        if _absolute(source) in self._named or self._was_found(source):
            return
        self._named.add(_absolute(source))
        where = self._into or source.parent
        names = self._names.setdefault(self._key(where), Names())
        yield from self._jobs(source, where, self._results(names, source.name), named=True)

    def _was_found(self, source: Place) -> bool:
        return (
            _absolute(source.parent) in self._walked
            and ending_of(source.name) in PHOTOGRAPHS
            and not source.name.startswith(".")
            and _is_file(source)
        )

    def _folder(self, source: str, base: str) -> Iterator[Step]:
        others, gave = self.others, False
        for found in directories(source, self._into):
            if isinstance(found, OSError):
                path, gave = place(found.filename or source), True
                why = f"{shown(path)} cannot be listed ({reason(found)}): check its rights"
                yield Problem(path, why)
                continue
            self.others += found.others
            gave = gave or bool(found.photographs)
            yield from self._directory(found, base)
        if not gave:
            yield Problem(place(source), _nothing(source, self.others - others))

    def _directory(self, found: Directory, base: str) -> Iterator[Step]:
        if len(self._sources) > 1:
            path = _absolute(found.path)
            if path in self._walked:
                return
            self._walked.add(path)
        folder = place(found.path)
        where = self._into.joinpath(base, *_parts(found)) if self._into else folder
        key = self._key(where)
        names = self._names.setdefault(key, Names())
        taken = [
            (name, self._results(names, name))
            for name in found.photographs
            if not (self._named and _absolute(folder / name) in self._named)
        ]
        if not found.has_twin and key not in self._kept:
            del self._names[key]
        for name, results in taken:
            yield from self._jobs(folder / name, where, results, named=False)

    def _results(self, names: Names, name: str) -> tuple[str | None, list[str]]:
        """Take names for the before/after picture, the result, and the other colourings."""
        result = names.take(self._result(name))
        comparison = names.take(name_of_comparison(result)) if self._compare else None
        others = [names.take(name_of_alternative(result, number)) for number in self._others]
        return comparison, [result, *others]

    @staticmethod
    def _jobs(
        source: Place, where: Place, names: tuple[str | None, list[str]], *, named: bool
    ) -> Iterator[Job]:
        comparison, results = names
        compare = where / comparison if comparison else None
        for number, result in enumerate(results, start=1):
            yield Job(source, where / result, compare if number == 1 else None, named, number)

    @staticmethod
    def _key(folder: Place) -> str:
        return folded(_absolute(folder))


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
    if _is_folder(target, sources, folders) and exists(place(target)) and not _is_dir(target):
        raise PlanError(f"{shown(target)} is a file: name a folder for several photographs")
    for folder in folders:
        if real(folder) == real(target):
            raise PlanError(
                f"{shown(target)} is the folder of the photographs itself: name another one, or "
                "leave -o away to have results beside them"
            )


def _is_folder(target: str, sources: Sequence[str], folders: list[str]) -> bool:
    separators = tuple(filter(None, (os.sep, os.altsep)))
    several = len(sources) > 1 or bool(folders)
    return several or target.endswith(separators) or _is_dir(target)


def _single(source: str, target: str | None, compare: bool, alternatives: int) -> Plan:
    """Plan one photograph whose source or target is a stream, or whose target is a file."""
    if alternatives > 1 and target in (None, STREAM):
        raise PlanError("standard output holds one picture: name a file for several alternatives")
    if alternatives > 1 and source == STREAM:
        raise PlanError("standard input is read once: name a file for several alternatives")
    result = None if target in (None, STREAM) else place(target)
    if compare and result is None:
        raise PlanError("--compare writes beside a result, not to standard output: name a file")
    beside = result.with_name(name_of_comparison(result.name)) if compare and result else None
    given = None if source == STREAM else place(source)
    jobs = [Job(given, result, beside)]
    for number in range(2, alternatives + 1):
        other = result.with_name(name_of_alternative(result.name, number)) if result else None
        jobs.append(Job(given, other, alternative=number))
    return Plan(jobs, shown(result) if result else "standard output", None)


def _bases(sources: Sequence[str], folders: list[str]) -> Iterator[str]:
    """Yield what stands in a target folder above the files of each source."""
    names = Names()
    for source in sources:
        alone = len(sources) == 1 or source not in folders
        # "." and ".." have names too.
        yield "" if alone else names.take(os.path.basename(real(source)))  # noqa: PTH119


def _parts(found: Directory) -> tuple[str, ...]:
    """Return the folders between the root and a directory."""
    kind = PurePosixPath if is_address(found.path) else PurePath
    return kind(found.below).parts


def _nothing(folder: str, others: int) -> str:
    files = f", found {others} other files" if others else ""
    return f"{shown(folder)} holds no photographs ({KINDS}){files}: name another folder"


def _is_dir(path: str) -> bool:
    if is_address(path):
        return is_folder(path)
    return os.path.isdir(path)  # noqa: PTH112 (never raises, also for names that are too long)


def _is_file(source: Place) -> bool:
    if isinstance(source, Address):
        return exists(source) and not is_folder(str(source))
    return os.path.isfile(source)  # noqa: PTH113 (never raises)


def _absolute(path: Place | str) -> str:
    if is_address(str(path)):
        return str(Address(path))
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 (links count)
