"""`rehue models`: what can be given to `--model`, and adding to it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rehue.cli import complete

if TYPE_CHECKING:
    from rehue.model import Model
    from rehue.model.catalog import Published
    from rehue.model.download import Advance

group = typer.Typer(rich_markup_mode=None)

# protobuf, which ONNX files are in, ends at 2 GiB; cards have some tens of kilobytes.
_LONGEST_ONNX, _LONGEST_CARD = 2**31, 2**24


@group.callback(invoke_without_command=True)
def models(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a model.")] = False,
) -> None:
    """List models, what can be added too: size, licence, source.

    Added models lie in the folder $REHUE_MODELS, or where the system keeps a user's data.
    """
    if context.invoked_subcommand is not None:
        return
    if as_json:
        _print_json()
    else:
        _print_table()


@group.command()
def add(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Of a published model, as `rehue models` lists it; else what to call it.",
            show_default=False,
            autocompletion=complete.published,
        ),
    ],
    *,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="URL_OR_FILE",
            help="Where to take the published file from in place of its authors' address; or an "
            ".onnx file of your own, its card beside it.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an added model of that name.")
    ] = False,
) -> None:
    """Add a model: a published one (extra `train`), or an ONNX file.

    A published model is downloaded, checked (a wrong size or hash is refused), and converted; it
    is read as data, and none of it is run.
    """
    from rehue.model import find_model
    from rehue.model.registry import adding

    try:
        with adding(name, overwrite=overwrite) as folder:
            if source and _path_in(source).endswith(".onnx"):
                _take_pair(source, name, folder)
            else:
                _convert_published(source, name, folder)
    except KeyboardInterrupt:
        _say(f"{name}: stopped, and nothing was added")
        raise
    model = find_model(name)
    facts = f"{_size(model.path.stat().st_size)}, {_plain(model.card.licence)}"
    typer.echo(f"{model.path}: {facts}; use it with --model {name}")


@group.command()
def remove(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="Of an added model.",
            show_default=False,
            autocompletion=complete.added,
        ),
    ],
) -> None:
    """Delete a model that was added."""
    from rehue.model.registry import remove_model

    remove_model(name)
    typer.echo(f"{name}: removed")


def _take_pair(source: str, name: str, folder: Path) -> None:
    from rehue.model.download import download, is_url
    from rehue.model.registry import copy_model

    if not is_url(source):
        copy_model(Path(source), name, folder)
        return
    address, mark, query = source.partition("?")
    card = f"{address.removesuffix('.onnx')}.json{mark}{query}"
    fetched = folder / "fetched.onnx"
    download(card, fetched.with_suffix(".json"), limit=_LONGEST_CARD)
    with _progress() as advance:
        download(source, fetched, limit=_LONGEST_ONNX, advance=advance)
    copy_model(fetched, name, folder)
    _say(f"{name}: not authenticated: the hash that the file fits comes from the same place")


def _convert_published(source: str | None, name: str, folder: Path) -> None:
    from rehue.cli.train import import_learning
    from rehue.model.catalog import find_published
    from rehue.model.download import download, is_url

    published = find_published(name)
    import_learning()  # before the download, which would be in vain without it
    from rehue.learning.publish.convert import convert

    where = source or published.url
    _say(f"{name}: {where}, {_size(published.size)}, {published.licence}")
    if is_url(where):
        weights = folder / Path(published.url).name
        with _progress() as advance:
            download(where, weights, limit=published.size, advance=advance)
    else:
        weights = Path(where)
    published.check(weights, where)
    digits = len(published.sha256)
    doubt = (
        "" if published.is_authenticated else f" (not authenticated: only {digits} digits known)"
    )
    _say(f"{name}: sha256 fits{doubt}; converting")
    convert(name, weights, folder)


def _print_json() -> None:
    import json
    from dataclasses import asdict

    for state, model in _present():
        facts = asdict(model.card) | {"state": state, "path": str(model.path)}
        typer.echo(json.dumps(facts))
    for published in _addable():
        facts = asdict(published) | {"authenticated": published.is_authenticated}
        typer.echo(json.dumps(facts | {"state": "can be added"}))


def _print_table() -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from rehue.errors import ModelError
    from rehue.model.registry import added_folder, shipped_folder

    table = Table(box=None, header_style="bold")
    for heading in ("model", "size", "licence", "state", "what it is"):
        table.add_column(heading, overflow="fold")
    for state, model in _present():
        card = model.card
        cells = (
            model.path.stem,
            _size(model.path.stat().st_size),
            card.licence,
            state,
            card.description,
        )
        table.add_row(*(Text(_plain(cell)) for cell in cells))
    addable = _addable()
    for published in addable:
        state = "can be added" if published.is_authenticated else "can be added (not authenticated)"
        size = _size(published.size)
        table.add_row(published.name, size, published.licence, state, published.description)
    Console().print(table)
    typer.echo(f"\nshipped: {shipped_folder()}")
    with suppress(ModelError):  # without a home there is no such folder, and nothing in it
        typer.echo(f"added:   {added_folder()}")
    for published in addable:
        typer.echo(f"to add:  rehue models add {published.name}  ({published.page})")


def _present() -> Iterator[tuple[str, "Model"]]:
    """Open what is there; a damaged model is one line, and the others are listed all the same."""
    from rehue.errors import ModelError
    from rehue.model import find_model
    from rehue.model.registry import list_added, list_shipped

    for state, names in (("shipped", list_shipped()), ("added", list_added())):
        for name in names:
            try:
                yield state, find_model(name)
            except ModelError as error:
                _say(str(error))


def _addable() -> list["Published"]:
    from rehue.model import list_models
    from rehue.model.catalog import PUBLISHED

    here = list_models()
    return [published for name, published in PUBLISHED.items() if name not in here]


def _path_in(source: str) -> str:
    from rehue.model.download import is_url

    return source.partition("?")[0] if is_url(source) else source


def _size(count: int) -> str:
    from rich.filesize import decimal

    return decimal(count)


def _plain(text: str) -> str:
    """Keep what a card of unknown origin says from steering the terminal."""
    return "".join(filter(str.isprintable, text))


def _say(line: str) -> None:
    typer.echo(f"rehue: {line}", err=True)


@contextmanager
def _progress() -> Iterator["Advance"]:
    """Show on a terminal how much of a download has come."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
