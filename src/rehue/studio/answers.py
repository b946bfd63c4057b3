"""What each request of the API does: it is read, done by the session, and answered."""

from asyncio import to_thread
from base64 import b64encode
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rehue import __version__
from rehue.batch.names import name_beside
from rehue.errors import PhotoError
from rehue.photo import ENDINGS, KINDS, PHOTOGRAPHS, Output, format_named, formats, read
from rehue.studio.folder import plain_name
from rehue.studio.looks import PREVIEWS
from rehue.studio.pictures import palette_in, small_copy
from rehue.studio.refusals import RefusalError
from rehue.studio.requests import (
    bytes_of,
    coloring_in,
    copy_to,
    file_in,
    kind_of,
    number_if_in,
    number_in,
    share_in,
    table_of,
)
from rehue.studio.session import Session
from rehue.studio.suggestions import Place
from rehue.studio.views import Asked, View
from rehue.wishes import WISHES

_LARGEST_PART: Final = 4096
Made = TypeVar("Made")


# The session and the folder


async def health(session: Session, request: Request) -> Response:  # noqa: ARG001
    """Say that it runs."""
    return JSONResponse({"status": "ok", "version": __version__})


async def describe_session(session: Session, request: Request) -> Response:  # noqa: ARG001
    """Tell the model, the wishes and the limits."""
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


async def list_folder(session: Session, request: Request) -> Response:  # noqa: ARG001
    """List the photographs of the opened folder."""
    folder = session.folder
    if folder is None:
        return JSONResponse({"folder": None, "photos": []})
    return JSONResponse({"folder": folder.root.name, "photos": await to_thread(folder.table)})


async def thumbnail(session: Session, request: Request) -> Response:
    """Show one of them, small."""
    return _jpeg(await session.thumbnail(request.query_params.get("name", "")))


async def color_folder(session: Session, request: Request) -> Response:
    """Begin to colour all of it."""
    return JSONResponse((await session.color_folder(await table_of(request))).table(), 202)


# Photographs


async def list_photos(session: Session, request: Request) -> Response:  # noqa: ARG001
    """List the photographs that are open."""
    return JSONResponse([one.table() for one in session.opened])


async def open_photo(session: Session, request: Request) -> Response:
    """Open a file that is sent, or a path in the opened folder."""
    if kind_of(request) == "multipart/form-data":
        async with request.form(max_files=1, max_fields=1) as form:
            file = file_in(form)
            opened = await session.open_copy(file.filename or "", partial(copy_to, file))
    else:
        opened = await session.open_name(str((await table_of(request)).get("path", "")))
    return JSONResponse(opened.table(), 201)


async def describe_photo(session: Session, request: Request) -> Response:
    """Tell what is known of a photograph."""
    return JSONResponse(session.photo(request.path_params["key"]).table())


async def close_photo(session: Session, request: Request) -> Response:
    """Close it; its wishes stay kept."""
    session.photo(request.path_params["key"])
    await session.forget(request.path_params["key"])
    return Response(status_code=204)


async def edit_photo(session: Session, request: Request) -> Response:
    """Wish something else of it."""
    table = await table_of(request)
    revision, edits = table.get("revision"), table.get("edits")
    if not isinstance(revision, int) or not isinstance(edits, dict):
        raise RefusalError("give the revision that is changed, and edits")
    return JSONResponse((await session.edit(request.path_params["key"], revision, edits)).table())


async def finding(session: Session, request: Request) -> Response:
    """Tell what kind of thing was scanned."""
    return JSONResponse(await _drawn(session, request, View.finding))


async def grey(session: Session, request: Request) -> Response:
    """Show its lightness."""
    longest = number_in(request, "longest", PREVIEWS[-1])
    return _jpeg(await _drawn(session, request, lambda view: view.grey(longest)))


async def preview(session: Session, request: Request) -> Response:
    """Show it in colour, small."""
    longest = number_in(request, "longest", PREVIEWS[-1])
    alternative = number_in(request, "alternative", 0) or None
    return _jpeg(await session.preview(_asked(request), longest, alternative))


