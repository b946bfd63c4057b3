"""Which file goes where: decided from names alone, in one order, while the work goes on."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from rehue.batch.job import Job, Step
from rehue.batch.listing import JOURNAL, real
from rehue.batch.names import (
    ending_of,
    name_beside,
    name_in_folder,
    name_of_alternative,
    name_of_comparison,
    name_of_layer,
)
from rehue.batch.steps import Steps
from rehue.batch.storage import Place, exists, is_address, is_folder, place
from rehue.errors import RehueError
from rehue.files import shown
from rehue.photo import FORMATS, PHOTOGRAPHS

# What stands for standard input as a source, and for standard output as a target.
STREAM: Final = "-"


class PlanError(RehueError):
    """Sources, a target and wishes that do not go together: a mistake in the command itself."""


class Plan(Iterator[Step]):
    """What is to be done, found out while it is read, once.

    Jobs come in the order of the sources; files of a folder by name, before its subfolders. Names
    follow from this order alone. What is kept grows with folders, not with files.

    Attributes:
        place: where the results go, in words; of one photograph, where its result would.
        journal: where the run is written down; None for photographs given by name, beside which
            nothing but results is put.
    """

    def __init__(self, steps: Steps | list[Job], place: str, journal: Place | None) -> None:
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
        return self._steps.others if isinstance(self._steps, Steps) else 0

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

    steps = Steps(sources, folders, into, result, compare, alternatives)
    as_what = "NAME.EXT.rehue-layer" if layer else "NAME.rehue.EXT"
    where = shown(into) if into else f"beside the originals as {as_what}"
    if folders or (into and len(sources) > 1):
        return Plan(steps, where, (into or place(folders[0])) / JOURNAL)
    plan = Plan(steps, where, None)
    only = plan.peek(2)
    if len(only) == 1 and only[0].target:
        plan.place = shown(only[0].target)
    return plan


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
    if _is_folder(target, sources, folders) and not _is_dir(target):
        if exists(place(target)):
            raise PlanError(f"{shown(target)} is a file: name a folder for several photographs")
        if not _ends_as_folder(target) and ending_of(target) in {*PHOTOGRAPHS, *FORMATS}:
            raise PlanError(
                f"-o {shown(target)} is a photograph's name, and several are to be coloured: name "
                f"a folder, or end it in {os.sep} if that is what it is to be called"
            )
    for folder in folders:
        if real(folder) == real(target):
            raise PlanError(
                f"{shown(target)} is the folder of the photographs itself: name another one, or "
                "leave -o away to have results beside them"
            )


def _is_folder(target: str, sources: Sequence[str], folders: list[str]) -> bool:
    several = len(sources) > 1 or bool(folders)
    return several or _ends_as_folder(target) or _is_dir(target)


def _ends_as_folder(target: str) -> bool:
    return target.endswith(tuple(filter(None, (os.sep, os.altsep))))


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


def _is_dir(path: str) -> bool:
    if is_address(path):
        return is_folder(path)
    return os.path.isdir(path)  # noqa: PTH112 (never raises, also for names that are too long)
