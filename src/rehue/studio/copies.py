"""Copies of what was dropped on the page: in a folder of their own, gone when the studio is.

One that was killed cannot tidy up: the next that starts does. Each folder has a lock, which the
system takes from a process that ends, however that comes about; what is locked is in use.
"""

import os
import secrets
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import Final

from rehue.batch.lock import lock

_PREFIX: Final = "rehue-studio-"
_LOCK: Final = ".lock"
# A folder without a lock may be one that is being made.
_MAKING: Final = 60.0


class Copies:
    """A folder for copies; what killed studios of this user left is removed first."""

    def __init__(self) -> None:
        for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            _remove_if_left(folder)
        # Others may not look into it, nor make it in our place.
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = (self.folder / _LOCK).open("wb")
        lock(self._lock)

    def place(self, name: str) -> Path:
        """Return where a copy may be written; nothing else is in its folder."""
        folder = self.folder / secrets.token_hex(8)
        folder.mkdir()
        return folder / name

    def remove(self, path: Path) -> None:
        """Remove a copy."""
        shutil.rmtree(path.parent, ignore_errors=True)

    def close(self) -> None:
        """Remove them all."""
        self._lock.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _remove_if_left(folder: Path) -> None:
    """Remove the folder of a studio that is gone: ours, no link, and locked by nobody."""
    try:
        facts = folder.lstat()
        is_ours = not hasattr(os, "getuid") or facts.st_uid == os.getuid()
        if not (stat.S_ISDIR(facts.st_mode) and is_ours):
            return
        if not (folder / _LOCK).exists():
            is_left = time.time() - facts.st_mtime > _MAKING
        else:
            with (folder / _LOCK).open("rb+") as file:
                is_left = lock(file)
    except OSError:
        return
    if is_left:
        shutil.rmtree(folder, ignore_errors=True)
