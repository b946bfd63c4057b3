"""Fetching a file over HTTP: all of it, or one line that says why not."""

from collections.abc import Callable, Iterator
from http.client import HTTPException, responses
from pathlib import Path
from typing import TypeAlias
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from rehue.errors import ModelError
from rehue.files import replacing
from rehue.model.catalog import is_markup

# Called with the bytes that have come, and with all that will come where the server says it.
Advance: TypeAlias = Callable[[int, int | None], None]

TIMEOUT = 30.0  # s
_CHUNK = 1 << 18  # bytes


def download(
    url: str,
    target: Path,
    *,
    limit: int,
    timeout: float = TIMEOUT,
    advance: Advance = lambda _done, _total: None,
) -> None:
    """Fetch a file; proxies are those of the environment (`https_proxy`, `no_proxy`).

    Args:
        url: its address, http or https; redirects are followed.
        target: where it goes; on any failure nothing is left there.
        limit: the most bytes that it may have.
        timeout: how long the server may be silent, in seconds.
        advance: called after each piece.

    Raises:
        ModelError: the address is none, the server cannot be reached or does not give the file,
            or what comes is an HTML page, too long or cut off.
        OSError: the target cannot be written.
    """
    done = 0
    with replacing(target) as beside, beside.open("wb") as file:
        for piece, total in _pieces(url, limit, timeout):
            file.write(piece)
            done += len(piece)
            advance(done, total)


def is_url(source: str) -> bool:
    """Whether a source is an address rather than a path.

    >>> is_url("https://example.org/a.onnx"), is_url("C:/models/a.onnx")
    (True, False)
    """
    return "://" in source


def _pieces(url: str, limit: int, timeout: float) -> Iterator[tuple[bytes, int | None]]:
    if url.partition("://")[0].lower() not in {"http", "https"}:
        raise ModelError(f"{url}: give an address that begins with https:// or http://, or a file")
    try:
        request = Request(url, headers={"User-Agent": "rehue"})  # noqa: S310 (looked at above)
        with urlopen(request, timeout=timeout) as response:  # noqa: S310
            received, total = 0, response.length
            while piece := response.read(_CHUNK):
                if not received and is_markup(piece):
                    raise ModelError(
                        f"{url}: the server answers with an HTML page in place of the file: "
                        "check the address, and whether this network asks for a login"
                    )
                received += len(piece)
                if max(received, total or 0) > limit:
                    raise ModelError(
                        f"{url}: longer than the {limit:,} bytes that it may have: another file; "
                        "check the address"
                    )
                yield piece, total
    except (OSError, HTTPException, ValueError) as error:
        raise ModelError(
            f"{url}: {_reason(error, timeout)}: try again, "
            "or get the file another way and give it with --from FILE"
        ) from error
    # Python's reader takes a connection that closes early for the end of the file.
    if received < (total or 1):
        of = f" of {total:,}" if total else ""
        raise ModelError(f"{url}: ends after {received:,}{of} bytes: try again")


def _reason(error: Exception, timeout: float) -> str:
    """Say what went wrong, in words that are not the server's."""
    if isinstance(error, HTTPError):
        return f"the server answers {error.code} {responses.get(error.code, '')}".rstrip()
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"the server has said nothing for {timeout:g} s"
    # Else Python's name of the trouble: its text may quote the server's bytes.
    words = cause if isinstance(cause, str) else getattr(cause, "strerror", None)
    what = "cannot be reached" if isinstance(error, URLError) else "the connection broke off"
    return f"{what} ({words or type(cause).__name__})"
