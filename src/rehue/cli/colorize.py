"""`rehue colorize`: photographs in, photographs in colour out."""

import math
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from rehue.batch import DrawComparison, Outcome, Plan, Settings
    from rehue.colorizer import Colorizer

# Prints one line on standard error, above the progress bar where there is one.
_Say: TypeAlias = Callable[[str], None]


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise typer.BadParameter(f"{value} is not a number to reckon with.")
    return value


def colorize(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Photographs, folders (with all below them), or - for standard input.",
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
    saturation: Annotated[
        float,
        typer.Option(
            help="Factor of the colours' strength: 0 is grey, 1 the model's choice.",
            min=0,
            max=10,
            callback=_finite,
        ),
    ] = 1.0,
    warmth: Annotated[
        float,
        typer.Option(
            help="Added to b* of CIE Lab, in its units: positive is yellower, against bluish "
            "results; negative is bluer, against sepia ones. 5 is seen, 15 is much.",
            min=-100,
            max=100,
            callback=_finite,
        ),
    ] = 0.0,
    recolor: Annotated[
        bool,
        typer.Option(
            "--recolor", help="Colour files that are in colour already, too, from their lightness."
        ),
    ] = False,
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
            help="Threads of the network and of the colouring; if not given, all cores.",
            min=1,
            max=1024,
            show_default=False,
        ),
    ] = None,
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
    result, .png is added: a.bmp.png. Results that would have one name get -2, -3, ... in the
    order of the sources: a-2.jpg; upper and lower case do not count. In folders JPEG, PNG, TIFF,
    WebP, BMP and GIF files are taken, by their endings, but no hidden ones; links to folders are
    not followed.

    Exit code: 0; 1 when a file failed (the others are done all the same); 2 for wrong usage.
    """
    from rehue.batch import PlanError, Settings, make_plan

    try:
        plan = make_plan(sources, output, compare=compare)
        _check_standard_output(plan, as_json=as_json)
    except PlanError as error:
        raise typer.BadParameter(str(error)) from error
    settings = Settings(
        saturation=saturation,
        warmth=warmth,
        recolor=recolor,
        overwrite=overwrite,
        draw_comparison=_draw_comparison() if compare else None,
    )
    colorizer = None
    if plan.jobs:
        from rehue.colorizer import Colorizer

        colorizer = Colorizer(model, runtime=runtime, device=device, threads=threads)
        if not quiet:
            where = f"model {colorizer.card.name}, {colorizer.runtime}; results: {plan.place}"
            _say(f"rehue: {where}")
    if _report(plan, colorizer, settings, as_json=as_json, quiet=quiet):
        raise typer.Exit(1)


def _check_standard_output(plan: "Plan", *, as_json: bool) -> None:
    """Refuse what would mix the picture with anything else that goes to standard output."""
    from rehue.batch import PlanError

    if all(job.target for job in plan.jobs):
        return
    if as_json:
        raise PlanError("--json and the picture both go to standard output: name a file with -o")
    if sys.stdout.isatty():
        raise PlanError("the picture would go to the terminal: name a file with -o, or add > FILE")


def _report(
    plan: "Plan",
    colorizer: "Colorizer | None",
    settings: "Settings",
    *,
    as_json: bool,
    quiet: bool,
) -> bool:
    """Do what is planned, say what became of it, and return whether anything failed."""
    from rehue.batch import Status, summary, to_json

    counts: Counter[Status] = Counter()
    started = perf_counter()
    facts = (colorizer.card.name, colorizer.runtime) if colorizer else (None, None)
    try:
        with _following(plan, quiet=quiet) as (follow, say):
            for outcome in follow(_outcomes(plan, colorizer, settings)):
                counts[outcome.status] += 1
                for line in _lines(outcome, quiet=quiet):
                    say(f"rehue: {line}")
                if as_json:
                    typer.echo(to_json(outcome, *facts))
    finally:
        # Also when it is stopped: then it says how far it came.
        if not quiet and counts:
            _say(f"rehue: {summary(counts, perf_counter() - started, plan.others)}")
    return counts[Status.FAILED] > 0


def _outcomes(
    plan: "Plan", colorizer: "Colorizer | None", settings: "Settings"
) -> Iterator["Outcome"]:
    from rehue.batch import report_problems, run

    return run(plan, colorizer, settings) if colorizer else report_problems(plan)


def _lines(outcome: "Outcome", *, quiet: bool) -> Iterator[str]:
    """Yield what a person is told of one photograph."""
    from rehue.batch import Status, name_of

    job = outcome.job
    if outcome.status is Status.FAILED:
        yield str(outcome.reason)
    elif quiet:
        return
    elif outcome.reason and (outcome.status is not Status.RESULT or job.named):
        yield outcome.reason
    for note in outcome.notes:
        yield f"{name_of(job)}: {note}"


_Follow: TypeAlias = "Callable[[Iterable[Outcome]], Iterable[Outcome]]"


@contextmanager
def _following(plan: "Plan", *, quiet: bool) -> Iterator[tuple[_Follow, _Say]]:
    """Show progress on a terminal when there is more than one photograph; give what prints."""
    if quiet or len(plan.jobs) < 2 or not sys.stderr.isatty():
        yield (lambda outcomes: outcomes), _say
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        total = len(plan.jobs) + len(plan.problems)
        yield (
            lambda outcomes: progress.track(outcomes, total=total),
            lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True),
        )


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _draw_comparison() -> "DrawComparison":
    import numpy as np

    from rehue.judge.sheet import before_after

    return lambda before, after: np.asarray(before_after(before, after))
