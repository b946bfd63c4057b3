"""A job whose files lie in storage: fetched, done here, and brought back."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeGuard

from rehue.batch.outcome import Fingerprint, Outcome, Stat, Status, stat_of
from rehue.batch.plan import Job, LocalJob
from rehue.batch.storage import Address, Place, StorageError, exists, fetch, put
from rehue.photo.failures import shown


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
    with TemporaryDirectory(prefix="rehue-") as folder:
        copies = _Copies(Path(folder))
        here = LocalJob(
            copies.of(source, "source"),
            copies.of(target, "target"),
            copies.of(compare, "compare"),
            job.named,
            job.alternative,
        )
        try:
            copies.fetch(source)
            outcome = do(here)
            copies.bring_back()
        except StorageError as error:
            return Outcome(job, Status.FAILED, str(error), perf_counter() - started)
        return replace(
            copies.translated(outcome, job, keeps_times), seconds=perf_counter() - started
        )


def _is_here(where: Place | None) -> TypeGuard[Path | None]:
    return not isinstance(where, Address)


class _Copies:
    """Files of this machine that stand for files in storage."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stands_for: dict[Path, Address] = {}
        self._before: dict[Path, object] = {}
        self._stat_of_source: Stat | None = None

    def of(self, where: Place | None, which: str) -> Path | None:
        """Return what stands for a file; a file of this machine for itself."""
        if not isinstance(where, Address):
            return where
        copy = self._folder / which / where.name
        copy.parent.mkdir()
        self._stands_for[copy] = where
        return copy

    def fetch(self, source: Place | None) -> None:
        """Have the source here, and what lies where results go."""
        for copy, address in self._stands_for.items():
            if address == source:
                # Looked at before it is read: who changes it meanwhile is noticed later.
                self._stat_of_source = stat_of(address)
                fetch(address, copy)
                if self._stat_of_source:
                    changed = self._stat_of_source[1]
                    os.utime(copy, ns=(changed, changed))
            elif exists(address):
                fetch(address, copy)
            self._before[copy] = stat_of(copy)

    def bring_back(self) -> None:
        """Put what was written into storage."""
        for copy, address in self._stands_for.items():
            if copy.exists() and stat_of(copy) != self._before[copy]:
                put(copy, address)

    def translated(self, outcome: Outcome, job: Job, keeps_times: bool) -> Outcome:
        """Return the outcome of a job's copy as the job's own."""
        source, target, notes = outcome.source, outcome.target, outcome.notes
        if source and self._stat_of_source:
            source = Fingerprint(source.sha256, self._stat_of_source)
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
