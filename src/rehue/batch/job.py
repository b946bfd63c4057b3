"""One photograph or film to colour, or what gives none: a step of a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rehue.batch.storage import Place


@dataclass(frozen=True)
class Job:
    """One photograph to colour.

    Attributes:
        source: its file, here or in storage; None is standard input.
        target: of the result; None is standard output.
        compare: of the before/after picture; None when none is wanted.
        named: given by name, not found in a folder.
        alternative: which colouring, as for `rehue.wishes.Coloring`.
    """

    source: Place | None
    target: Place | None
    compare: Place | None = None
    named: bool = True
    alternative: int = 1


@dataclass(frozen=True)
class LocalJob(Job):
    """A job all of whose files are on this machine."""

    source: Path | None
    target: Path | None
    compare: Path | None = None


@dataclass(frozen=True)
class Problem:
    """A folder or file that gives nothing to colour, and why, in one line.

    Attributes:
        path: of it.
        reason: for a person.
        is_failure: whether something went wrong; not with a picture that is not taken.
    """

    path: Place
    reason: str
    is_failure: bool = True


Step: TypeAlias = Job | Problem
