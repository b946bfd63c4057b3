"""One photograph or film: is it to be coloured, and done; what goes wrong stays with it."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

from rehue.batch.comparison import write_comparison
from rehue.batch.job import Job, LocalJob
from rehue.batch.made import check_free, mark_in, mark_of_result
from rehue.batch.names import is_like_a_result
from rehue.batch.outcome import (
    WITH_RESULT,
    Fingerprint,
    Outcome,
    Settings,
    Status,
    fingerprint_of,
    name_of,
    sha256_of,
    stat_of,
)
from rehue.batch.staging import do_here
from rehue.color import Tone, judge_neutrality
from rehue.color.fading import estimate_fade
from rehue.colorizer import Colorizer
from rehue.errors import PhotoError, RehueError
from rehue.files import reason as reason_of
from rehue.files import shown
from rehue.film.naming import is_film
from rehue.photo import (
    Mark,
    Output,
    Photograph,
    for_layer,
    losses,
    read,
    result_bits,
    result_format,
    with_assumed_profile,
)
from rehue.scan import find_own_color
from rehue.wishes import Coloring, differences

if TYPE_CHECKING:
    from rehue.film import Progress

# Is told how far a job's film is.
Follow: TypeAlias = "Callable[[Job, Progress], None]"


class _LeftAloneError(Exception):
    """A photograph that is not to be coloured; never leaves this module."""

    def __init__(self, status: Status, reason: str, sha256: str | None) -> None:
        super().__init__(reason)
        self.status = status
        self.sha256 = sha256


def unfollowed(_: Job, __: "Progress") -> None:
    """Nobody wants to know how far a film is."""


def color(
    job: Job, colorizer: Colorizer, settings: Settings, follow: Follow = unfollowed
) -> Outcome:
    """Do one job; nothing that a file holds or lacks is raised."""
    followed = partial(follow, job)
    do = partial(_color, colorizer=colorizer, settings=settings, follow=followed)
    return do_here(job, do, keeps_times=settings.output.keep_times)


def _color(
    job: LocalJob,
    colorizer: Colorizer,
    settings: Settings,
    follow: "Callable[[Progress], None]",
) -> Outcome:
    started = perf_counter()
    if job.alternative > 1:
        coloring = replace(settings.coloring, alternative=job.alternative)
        settings = replace(settings, coloring=coloring)
    # Looked at before it is read: who changes it meanwhile is noticed later.
    before = stat_of(job.source)
    sha256: str | None = None
    reason: str | None = None
    notes: tuple[str, ...] = ()
    try:
        if job.source and is_film(job.source.name):
            from rehue.batch.films import color_film  # noqa: PLC0415, photographs need nothing of it

            status, reason, notes, sha256 = color_film(job, colorizer, settings, follow)
        else:
            status, notes, sha256 = _done(job, colorizer, settings)
    except Exception as error:  # a fault with one file must not cost the rest
        status, reason = _explained(job, error)
        sha256 = getattr(error, "sha256", None)
    return Outcome(
        job,
        status,
        reason,
        perf_counter() - started,
        notes,
        source=Fingerprint(sha256, before) if sha256 and before else None,
        target=fingerprint_of(job.target) if status in WITH_RESULT else None,
    )


def _explained(job: LocalJob, error: Exception) -> tuple[Status, str]:
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


def _done(
    job: LocalJob, colorizer: Colorizer, settings: Settings
) -> tuple[Status, tuple[str, ...], str | None]:
    """Return the status, notes, and the source's sha256."""
    made = _made_before(job, settings)
    if made is not None:
        if job.compare and not job.compare.exists() and not settings.dry_run:
            write_comparison(job, settings.max_pixels)
        _keep_what_is_otherwise(job, made, colorizer, settings)
        return Status.DONE, (), made.source_sha256
    photograph = _taken(job, settings)
    lost = _lost(job, photograph, settings.output)
    if settings.dry_run:
        _check_targets(job, photograph, settings)
        return Status.PLANNED, photograph.notes + lost, photograph.sha256
    if job.target is None:
        notes = _color_to_stream(photograph, colorizer, settings)
    else:
        notes = _color_to_file(job, job.target, photograph, colorizer, settings)
    return Status.COLORED, photograph.notes + lost + notes, photograph.sha256


def _lost(job: LocalJob, photograph: Photograph, output: Output) -> tuple[str, ...]:
    """Say what has no place in the result; refuse a result that cannot be written."""
    if output.layer:
        photograph, output = for_layer(photograph, job.target or BytesIO(), output)
    kind = result_format(photograph, job.target, output.format)
    bits = result_bits(photograph, kind, output.bit_depth)
    return losses(photograph, kind, bits, is_signed=output.credentials is not None)


