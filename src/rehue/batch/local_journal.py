"""A journal on this machine's disk, for results in storage that machines share."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehue.batch.journal import Journal, JournalError
from rehue.batch.lock import lock
from rehue.batch.report import absolute
from rehue.batch.storage import Address, Place, StorageError, exists, fetch, put
from rehue.files import reason, replacing, shown


@contextmanager
def local_journal(path: Place, overwrite: bool) -> Iterator[Journal]:
    """Open a run's journal on this machine's disk, and move it to its place at the end.

    Storage that machines share promises neither locks nor that lines are appended whole. What is
    found on this disk is from a run that was stopped: that one goes on. Otherwise the journal
    begins with what lies at its place. Lines that another machine wrote there meanwhile stay.

    Raises:
        JournalError: it cannot be written, here or there, or another run is at work.
    """
    name = hashlib.sha256(os.fsencode(absolute(path))).hexdigest()[:16]
    local = _state_folder() / name / path.name
    with _alone(local, path):
        _begin(local, path)
        with Journal(local, overwrite) as journal:
            yield journal
            if local.stat().st_size:
                _begin(local, path)
                _copy(local, path)
                local.unlink(missing_ok=True)
                _first(local).unlink(missing_ok=True)


@contextmanager
def _alone(local: Path, path: Place) -> Iterator[None]:
    """Be the only run of this machine with a journal."""
    try:
        local.parent.mkdir(parents=True, exist_ok=True)
        file = local.with_name("lock").open("wb")
    except OSError as error:
        raise _not_copied(path, local, reason(error)) from error
    with file:
        if not lock(file):
            raise JournalError(
                f"another run is at work on {shown(path.parent)}: wait for it, or name another "
                "folder"
            )
        yield


def _begin(local: Path, path: Place) -> None:
    """Have a local journal begin with what lies at its place, its own lines after it."""
    try:
        there = local.with_name("there")
        if exists(path):
            _copy(path, there)
        else:
            there.write_bytes(b"")
        first, theirs = _first(local), there.read_bytes()
        there.unlink()
        known = first.read_bytes() if first.exists() else b""
        if not local.exists():
            if theirs:
                local.write_bytes(theirs)
        elif theirs != known:
            own = local.read_bytes().removeprefix(known)
            # A run that died may have brought them. In place: it is open, and locked.
            local.write_bytes(theirs if own in theirs else theirs + own)
        first.write_bytes(theirs)
    except OSError as error:
        raise _not_copied(path, local, reason(error)) from error


def _first(local: Path) -> Path:
    """Return where a copy of what a local journal began with is kept."""
    return local.with_name(f"{local.name}.first")


def _copy(source: Place, target: Place) -> None:
    """Copy a journal; it is there whole, or as it was."""
    try:
        if isinstance(target, Address):
            put(Path(source), target)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as part:
            if isinstance(source, Address):
                fetch(source, part)
            else:
                shutil.copyfile(source, part)
    except StorageError as error:
        raise _not_copied(source, target, str(error)) from error
    except OSError as error:
        raise _not_copied(source, target, reason(error)) from error


def _not_copied(source: Place, target: Place, why: str) -> JournalError:
    return JournalError(
        f"the run's journal {shown(source)} cannot be copied to {shown(target)} ({why}): see to "
        "rights and free space; the same command goes on"
    )


def _state_folder() -> Path:
    """Return where programs keep what they need again (XDG Base Directory Specification 0.8)."""
    chosen = os.environ.get("XDG_STATE_HOME")
    return (Path(chosen) if chosen else Path.home() / ".local" / "state") / "rehue"
