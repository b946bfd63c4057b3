"""`rehue serve`: the API of the studio alone, for scripts and other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from rehue.cli.choices import Machine
from rehue.cli.options import Group, grouped

if TYPE_CHECKING:
    from collections.abc import Callable

from dataclasses import dataclass


@dataclass(frozen=True)
class Listening(Group):
    """Where it listens, and who is let in."""

    panel: ClassVar[str] = "Network"

    port: Annotated[int, typer.Option(help="0 is a free one.", min=0, max=65535)] = 0
    host: Annotated[
        str,
        typer.Option(
            help="An address of this computer. Any but 127.0.0.1 lets other computers in, over "
            "HTTP that anyone on the way can read: it asks for --password-file, and belongs "
            "behind a proxy with HTTPS."
        ),
    ] = "127.0.0.1"
    password_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A password, 12 letters or more, that stands for the token.",
            show_default=False,
        ),
    ] = None
    name: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST",
            help="What else browsers may call this computer, such as photos.home:8080; several "
            "times for several.",
            show_default=False,
        ),
    ] = None


@grouped
def serve(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Whose photographs may be named by path.", show_default=False),
    ] = None,
    *,
    listening: Listening,
    machine: Machine,
) -> None:
    """Answer requests of programs on this computer (extra `studio`).

    It prints one line, the address, with the token that requests have to bear:

    curl -H 'Authorization: Bearer TOKEN' -F file=@photo.jpg http://127.0.0.1:PORT/api/color -o
    color.jpg

    The same address opens the studio's page. Nothing is sent anywhere. Stop it with Ctrl+C.
    """
    run(folder, listening, machine, typer.echo)


def run(
    folder: Path | None, listening: Listening, machine: Machine, ready: "Callable[[str], None]"
) -> None:
    """Run the studio; `ready` is told its address."""
    from importlib.util import find_spec

    from rehue import Colorizer
    from rehue.errors import RehueError, install_line

    missing = [name for name in ("starlette", "uvicorn", "python_multipart") if not find_spec(name)]
    if missing:
        raise RehueError(f"{', '.join(missing)} is missing: {install_line('studio')}")
    from rehue.studio import Place, Session
    from rehue.studio import serve as answer
    from rehue.studio.server import password_in

    is_here = listening.host == "127.0.0.1"
    if not is_here and listening.password_file is None:
        raise typer.BadParameter(
            f"--host {listening.host} lets other computers in: write a password into a file and "
            "name it with --password-file."
        )
    if folder is not None and not folder.is_dir():
        raise typer.BadParameter(f"{folder} is no folder.")
    given = {"token": password_in(listening.password_file)} if listening.password_file else {}
    place = Place(listening.host, listening.port, names=tuple(listening.name or ()), **given)
    colorizer = Colorizer(
        machine.model, runtime=machine.runtime, device=machine.device, threads=machine.threads
    )
    answer(Session(colorizer, folder), place, ready)
