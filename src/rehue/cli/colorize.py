"""`rehue colorize`: photographs in, photographs in colour out."""

import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rehue.cli import film
from rehue.cli.board import Board, say
from rehue.cli.choices import Files, Films, Machine, ManyFiles, Scans, Steering
from rehue.cli.options import grouped
from rehue.cli.telling import tell
from rehue.cli.wished import Colors

if TYPE_CHECKING:
    from rehue.batch import Plan, Settings, Setup
    from rehue.batch.storage import Place
    from rehue.scan import Stated
    from rehue.wishes import Coloring


@grouped
def colorize(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Photographs, films, folders (with all below them), also as addresses such as "
            "s3://bucket/folder (extra storage), or - for standard input.",
            show_default=False,
        ),
    ],
    *,
    colors: Colors,
    files: Files,
    steering: Steering,
    scans: Scans,
    many: ManyFiles,
    machine: Machine,
    films: Films,
) -> None:
    """Colour photographs and films: lightness, size, EXIF, ICC profile and DPI stay as they are.

    `rehue photo.jpg` is short for `rehue colorize photo.jpg`.

    Grey, sepia and toned photographs are coloured. What is in colour already is left alone and
    listed; what Rehue made is never taken for an original; what is done is not done again, also
    where it was done with other options: then that is said, and --overwrite does it again.

    Names. Without -o the result of a.jpg is a.rehue.jpg beside it. In a folder it is a.jpg; one
    folder is mirrored there, of several each below its own name. Where the format cannot hold the
    result, .png is added: a.bmp.png; where --format asks for another one, its ending: a.jpg.tif.
    A colour layer is a.jpg.rehue-layer.png. Results that would have one name get -2, -3, ... in the
    order of the sources: a-2.jpg; upper and lower case do not count. In folders JPEG, PNG, TIFF,
    WebP, JPEG 2000, JPEG XL, AVIF, HEIC, BMP and GIF files and films are taken, by their endings,
    but no hidden ones, and cameras' raw files only by name; links to folders are not followed. A
    film in a container that is not written becomes a.avi.mkv.
    Pictures of other kinds (Photoshop documents, PDF, OpenEXR and so on) are listed with the
    reason. What XMP files beside a photograph (a.jpg.xmp, a.xmp) say of it is in its result.

    Runs. For folders, a journal beside the results (rehue-journal.jsonl) has a line for each file.
    A run that was stopped, however, goes on by the same command. A photograph that kills the
    process that colours it, or takes too long, has failed; the others are done.

    Exit code: 0; 1 when a file failed (the others are done all the same); 2 for wrong usage.
    """
    from rehue.batch import PlanError, Report, Setup, check_report, make_plan, name_of, open_run
    from rehue.errors import ModelError, PhotoError
    from rehue.photo import check_credentials, format_named

    if not many.quiet:
        for line in colors.replaced():
            say(f"rehue: {line}")
    if film.takes(sources, films, many):
        coloring = _coloring(colors, replace(steering, hints=None), scans)
        film.color_all(sources, coloring, films, files, steering.hints, many, machine)
        return
    try:
        kind = format_named(files.format) if files.format else None
        planned = partial(
            make_plan,
            sources,
            files.output,
            compare=files.compare,
            layer=files.layer,
            kind=kind,
            alternatives=steering.alternatives,
        )
        plan = planned()
        _check(plan, steering, as_json=many.as_json)
        if many.report:
            check_report(many.report)
        coloring = _coloring(colors, steering, scans, recolor=files.recolor)
        of_films = film.options_of(films, files)
        settings = _settings(coloring, files, kind, turn=scans.turn, dry_run=many.dry_run)
        settings = replace(settings, film=of_films)
    except (PlanError, PhotoError, ModelError) as error:
        raise typer.BadParameter(str(error)) from error
    if settings.output.credentials:
        check_credentials(settings.output.credentials)
    setup = Setup(settings, machine.model, machine.runtime, machine.device, machine.threads)
    first = plan.peek(1)
    is_one = plan.journal is None and len({job.source for job in plan.peek(5)}) == 1
    total = None if is_one else lambda: sum(1 for _ in planned())  # a plan is read once
    board = Board(total, quiet=many.quiet)
    with ExitStack() as stack:
        table = stack.enter_context(Report(many.report)) if many.report else None
        run = open_run(
            plan,
            setup,
            workers=many.workers,
            time_limit=many.time_limit,
            cluster=many.cluster,
            follow=lambda job, far: board.follow(name_of(job), far),
        )
        going = stack.enter_context(run)
        if going.facts and not many.quiet:
            # Of one photograph it is said at the end, when it is there.
            where = "" if is_one else f"; results: {plan.place}"
            say(f"rehue: model {going.facts.model}, {going.facts.runtime}{where}")
        any_failed = tell(
            going, plan, table, board, as_json=many.as_json, quiet=many.quiet, names=is_one
        )
    if any_failed:
        raise typer.Exit(1)
    if steering.confidence and first[0].source:
        _write_confidence(setup, first[0].source, steering.confidence)


