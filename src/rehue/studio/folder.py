"""The opened folder: what is in it, and that nothing outside it is reached."""

import os
import stat
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

from rehue.batch.listing import directories
from rehue.batch.names import is_like_a_result, name_beside
from rehue.edits import edits_beside
from rehue.files import shown
from rehue.studio.refusals import ForbiddenError, MissingError

State: TypeAlias = Literal["new", "touched", "saved", "failed", "in_color"]


class Folder:
    """A folder with photographs, named by their paths in it, with `/` on every system.

    Args:
        root: of the folder.
        most: photographs that are listed.
    """

    def __init__(self, root: Path, most: int) -> None:
        self.root = root.resolve()
        self._most = most
        # What was found out of photographs while it was open.
        self.known: dict[str, State] = {}

    def names(self) -> list[str]:
        """Return the photographs in it and below, without what is called as results are."""
        found = (
            str(PurePosixPath(*Path(one.below).parts, name))
            for one in directories(str(self.root))
            if not isinstance(one, OSError)
            for name in one.photographs
            if not is_like_a_result(name)
        )
        return list(islice(found, self._most))

    def table(self) -> list[dict[str, str]]:
        """Return the photographs with their states, as the API tells them."""
        return [{"name": name, "state": self.state(name)} for name in self.names()]

    def state(self, name: str) -> State:
        """Return what has become of a photograph."""
        path = self.root / name
        if self.known.get(name) in ("failed", "in_color"):
            return self.known[name]
        saved, touched = (_changed(one) for one in (target_of(path), edits_beside(path)))
        if saved or touched:
            return "saved" if saved >= touched else "touched"
        return self.known.get(name, "new")

    def find(self, name: str) -> Path:
        """Return the path of a photograph in the folder.

        Raises:
            ForbiddenError: it leads out of the folder, over a link, or is no plain file.
            MissingError: it is not there.
        """
        parts = PurePosixPath(name).parts
        is_plain = bool(parts) and not PurePosixPath(name).is_absolute() and "\0" not in name
        if not is_plain or any(part in (".", "..") or part.startswith(".") for part in parts):
            raise ForbiddenError(
                f"{shown(name)[:80]} is not in the opened folder: name a file in it"
            )
        path = self.root
        try:
            for part in parts:
                path = path / part
                mode = os.lstat(path).st_mode
                if stat.S_ISLNK(mode):
                    raise ForbiddenError(f"{shown(name)} is a link, or behind one: name the file")
        except OSError as error:
            raise MissingError(f"{shown(name)[:80]} is not in the folder: open it again") from error
        # On Windows a part may hold a drive or a backslash.
        if self.root not in path.resolve().parents:
            raise ForbiddenError(f"{shown(name)} is not in the opened folder: name a file in it")
        if not stat.S_ISREG(mode):
            raise ForbiddenError(f"{shown(name)} is not a file: name a photograph")
        return path


def _changed(path: Path) -> int:
    """Return when a file was last changed (ns); 0 when there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def target_of(path: Path) -> Path:
    """Return where the result of a photograph goes: beside it, as the command line does."""
    return path.with_name(name_beside(path.name))


def plain_name(name: str) -> str:
    r"""Return a file's name without whatever could lead elsewhere, short, and never empty.

    >>> plain_name("../../etc/passwd"), plain_name("C:\\scans\\a.jpg"), plain_name("..")
    ('passwd', 'a.jpg', 'photograph')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*')
    return kept.strip(". ")[-120:] or "photograph"