def _made_before(job: LocalJob, settings: Settings) -> Mark | None:
    if settings.overwrite or job.target is None or job.source is None:
        return None
    return mark_of_result(job.target, job.source)


def _keep_what_is_otherwise(
    job: LocalJob, made: Mark, colorizer: Colorizer, settings: Settings
) -> None:
    """Keep a result that is there, but was made by another model or with other wishes."""
    now = colorizer.settings(settings.output, settings.coloring)
    differ = differences(made.settings, now)
    if made.model_sha256 != colorizer.card.sha256:
        differ = (f"by the model {made.model}", *differ)
    if differ:
        why = (
            f"{name_of(job)} was coloured before with other options ({shown(', '.join(differ))}), "
            "and that result stays: --overwrite makes it anew"
        )
        raise _LeftAloneError(Status.KEPT, why, made.source_sha256)


def _taken(job: LocalJob, settings: Settings) -> Photograph:
    """Read a photograph that is to be coloured."""
    name = name_of(job)
    # Results lie beside their sources: those called so are known without being decoded.
    if job.source and is_like_a_result(job.source.name):
        mark = mark_in(job.source)
        _leave_result_alone(name, mark, sha256_of(job.source) if mark else None)
    photograph = read(job.source or sys.stdin.buffer, max_pixels=settings.max_pixels)
    _leave_result_alone(name, photograph.mark, photograph.sha256)
    stated = settings.coloring.scan
    photograph = with_assumed_profile(photograph, stated.input_gamma if stated else None)
    if not settings.recolor:
        _leave_colors_alone(name, photograph, settings.coloring)
    return photograph


def _leave_colors_alone(name: str, photograph: Photograph, wished: Coloring) -> None:
    refresh, as_is = wished.refresh, wished.scan is not None and wished.scan.as_is
    for number, page in enumerate(photograph.pages, start=1):
        judged = judge_neutrality(page.pixels)
        if judged.tone is not Tone.COLORED:
            continue
        # A stamp on a grey picture is kept, and the picture coloured.
        if not (refresh or as_is) and find_own_color(page.pixels) is not None:
            continue
        where = f"page {number}: " if photograph.further else ""
        if refresh and not estimate_fade(page.pixels).is_none:
            continue
        seen = f"{judged.reason}; no fading was found" if refresh else judged.reason
        why = (
            f"{name} is already in colour and is left alone: {where}{seen}; --recolor colours it "
            "all the same"
        )
        raise _LeftAloneError(Status.IN_COLOR, why, photograph.sha256)


def _leave_result_alone(name: str, mark: Mark | None, sha256: str | None) -> None:
    if mark is not None:
        why = (
            f"{name} was coloured by Rehue (model {shown(mark.model)}) and is left alone: "
            "give the original"
        )
        raise _LeftAloneError(Status.RESULT, why, sha256)


def _check_targets(job: LocalJob, photograph: Photograph, settings: Settings) -> bool:
    """Refuse what cannot be written before work is done for it; say if something is replaced."""
    if job.target is None:
        return False
    if settings.dry_run and not job.target.parent.is_dir():
        _check_folder(job.target.parent)
        return False
    if job.compare:
        check_free(job.compare, photograph, overwrite=settings.overwrite)
    return check_free(job.target, photograph, overwrite=settings.overwrite)


def _color_to_file(
    job: LocalJob, target: Path, photograph: Photograph, colorizer: Colorizer, settings: Settings
) -> tuple[str, ...]:
    _make_folder(target.parent)
    replaces = _check_targets(job, photograph, settings)
    notes = colorizer.colorize_photograph(
        photograph, target, settings.output, settings.coloring, overwrite=replaces
    )
    write_comparison(job, settings.max_pixels)
    return notes


def _color_to_stream(
    photograph: Photograph, colorizer: Colorizer, settings: Settings
) -> tuple[str, ...]:
    whole = BytesIO()
    notes = colorizer.colorize_photograph(photograph, whole, settings.output, settings.coloring)
    try:
        # Opened anew, so that nothing stays in `sys.stdout` for a reader who is gone.
        with open(sys.stdout.fileno(), "wb", closefd=False) as stream:
            stream.write(whole.getvalue())
    except OSError as error:
        raise PhotoError(
            f"standard output cannot be written ({reason_of(error)}): check what reads it"
        ) from error
    return notes


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PhotoError(
            f"folder {shown(folder)} cannot be made ({reason_of(error)}): name another place"
        ) from error


def _check_folder(folder: Path) -> None:
    """Refuse a folder that could not be made, without making it."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise PhotoError(
            f"folder {shown(folder)} cannot be made in {shown(there)}: name another place"
        )
