"""What is a film by its name, and what its result is called; nothing is opened."""

import os
from typing import Final

# Endings that stand for films; what is in a file is found out when it is read.
FILMS: Final = frozenset(
    (
        *(".3gp", ".avi", ".flv", ".m2ts", ".m2v", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg"),
        *(".mts", ".mxf", ".nut", ".ogv", ".ts", ".vob", ".webm", ".wmv", ".y4m"),
    )
)
# Of those, what in folders is mostly something else (TypeScript): films only by name.
BY_NAME_ALONE: Final = frozenset((".ts",))
# FFmpeg's muxers by the endings that they are chosen by.
CONTAINERS: Final[dict[str, str]] = {"mp4": "mp4", "mkv": "matroska", "mov": "mov"}
# What a film's folder of work is called after its result.
WORK: Final = ".rehue-work"


def is_film(name: str) -> bool:
    """Say whether a file is a film, by its ending."""
    return os.path.splitext(name)[1].lower() in FILMS  # noqa: PTH122 (quick: a tree has many)


def in_container(name: str) -> str:
    """Return a film's name as a container's that Rehue writes: its own, or with .mkv after it.

    >>> in_container("a.MP4"), in_container("a.avi")
    ('a.MP4', 'a.avi.mkv')
    """
    ending = os.path.splitext(name)[1]  # noqa: PTH122
    return name if ending[1:].lower() in CONTAINERS else f"{name}.mkv"
