"""`rehue colorize`: photographs in, photographs in colour out."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rehue.cli import choices
from rehue.cli.telling import say, tell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rehue.batch import Plan, Setup
    from rehue.batch.storage import Place


def colorize(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Photographs, folders (with all below them), also as addresses such as "
            "s3://bucket/folder (extra storage), or - for standard input.",
            show_default=False,
        ),
    ],
    *,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="TARGET",
            help="A file, for one photograph; a folder, if it is one, ends in / or stands for "
            "several; or - for standard output. If not given, results lie beside the originals.",
            show_default=False,
        ),
    ] = None,
    saturation: choices.Saturation = 1.0,
    warmth: choices.Warmth = 0.0,
    temperature: choices.Temperature = None,
    hints: choices.Hints = None,
    palette: choices.Palette = None,
    reference: choices.Reference = None,
    alternatives: choices.Alternatives = 1,
    confidence: choices.Confidence = None,
    recolor: choices.Recolor = False,
    refresh: choices.Refresh = False,
    format: choices.Format = None,  # noqa: A002 (the option's name)
    quality: choices.Quality = None,
    bit_depth: choices.BitDepth = None,
    keep_times: choices.KeepTimes = False,
    timestamp: choices.Timestamp = False,
    layer: choices.Layer = False,
    visible_mark: choices.VisibleMark = False,
    c2pa: choices.C2pa = None,
    max_pixels: choices.MaxPixels = 200.0,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Do again what is done. Only files that Rehue made are ever replaced.",
        ),
    ] = False,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Write a before/after picture, NAME.EXT.rehue-compare.jpg, beside each "
            "result, too.",
        ),
    ] = False,
    model: Annotated[str, typer.Option(help="Name of a model, or an ONNX file.")] = "default",
    runtime: Annotated[
        str, typer.Option(help="What runs the network: onnxruntime or openvino.")
    ] = "onnxruntime",
    device: Annotated[str, typer.Option(help="Where it runs.")] = "cpu",
    threads: Annotated[
        int | None,
        typer.Option(
            help="Threads of the network and of the colouring, in each process; if not given, the "
            "cores are divided.",
            min=1,
            max=1024,
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that colour; if not given, one a core, and none but this for one "
            "photograph.",
            min=1,
            max=1024,
            show_default=False,
        ),
    ] = None,
    time_limit: Annotated[
        float,
        typer.Option(
            help="Seconds after which a photograph is given up, where there are workers.",
            min=0.1,
            callback=choices.finite,
        ),
    ] = 600.0,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Have a Ray cluster do the work: HOST:PORT, ray://HOST:PORT or auto; all of its "
            "machines see the same files under the same paths or addresses.",
            show_default=False,
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a row a photograph: .csv or .jsonl (JSON Lines).",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be done; colour and write nothing."),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a file on standard output.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what failed.")] = False,
) -> None:
    """Colour photographs: lightness, size, EXIF, ICC profile and DPI stay as they are.

    Grey, sepia and toned photographs are coloured. What is in colour already is left alone and
    listed; what Rehue made is never taken for an original; what is done is not done again.

    Names. Without -o the result of a.jpg is a.rehue.jpg beside it. In a folder it is a.jpg; one
    folder is mirrored there, of several each below its own name. Where the format cannot hold the
    result, .png is added: a.bmp.png; where --format asks for another one, its ending: a.jpg.tif.
    A colour layer is a.jpg.rehue-layer.png. Results that would have one name get -2, -3, ... in the
    order of the sources: a-2.jpg; upper and lower case do not count. In folders JPEG, PNG, TIFF,
    WebP, JPEG 2000, JPEG XL, AVIF, HEIC, BMP and GIF files are taken, by their endings, but no
    hidden ones, and cameras' raw files only by name; links to folders are not followed.

    Runs. For folders, a journal beside the results (rehue-journal.jsonl) has a line for each file.
    A run that was stopped, however, goes on by the same command. A photograph that kills the
    process that colours it, or takes too long, has failed; the others are done.

    Exit code: 0; 1 when a file failed (the others are done all the same); 2 for wrong usage.
    """
    from rehue.batch import PlanError, Report, Settings, Setup, check_report, make_plan, open_run
    from rehue.errors import ModelError, PhotoError
    from rehue.model import read_hints
    from rehue.photo import Credentials, Output, check_credentials, format_named
    from rehue.wishes import Coloring

    try:
        kind = format_named(format) if format else None
        planned = partial(
            make_plan,
            sources,
            output,
            compare=compare,
            layer=layer,
            kind=kind,
            alternatives=alternatives,
        )
        plan = planned()
        _check_standard_output(plan, as_json=as_json)
        if report:
            check_report(report)
        for option, file in (("--hints", hints), ("--confidence", confidence)):
            if file and len({job.source for job in plan.peek(alternatives + 1)}) != 1:
                raise PlanError(f"{option} is for one photograph: name one")
        coloring = Coloring(
            saturation=saturation,
            warmth=warmth,
            temperature=temperature,
            hints=tuple(read_hints(hints)) if hints else (),
            palette=tuple(color.strip() for color in palette.split(",")) if palette else (),
            reference=reference,
            refresh=refresh,
        )
    except (PlanError, PhotoError, ModelError) as error:
        raise typer.BadParameter(str(error)) from error
    credentials = Credentials(*c2pa) if c2pa else None
    if credentials:
        check_credentials(credentials)
    settings = Settings(
        coloring=coloring,
        output=Output(
            format=kind,
            quality=quality,
            bit_depth=bit_depth,
            keep_times=keep_times,
            timestamp=datetime.now(UTC).isoformat(timespec="seconds") if timestamp else None,
            layer=layer,
            visible_mark=visible_mark,
            credentials=credentials,
        ),
        max_pixels=round(max_pixels * 1e6),
        recolor=recolor,
        overwrite=overwrite,
        draw_comparison=draw_comparison if compare else None,
        dry_run=dry_run,
    )
    setup = Setup(settings, model, runtime, device, threads)
    of_one = plan.peek(1)
    total = partial(_count, planned) if len(plan.peek(2)) > 1 else None
    with ExitStack() as stack:
        table = stack.enter_context(Report(report)) if report else None
        going = stack.enter_context(
            open_run(plan, setup, workers=workers, time_limit=time_limit, cluster=cluster)
        )
        if going.facts and not quiet:
            say(f"rehue: model {going.facts.model}, {going.facts.runtime}; results: {plan.place}")
        any_failed = tell(going, plan, table, total, as_json=as_json, quiet=quiet)
    if any_failed:
        raise typer.Exit(1)
    if confidence and of_one[0].source:
        _write_confidence(setup, of_one[0].source, confidence)


def _write_confidence(setup: "Setup", source: "Place", target: Path) -> None:
    """Write a map of confidence; it has a mark, and so is never taken for an original."""
    import numpy as np

    from rehue.batch.made import check_free
    from rehue.batch.storage import Address, content
    from rehue.photo import Photograph, read, write

    file = content(source) if isinstance(source, Address) else source
    photograph = read(file, max_pixels=setup.settings.max_pixels)
    replaces = check_free(target, photograph, overwrite=setup.settings.overwrite)
    colorizer = setup.colorizer()
    sure = colorizer.look(file).confidence(setup.settings.coloring)
    grey = np.rint(sure * 255).astype(np.uint8)
    mark = colorizer.mark(photograph, coloring=setup.settings.coloring)
    drawn = Photograph(np.stack([grey] * 3, axis=-1))
    write(drawn, drawn.pixels, target, mark, overwrite=replaces)


def _check_standard_output(plan: "Plan", *, as_json: bool) -> None:
    """Refuse what would mix the picture with anything else that goes to standard output."""
    from rehue.batch import PlanError

    first = plan.peek(1)
    if not first or first[0].target:
        return
    if as_json:
        raise PlanError("--json and the picture both go to standard output: name a file with -o")
    if sys.stdout.isatty():
        raise PlanError("the picture would go to the terminal: name a file with -o, or add > FILE")


def _count(planned: "Callable[[], Plan]") -> int:
    """Return how many outcomes there will be: a plan is read once, so this reads another."""
    return sum(1 for _ in planned())


def draw_comparison(before: "NDArray[Any]", after: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """Draw a before/after picture; other processes find it by its name."""
    import numpy as np

    from rehue.judge.sheet import before_after

    return np.asarray(before_after(before, after))
