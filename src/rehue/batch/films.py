"""One film of a run: is it to be coloured, and done; its outcome is as a photograph's."""

from collections.abc import Callable

from rehue.batch.job import LocalJob
from rehue.batch.outcome import Settings, Status, name_of
from rehue.colorizer import Colorizer
from rehue.errors import FilmError
from rehue.film import (
    FilmOptions,
    LeftAloneError,
    Progress,
    check,
    colorize_film,
    mark_at,
    probe,
)
from rehue.film.marking import mark_of
from rehue.photo import Mark
from rehue.wishes import differences


def color_film(
    job: LocalJob,
    colorizer: Colorizer,
    settings: Settings,
    follow: Callable[[Progress], None],
) -> tuple[Status, str | None, tuple[str, ...], str | None]:
    """Colour a film.

    Args:
        job: the film.
        colorizer: colours it.
        settings: what is wished.
        follow: is told how far it is, after each frame.

    Returns:
        The status, why it was left alone, notes, and the source's sha256 where it was read.

    Raises:
        FilmError: it cannot be coloured, or has no place to go.
    """
    source, target = job.source, job.target
    if source is None or target is None:
        raise FilmError(f"{name_of(job)}: a film goes from file to file: name one with -o")
    if settings.output.layer:
        raise FilmError(f"{name_of(job)}: a film has no colour layer: leave --layer out")
    options = settings.film or FilmOptions()
    if not options.overwrite and (made := mark_at(target)):
        now = mark_of(source, colorizer, settings.coloring)
        if made.source_sha256 == now.source_sha256:
            differ = _differences(made, now)
            status, reason = (Status.KEPT, _kept(job, differ)) if differ else (Status.DONE, None)
            return status, reason, (), now.source_sha256
    notes: list[str] = []
    film = probe(source)
    try:
        if settings.dry_run:
            there = next(folder for folder in target.parents if folder.is_dir())
            check(film, there / target.name, options, notes.append)
            return Status.PLANNED, None, tuple(notes), None
        target.parent.mkdir(parents=True, exist_ok=True)
        colorize_film(
            source,
            target,
            colorizer,
            settings.coloring,
            options,
            tell=notes.append,
            follow=follow,
        )
    except LeftAloneError as error:
        return (Status.RESULT if film.mark else Status.IN_COLOR), str(error), (), None
    begins = f"{source}: "
    said = tuple(note.removeprefix(begins) for note in notes)
    mark = mark_at(target)
    return Status.COLORED, None, said, mark.source_sha256 if mark else None


def _differences(made: Mark, now: Mark) -> tuple[str, ...]:
    differ = differences(made.settings, now.settings)
    same_model = made.model_sha256 == now.model_sha256
    return differ if same_model else (f"by the model {made.model}", *differ)


def _kept(job: LocalJob, differ: tuple[str, ...]) -> str:
    return (
        f"{name_of(job)} was coloured before with other options ({', '.join(differ)}), and that "
        "result stays: --overwrite makes it anew"
    )
