"""The journal of runs into one folder: a line of JSON for each file that was settled.

It lies beside the results, is read by people and programs as a report, and lets a run go on where
the last one stopped. Each line is written at once and in one piece, when its result is whole on
the disk; of several lines about a file the last one counts. A line cut off by a crash is passed
over. Where the journal says nothing, or the files are not those that it speaks of, the marks in
them tell (`rehue.batch.made`): the journal may be lost, never wrong.

While a run is at work it holds a lock on the file, which goes with its process.
"""

import errno
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

from rehue.batch.job import Job
from rehue.batch.lock import lock
from rehue.batch.outcome import WITH_RESULT, Facts, Fingerprint, Outcome, Stat, Status, stat_of
from rehue.batch.report import absolute, record
from rehue.errors import RehueError
from rehue.files import reason, shown

# What is not tried again while the file is the same; what failed is.
_SETTLED: Final = (*WITH_RESULT, Status.IN_COLOR, Status.RESULT)
# What a line is read for.
_KEYS: Final = (
    *("source", "source_sha256", "source_stat", "target", "target_sha256", "target_stat"),
    *("status", "reason", "notes", "settings", "run"),
)


class JournalError(RehueError):
    """A journal that cannot be written, or that another run is writing."""


class Journal:
    """A journal, open and locked.

    Args:
        path: of the file, made with its folder when it is not there.
        overwrite: whether the run does again what is done. Of such a run that was stopped, the
            same command goes on with the rest; of one that came to its end, nothing counts.

    Raises:
        JournalError: it cannot be written, or another run is at work.
    """

    def __init__(self, path: Path, overwrite: bool = False) -> None:
        self.path = path
        self._is_new = not path.exists()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Unbuffered: a line is with the system before the next file is begun.
            self._file: BinaryIO = path.open("a+b", buffering=0)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            if not lock(self._file):
                raise JournalError(
                    f"another run is at work in {shown(path.parent)} and holds {path.name}: wait "
                    "for it, or name another folder"
                )
            self._lines, last = _index(self._file)
            self.was_stopped = not self._is_new and (last is None or "ended" not in last)
            self._run = self._continued(last) if overwrite else None
        except OSError as error:
            self._file.close()
            raise self._unwritable(error) from error
        except BaseException:
            self._file.close()
            raise
        self._overwrite = overwrite

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_new and os.fstat(self._file.fileno()).st_size == 0:
            # Nothing was begun: nothing is left.
            with suppress(OSError):
                self.path.unlink()
        self._file.close()

    def known(self, job: Job, facts: Facts) -> Outcome | None:
        """Return what became of a job when nothing has changed since; files are not read."""
        at = self._lines.get(_key(absolute(job.source), job.alternative)) if job.source else None
        line = None if at is None else self._read(at)
        if line is None or not self._counts(line, facts):
            return None
        source, target = _fingerprint(line, "source"), _fingerprint(line, "target")
        if source is None or stat_of(job.source) != source.stat:
            return None
        status = Status(line["status"])
        if status in WITH_RESULT and not _is_there(job, line, target):
            return None
        if status is Status.COLORED:
            return Outcome(job, Status.DONE, source=source, target=target)
        return Outcome(job, status, line["reason"], 0.0, tuple(line["notes"]), source, target)

    def write(self, outcome: Outcome, facts: Facts) -> None:
        """Write down what became of a job.

        Raises:
            JournalError: the disk is full, or gone: then there is no use in going on.
        """
        line = record(outcome, facts) | {
            "run": self._run,
            "written": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "source_stat": outcome.source and outcome.source.stat,
            "target_stat": outcome.target and outcome.target.stat,
        }
        self._append(line)

    def end(self, counts: Mapping[Status, int]) -> None:
        """Write down that the run came to its end."""
        named = {status.value: count for status, count in counts.items()}
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._append({"ended": now, "run": self._run, "counts": named})
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from error

    def _counts(self, line: Mapping[str, Any], facts: Facts) -> bool:
        is_ours = not self._overwrite or line["run"] == self._run
        return is_ours and line["settings"] == facts.settings and line["status"] in _SETTLED

    def _continued(self, last: Mapping[str, Any] | None) -> str:
        """Return the name of the overwriting run that was stopped, or else a new one."""
        stopped = last.get("run") if last and self.was_stopped else None
        return stopped if isinstance(stopped, str) else secrets.token_hex(8)

    def _append(self, line: Mapping[str, Any]) -> None:
        data = json.dumps(line).encode() + b"\n"  # ASCII: whatever bytes a name has
        try:
            written = self._file.write(data)
            if written != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise self._unwritable(error) from error

    def _read(self, at: int) -> dict[str, Any] | None:
        self._file.seek(at)
        # `readline` of an unbuffered file asks the system for every byte.
        data = b""
        while b"\n" not in data and (more := self._file.read(4096)):
            data += more
        return _parsed(data.partition(b"\n")[0])

    def _unwritable(self, error: OSError) -> JournalError:
        return JournalError(
            f"the run's journal {shown(self.path)} cannot be written ({reason(error)}): see to "
            "the folder's rights and free space, or name another one; the same command goes on"
        )


def _index(file: BinaryIO) -> tuple[dict[str, int], dict[str, Any] | None]:
    """Return where the last line of each source begins, and the last line of all."""
    lines: dict[str, int] = {}
    last: dict[str, Any] | None = None
    at, data = 0, b"\n"
    with open(file.fileno(), "rb", closefd=False) as reader:
        reader.seek(0)
        for data in reader:
            line = _parsed(data)
            if line is not None:
                last = line
                if "source" in line:
                    lines[_key(line["source"], line.get("alternative", 1))] = at
            at += len(data)
    if not data.endswith(b"\n"):
        file.write(b"\n")
    return lines, last


def _key(source: str, alternative: int) -> str:
    """Return what tells one result of a run from the others; no name of a file holds a zero."""
    return f"{source}\0{alternative}" if alternative > 1 else source


def _parsed(data: bytes) -> dict[str, Any] | None:
    """Return a line, or None for one that is torn or foreign."""
    try:
        line = json.loads(data)
    except ValueError:
        return None
    if not isinstance(line, dict) or not ("ended" in line or all(key in line for key in _KEYS)):
        return None
    return line


def _is_there(job: Job, line: Mapping[str, Any], target: Fingerprint | None) -> bool:
    """Say whether the result that a line speaks of is where the job wants it."""
    if job.target is None or target is None or line["target"] != absolute(job.target):
        return False
    if stat_of(job.target) != target.stat:
        return False
    return job.compare is None or stat_of(job.compare) is not None


def _fingerprint(line: Mapping[str, Any], which: str) -> Fingerprint | None:
    sha256, stat = line[f"{which}_sha256"], line[f"{which}_stat"]
    if not (isinstance(sha256, str) and isinstance(stat, list) and len(stat) == 3):
        return None
    size, modified, changed = stat
    known: Stat = (size, modified, changed)
    return Fingerprint(sha256, known)
