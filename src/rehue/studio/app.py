"""HTTP: which request does what. What is asked is read here, and answered by the session."""

import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias, cast
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from rehue import __version__
from rehue.batch.names import name_beside
from rehue.edits import coloring_of
from rehue.errors import PhotoError, RehueError
from rehue.photo import ENDINGS, KINDS, PHOTOGRAPHS, Output, format_named, formats, read
from rehue.studio.access import refused
from rehue.studio.openapi import document
from rehue.studio.opened import Opened
from rehue.studio.pictures import palette_in
from rehue.studio.refusals import RefusalError
from rehue.studio.session import PREVIEWS, Session, plain_name
from rehue.wishes import WISHES, Coloring

Answer: TypeAlias = Callable[[Request], Awaitable[Response]]
PAGE: Final = Path(__file__).parent / "page"
_LARGEST_PART: Final = 4096


def make_routes(session: Session) -> Starlette:
    """Return the application, without the guard before it."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001 (Starlette's)
        yield
        session.close()

    def route(path: str, method: str, answer: Callable[[Session, Request], Awaitable[Response]]):  # type: ignore[no-untyped-def]  # noqa: ANN202
        async def endpoint(request: Request) -> Response:
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


async def _refuse(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return refused(cast(RehueError, error))


async def _fail(request: Request, error: Exception) -> Response:  # noqa: ARG001
    # What went wrong stands in the server's log; an answer shows nothing of the inside.
    said = f"the studio failed ({type(error).__name__}): please report this"
    return JSONResponse({"error": said}, 500)


async def _no_route(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 404)
    return JSONResponse({"error": f"no {request.method} here: see /api/openapi.json"}, status)


# The session and the folder


async def _health(session: Session, request: Request) -> Response:  # noqa: ARG001
    return JSONResponse({"status": "ok", "version": __version__})


async def _openapi(session: Session, request: Request) -> Response:  # noqa: ARG001
    return JSONResponse(document(ROUTES))


async def _session(session: Session, request: Request) -> Response:  # noqa: ARG001
    card = session.colorizer.card
    return JSONResponse(
        {
            "version": __version__,
            "model": card.name,
            "licence": card.licence,
            "inputs": list(card.trained_inputs),
            "wishes": wishes(),
            "formats": {"kinds": KINDS, "endings": sorted(PHOTOGRAPHS)},
            "previews": list(PREVIEWS),
            "limits": asdict(session.limits),
            "folder": session.folder.root.name if session.folder else None,
        }
    )


def wishes() -> list[dict[str, Any]]:
    """Return the wishes that are a number or a flag, for the page's controls."""
    return [
        {
            "name": name,
            "help": wish.help,
            "low": wish.low,
            "high": wish.high,
            "unit": wish.unit,
            "default": wish.default,
        }
        for name, wish in WISHES.items()
        if not wish.instead and (wish.low is not None or wish.default is False)
    ]


async def _folder(session: Session, request: Request) -> Response:  # noqa: ARG001
    folder = session.folder
    if folder is None:
        return JSONResponse({"folder": None, "photos": []})
    rows = [{"name": name, "state": folder.state(name)} for name in folder.names()]
    return JSONResponse({"folder": folder.root.name, "photos": rows})


async def _thumbnail(session: Session, request: Request) -> Response:
    return _jpeg(await session.thumbnail(request.query_params.get("name", "")))


async def _color_folder(session: Session, request: Request) -> Response:
    return JSONResponse(session.color_folder(await _table(request)).table(), 202)


# Photographs


async def _photos(session: Session, request: Request) -> Response:  # noqa: ARG001
    return JSONResponse([one.table() for one in session.opened])


async def _open(session: Session, request: Request) -> Response:
    if _kind(request) == "multipart/form-data":
        async with request.form(max_files=1, max_fields=1) as form:
            file = _file_in(form)
            opened = await session.open_copy(file.filename or "", partial(_copy, file))
    else:
        opened = await session.open_name(str((await _table(request)).get("path", "")))
    return JSONResponse(opened.table(), 201)


async def _photo(session: Session, request: Request) -> Response:
    return JSONResponse(session.photo(request.path_params["key"]).table())


async def _close(session: Session, request: Request) -> Response:
    session.photo(request.path_params["key"])
    await session.forget(request.path_params["key"])
    return Response(status_code=204)


