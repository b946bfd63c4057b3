"""Files that lie in storage which is not mounted, named by addresses such as `s3://bucket/a.jpg`.

fsspec (extra `storage`) does the work; which kinds of addresses there are follows from what is
installed beside it, s3fs for `s3://`, and rights from their own settings. Addresses are listed,
looked up and copied here, and never opened: `rehue.batch.staging` brings files to this machine.
"""

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeAlias

from rehue.errors import RehueError, install_line
from rehue.files import reason, shown

_SIGN: Final = "://"
# Two letters at least: `C://photos` is a path.
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_WITH_PASSWORD: Final = re.compile(r"[^/]*://[^/]*:[^/]*@|https?://[^?]*\?")
# Where an object is there when it is whole, and not before; elsewhere it is renamed at the end.
_WHOLE_OBJECTS: Final = frozenset(
    {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "oss", "memory"}
)
# What storage calls the time of the last change, and what else changes with the content.
_TIMES: Final = ("LastModified", "last_modified", "mtime", "modified", "updated")
_TRACES: Final = (
    *("ETag", "etag", "content_md5", "md5Hash", "VersionId", "generation"),
    *("modify", "Last-Modified", "modificationTime", "created"),
)

# Errors that storage elsewhere does not give.
_HERE: Final = (errno.ENOSPC, errno.EROFS, errno.ENAMETOOLONG)


class StorageError(RehueError):
    """Storage that cannot be reached, or does not have what is asked of it."""


class Address(PurePosixPath):
    """The address of a file or folder; joined and taken apart as a path is.

    >>> str(Address("s3://bucket/in") / "a.jpg"), Address("s3://bucket/in/a.jpg").name
    ('s3://bucket/in/a.jpg', 'a.jpg')
    """

    def __str__(self) -> str:
        # Two slashes are one in a path.
        return super().__str__().replace(":/", _SIGN, 1)

    def __fspath__(self) -> str:
        return str(self)


Place: TypeAlias = Path | Address


def is_address(text: str) -> bool:
    """Say whether a source or target is an address, not a path.

    >>> is_address("s3://bucket/in"), is_address("C://photos"), is_address("in/a.jpg")
    (True, False, False)
    """
    return _ADDRESS.match(text) is not None


def place(text: str) -> Place:
    """Return what a source or target names.

    Raises:
        StorageError: an address that would be taken for another one, or that holds a secret.
    """
    if not is_address(text):
        return Path(text)
    address = Address(text)
    if _WITH_PASSWORD.match(text):
        raise StorageError(
            f"{shown(text.partition(_SIGN)[0])}{_SIGN}...: the address holds a password or a key, "
            "which would stand in journals: put it into fsspec's configuration"
        )
    if str(address) != text.rstrip("/"):
        raise StorageError(
            f"{shown(text)}: an address without empty parts is wanted, such as s3://bucket/folder; "
            "files of this machine are given as paths"
        )
    return address


def is_folder(address: str) -> bool:
    """Say whether an address is a folder's: nothing has that name, and something lies below it.

    Raises:
        StorageError: it cannot be reached.
    """
    place(address)  # refuses what is none
    info = _info(address)
    return info is not None and info["type"] == "directory"


def content(address: Address) -> bytes:
    """Return what is in a file.

    Raises:
        StorageError: it is not there, or cannot be read.
    """
    with _reaching(address) as (storage, path):
        return bytes(storage.cat_file(path))


def exists(where: Place) -> bool:
    """Say whether there is a file or folder.

    Raises:
        StorageError: an address cannot be reached; then nobody knows.
    """
    return os.path.lexists(where) if isinstance(where, Path) else _info(where) is not None


def stat_at(address: Address) -> tuple[int, int, int] | None:
    """Return size, time of the last change (ns) and a number that changes with the content.

    None when there is no such file, it cannot be reached, or nothing but the size is known of it.
    """
    try:
        info = _info(address)
    except StorageError:
        return None
    if info is None or info["type"] != "file":
        return None
    traces = {key: info[key] for key in (*_TIMES, *_TRACES) if info.get(key) is not None}
    if not traces:
        return None
    changed = next((traces[key] for key in _TIMES if key in traces), 0)
    seconds = changed.timestamp() if isinstance(changed, datetime) else changed
    nanoseconds = round(seconds * 1e9) if isinstance(seconds, int | float) else 0
    number = int.from_bytes(hashlib.sha256(repr(traces).encode()).digest()[:6])
    return int(info["size"] or 0), nanoseconds, number


