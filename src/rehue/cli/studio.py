"""`rehue studio`: a page on this computer where a person colours photographs."""

from pathlib import Path
from typing import Annotated

import typer

from rehue.cli.choices import Machine
from rehue.cli.options import grouped
from rehue.cli.serve import Listening, run


@grouped
def studio(
    source: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PHOTO|FOLDER]",
            help="What to open; more can be dropped on the page.",
            show_default=False,
        ),
    ] = None,
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
    listening: Listening,
    machine: Machine,
) -> None:
    """Open a page on this computer where photographs are coloured and corrected (extra `studio`).

    Drop a photograph, take one of four versions, click where it is wrong, choose from the colours
    that are likely there, and save it at its full size with all that its file carries. What was
    wished stands in photo.jpg.rehue.json beside it, which rehue colorize --hints reads, too.

    Nothing leaves this computer. Stop it with Ctrl+C.
    """
    import webbrowser
    from urllib.parse import quote

    folder = source
    opened = ""
    if source is not None and not source.is_dir():
        if not source.exists():
            raise typer.BadParameter(f"{source} does not exist.")
        folder, opened = source.resolve().parent, f"&open={quote(source.name)}"

    def ready(address: str) -> None:
        whole = address + (opened if "#" in address else opened.replace("&", "#"))
        typer.echo(whole)
        if browser:
            webbrowser.open(whole)

    run(folder, listening, machine, ready)
