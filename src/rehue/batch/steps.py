"""The steps of a plan: files and folders as they are found, each with the names of its results."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath, PurePosixPath

from rehue.batch.job import Job, Problem, Step
from rehue.batch.listing import Directory, directories, real
from rehue.batch.names import (
    Names,
    ending_of,
    folded,
    is_colored,
    name_of_alternative,
    name_of_comparison,
)
from rehue.batch.storage import Address, Place, exists, is_address, is_folder, place
from rehue.batch.unread import why_unread
from rehue.files import reason, shown
from rehue.film.naming import is_film
from rehue.photo import KINDS


class Steps:
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
            and is_colored(source.name)
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
        for name in found.unread:
            file = folder / name
            if not (self._named and _absolute(file) in self._named):
                why = f"{shown(file)} is {why_unread(ending_of(name))}"
                yield Problem(file, why, is_failure=False)

    def _results(self, names: Names, name: str) -> tuple[str | None, list[str]]:
        """Take names for the before/after picture, the result, and the other colourings."""
        result = names.take(self._result(name))
        compare = self._compare and not is_film(result)
        comparison = names.take(name_of_comparison(result)) if compare else None
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
    return (
        f"{shown(folder)} holds no photographs ({KINDS}) and no films{files}: name another folder"
    )


def _is_file(source: Place) -> bool:
    if isinstance(source, Address):
        return exists(source) and not is_folder(str(source))
    return os.path.isfile(source)  # noqa: PTH113 (never raises)


def _absolute(path: Place | str) -> str:
    if is_address(str(path)):
        return str(Address(path))
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 (links count)
