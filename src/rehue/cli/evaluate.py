"""`rehue evaluate`: how far a model's colours are from the true ones."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rehue.cli import choices

if TYPE_CHECKING:
    from PIL.Image import Image


def evaluate(
    path: Annotated[
        Path,
        typer.Argument(
            help="Colour photographs: a folder of images, a tar shard or a Places365 folder.",
            show_default=False,
        ),
    ],
    *,
    model: choices.Model = "default",
    size: Annotated[
        int | None,
        typer.Option(
            help="Short side at which the network works, px; if not given, the model's.", min=32
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(help="Judge only the first so many photographs.", min=1)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="Folder for evaluation.json, tables (.csv), contact sheets of all photographs and "
            "of each group (sheet.png, sheet-success.png, ...) and, with the extra `evaluate`, "
            "plots."
        ),
    ] = None,
    runtime: Annotated[
        str, typer.Option(help="What runs the network: onnxruntime or openvino.")
    ] = "onnxruntime",
    device: Annotated[str, typer.Option(help="Where it runs.")] = "cpu",
    threads: Annotated[
        int | None, typer.Option(help="Threads of the network; if not given, all cores.", min=1)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Judge a model on colour photographs, beside plain grey and one constant colour.

    The photographs are made grey, coloured again and compared with what they were.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from rehue.colorizer import Colorizer
    from rehue.dataset import Photographs, open_photographs
    from rehue.errors import install_line
    from rehue.judge import choose_by_outcome, choose_for_sheet, model_sheet
    from rehue.judge import evaluate as judge
    from rehue.judge.output import can_plot, make_folder, write_output
    from rehue.judge.report import notes, tables, to_json
    from rehue.judge.results import DEFAULT

    errors = Console(stderr=True)
    photographs = open_photographs(path)
    if output:
        make_folder(output)
    colorizer = Colorizer(model, runtime=runtime, device=device, threads=threads, size=size)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("", total=min(len(photographs), limit or len(photographs)))
        evaluation = judge(
            colorizer,
            photographs,
            name=path.name,
            limit=limit,
            advance=lambda: progress.advance(task),
        )
    if as_json:
        typer.echo(to_json(evaluation), nl=False)
    else:
        console = Console()
        for table in tables(evaluation):
            console.print(table)
        for note in notes(evaluation):
            console.print(note, highlight=False, markup=False, soft_wrap=True)
    if output:
        entries = {entry.key: entry for entry in photographs.entries}

        def sheet(keys: list[str]) -> "Image":
            return model_sheet(colorizer, Photographs([entries[key] for key in keys]))

        groups = choose_by_outcome(evaluation.judged, DEFAULT)
        of_groups = {outcome: sheet(keys) for outcome, keys in groups.items() if keys}
        of_all = sheet(choose_for_sheet(evaluation.judged))
        for written in write_output(output, evaluation, of_all, of_groups):
            errors.print(f"wrote {written}", highlight=False, markup=False, soft_wrap=True)
        if not can_plot():
            errors.print(
                f"no plots without matplotlib: {install_line('evaluate')}",
                markup=False,
                soft_wrap=True,
            )
