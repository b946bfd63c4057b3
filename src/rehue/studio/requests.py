"""What stands in a request: JSON, a form with a file, wishes, numbers; bad ones are refused."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from rehue.edits import coloring_of
from rehue.studio.refusals import RefusalError
from rehue.wishes import WISHES, Coloring


def kind_of(request: Request) -> str:
    """Return a request's media type, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def table_of(request: Request) -> dict[str, Any]:
    """Return a request's JSON; no body is an empty table."""
    if kind_of(request) == "multipart/form-data":  # which may be as long as a file
        raise RefusalError("a form was sent: send JSON, see /api/openapi.json")
    try:
        table = json.loads(await request.body() or b"{}")
    except (ValueError, RecursionError) as error:
        raise RefusalError("the request is not JSON: see /api/openapi.json") from error
    if not isinstance(table, dict):
        raise RefusalError("the request is no table of JSON: see /api/openapi.json")
    return table


def file_in(form: Mapping[str, Any]) -> UploadFile:
    """Return the file in a form."""
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise RefusalError("no file was sent: send one as the field `file` of a form")
    return file


def bytes_of(file: UploadFile) -> bytes:
    """Return a file that was sent; of what waits for the worker nothing is in memory yet."""
    file.file.seek(0)
    return file.file.read()


def copy_to(file: UploadFile, path: Path) -> None:
    """Write a file that was sent to a path."""
    file.file.seek(0)
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target, 1 << 20)


def coloring_in(fields: dict[str, str]) -> Coloring:
    """Return the wishes in a form: edits as JSON, or single ones by name."""
    table = _table("edits", fields.get("edits", "{}"))
    wishes = table.get("wishes", {})
    if not isinstance(wishes, dict):
        raise RefusalError("edits: give a table of wishes: see /api/openapi.json")
    named = {name: _value(name, fields[name]) for name in fields if name in WISHES}
    return coloring_of({**table, "wishes": {**wishes, **named}}, "the form")


def _table(name: str, text: str) -> dict[str, Any]:
    try:
        table = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RefusalError(f"{name}: not JSON: see /api/openapi.json") from error
    if not isinstance(table, dict):
        raise RefusalError(f"{name}: no table of JSON: see /api/openapi.json")
    return table


def _value(name: str, text: str) -> Any:  # noqa: ANN401 (of the wish's type)
    if name == "scan":
        return _table(name, text)
    if WISHES[name].default == ():
        return [color.strip() for color in text.split(",")]
    if WISHES[name].default is False:
        return text.lower() in ("1", "true", "yes", "on")
    try:
        number = float(text)
    except ValueError as error:
        raise RefusalError(f"{name} {text[:40]!r} is no number") from error
    return int(number) if number.is_integer() else number


def number_in(request: Request, name: str, usual: int | None = None) -> int:
    """Return a whole number, 0 or more, of the query; `usual` where it is not there."""
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


def number_if_in(request: Request, name: str) -> int | None:
    """Return a whole number of the query; None where it is not there."""
    return number_in(request, name) if name in request.query_params else None


def share_in(request: Request, name: str) -> float:
    """Return a share of the picture, 0..1, of the query."""
    try:
        share = float(request.query_params.get(name, ""))
    except ValueError as error:
        raise RefusalError(f"{name}: give a share of the picture, 0 to 1") from error
    if not 0 <= share <= 1:
        raise RefusalError(f"{name} {share:g}: give a share of the picture, 0 to 1")
    return share
