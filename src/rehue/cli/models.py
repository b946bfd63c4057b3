"""`rehue models`: what can be given to `--model`."""

from typing import Annotated

import typer


def models(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a model.")] = False,
) -> None:
    """List the models: size, licence, what they were trained on."""
    import rich
    from rich.table import Table

    from rehue.model import find_model, list_models

    found = [find_model(name) for name in list_models()]
    if json:
        for model in found:
            typer.echo(model.card.to_json().replace("\n", ""))
        return
    table = Table("model", "size", "licence", "what it is", box=None, header_style="bold")
    for model in found:
        size = f"{model.path.stat().st_size / 1e6:.0f} MB"
        table.add_row(model.card.name, size, model.card.licence, model.card.description)
    rich.print(table)
