"""`rehue find-lr` and `rehue sweep`: which learning rate a recipe should reach."""

from pathlib import Path
from typing import Annotated

import typer

from rehue.cli.train import (
    Cache,
    Device,
    EncoderWeights,
    Photos,
    RecipeName,
    Workers,
    import_learning,
)


def find_lr(
    recipe: RecipeName,
    *,
    photos: Photos,
    output: Annotated[Path, typer.Option(help="The plot, a PNG file.")] = Path("find-lr.png"),
    lowest: Annotated[float, typer.Option(help="Rate of the first step.")] = 1e-6,
    highest: Annotated[float, typer.Option(help="Rate of the last step.")] = 1.0,
    steps: Annotated[int, typer.Option(help="Steps of the test.", min=20)] = 100,
    encoder_weights: EncoderWeights = None,
    cache: Cache = Path(".cache"),
    device: Device = "auto",
    workers: Workers = 1,
) -> None:
    """Test a range of learning rates in a hundred steps and suggest one (extra `train`).

    The rate rises step by step; the suggestion is a tenth of where the loss is lowest, a place to
    begin: `rehue sweep` compares whole runs.
    """
    learning = import_learning()
    from rehue.learning.training import plots

    test = learning.find_rate(
        learning.load_recipe(recipe),
        photos,
        cache_root=cache,
        encoder_weights=encoder_weights,
        device=device,
        workers=workers,
        lowest=lowest,
        highest=highest,
        steps=steps,
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    plots.range_test(test).savefig(output, dpi=120)
    if test.suggestion is None:
        typer.echo(f"no suggestion: the loss never fell; see {output}, try other rates")
    else:
        typer.echo(f"suggestion: {test.suggestion:.2g}; plot: {output}")


def sweep(
    recipe: RecipeName,
    *,
    photos: Photos,
    rate: Annotated[
        list[float],
        typer.Option(help="A largest learning rate; give it several times.", show_default=True),
    ] = [0.001, 0.003, 0.01, 0.03],  # noqa: B006, Typer copies it
    folder: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the runs; finished ones are kept. [default: runs/RECIPE-sweep]",
            show_default=False,
        ),
    ] = None,
    encoder_weights: EncoderWeights = None,
    cache: Cache = Path(".cache"),
    device: Device = "auto",
    workers: Workers = 1,
) -> None:
    """Train a recipe with several largest learning rates and compare them (extra `train`).

    They are compared on photographs held back from training, never on those that a model is
    judged by. Writes sweep.csv and sweep.png.
    """
    learning = import_learning()
    from rehue.learning.training import plots

    read = learning.load_recipe(recipe)
    folder = folder or Path("runs") / f"{read.name}-sweep"
    rows = learning.sweep(
        read,
        rate,
        photos,
        folder,
        cache_root=cache,
        encoder_weights=encoder_weights,
        device=device,
        workers=workers,
    )
    plots.sweep(rows).savefig(folder / "sweep.png", dpi=120)
    for row in rows:
        typer.echo(f"{row.rate:8g}  {row.error:.4f} of plain grey's MSE")
    typer.echo(f"runs, sweep.csv and sweep.png: {folder}")
