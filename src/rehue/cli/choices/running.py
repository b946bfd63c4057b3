"""Options of the work itself: how it is shared out, what is said of it, and what runs it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, TypeAlias

import typer

from rehue.cli import complete
from rehue.cli.options import Group, finite

Model: TypeAlias = Annotated[
    str, typer.Option(help="Name of a model, or an ONNX file.", autocompletion=complete.models)
]


@dataclass(frozen=True)
class ManyFiles(Group):
    """Sharing out many photographs, and what is said of them."""

    panel: ClassVar[str] = "Many files"

    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be done; colour and write nothing."),
    ] = False
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that colour; if not given, one a core, and none but this for one "
            "photograph.",
            min=1,
            max=1024,
            show_default=False,
        ),
    ] = None
    time_limit: Annotated[
        float,
        typer.Option(
            help="Seconds after which a photograph is given up, where there are workers.",
            min=0.1,
            callback=finite,
        ),
    ] = 600.0
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Have a Ray cluster do the work: HOST:PORT, ray://HOST:PORT or auto; all of its "
            "machines see the same files under the same paths or addresses.",
            show_default=False,
        ),
    ] = None
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a row a photograph: .csv or .jsonl (JSON Lines).",
            show_default=False,
        ),
    ] = None
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a file on standard output.")
    ] = False
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Say only what failed, and what was kept."),
    ] = False


@dataclass(frozen=True)
class Machine(Group):
    """The network, and what runs it."""

    panel: ClassVar[str] = "Machine"

    model: Model = "default"
    runtime: Annotated[
        str, typer.Option(help="What runs the network: onnxruntime or openvino.")
    ] = "onnxruntime"
    device: Annotated[str, typer.Option(help="Where it runs.")] = "cpu"
    threads: Annotated[
        int | None,
        typer.Option(
            help="Threads of the network and of the colouring, in each process; if not given, the "
            "cores are divided.",
            min=1,
            max=1024,
            show_default=False,
        ),
    ] = None
