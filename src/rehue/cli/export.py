"""`rehue export`: from a training run to a model that anyone can use."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a finished `rehue train`.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for NAME.onnx and NAME.json.")
    ] = Path(),
    name: Annotated[
        str | None, typer.Option(help="Name of the model. [default: the recipe's]", show_default=False)
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(
            help="The run's photographs: choose the default colours on its held-back part.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Export a trained network to ONNX with its card (extra `train`)."""
    from rehue.cli.train import _learning

    card, path = _learning().export(run, output, name=name)
    typer.echo(f"{path}: {card.export['bytes'] / 1e6:.1f} MB, sha256 {card.sha256}")
