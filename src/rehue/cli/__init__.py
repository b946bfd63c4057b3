"""The command line: one file a command; each parses, calls the room that works, and prints."""

import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from rehue import __version__
from rehue.cli.colorize import colorize
from rehue.cli.evaluate import evaluate
from rehue.cli.export import export
from rehue.cli.inspect import inspect
from rehue.cli.models import group as models
from rehue.cli.options import InPanels
from rehue.cli.rates import find_lr, sweep
from rehue.cli.restore import restore
from rehue.cli.serve import serve
from rehue.cli.shots import shots
from rehue.cli.studio import studio
from rehue.cli.survey import survey
from rehue.cli.train import train
from rehue.errors import RehueError

_ORDER = (
    "colorize",
    "shots",
    "studio",
    "serve",
    "inspect",
    "restore",
    "evaluate",
    "survey",
    "models",
    "train",
    "find-lr",
    "sweep",
    "export",
)


class _Commands(TyperGroup):
    """The commands in the order of use; without one, photographs are coloured."""

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 (Typer's)
        """Return the commands; Typer puts groups first."""
        return sorted(self.commands, key=_ORDER.index)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 (Typer's)
        """Read the command line; `rehue photo.jpg` is `rehue colorize photo.jpg`."""
        own = {name for option in self.get_params(ctx) for name in option.opts}
        if args and args[0] not in self.commands and _is_to_color(args[0], own):
            args = ["colorize", *args]
        rest: list[str] = super().parse_args(ctx, args)
        return rest


def _is_to_color(word: str, own_options: set[str]) -> bool:
    """Say whether a first word is a photograph, or an option of `rehue colorize`."""
    if word.startswith("-") and word != "-":
        return word.partition("=")[0] not in own_options
    # A file's name has a dot, a path or address a separator; whatever is there is meant.
    is_like_a_file = word == "-" or any(sign in word for sign in "./\\")
    return is_like_a_file or Path(word).exists()


app = typer.Typer(
    name="rehue",
    cls=_Commands,
    help="Colour black-and-white photographs; lightness stays as it is, colour is plausible.\n\n"
    "rehue photo.jpg colours a photograph: short for rehue colorize photo.jpg.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its help pages take twice as long
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for command in (
    colorize,
    shots,
    studio,
    serve,
    inspect,
    restore,
    evaluate,
    survey,
    train,
    find_lr,
    sweep,
    export,
):
    app.command(cls=InPanels)(command)
app.add_typer(models, name="models")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rehue {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; bad input is one line on standard error and exit code 1."""
    if not sys.warnoptions:
        # What libraries warn of in damaged files is said in the lines of the run.
        warnings.filterwarnings("ignore", module="PIL")
    try:
        app()
    except RehueError as error:
        typer.echo(f"rehue: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise  # not of a file that was named
        typer.echo(
            f"rehue: {error.filename}: {error.strerror}: make room, or name another", err=True
        )
        sys.exit(1)
