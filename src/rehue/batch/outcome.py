"""What is wished for a run, and what becomes of each photograph."""

import hashlib
import os
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from rehue.batch.job import Job
from rehue.batch.storage import Address, Place, stat_at
from rehue.files import shown
from rehue.photo import MAX_PIXELS, Output
from rehue.wishes import Coloring

if TYPE_CHECKING:
    from rehue.film import FilmOptions

# Size in bytes, and when content and inode were last changed (ns): what tells without reading
# that a file is another one now. The time of the inode cannot be set back by hand.
Stat: TypeAlias = tuple[int, int, int]


class Status(StrEnum):
    """How a job ended."""

    COLORED = "colored"
    DONE = "done"
    KEPT = "kept"  # a result of other wishes is there, and stays
    IN_COLOR = "in_color"
    RESULT = "result"
    UNREAD = "unread"  # a picture of a kind that is not taken
    PLANNED = "planned"
    FAILED = "failed"


# Those with a result.
WITH_RESULT: Final = (Status.COLORED, Status.DONE, Status.KEPT)


@dataclass(frozen=True)
class Settings:
    """What the user chose for all photographs.

    Attributes:
        coloring: how colours are chosen.
        output: how results are written.
        max_pixels: of a photograph, on all pages together; larger ones fail.
        recolor: take the lightness of photographs that are in colour, too.
        overwrite: do again what is done; only Rehue's own results are replaced.
        compare: draw the before/after pictures that a plan has places for.
        dry_run: look at everything, colour and write nothing.
        film: what is wished of films besides; None for nothing.
    """

    coloring: Coloring = field(default_factory=Coloring)
    output: Output = field(default_factory=Output)
    max_pixels: int = MAX_PIXELS
    recolor: bool = False
    overwrite: bool = False
    compare: bool = False
    dry_run: bool = False
    film: "FilmOptions | None" = None


@dataclass(frozen=True)
class Facts:
    """What the results of a run depend on besides their sources.

    Attributes:
        model: name of the network.
        model_sha256: of its weights.
        runtime: what runs it, in words.
        settings: a digest of these three, Rehue's version, and all wishes that tell in a result or
            in whether there is one.
    """

    model: str
    model_sha256: str
    runtime: str
    settings: str


@dataclass(frozen=True)
class Fingerprint:
    """A file as it was: its content, and what tells without reading that it is another now."""

    sha256: str
    stat: Stat


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes:
        job: a folder that could not be read is a job without a target.
        status: how it ended.
        reason: one line for a person; None when it was coloured, or done before.
        seconds: that it took.
        notes: what could not be carried over to the result, one line each.
        source: the file that was read; None when it was not read to its end.
        target: the result; None when there is none.
    """

    job: Job
    status: Status
    reason: str | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    source: Fingerprint | None = None
    target: Fingerprint | None = None


def name_of(job: Job) -> str:
    """Return what messages call a job's source."""
    return shown(job.source) if job.source else "standard input"


def stat_of(path: Place | None) -> Stat | None:
    """Return what tells whether a file is another one later; None when it cannot be had."""
    if isinstance(path, Address):
        return stat_at(path)
    try:
        found = os.stat(path) if path else None  # noqa: PTH116 (as quick as can be)
    except (OSError, ValueError):
        return None
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns) if found else None


def sha256_of(path: Place) -> str | None:
    """Return the digest of a file's content, hexadecimal; None when it cannot be read."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (quick)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def fingerprint_of(path: Place | None) -> Fingerprint | None:
    """Return the fingerprint of a file as it is now; None when it cannot be read."""
    stat = stat_of(path)
    sha256 = sha256_of(path) if path and stat else None
    return Fingerprint(sha256, stat) if sha256 and stat else None
