"""Colouring a plan's photographs one after the other; what goes wrong with one stays with it."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rehue.batch.made import check_free, mark_in, mark_of_result
from rehue.batch.names import is_like_a_result
from rehue.batch.plan import Job, Plan
from rehue.color import Tone, judge_neutrality
from rehue.colorizer import Colorizer
from rehue.errors import PhotoError, RehueError
from rehue.photo import Mark, Photograph, read, result_format, upright, write
from rehue.photo.failures import reason as reason_of
from rehue.photo.failures import shown

# Draws one picture of a photograph before and after: both upright, uint8.
DrawComparison: TypeAlias = Callable[[NDArray[Any], NDArray[np.uint8]], NDArray[np.uint8]]


class Status(StrEnum):
    """How a job ended."""

    COLORED = "colored"
    DONE = "done"
    IN_COLOR = "in_color"
    RESULT = "result"
    FAILED = "failed"


@dataclass(frozen=True)
class Settings:
    """What the user chose for all photographs.

    Attributes:
        saturation: as for `Look.colorize`.
        warmth: as for `Look.colorize`.
        recolor: take the lightness of photographs that are in colour, too.
        overwrite: do again what is done; only Rehue's own results are replaced.
        draw_comparison: draws the before/after pictures that a plan has places for.
    """

    saturation: float = 1.0
    warmth: float = 0.0
    recolor: bool = False
    overwrite: bool = False
    draw_comparison: DrawComparison | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a job.

    Attributes:
        job: a folder that could not be read is a job without a target.
        status: how it ended.
        reason: one line for a person; None when it was coloured, or done before.
        seconds: that it took.
        notes: what could not be carried over to the result, one line each.
    """

    job: Job
    status: Status
    reason: str | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()


class _LeftAloneError(Exception):
    """A photograph that is not to be coloured; never leaves this module."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def run(plan: Plan, colorizer: Colorizer, settings: Settings) -> Iterator[Outcome]:
    """Colour a plan's photographs and yield what became of each, in the order of the plan.

    Nothing that a file holds or lacks is raised: it is an outcome, and the next file's turn.
    """
    yield from report_problems(plan)
    for job in plan.jobs:
        yield _outcome(job, colorizer, settings)


def report_problems(plan: Plan) -> Iterator[Outcome]:
    """Yield the folders that gave nothing to colour; this needs no model."""
    for problem in plan.problems:
        yield Outcome(Job(problem.path, None), Status.FAILED, problem.reason)


def name_of(job: Job) -> str:
    """Return what messages call a job's source."""
    return shown(job.source) if job.source else "standard input"


def _outcome(job: Job, colorizer: Colorizer, settings: Settings) -> Outcome:
    started = perf_counter()
    reason: str | None = None
    notes: tuple[str, ...] = ()
    try:
        status, notes = _done(job, colorizer, settings)
    except Exception as error:  # a fault with one file must not cost the rest
        status, reason = _explained(job, error)
    return Outcome(job, status, reason, perf_counter() - started, notes)


def _explained(job: Job, error: Exception) -> tuple[Status, str]:
    if isinstance(error, _LeftAloneError):
        # Whoever reads the stream waits for a picture.
        return (Status.FAILED if job.target is None else error.status), str(error)
    if isinstance(error, RehueError):
        return Status.FAILED, str(error)
    if isinstance(error, MemoryError):
        advice = "close other programs or make it smaller"
        return Status.FAILED, f"{name_of(job)} needs more memory than there is: {advice}"
    words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    return Status.FAILED, f"{name_of(job)} could not be coloured ({words}): please report this"


def _done(job: Job, colorizer: Colorizer, settings: Settings) -> tuple[Status, tuple[str, ...]]:
    made = _made_before(job, settings)
    if made is not None:
        if settings.draw_comparison and job.compare and not job.compare.exists():
            _compare_again(job, settings.draw_comparison)
        return Status.DONE, _other_wishes(made, colorizer, settings)
    photograph = _taken(job, settings)
    if job.target is None:
        _color_to_stream(photograph, colorizer, settings)
    else:
        _color_to_file(job, job.target, photograph, colorizer, settings)
    return Status.COLORED, photograph.notes


