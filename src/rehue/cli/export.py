"""`rehue export`: from a training run to a model that anyone can use."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Precision(StrEnum):
    """How weights are stored."""

    FLOAT16 = "float16"
    INT8 = "int8"


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
    average_with: Annotated[
        list[str] | None,
        typer.Option(
            help="An earlier run of the network, exported (a model's name, or an .onnx file): take "
            "the mean of the weights; may be repeated.",
            show_default=False,
        ),
    ] = None,
    photos: Annotated[
        Path | None,
        typer.Option(
            help="The run's photographs: settle the norms on those that it learnt from, find and "
            "measure the default colours on those held back.",
            show_default=False,
        ),
    ] = None,
    precision: Annotated[
        Precision,
        typer.Option(help="Of the weights; int8 is smaller and faster, and needs --photos."),
    ] = Precision.FLOAT16,
    limit: Annotated[
        int, typer.Option(help="Measure on so many of them, evenly over the part.", min=1)
    ] = 1000,
) -> None:
    """Export a trained network to ONNX with its card (extra `train`)."""
    from rehue.cli.train import import_learning
    from rehue.model import Model, find_model

    if precision is Precision.INT8 and photos is None:
        raise typer.BadParameter("int8 takes its ranges from photographs: give --photos, too")
    learning = import_learning()
    others = [find_model(other) for other in average_with or ()]
    card, path = learning.export(
        run, output, name=name, licence=licence, average_with=others, photos=photos
    )
    if precision is Precision.INT8:
        card = learning.quantize(Model(card, path), photos)
    if photos is not None:
        card = learning.measure_default(Model(card, path), photos, limit)
    typer.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB, sha256 {card.sha256}")
    typer.echo(f"default colours: {card.default_decoding}")