def entries(address: str) -> Iterator[tuple[str, bool]]:
    """Yield the names in a folder, and whether each is a folder itself.

    The name is empty for what no address of ours can name: a key with an empty part.

    Raises:
        OSError: it cannot be listed.
    """
    try:
        with _reaching(address) as (storage, path):
            found = storage.ls(path, detail=True)
    except StorageError as error:
        raise OSError(0, _line(error.__cause__ or error), address) from error
    for entry in found:
        is_directory = entry["type"] == "directory"
        inner = entry["name"].removesuffix("/")
        # Some consoles write an empty object to stand for a folder.
        if inner != path.rstrip("/") or is_directory:
            yield inner.rpartition("/")[2], is_directory and not inner.endswith("/")


def fetch(address: Address, target: Path) -> None:
    """Copy a file to this machine.

    Raises:
        StorageError: it is not there, or cannot be read.
    """
    with _reaching(address) as (storage, path):
        storage.get_file(path, str(target))


def put(source: Path, address: Address) -> None:
    """Copy a file from this machine; it is there whole, or not at all.

    Raises:
        StorageError: it cannot be written.
    """
    with _reaching(address) as (storage, path):
        if address.parts[0].rstrip(":") in _WHOLE_OBJECTS:
            storage.put_file(str(source), path)
            return
        folder = path.rpartition("/")[0]
        storage.makedirs(folder, exist_ok=True)
        part = f"{folder}/.rehue-{secrets.token_hex(8)}.part"
        try:
            storage.put_file(str(source), part)
            _rename(storage, part, path)
        except BaseException:
            if storage.exists(part):
                storage.rm_file(part)
            raise


def _rename(storage: Any, part: str, path: str) -> None:  # noqa: ANN401 (a class of fsspec's)
    try:
        storage.mv(part, path)
    except OSError:
        # Some do not rename to a name that is taken.
        if not storage.exists(path):
            raise
        storage.rm_file(path)
        storage.mv(part, path)


def _info(address: Address | str) -> Mapping[str, Any] | None:
    """Return what storage says of a name; None when there is nothing.

    `exists` and `isdir` of fsspec take an error for a no.
    """
    with _reaching(address) as (storage, path):
        try:
            found: Mapping[str, Any] = storage.info(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return found


@contextmanager
def _reaching(address: Address | str) -> Iterator[tuple[Any, str]]:
    """Have fsspec's file system for an address, and the path that it has there."""
    text = str(address)
    try:
        import fsspec  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise StorageError(
            f"{shown(text)}: fsspec is not installed: {install_line('storage')}"
        ) from error
    try:
        # Not `url_to_fs`, for which "::" in a name has a meaning.
        kind = fsspec.get_filesystem_class(text.partition(_SIGN)[0])
        storage = kind(**kind._get_kwargs_from_urls(text))
        # Not what lay there a moment ago: runs write where they look.
        storage.invalidate_cache()
        yield storage, kind._strip_protocol(text)
    except RehueError:
        raise
    except (ImportError, ValueError) as error:
        raise StorageError(f"{shown(text)}: {_line(error)}") from error
    except OSError as error:
        if error.errno in _HERE:
            raise StorageError(
                f"{shown(text)} cannot be copied to this machine's folder for temporary files "
                f"({_line(error)}): make room, or set TMPDIR"
            ) from error
        raise _unreachable(text, error) from error
    except Exception as error:  # each storage has its own
        raise _unreachable(text, error) from error


def _unreachable(address: str, error: Exception) -> StorageError:
    return StorageError(
        f"{shown(address)} cannot be reached ({_line(error)}): check the address, your rights and "
        "the network"
    )


def _line(error: BaseException) -> str:
    return "there is no such file" if isinstance(error, FileNotFoundError) else reason(error)
