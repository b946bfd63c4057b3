"""`rehue train`: run a recipe."""

from pathlib import Path
from types import ModuleType
from typing import Annotated, TypeAlias

import typer

from rehue.cli import complete

RecipeName: TypeAlias = Annotated[
    str,
    typer.Argument(
        help="Name of a shipped recipe, such as `default`, or a TOML file.",
        autocompletion=complete.recipes,
    ),
]
Photos: TypeAlias = Annotated[
    Path,
    typer.Option(
        help="Photographs in colour: a folder, tar shards, or Places365.", show_default=False
    ),
]
EncoderWeights: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        help="ImageNet-trained encoder: torchvision's .pth, or safetensors with its names; if not "
        "given, torchvision's file is downloaded.",
        show_default=False,
    ),
]
Cache: TypeAlias = Annotated[Path, typer.Option(help="Where decoded photographs are kept.")]
Device: TypeAlias = Annotated[str, typer.Option(help="cpu, cuda, mps or auto.")]
Workers: TypeAlias = Annotated[int, typer.Option(help="Processes that prepare photographs.", min=0)]


def train(
    recipe: RecipeName,
    *,
    photos: Photos,
    run: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the run; an interrupted one goes on. [default: runs/RECIPE]",
            show_default=False,
        ),
    ] = None,
    encoder_weights: EncoderWeights = None,
    start_from: Annotated[
        str | None,
        typer.Option(
            help="Checkpoint of an earlier run (.ckpt), or a model (its name, or an .onnx file), "
            "to start from in place of the encoder's weights.",
            show_default=False,
        ),
    ] = None,
    cache: Cache = Path(".cache"),
    device: Device = "auto",
    workers: Workers = 1,
    processes: Annotated[
        int,
        typer.Option(help="Processes (or GPUs) that train together and share each batch.", min=1),
    ] = 1,
    steps: Annotated[
        int, typer.Option(help="Stop after so many steps, for a trial; -1 runs all.", min=-1)
    ] = -1,
) -> None:
    """Train a network by a recipe (extra `train`)."""
    from rehue.model import find_model

    learning = import_learning()
    recipe_read = learning.load_recipe(recipe)
    earlier = None if start_from is None else Path(start_from)
    if earlier is not None and earlier.suffix != ".ckpt":
        earlier = find_model(earlier).path
    folder = run or Path("runs") / recipe_read.name
    learning.train(
        recipe_read,
        photos,
        folder,
        cache_root=cache,
        encoder_weights=encoder_weights,
        start_from=earlier,
        device=device,
        workers=workers,
        processes=processes,
        max_steps=steps,
    )
    typer.echo(f"done: {folder}; next: rehue export {folder} --output FOLDER")


def import_learning() -> ModuleType:
    """Import the room that needs torch, or say how to install it."""
    from rehue.errors import RehueError, install_line

    try:
        from rehue import learning
    except ModuleNotFoundError as error:
        raise RehueError(f"this needs {error.name}: {install_line('train')}") from error
    return learning
