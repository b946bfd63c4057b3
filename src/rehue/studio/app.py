"""HTTP: which request does what, and what is answered where something went wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from rehue.errors import RehueError
from rehue.studio import answers
from rehue.studio.access import refused
from rehue.studio.openapi import document
from rehue.studio.session import Session

Answer: TypeAlias = Callable[[Session, Request], Coroutine[Any, Any, Response]]

PAGE: Final = Path(__file__).parent / "page"


def make_routes(session: Session) -> Starlette:
    """Return the application, without the guard before it."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001 (Starlette's)
        yield
        session.close()

    def route(path: str, method: str, answer: Answer):  # type: ignore[no-untyped-def]  # noqa: ANN202
        async def endpoint(request: Request) -> Response:
            if method == "GET":
                return await _unless_gone(request, answer(session, request))
            return await answer(session, request)

        return Route(path, endpoint, methods=[method])

    async def page(request: Request) -> Response:  # noqa: ARG001 (Starlette's)
        return FileResponse(PAGE / "index.html")

    return Starlette(
        routes=[
            Route("/", page),
            *(route(path, method, answer) for path, method, answer in ROUTES),
            Mount("/page", StaticFiles(directory=PAGE)),
        ],
        exception_handlers={RehueError: _refuse, Exception: _fail, 404: _no_route, 405: _no_route},
        lifespan=lifespan,
    )


async def _unless_gone(request: Request, answer: Coroutine[Any, Any, Response]) -> Response:
    """Answer somebody who waits; what nobody waits for any more is not done."""
    work, gone = asyncio.create_task(answer), asyncio.create_task(_left(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return work.result()
        gone.result()  # a body that nobody asked for may be too long
        return Response(status_code=499)
    finally:
        work.cancel()
        gone.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _refuse(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return refused(cast(RehueError, error))


async def _fail(request: Request, error: Exception) -> Response:  # noqa: ARG001
    # What went wrong stands in the server's log; an answer shows nothing of the inside.
    said = f"the studio failed ({type(error).__name__}): please report this"
    return JSONResponse({"error": said}, 500)


async def _no_route(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return JSONResponse({"error": f"no {request.method} here: see /api/openapi.json"}, status)


async def _openapi(session: Session, request: Request) -> Response:  # noqa: ARG001
    return JSONResponse(document(ROUTES))


ROUTES: Final[list[tuple[str, str, Answer]]] = [
    ("/api/health", "GET", answers.health),
    ("/api/openapi.json", "GET", _openapi),
    ("/api/session", "GET", answers.describe_session),
    ("/api/color", "POST", answers.color_file),
    ("/api/photos", "GET", answers.list_photos),
    ("/api/photos", "POST", answers.open_photo),
    ("/api/photos/{key}", "GET", answers.describe_photo),
    ("/api/photos/{key}", "DELETE", answers.close_photo),
    ("/api/photos/{key}/edits", "PUT", answers.edit_photo),
    ("/api/photos/{key}/finding", "GET", answers.finding),
    ("/api/photos/{key}/grey", "GET", answers.grey),
    ("/api/photos/{key}/preview", "GET", answers.preview),
    ("/api/photos/{key}/versions", "GET", answers.versions),
    ("/api/photos/{key}/confidence", "GET", answers.confidence),
    ("/api/photos/{key}/crop", "GET", answers.crop),
    ("/api/photos/{key}/suggestions", "GET", answers.suggestions),
    ("/api/photos/{key}/result", "GET", answers.result),
    ("/api/photos/{key}/save", "POST", answers.save_photo),
    ("/api/folder", "GET", answers.list_folder),
    ("/api/folder/thumbnail", "GET", answers.thumbnail),
    ("/api/folder/color", "POST", answers.color_folder),
    ("/api/palette", "POST", answers.find_palette),
    ("/api/tasks/{key}", "GET", answers.describe_task),
    ("/api/tasks/{key}", "DELETE", answers.cancel_task),
]
