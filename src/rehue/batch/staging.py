"""A job whose files lie in storage: fetched, done here, and brought back."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeGuard

from rehue.batch.job import Job, LocalJob
from rehue.batch.outcome import Fingerprint, Outcome, Stat, Status, name_of, stat_of
from rehue.batch.storage import Address, Place, StorageError, exists, fetch, put
from rehue.files import reason, shown
from rehue.photo import sidecar_of

# Of a name here, in bytes.
_LONGEST = 200


def do_here(job: Job, do: Callable[[LocalJob], Outcome], *, keeps_times: bool = False) -> Outcome:
    """Do a job with files of this machine: its own, or copies of those in storage.

    A result is in storage when it is whole; what is there already is looked at before, as a file
    here would be. Copies lie in the system's folder for temporary files.

    Args:
        job: to do.
        do: does it.
        keeps_times: whether times of files are wished; in storage there is no place for them.

    Returns:
        The outcome, with the job's own addresses. What storage refuses is a failure.
    """
    source, target, compare = job.source, job.target, job.compare
    if _is_here(source) and _is_here(target) and _is_here(compare):
        return replace(do(LocalJob(source, target, compare, job.named, job.alternative)), job=job)
    started = perf_counter()
    try:
        outcome = _do_on_copies(job, do, keeps_times=keeps_times)
    except StorageError as error:
        outcome = Outcome(job, Status.FAILED, str(error))
    except OSError as error:
        why = f"this machine's folder for temporary files cannot be used ({reason(error)})"
        outcome = Outcome(job, Status.FAILED, f"{name_of(job)}: {why}: make room, or set TMPDIR")
    return replace(outcome, seconds=perf_counter() - started)


def _is_here(where: Place | None) -> TypeGuard[Path | None]:
    return not isinstance(where, Address)


def _do_on_copies(job: Job, do: Callable[[LocalJob], Outcome], *, keeps_times: bool) -> Outcome:
    with TemporaryDirectory(prefix="rehue-") as folder:
        copies = _Copies(Path(folder))
        here = LocalJob(
            copies.of(job.source, "source"),
            copies.of(job.target, "target"),
            copies.of(job.compare, "compare"),
            job.named,
            job.alternative,
        )
        copies.fetch(job.source)
        outcome = do(here)
        copies.bring_back()
        return copies.translated(outcome, job, keeps_times=keeps_times)


class _Copies:
    """Files of this machine that stand for files in storage."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stands_for: dict[Path, Address] = {}
        # As they were before the work: in storage, and here.
        self._there: dict[Address, Stat | None] = {}
        self._here: dict[Path, Stat | None] = {}

    def of(self, where: Place | None, which: str) -> Path | None:
        """Return what stands for a file; a file of this machine for itself."""
        if not isinstance(where, Address):
            return where
        folder = self._folder / which
        folder.mkdir()
        # Storage allows longer names, and others.
        is_short = len(os.fsencode(where.name)) <= _LONGEST and where.name.isprintable()
        copy = folder / (where.name if is_short else f"picture{where.suffix}")
        if beside := sidecar_of(copy):
            ending = beside.name.removeprefix(copy.name)
            self._stands_for[beside] = where.with_name(f"{where.name}{ending}")
        self._stands_for[copy] = where
        return copy

    def fetch(self, source: Place | None) -> None:
        """Have the source here, and what lies where results go."""
        for copy, address in self._stands_for.items():
            # Looked at before it is read: who changes it meanwhile is noticed later.
            is_there = address == source or exists(address)
            self._there[address] = found = stat_of(address) if is_there else None
            if is_there:
                fetch(address, copy)
            if found and copy.exists():
                os.utime(copy, ns=(found[1], found[1]))
            self._here[copy] = stat_of(copy)

    def bring_back(self) -> None:
        """Put what was written into storage."""
        for copy, address in self._stands_for.items():
            if not copy.exists() or stat_of(copy) == self._here[copy]:
                continue
            if stat_of(address) != self._there[address]:
                raise StorageError(
                    f"{shown(address)} was written by somebody else meanwhile, and is left as it "
                    "is: name another place"
                )
            put(copy, address)

    def translated(self, outcome: Outcome, job: Job, *, keeps_times: bool) -> Outcome:
        """Return the outcome of a job's copies as the job's own."""
        source, target, notes = outcome.source, outcome.target, outcome.notes
        if source and isinstance(job.source, Address):
            stat = self._there[job.source]
            source = Fingerprint(source.sha256, stat) if stat else None
        if target and isinstance(job.target, Address):
            stat = stat_of(job.target)
            target = Fingerprint(target.sha256, stat) if stat else None
            if keeps_times and outcome.status is Status.COLORED:
                notes += ("the file's times are not kept: storage has its own",)
        return replace(
            outcome,
            job=job,
            reason=outcome.reason and self._renamed(outcome.reason),
            notes=tuple(map(self._renamed, notes)),
            source=source,
            target=target,
        )

    def _renamed(self, text: str) -> str:
        """Return a line with the addresses in place of their copies."""
        for copy, address in self._stands_for.items():
            for one, other in ((copy, address), (copy.parent, address.parent)):
                text = text.replace(shown(one), shown(other))
        return text