def _check(plan: "Plan", steering: Steering, *, as_json: bool) -> None:
    """Refuse options that do not go together with what is planned."""
    from rehue.batch import PlanError

    jobs = plan.peek(steering.alternatives + 1)
    for option, file in (("--hints", steering.hints), ("--confidence", steering.confidence)):
        if file and len({job.source for job in jobs}) != 1:
            raise PlanError(f"{option} is for one photograph: name one")
    if not jobs or jobs[0].target:
        return
    if as_json:
        raise PlanError("--json and the picture both go to standard output: name a file with -o")
    if sys.stdout.isatty():
        raise PlanError("the picture would go to the terminal: name a file with -o, or add > FILE")


def _coloring(
    colors: Colors, steering: Steering, scans: Scans, *, recolor: bool = False
) -> "Coloring":
    from rehue.edits import read_edits
    from rehue.wishes import Coloring

    palette = steering.palette.split(",") if steering.palette else ()
    given = Coloring(
        **colors.values,
        palette=tuple(color.strip() for color in palette),
        reference=steering.reference,
        scan=_stated(scans, recolor=recolor),
    )
    # What is given by name counts before what stands in the file.
    edits = read_edits(steering.hints) if steering.hints else Coloring()
    return replace(edits, **given.wished())


def _stated(scans: Scans, *, recolor: bool) -> "Stated | None":
    from rehue.photo import assumed_profile
    from rehue.scan import NOTHING_STATED, Stated, read_prints, read_tones

    if scans.input_gamma is not None:
        assumed_profile(scans.input_gamma)  # which says what is wrong with it
    stated = Stated(
        as_is=scans.as_is,
        prints=None if scans.prints is None else read_prints(scans.prints),
        tones=None if scans.tones is None else read_tones(scans.tones),
        upright=scans.upright,
        is_negative=scans.negative,
        input_gamma=scans.input_gamma,
        recolor=recolor,
    )
    return None if stated == NOTHING_STATED else stated


def _settings(
    coloring: "Coloring", files: Files, kind: str | None, *, turn: bool, dry_run: bool
) -> "Settings":
    from rehue.batch import Settings
    from rehue.photo import Credentials, Output

    return Settings(
        coloring=coloring,
        output=Output(
            format=kind,
            quality=files.quality,
            bit_depth=files.bit_depth,
            lightness=files.lightness,
            keep_times=files.keep_times,
            timestamp=datetime.now(UTC).isoformat(timespec="seconds") if files.timestamp else None,
            layer=files.layer,
            visible_mark=files.visible_mark,
            credentials=Credentials(*files.c2pa) if files.c2pa else None,
            turn=turn,
        ),
        max_pixels=round(files.max_pixels * 1e6),
        recolor=files.recolor,
        overwrite=files.overwrite,
        compare=files.compare,
        dry_run=dry_run,
    )


def _write_confidence(setup: "Setup", source: "Place", target: Path) -> None:
    """Write a map of confidence; it has a mark, and so is never taken for an original."""
    import numpy as np

    from rehue.batch.made import check_free
    from rehue.batch.storage import Address, content
    from rehue.photo import Photograph, read, write

    file = content(source) if isinstance(source, Address) else source
    photograph = read(file, max_pixels=setup.settings.max_pixels)
    coloring = setup.settings.coloring
    replaces = check_free(target, photograph, overwrite=setup.settings.overwrite)
    colorizer = setup.colorizer()
    sure = colorizer.look(photograph, scan=coloring.scan).confidence(coloring)
    grey = np.rint(sure * 255).astype(np.uint8)
    mark = colorizer.mark(photograph, coloring=coloring)
    drawn = Photograph(np.stack([grey] * 3, axis=-1))
    write(drawn, drawn.pixels, target, mark, overwrite=replaces)