async def _edit(session: Session, request: Request) -> Response:
    table = await _table(request)
    revision, edits = table.get("revision"), table.get("edits")
    if not isinstance(revision, int) or not isinstance(edits, dict):
        raise RefusalError("give the revision that is changed, and edits")
    return JSONResponse((await session.edit(request.path_params["key"], revision, edits)).table())


async def _grey(session: Session, request: Request) -> Response:
    longest = _number(request, "longest", PREVIEWS[-1])

    def make(opened: Opened, coloring: Coloring) -> bytes:  # noqa: ARG001
        return session.grey(opened, longest)

    return _jpeg(await _drawn(session, request, make))


async def _preview(session: Session, request: Request) -> Response:
    longest = _number(request, "longest", PREVIEWS[-1])
    alternative = _number(request, "alternative", 0)

    def make(opened: Opened, coloring: Coloring) -> bytes:
        wished = replace(coloring, alternative=alternative) if alternative else coloring
        return session.preview(opened, wished, longest)

    return _jpeg(await _drawn(session, request, make))


async def _versions(session: Session, request: Request) -> Response:
    return JSONResponse({"versions": await _drawn(session, request, session.versions)})


async def _confidence(session: Session, request: Request) -> Response:
    longest = _number(request, "longest", PREVIEWS[-1])

    def make(opened: Opened, coloring: Coloring) -> bytes:
        return session.confidence(opened, coloring, longest)

    return Response(await _drawn(session, request, make), media_type="image/png")


async def _crop(session: Session, request: Request) -> Response:
    left, top, width, height = (_number(request, name) for name in ("x", "y", "width", "height"))
    if not (1 <= width <= _LARGEST_PART and 1 <= height <= _LARGEST_PART):
        raise RefusalError(f"width and height of a part: give 1 to {_LARGEST_PART}")
    is_grey = _number(request, "grey", 0) > 0

    def make(opened: Opened, coloring: Coloring) -> bytes:
        return session.part(opened, coloring, (left, top, width, height), is_grey=is_grey)

    return _jpeg(await _drawn(session, request, make))


async def _suggestions(session: Session, request: Request) -> Response:
    x, y = (_share(request, name) for name in ("x", "y"))
    count = min(_number(request, "count", 5), 20)

    def make(opened: Opened, coloring: Coloring) -> dict[str, Any]:
        return session.suggestions(opened, coloring, x, y, count)

    return JSONResponse(await _drawn(session, request, make))


async def _result(session: Session, request: Request) -> Response:
    opened = session.photo(request.path_params["key"])
    kind, data = await _drawn(session, request, session.result)
    return _file(data, kind, opened.path.name)


async def _save(session: Session, request: Request) -> Response:
    table = await _table(request)
    overwrite = table.get("overwrite", False) is True
    return JSONResponse(session.save(request.path_params["key"], overwrite=overwrite).table(), 202)


# What runs, and what needs no open photograph


async def _task(session: Session, request: Request) -> Response:
    return JSONResponse(session.tasks.find(request.path_params["key"]).table())


async def _cancel(session: Session, request: Request) -> Response:
    return JSONResponse(session.tasks.cancel(request.path_params["key"]).table())


async def _palette(session: Session, request: Request) -> Response:
    async with request.form(max_files=1, max_fields=1) as form:
        data = await _file_in(form).read()
    found = await session.worker.do(
        lambda: palette_in(read(data, max_pixels=session.limits.pixels))
    )
    if not found:
        raise PhotoError("the reference has no colours: give a picture in colour")
    return JSONResponse({"colors": found})


async def _color(session: Session, request: Request) -> Response:
    async with request.form(max_files=1, max_fields=len(WISHES) + 4) as form:
        file = _file_in(form)
        data, name = await file.read(), file.filename or "photograph"
        coloring = _wished({key: str(value) for key, value in form.items() if key != "file"})
        asked = form.get("format")
    output = Output(format=format_named(str(asked)) if asked else None)

    def color() -> tuple[str, bytes]:
        return session.colored(read(data, max_pixels=session.limits.pixels), coloring, output)

    kind, colored = await session.worker.do(color)
    return _file(colored, kind, plain_name(name))


