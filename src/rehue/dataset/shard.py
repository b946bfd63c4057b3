"""Tar shards in the manner of webdataset: `<key>.<image suffix>` beside `<key>.json`."""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from rehue.dataset.sample import Entry
from rehue.errors import DatasetError

IMAGE_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


def shard_entries(path: Path) -> Iterator[Entry]:
    """Yield the photographs of one tar file in its order.

    The JSON beside a photograph may give `kind`, `label` and `source`; it may be missing.

    Raises:
        DatasetError: the file is not a tar archive, or is cut off.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            # Names are made plain: `tar -cf shard.tar .` writes them with "./" before.
            members = {str(PurePosixPath(m.name)): m for m in archive.getmembers() if m.isfile()}
            end = _slice(path, archive.offset, tarfile.BLOCKSIZE)
        if not end or end.strip(b"\0"):
            # Python's reader takes a cut between two files, or a damaged header, for the end.
            raise tarfile.ReadError("it is cut off or damaged")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DatasetError(f"{path}: not a readable tar shard ({error}): make it again") from error
    origin = str(path.resolve())
    for name, member in members.items():
        member_path = PurePosixPath(name)
        if member_path.suffix.lower() not in IMAGE_SUFFIXES:
            continue
        facts = members.get(str(member_path.with_suffix(".json")))
        described = _facts(_read(path, facts)) if facts else {}
        yield Entry(
            key=str(member_path.with_suffix("")),
            read=lambda member=member: _read(path, member),  # type: ignore[misc]
            kind=described.get("kind"),
            label=described.get("label"),
            source=described.get("source"),
            origin=origin,
        )


def _read(path: Path, member: tarfile.TarInfo) -> bytes:
    return _slice(path, member.offset_data, member.size)


def _slice(path: Path, offset: int, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(size)


def _facts(text: bytes) -> dict[str, str]:
    try:
        parsed = json.loads(text)
    except ValueError:
        return {}
    facts = parsed.items() if isinstance(parsed, dict) else ()
    return {k: str(v) for k, v in facts if v is not None}
