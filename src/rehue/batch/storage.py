"""Files that lie in storage which is not mounted, named by addresses such as `s3://bucket/a.jpg`.

fsspec (extra `storage`) does the work; which kinds of addresses there are follows from what is
installed beside it, s3fs for `s3://`, and rights from their own settings. Addresses are listed,
looked up and copied here, and never opened: `rehue.batch.staging` brings files to this machine.
"""

import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final, TypeAlias

from rehue.errors import RehueError
from rehue.photo.failures import shown

_SIGN: Final = "://"
# Where an object is there when it is whole, and not before; elsewhere it is renamed at the end.
_WHOLE_OBJECTS: Final = frozenset({"s3", "gs", "gcs", "az", "abfs", "abfss", "oss", "memory"})
# What storage calls the time of the last change, and the digest of the content.
_TIMES: Final = ("LastModified", "last_modified", "mtime", "modified", "updated", "modify")
_DIGESTS: Final = ("ETag", "etag", "content_md5", "md5Hash", "VersionId", "generation")


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
    """Say whether a source or target is an address, not a path."""
    return _SIGN in text


def place(text: str) -> Place:
    """Return what a source or target names."""
    return Address(text) if is_address(text) else Path(text)


def is_folder(address: str) -> bool:
    """Say whether something lies below an address.

    Raises:
        StorageError: it cannot be reached.
    """
    with _reaching(address) as (storage, path):
        return bool(storage.isdir(path))


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
        StorageError: an address cannot be reached.
    """
    if isinstance(where, Path):
        return os.path.lexists(where)
    with _reaching(where) as (storage, path):
        return bool(storage.exists(path))


def stat_at(address: Address) -> tuple[int, int, int] | None:
    """Return size, time of the last change (ns) and a number that changes with the content.

    None when there is no such file, or it cannot be reached.
    """
    try:
        with _reaching(address) as (storage, path):
            info: Mapping[str, Any] = storage.info(path)
    except (StorageError, FileNotFoundError):
        return None
    if info["type"] != "file":
        return None
    changed = next((info[key] for key in _TIMES if info.get(key) is not None), 0)
    seconds = changed.timestamp() if isinstance(changed, datetime) else changed
    nanoseconds = round(seconds * 1e9) if isinstance(seconds, int | float) else 0
    digests = repr([info.get(key) for key in _DIGESTS]).encode()
    number = int.from_bytes(hashlib.sha256(digests).digest()[:6])
    return int(info["size"] or 0), nanoseconds, number


def entries(address: str) -> Iterator[tuple[str, bool]]:
    """Yield the names in a folder, and whether each is a folder itself.

    Raises:
        OSError: it cannot be listed.
    """
    try:
        with _reaching(address) as (storage, path):
            found = storage.ls(path, detail=True)
    except StorageError as error:
        raise OSError(0, str(error), address) from error
    for entry in found:
        inner = entry["name"].rstrip("/")
        # Some consoles write an empty object to stand for a folder.
        if inner != path.rstrip("/"):
            yield inner.rpartition("/")[2], entry["type"] == "directory"


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
            storage.mv(part, path)
        except BaseException:
            if storage.exists(part):
                storage.rm_file(part)
            raise


@contextmanager
def _reaching(address: Address | str) -> Iterator[tuple[Any, str]]:
    """Have fsspec's file system for an address, and the path that it has there."""
    try:
        import fsspec  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise StorageError(
            f'{shown(address)}: fsspec is not installed: pip install "rehue[storage]"'
        ) from error
    try:
        # Not what lay there a moment ago: runs write where they look.
        yield fsspec.core.url_to_fs(str(address), use_listings_cache=False)
    except RehueError:
        raise
    except ImportError as error:
        raise StorageError(f"{shown(address)}: {_line(error)}") from error
    except Exception as error:  # each storage has its own
        raise StorageError(
            f"{shown(address)} cannot be reached ({_line(error)}): check the address, your rights "
            "and the network"
        ) from error


def _line(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    words = " ".join(text.split()) or type(error).__name__
    if isinstance(error, FileNotFoundError):
        words = "there is no such file"
    return shown(words[:160])
