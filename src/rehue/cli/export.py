"""`rehue export`: from a training run to a model that anyone can use."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a finished `rehue train`.")],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for NAME.onnx and NAME.json.")
    ] = Path(),
    name: Annotated[
        str | None,
        typer.Option(help="Name of the model. [default: the recipe's]", show_default=False),
    ] = None,
    licence: Annotated[
        str,
        typer.Option(help="Terms of the weights, as the card will state them (SPDX)."),
    ] = "NOASSERTION",
    photos: Annotated[
        Path | None,
        typer.Option(
            help="The run's photographs: choose the default colours on its held-back part.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option(help="Choose on so many of them, evenly over the part.", min=1)
    ] = 1000,
) -> None:
    """Export a trained network to ONNX with its card (extra `train`)."""
    from rehue.cli.train import import_learning
    from rehue.model import Model

    learning = import_learning()
    card, path = learning.export(run, output, name=name, licence=licence)
    if photos is not None:
        card = learning.choose_default(Model(card, path), photos, limit)
    typer.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB, sha256 {card.sha256}")
    typer.echo(f"default colours: {card.default_decoding}")