def _made_before(job: Job, settings: Settings) -> Mark | None:
    if settings.overwrite or job.target is None or job.source is None:
        return None
    return mark_of_result(job.target, job.source)


def _other_wishes(made: Mark, colorizer: Colorizer, settings: Settings) -> tuple[str, ...]:
    """Say it when a result that is there was made by another model or with other settings."""
    now = colorizer.settings(saturation=settings.saturation, warmth=settings.warmth)
    if (made.model_sha256, made.settings) == (colorizer.card.sha256, now):
        return ()
    before = f"{shown(made.model)}, {shown(made.settings)}"
    return (f"was coloured before in another way ({before}): --overwrite does it again",)


def _taken(job: Job, settings: Settings) -> Photograph:
    """Read a photograph that is to be coloured."""
    name = name_of(job)
    # Results lie beside their sources: those called so are known without being decoded.
    if job.source and is_like_a_result(job.source.name):
        _leave_result_alone(name, mark_in(job.source))
    photograph = read(job.source or sys.stdin.buffer)
    _leave_result_alone(name, photograph.mark)
    if not settings.recolor:
        _leave_colors_alone(name, photograph.pixels)
    return photograph


def _leave_colors_alone(name: str, pixels: NDArray[np.uint8]) -> None:
    judged = judge_neutrality(pixels)
    if judged.tone is Tone.COLORED:
        raise _LeftAloneError(
            Status.IN_COLOR, f"{name} is already in colour (use --recolor): {judged.reason}"
        )


def _leave_result_alone(name: str, mark: Mark | None) -> None:
    if mark is not None:
        raise _LeftAloneError(
            Status.RESULT,
            f"{name} was coloured by Rehue (model {shown(mark.model)}) and is left alone: "
            "give the original",
        )


def _color_to_file(
    job: Job, target: Path, photograph: Photograph, colorizer: Colorizer, settings: Settings
) -> None:
    # What cannot be written is said before the work is done, not after.
    result_format(photograph, target)
    _make_folder(target.parent)
    replaces = check_free(target, photograph, overwrite=settings.overwrite)
    draw, comparison = settings.draw_comparison, job.compare
    if draw and comparison:
        check_free(comparison, photograph, overwrite=settings.overwrite)
    look = {"saturation": settings.saturation, "warmth": settings.warmth}
    rgb = colorizer.colorize_photograph(photograph, target, overwrite=replaces, **look)
    if draw and comparison:
        before = upright(photograph.pixels, photograph.orientation)
        mark = colorizer.mark(photograph, **look)
        _write_comparison(draw(before, rgb), comparison, mark)


def _color_to_stream(photograph: Photograph, colorizer: Colorizer, settings: Settings) -> None:
    whole = BytesIO()
    colorizer.colorize_photograph(
        photograph, whole, saturation=settings.saturation, warmth=settings.warmth
    )
    try:
        # Opened anew, so that nothing stays in `sys.stdout` for a reader who is gone.
        with open(sys.stdout.fileno(), "wb", closefd=False) as stream:
            stream.write(whole.getvalue())
    except OSError as error:
        raise PhotoError(
            f"standard output cannot be written ({reason_of(error)}): check what reads it"
        ) from error


def _compare_again(job: Job, draw: DrawComparison) -> None:
    """Draw the before/after picture of a result that is there already."""
    if not (job.source and job.target and job.compare):
        return
    before, after = read(job.source), read(job.target)
    if after.mark:
        drawn = draw(
            upright(before.pixels, before.orientation), upright(after.pixels, after.orientation)
        )
        _write_comparison(drawn, job.compare, after.mark)


def _write_comparison(drawn: NDArray[np.uint8], target: Path, mark: Mark) -> None:
    """Write a before/after picture; it has the result's mark, and so is never an input."""
    write(Photograph(drawn), drawn, target, mark, overwrite=True)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PhotoError(
            f"folder {shown(folder)} cannot be made ({reason_of(error)}): name another place"
        ) from error
