"""The server: where it listens, who is let in, and the one line that says so."""

import secrets
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from rehue.errors import RehueError
from rehue.files import reason, shown
from rehue.studio.access import Access, Guarded
from rehue.studio.app import make_routes
from rehue.studio.session import Session

_HERE: Final = "127.0.0.1"
_SHORTEST_PASSWORD: Final = 12


def _new_token() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Place:
    """Where the studio listens.

    Attributes:
        host: an address of this computer; others than 127.0.0.1 let others in.
        port: 0 is a free one.
        token: that requests bear; in the address that is printed, where it is not a password.
        names: what else requests may call this computer, as `name` or `name:port`.
    """

    host: str = _HERE
    port: int = 0
    token: str = field(default_factory=_new_token, repr=False)
    names: tuple[str, ...] = ()

    def hosts(self, port: int) -> frozenset[str]:
        """Return what requests may call this computer."""
        names = [_in_address(self.host), *self.names, *["localhost"] * (self.host == _HERE)]
        # Browsers leave out the port of HTTP.
        plain = [name for name in names if port == 80]
        return frozenset(plain + [name if _has_port(name) else f"{name}:{port}" for name in names])


def _in_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _has_port(name: str) -> bool:
    return name.rpartition(":")[2].isdigit() and name.count(":") == 1


def make_app(session: Session, place: Place, port: int) -> ASGIApp:
    """Return the studio as an ASGI application that answers at a port."""
    access = Access(place.token, place.hosts(port))
    return Guarded(make_routes(session), access, session.limits)


def serve(session: Session, place: Place, ready: Callable[[str], None]) -> None:
    """Answer until stopped.

    Args:
        session: what is open.
        place: where to listen.
        ready: is told the address when requests are taken, with the token in its fragment; of a
            place that others reach without it, as they have a password.

    Raises:
        RehueError: the place cannot be had.
    """
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    # By this protocol asyncio knows that packets are to leave at once: else each answer's second
    # one waits 40 ms for word of the first (Nagle's algorithm and delayed acknowledgements).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((place.host, place.port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise RehueError(
            f"{place.host}, port {place.port}: nothing can listen there ({reason(error)}): give "
            "another --port, or 0 for a free one"
        ) from error
    port = listening.getsockname()[1]
    fragment = f"#token={place.token}" if place.host == _HERE else ""
    config = uvicorn.Config(
        make_app(session, place, port),
        log_level="warning",
        server_header=False,
        date_header=False,
        limit_concurrency=128,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        ws="none",
    )
    with listening:
        ready(f"http://{_in_address(place.host)}:{port}/{fragment}")
        uvicorn.Server(config).run(sockets=[listening])


def password_in(path: Path) -> str:
    """Return the password in a file, which stands for the token.

    Raises:
        RehueError: it cannot be read, is short, or has letters that no header can bear.
    """
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise RehueError(f"{shown(path)} cannot be read ({reason(error)}): check it") from error
    if len(text) < _SHORTEST_PASSWORD or not _is_plain(text):
        raise RehueError(
            f"{shown(path)} has no password of {_SHORTEST_PASSWORD} or more letters, digits and "
            "signs, without spaces: write one into it"
        )
    return text


def _is_plain(text: Iterable[str]) -> bool:
    return all("!" <= letter <= "~" for letter in text)
