"""How much the studio takes on; each limit is refused in one line, and nothing else suffers."""

import asyncio
from dataclasses import dataclass

from starlette.types import Message, Receive

from rehue.photo import MAX_PIXELS
from rehue.studio.refusals import SlowError, TooLargeError
from rehue.wishes import Coloring

_WITHOUT_FILE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How much is taken on.

    Attributes:
        pixels: of a photograph, on all pages together; judged before it is decoded.
        file_bytes: of a request with a file; counted while they come in.
        idle: seconds that a request may stop in the middle.
        wait: seconds that an answer may take, waiting included.
        queued: things to do that may wait; more are refused (503).
        opened: photographs that are open; the one used longest ago is closed for another.
        looked: of these, at full size in memory.
        hints: on one photograph.
        prints: stated on one page; each is looked at by itself.
        listed: photographs of a folder.
    """

    pixels: int = MAX_PIXELS
    file_bytes: int = 512 << 20
    idle: float = 30.0
    wait: float = 120.0
    queued: int = 32
    opened: int = 20
    looked: int = 2
    hints: int = 500
    prints: int = 100
    listed: int = 10_000

    def check(self, coloring: Coloring) -> None:
        """Refuse wishes that are too many.

        Raises:
            TooLargeError: they are.
        """
        prints = (coloring.scan and coloring.scan.prints) or ()
        for name, given, most in (
            ("hints", coloring.hints, self.hints),
            ("prints", prints, self.prints),
        ):
            if len(given) > most:
                raise TooLargeError(f"{len(given)} {name}: give {most} at most")


def counted(receive: Receive, headers: dict[bytes, bytes], limits: Limits) -> Receive:
    """Return what receives a request's body within limits, whatever it said of its length.

    Raises:
        TooLargeError: it says already that it is too long; received, that it was.
    """
    has_file = headers.get(b"content-type", b"").startswith(b"multipart/")
    most = limits.file_bytes if has_file else _WITHOUT_FILE
    said = headers.get(b"content-length", b"0")
    _check(int(said) if said.isdigit() else 0, most)
    length = 0
    is_whole = False

    async def receive_some() -> Message:
        nonlocal length, is_whole
        if is_whole:  # what comes now is that the other side has gone, and may take for ever
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), limits.idle)
        except TimeoutError as error:
            raise SlowError(f"nothing came for {limits.idle:g} seconds: send it again") from error
        if message["type"] == "http.request":
            length += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            _check(length, most)
        return message

    return receive_some


def _check(length: int, most: int) -> None:
    if length > most:
        raise TooLargeError(
            f"the request has more than {most:,} bytes: send a smaller file, or colour it with "
            "the command line"
        )
