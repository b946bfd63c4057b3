"""A folder tree of images; the folder that holds a photograph is its label."""

from collections.abc import Iterator
from pathlib import Path

from rehue.dataset.sample import Entry
from rehue.dataset.shard import IMAGE_SUFFIXES


def folder_entries(root: Path) -> Iterator[Entry]:
    """Yield every image below `root`, in the order of its path; the key is the relative path."""
    for path in sorted(p for p in root.rglob("*") if p.suffix.lower() in IMAGE_SUFFIXES):
        if path.is_file():
            relative = path.relative_to(root)
            yield Entry(
                key=relative.as_posix(),
                read=path.read_bytes,
                label=relative.parent.name or None,
                origin=str(path.resolve()),
            )
