"""Outcomes for people and programs: rows of a table, lines of JSON, and all of them in one line."""

import csv
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from rehue import __version__
from rehue.batch.listing import JOURNAL
from rehue.batch.outcome import WITH_RESULT, Facts, Outcome, Status
from rehue.batch.plan import PlanError
from rehue.batch.storage import Address, Place
from rehue.errors import RehueError
from rehue.files import reason, replacing, shown

_WORDS = {
    Status.COLORED: "coloured",
    Status.PLANNED: "to be coloured",
    Status.DONE: "done before",
    Status.KEPT: "kept as made with other options (--overwrite makes them anew)",
    Status.IN_COLOR: "already in colour",
    Status.RESULT: "made by Rehue",
    Status.UNREAD: "of kinds that are not taken",
    Status.FAILED: "failed",
}
COLUMNS: Final = (
    "source",
    "target",
    "compare",
    "alternative",
    "status",
    "reason",
    "notes",
    "seconds",
    "source_sha256",
    "target_sha256",
    "settings",
    "model",
    "model_sha256",
    "runtime",
    "version",
)


def summary(counts: Mapping[Status, int], seconds: float, others: int = 0) -> str:
    """Say in one line how many photographs ended how.

    Args:
        counts: of outcomes.
        seconds: that all took.
        others: files in folders that are no photographs.

    >>> summary({Status.COLORED: 12, Status.FAILED: 1}, 34.2, others=3)
    '12 coloured, 1 failed, 3 other files left out (0:34)'
    """
    count = Counter(counts)
    first = Status.PLANNED if count[Status.PLANNED] else Status.COLORED
    parts = [
        f"{count[status]:,} {words}"
        for status, words in _WORDS.items()
        if count[status] or status is first
    ]
    if others:
        parts.append(f"{others:,} other file{'s' if others > 1 else ''} left out")
    return f"{', '.join(parts)} ({_clock(seconds)})"


def to_json(outcome: Outcome, model: str | None, runtime: str | None) -> str:
    """Return an outcome as one line of JSON.

    `source` is `-` for standard input; `target` and `compare` are null when they are not there.

    Args:
        outcome: to tell.
        model: name of the network.
        runtime: what ran it; None, as the model, when there was nothing to run it for.
    """
    job = outcome.job
    is_there = outcome.status in WITH_RESULT
    row = {
        "source": str(job.source or "-"),
        "target": str(job.target) if is_there and job.target else None,
        "compare": str(job.compare) if is_there and job.compare else None,
        "status": outcome.status.value,
        "reason": outcome.reason,
        "notes": list(outcome.notes),
        "seconds": round(outcome.seconds, 3),
        "model": model,
        "runtime": runtime,
    }
    return json.dumps(row)


def record(outcome: Outcome, facts: Facts | None) -> dict[str, Any]:
    """Return an outcome as a row of a journal or report, by `COLUMNS`.

    Paths are absolute, for a journal is read from anywhere. `target` is null when there is no
    result; `reason` says why it was not coloured: what went wrong, if it failed.
    """
    row = json.loads(to_json(outcome, *((facts.model, facts.runtime) if facts else (None, None))))
    job, is_there = outcome.job, row["target"] is not None
    row |= {
        "source": absolute(job.source) if job.source else "-",
        "alternative": job.alternative,
        "target": absolute(job.target) if is_there and job.target else None,
        "compare": absolute(job.compare) if is_there and job.compare else None,
        "source_sha256": outcome.source and outcome.source.sha256,
        "target_sha256": outcome.target and outcome.target.sha256,
        "settings": facts and facts.settings,
        "model_sha256": facts and facts.model_sha256,
        "version": __version__,
    }
    return {name: row[name] for name in COLUMNS}


def absolute(path: Place) -> str:
    """Return a path from the root; links stay, and addresses."""
    if isinstance(path, Address):
        return str(path)
    return os.path.abspath(path)  # noqa: PTH100 (links count)


class Report:
    """A table of outcomes, CSV or JSON Lines by its ending.

    It is made beside its name and takes it at the end of the run: a report is whole, or not there.

    Raises:
        PlanError: the ending is neither .csv nor .jsonl.
        RehueError: it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        check_report(path)
        self._path = path
        self._whole = ExitStack()
        with self._writing():
            part = self._whole.enter_context(replacing(path))
            # Names of files are bytes, and come out as they were.
            self._file = part.open("w", encoding="utf-8", errors="surrogateescape", newline="")
        self._csv = csv.DictWriter(self._file, COLUMNS) if _is_csv(path) else None
        if self._csv:
            self._csv.writeheader()

    def write(self, outcome: Outcome, facts: Facts | None) -> None:
        """Add a row."""
        row = record(outcome, facts)
        with self._writing():
            if self._csv:
                self._csv.writerow({**row, "notes": "; ".join(row["notes"])})
            else:
                self._file.write(json.dumps(row) + "\n")

    def __enter__(self) -> "Report":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._writing():
            self._file.close()
            self._whole.__exit__(kind, error, trace)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RehueError(
                f"the report {shown(self._path)} cannot be written ({reason(error)}): "
                "name another place"
            ) from error


def check_report(path: Path) -> None:
    """Refuse a report of an unknown kind.

    Raises:
        PlanError: the ending is neither .csv nor .jsonl, or it is called as a journal is.
    """
    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise PlanError(f"the report {shown(path)} is neither .csv nor .jsonl: name it so")
    if path.name == JOURNAL:
        raise PlanError(f"{JOURNAL} is what a run's journal is called: name the report otherwise")


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