async def versions(session: Session, request: Request) -> Response:
    """Give the numbers of its versions, from calm to bold."""
    return JSONResponse({"versions": await _drawn(session, request, View.versions)})


async def confidence(session: Session, request: Request) -> Response:
    """Show how sure the model is of each place."""
    longest = number_in(request, "longest", PREVIEWS[-1])
    drawn = await _drawn(session, request, lambda view: view.confidence(longest))
    return Response(drawn, media_type="image/png")


async def crop(session: Session, request: Request) -> Response:
    """Show a part of it with all its pixels."""
    left, top, width, height = (number_in(request, name) for name in ("x", "y", "width", "height"))
    if not (1 <= width <= _LARGEST_PART and 1 <= height <= _LARGEST_PART):
        raise RefusalError(f"width and height of a part: give 1 to {_LARGEST_PART}")
    is_grey = number_in(request, "grey", 0) > 0
    box = (left, top, width, height)
    return _jpeg(await _drawn(session, request, lambda view: view.part(box, is_grey=is_grey)))


async def suggestions(session: Session, request: Request) -> Response:
    """Give likely colours at a place, and those that exist."""
    x, y = (share_in(request, name) for name in ("x", "y"))
    count = min(number_in(request, "count", 5), 20)
    hint, ahead = (number_if_in(request, name) for name in ("hint", "ahead"))
    place = Place(x, y, count)
    return JSONResponse(await session.suggestions(_asked(request), place, hint, ahead))


async def result(session: Session, request: Request) -> Response:
    """Send the whole photograph in colour, as a file."""
    opened = session.photo(request.path_params["key"])
    kind, data = await _drawn(session, request, session.result)
    return _file(data, kind, opened.path.name)


async def save_photo(session: Session, request: Request) -> Response:
    """Begin to write it in colour beside the photograph."""
    table = await table_of(request)
    overwrite = table.get("overwrite", False) is True
    return JSONResponse(session.save(request.path_params["key"], overwrite=overwrite).table(), 202)


# What runs, and what needs no open photograph


async def describe_task(session: Session, request: Request) -> Response:
    """Tell how far a task is."""
    return JSONResponse(session.tasks.find(request.path_params["key"]).table())


async def cancel_task(session: Session, request: Request) -> Response:
    """Stop a task."""
    return JSONResponse(session.tasks.cancel(request.path_params["key"]).table())


async def find_palette(session: Session, request: Request) -> Response:
    """Give the main colours of a picture, and a small copy that every browser can show."""
    async with request.form(max_files=1, max_fields=1) as form:
        file = file_in(form)

        def find() -> tuple[list[str], bytes]:
            reference = read(bytes_of(file), max_pixels=session.limits.pixels)
            return palette_in(reference), small_copy(reference, PREVIEWS[0])

        colors, picture = await session.worker.do(find)
    if not colors:
        raise PhotoError("the reference has no colours: give a picture in colour")
    return JSONResponse({"colors": colors, "picture": b64encode(picture).decode()})


async def color_file(session: Session, request: Request) -> Response:
    """Colour a file that is sent, which need not be open."""
    async with request.form(max_files=1, max_fields=len(WISHES) + 4) as form:
        file = file_in(form)
        coloring = coloring_in({key: str(value) for key, value in form.items() if key != "file"})
        asked = form.get("format")
        output = Output(format=format_named(str(asked)) if asked else None)

        def color() -> tuple[str, bytes]:
            photograph = read(bytes_of(file), max_pixels=session.limits.pixels)
            return session.saver.file_of(photograph, coloring, output)

        kind, colored = await session.worker.do(color)
    return _file(colored, kind, plain_name(file.filename or ""))


# Making answers


async def _drawn(session: Session, request: Request, make: Callable[[View], Made]) -> Made:
    return await session.draw(_asked(request), make)


def _asked(request: Request) -> Asked:
    revision = number_if_in(request, "revision")
    return Asked(request.path_params["key"], revision, number_in(request, "page", 1))


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
