"""Where a photograph comes from: a path, bytes or a stream, read whole, within bounds."""

import hashlib
import os
import stat
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import BinaryIO, cast

from rehue.errors import PhotoError
from rehue.files import reason, shown
from rehue.photo.formats import SEEN, claiming
from rehue.photo.formats.contract import Format

# No file of a picture is longer than this for each pixel allowed (four channels of 32-bit floats,
# once more for what compression may add), and what else may be in it: layers, records, profiles.
_BYTES_PER_PIXEL = 20
_BYTES_BESIDE = 1 << 30
_PIECE = 1 << 24


@dataclass(frozen=True)
class Loaded:
    """A file's bytes, and what messages call it.

    Attributes:
        name: for messages.
        path: where it has one.
        data: all of it.
        format: the one that claims it.
        times: when the file was last read and changed (ns), where it has a path.
    """

    name: str
    path: Path | None
    data: bytes
    format: Format
    times: tuple[int, int] | None = None

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


def load(source: str | PathLike[str] | bytes | BinaryIO, max_pixels: int) -> Loaded:
    """Read a source whole, after its first bytes have told that it is a picture.

    Raises:
        PhotoError: it cannot be read, is no picture, or is too long for one.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        data, name = bytes(source), "the data given"
        return Loaded(name, None, data, claiming(data[:SEEN], name))
    if hasattr(source, "read"):
        return _from_stream(cast(BinaryIO, source), max_pixels)
    path, name = Path(source), shown(source)
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            start = file.read(SEEN)
            format_ = claiming(start, name)
            if stat.S_ISREG(state.st_mode):
                _check_length(state.st_size, name, max_pixels)
                file.seek(0)
                data = file.read()
            else:
                data = start + _pieces(file, name, max_pixels)
            return Loaded(name, path, data, format_, (state.st_atime_ns, state.st_mtime_ns))
    except FileNotFoundError as error:
        raise PhotoError(f"{name} does not exist: check the path") from error
    except (OSError, ValueError) as error:
        if path_is_folder(path):
            raise PhotoError(f"{name} is a folder, not a photograph: name a file in it") from error
        raise PhotoError(
            f"{name} cannot be read ({reason(error)}): check the path and its rights"
        ) from error


def path_is_folder(path: Path) -> bool:
    """Say whether a path is a folder; False for one that the system cannot even look up."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _from_stream(stream: BinaryIO, max_pixels: int) -> Loaded:
    is_stdin = getattr(stream, "name", None) == "<stdin>"
    name = "standard input" if is_stdin else "the stream given"
    try:
        data = _pieces(stream, name, max_pixels)
    except (OSError, ValueError) as error:
        raise PhotoError(f"{name} cannot be read ({reason(error)}): open it again") from error
    return Loaded(name, None, data, claiming(data[:SEEN], name))


def _pieces(stream: BinaryIO, name: str, max_pixels: int) -> bytes:
    """Read a stream to its end, which may never come."""
    parts, length = [], 0
    while part := stream.read(_PIECE):
        if not isinstance(part, bytes):
            raise PhotoError(f"{name} gives text: open it in binary mode (`rb`)")
        parts.append(part)
        length += len(part)
        _check_length(length, name, max_pixels)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _check_length(length: int, name: str, max_pixels: int) -> None:
    most = max_pixels * _BYTES_PER_PIXEL + _BYTES_BESIDE
    if length > most:
        raise PhotoError(
            f"{name} has more than {most:,} bytes, too many for a picture of {max_pixels:,} "
            "pixels: give a smaller picture, or allow more pixels"
        )