ROUTES: Final[list[tuple[str, str, Callable[[Session, Request], Awaitable[Response]]]]] = [
    ("/api/health", "GET", _health),
    ("/api/openapi.json", "GET", _openapi),
    ("/api/session", "GET", _session),
    ("/api/color", "POST", _color),
    ("/api/photos", "GET", _photos),
    ("/api/photos", "POST", _open),
    ("/api/photos/{key}", "GET", _photo),
    ("/api/photos/{key}", "DELETE", _close),
    ("/api/photos/{key}/edits", "PUT", _edit),
    ("/api/photos/{key}/grey", "GET", _grey),
    ("/api/photos/{key}/preview", "GET", _preview),
    ("/api/photos/{key}/versions", "GET", _versions),
    ("/api/photos/{key}/confidence", "GET", _confidence),
    ("/api/photos/{key}/crop", "GET", _crop),
    ("/api/photos/{key}/suggestions", "GET", _suggestions),
    ("/api/photos/{key}/result", "GET", _result),
    ("/api/photos/{key}/save", "POST", _save),
    ("/api/folder", "GET", _folder),
    ("/api/folder/thumbnail", "GET", _thumbnail),
    ("/api/folder/color", "POST", _color_folder),
    ("/api/palette", "POST", _palette),
    ("/api/tasks/{key}", "GET", _task),
    ("/api/tasks/{key}", "DELETE", _cancel),
]


# Reading requests, and making answers


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _table(request: Request) -> dict[str, Any]:
    """Return a request's JSON; no body is an empty table."""
    try:
        table = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError) as error:
        raise RefusalError("the request is not JSON: see /api/openapi.json") from error
    if not isinstance(table, dict):
        raise RefusalError("the request is no table of JSON: see /api/openapi.json")
    return table


def _file_in(form: Mapping[str, Any]) -> UploadFile:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise RefusalError("no file was sent: send one as the field `file` of a form")
    return file


def _copy(file: UploadFile, path: Path) -> None:
    file.file.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target, 1 << 20)


def _wished(fields: dict[str, str]) -> Coloring:
    """Return the wishes in a form: edits as JSON, or single ones by name."""
    table: dict[str, Any] = {}
    if "edits" in fields:
        try:
            table = json.loads(fields["edits"])
        except ValueError as error:
            raise RefusalError("edits are not JSON: see /api/openapi.json") from error
        if not isinstance(table, dict):
            raise RefusalError("edits are no table of JSON: see /api/openapi.json")
    named = {name: _value(name, fields[name]) for name in fields if name in WISHES}
    return coloring_of({**table, "wishes": {**table.get("wishes", {}), **named}}, "the form")


def _value(name: str, text: str) -> Any:  # noqa: ANN401 (of the wish's type)
    if WISHES[name].default == ():
        return [color.strip() for color in text.split(",")]
    if WISHES[name].default is False:
        return text.lower() in ("1", "true", "yes", "on")
    try:
        number = float(text)
    except ValueError as error:
        raise RefusalError(f"{name} {text[:40]!r} is no number") from error
    return int(number) if number.is_integer() else number


def _number(request: Request, name: str, usual: int | None = None) -> int:
    text = request.query_params.get(name)
    if text is None and usual is not None:
        return usual
    try:
        number = int(text or "")
    except ValueError as error:
        raise RefusalError(f"{name}: give a whole number") from error
    if not 0 <= number <= 1 << 31:
        raise RefusalError(f"{name} {number}: give 0 or more")
    return number


def _share(request: Request, name: str) -> float:
    try:
        share = float(request.query_params.get(name, ""))
    except ValueError as error:
        raise RefusalError(f"{name}: give a share of the picture, 0 to 1") from error
    if not 0 <= share <= 1:
        raise RefusalError(f"{name} {share:g}: give a share of the picture, 0 to 1")
    return share


async def _drawn(
    session: Session, request: Request, make: Callable[[Opened, Coloring], Any]
) -> Any:  # noqa: ANN401
    revision = _number(request, "revision", 0) or None
    return await session.draw(request.path_params["key"], revision, make)


def _jpeg(data: bytes) -> Response:
    return Response(data, media_type="image/jpeg")


def _file(data: bytes, kind: str, source: str) -> Response:
    """Return a coloured photograph to be saved under the name that results have."""
    usual = name_beside(source)
    name = usual if usual.lower().endswith(ENDINGS[kind]) else name_beside(source, kind)
    return Response(
        data,
        media_type=formats.named(kind).media_type,
        headers={"content-disposition": f"attachment; filename*=utf-8''{quote(name)}"},
    )
