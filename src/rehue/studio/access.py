"""Who may ask: the one who has the token, by this computer's name, and from no other page.

Any page in the same browser can send requests to 127.0.0.1, and by DNS rebinding even read the
answers under its own name. Against both: a token that only the address printed at the start has
(in its fragment, which browsers never send), an exact Host, and an Origin that is this page's.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rehue.errors import RehueError
from rehue.studio.limits import Limits, counted
from rehue.studio.refusals import ForbiddenError, UnauthorizedError, status_of

# The page may load its own files and talk to its own server, and nothing else.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = tuple(
    (name.encode(), value.encode())
    for name, value in {
        "content-security-policy": _POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
    }.items()
)
# Answered without a token: the page's own files, and whether it runs, say nothing of what it holds.
_PUBLIC: Final = ("/", "/api/health")
_PAGE: Final = "/page/"


@dataclass(frozen=True)
class Access:
    """Who may ask.

    Attributes:
        token: that requests to the API bear.
        hosts: what a request may call this computer, each with its port.
    """

    token: str
    hosts: frozenset[str]

    def check(self, path: str, headers: dict[bytes, bytes]) -> None:
        """Refuse a request that is not this page's or of someone who was told the token.

        Raises:
            ForbiddenError: another Host or Origin.
            UnauthorizedError: no token, or another.
        """
        host = headers.get(b"host", b"").decode("latin-1")
        if host not in self.hosts:
            raise ForbiddenError("this is not that host: use the address printed at the start")
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1") != f"http://{host}":
            raise ForbiddenError("another page may not ask: use the address printed at the start")
        if path in _PUBLIC or path.startswith(_PAGE):
            return
        kind, _, given = headers.get(b"authorization", b"").partition(b" ")
        is_right = hmac.compare_digest(given, self.token.encode())
        if kind.lower() != b"bearer" or not is_right:
            raise UnauthorizedError(
                "the token is missing or not this one: use the address printed at the start"
            )


class Guarded:
    """An ASGI application behind `Access` and `Limits`; all its answers bear the policy."""

    def __init__(self, app: ASGIApp, access: Access, limits: Limits) -> None:
        self._app, self._access, self._limits = app, access, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_with_policy(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        headers = dict(scope["headers"])
        try:
            self._access.check(scope["path"], headers)
            within = counted(receive, headers, self._limits)
            await self._app(scope, within, send_with_policy)
        except RehueError as error:
            if has_begun:
                raise
            await refused(error)(scope, receive, send_with_policy)


def refused(error: RehueError) -> JSONResponse:
    """Return an error as an answer."""
    status = status_of(error)
    headers = {"retry-after": "1"} if status == 503 else {}
    headers |= {"www-authenticate": "Bearer"} if status == 401 else {}
    # What came of the request is not all read: the connection cannot be used again.
    headers |= {"connection": "close"} if status in (408, 413) else {}
    return JSONResponse({"error": str(error)}, status, headers)
