"""What is done on disk: files that are there whole or not at all, and how they are spoken of."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fsdecode, fspath
from pathlib import Path
from typing import Final

from rehue.errors import RecipeError, RehueError

ANOTHER_OUTPUT = "give another --output"
# What `replacing` calls a file until it is whole; a killed process leaves it behind.
PARTS: Final = ".rehue-*.part"
# Where the system keeps what programs keep for a user: a variable, and a folder in the home.
_DATA_FOLDERS = {
    "win32": ("LOCALAPPDATA", "AppData/Local"),
    "darwin": ("", "Library/Application Support"),
}
_XDG = ("XDG_DATA_HOME", ".local/share")
# A foreign message is cut after this many characters.
_LONGEST = 160


@contextmanager
def replacing(path: Path, *, times: tuple[int, int] | None = None) -> Iterator[Path]:
    """Give the place of a file beside `path` that takes its name when the block ends well.

    Args:
        path: of the file, in a folder that exists.
        times: of access and change (ns) that the file gets.

    Yields:
        A path where nothing is yet.

    Raises:
        OSError: it cannot be written. Then, and when the block raises, nothing is left behind and
            what was at `path` is as it was.
    """
    # Opened by whoever writes and not by `tempfile`, whose files nobody else may read.
    beside = path.with_name(f".rehue-{secrets.token_hex(6)}.part")
    try:
        yield beside
        with beside.open("r+b") as file:
            # Else a loss of power may leave a name without its content.
            os.fsync(file.fileno())
        if times:
            os.utime(beside, ns=times)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_whole(
    path: Path, data: bytes, advice: str, failure: type[RehueError] = RecipeError
) -> None:
    """Write a file that is there whole or not at all; its folder is made where it is missing.

    Args:
        path: of the file.
        data: what it is to hold.
        advice: what to do when that fails.
        failure: what is raised then.

    Raises:
        RehueError: it cannot be written; then nothing is left behind.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as beside:
            beside.write_bytes(data)
    except OSError as error:
        raise failure(f"{path}: cannot be written ({reason(error)}): {advice}") from error


def user_folder() -> Path | None:
    """Return where Rehue keeps things for a user; it need not exist. None without a home folder."""
    variable, in_home = _DATA_FOLDERS.get(sys.platform, _XDG)
    stated = Path(os.environ.get(variable, ""))
    try:
        # A relative path is no answer (XDG Base Directory Specification 0.8, section 2).
        data = stated if stated.is_absolute() else Path.home() / in_home
    except RuntimeError:
        return None
    return data / "rehue"


def shown(path: str | bytes | PathLike[str] | PathLike[bytes]) -> str:
    r"""Return a path as it can be printed on one line, whatever its characters.

    >>> shown("two\nlines.jpg")
    'two\\nlines.jpg'
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in fsdecode(fspath(path))
    )


def reason(error: BaseException) -> str:
    r"""Say why something failed, in one line that can be printed: the system's words, or its own.

    >>> reason(FileNotFoundError(2, "No such file or directory", "a.jpg"))
    'No such file or directory'
    >>> reason(ValueError("bad\n  header")), reason(KeyError())
    ('bad header', 'KeyError')
    """
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    text = shown(" ".join(str(said).split()) or type(error).__name__)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
