"""A journal on this machine's disk, for results in storage that machines share."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehue.batch.journal import Journal, JournalError
from rehue.batch.report import absolute
from rehue.batch.storage import Address, Place, StorageError, exists, fetch, put
from rehue.photo.failures import reason, shown


@contextmanager
def local_journal(path: Place, overwrite: bool) -> Iterator[Journal]:
    """Open a run's journal on this machine's disk, and move it to its place at the end.

    Storage that machines share promises neither locks nor that lines are appended whole. What is
    found on this disk is from a run that was stopped: that one goes on. Otherwise the journal
    begins with what lies at its place.

    Raises:
        JournalError: it cannot be written, here or there, or another run is at work.
    """
    name = hashlib.sha256(os.fsencode(absolute(path))).hexdigest()[:16]
    local = _state_folder() / name / path.name
    if exists(path) and not local.exists():
        _copy(path, local)
    with Journal(local, overwrite) as journal:
        yield journal
        _copy(local, path)
        local.unlink(missing_ok=True)


def _copy(source: Place, target: Place) -> None:
    """Copy a journal; it is there whole, or as it was."""
    try:
        if isinstance(target, Address):
            put(Path(source), target)
            return
        part = target.with_name(f".{target.name}.part")
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, Address):
            fetch(source, part)
        else:
            shutil.copyfile(source, part)
        part.replace(target)
    except (OSError, StorageError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise JournalError(
            f"the run's journal {shown(source)} cannot be copied to {shown(target)} "
            f"({why}): see to rights and free space; the same command goes on"
        ) from error


def _state_folder() -> Path:
    """Return where programs keep what they need again (XDG Base Directory Specification 0.8)."""
    chosen = os.environ.get("XDG_STATE_HOME")
    return (Path(chosen) if chosen else Path.home() / ".local" / "state") / "rehue"
