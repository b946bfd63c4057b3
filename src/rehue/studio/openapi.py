"""The API in its own words (OpenAPI 3.1), for those who write programs on it."""

from collections.abc import Iterable
from typing import Any, Final

from rehue import __version__
from rehue.edits import HELD
from rehue.studio.samples import samples_of
from rehue.wishes import WISHES

_JPEG: Final[dict[str, Any]] = {"image/jpeg": {}}
_JSON: Final[dict[str, Any]] = {"application/json": {"schema": {"type": "object"}}}
_FILE: Final[dict[str, Any]] = {"application/octet-stream": {}}

_EDITS: Final = {
    "type": "object",
    "description": "As in photo.jpg.rehue.json, which `rehue colorize --hints` reads.",
    "properties": {
        "unit": {"enum": ["pixels", "share"]},
        "hints": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["x", "y", "color"],
                "properties": {
                    "x": {"type": "number"},
                    "y": {"type": "number"},
                    "color": {
                        "type": "string",
                        "description": "#rrggbb or a name of CSS; `keep` is a pin: the automatic "
                        "colour stays.",
                    },
                    "radius": {"type": "number"},
                    "unit": {"enum": ["pixels", "share"]},
                },
            },
        },
        "wishes": {
            "type": "object",
            "properties": {
                **{name: {"description": WISHES[name].help} for name in HELD},
                "scan": {"$ref": "#/components/schemas/Scan"},
            },
        },
    },
}

_CORNER: Final = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_SCAN: Final = {
    "type": "object",
    "description": WISHES["scan"].help,
    "properties": {
        "as_is": {"type": "boolean", "description": "An ordinary photograph."},
        "prints": {
            "type": "array",
            "description": "Four corners each, clockwise from the top left one (px).",
            "items": {"type": "array", "items": _CORNER, "minItems": 4, "maxItems": 4},
        },
        "tones": {
            "type": "array",
            "description": "L of the darkest and the lightest tone of the prints; a gamma.",
            "items": {"type": "number"},
        },
        "upright": {"enum": [0, 90, 180, 270]},
        "negative": {"type": "boolean"},
    },
}

# What each request does, what it takes, and what it answers with.
_SAID: Final[dict[tuple[str, str], tuple[str, tuple[str, ...], Any, int, Any]]] = {
    ("/api/health", "GET"): ("Whether it runs; needs no token.", (), None, 200, _JSON),
    ("/api/openapi.json", "GET"): ("This document.", (), None, 200, _JSON),
    ("/api/session", "GET"): ("The model, the wishes and the limits.", (), None, 200, _JSON),
    ("/api/color", "POST"): (
        "Colour a file; the answer is the photograph in its own format. Wishes by name, or edits.",
        (),
        "form",
        200,
        _FILE,
    ),
    ("/api/photos", "GET"): ("The photographs that are open.", (), None, 200, _JSON),
    ("/api/photos", "POST"): (
        "Open a file (a form), or a path inside the opened folder (JSON).",
        (),
        "open",
        201,
        _JSON,
    ),
    ("/api/photos/{key}", "GET"): ("What is known of a photograph.", (), None, 200, _JSON),
    ("/api/photos/{key}", "DELETE"): ("Close it; its wishes stay kept.", (), None, 204, None),
    ("/api/photos/{key}/edits", "PUT"): (
        "Wish something else of it; 409 where the revision given is not its own any more.",
        (),
        "edits",
        200,
        _JSON,
    ),
    ("/api/photos/{key}/finding", "GET"): (
        "What kind of thing was scanned: `said` in words, the prints with their corners (px).",
        ("revision", "page"),
        None,
        200,
        _JSON,
    ),
    ("/api/photos/{key}/grey", "GET"): ("Its lightness.", ("longest", "page"), None, 200, _JPEG),
    ("/api/photos/{key}/preview", "GET"): (
        "It in colour, small.",
        ("longest", "alternative", "revision", "page"),
        None,
        200,
        _JPEG,
    ),
    ("/api/photos/{key}/versions", "GET"): (
        "The numbers of its versions, from calm to bold.",
        ("page",),
        None,
        200,
        _JSON,
    ),
    ("/api/photos/{key}/confidence", "GET"): (
        "How sure the model is of each place; white is sure.",
        ("longest", "revision", "page"),
        None,
        200,
        {"image/png": {}},
    ),
    ("/api/photos/{key}/crop", "GET"): (
        "A part of it with all its pixels.",
        ("x", "y", "width", "height", "grey", "revision", "page"),
        None,
        200,
        _JPEG,
    ),
    ("/api/photos/{key}/suggestions", "GET"): (
        "Likely colours at a place (shares of width and height, 0 to 1), and those that exist. "
        "`hint` is the number of one there that is to change; `ahead` draws previews of that size "
        "with each of the colours meanwhile.",
        ("x", "y", "count", "hint", "ahead", "revision", "page"),
        None,
        200,
        _JSON,
    ),
    ("/api/photos/{key}/result", "GET"): (
        "The whole photograph in colour, as a file.",
        ("revision",),
        None,
        200,
        _FILE,
    ),
    ("/api/photos/{key}/save", "POST"): (
        "Write it in colour beside the photograph; never over an earlier one without `overwrite`.",
        (),
        "save",
        202,
        _JSON,
    ),
    ("/api/folder", "GET"): ("The photographs of the opened folder.", (), None, 200, _JSON),
    ("/api/folder/thumbnail", "GET"): ("One of them, small.", ("name",), None, 200, _JPEG),
    ("/api/folder/color", "POST"): (
        "Colour all of it, as a task: each as wished for it, the others with the wishes given.",
        (),
        "wishes",
        202,
        _JSON,
    ),
    ("/api/palette", "POST"): (
        "The main colours of a picture, and a small copy of it (JPEG, base64).",
        (),
        "file",
        200,
        _JSON,
    ),
    ("/api/tasks/{key}", "GET"): ("How far a task is.", (), None, 200, _JSON),
    ("/api/tasks/{key}", "DELETE"): ("Stop a task.", (), None, 200, _JSON),
}

_FILE_FIELD: Final = {"file": {"type": "string", "format": "binary"}}


def _form(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    table = {"type": "object", "required": ["file"], "properties": {**_FILE_FIELD, **fields}}
    return {"multipart/form-data": {"schema": table}}


def _json(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"application/json": {"schema": {"type": "object", "properties": fields}}}


_BODIES: Final[dict[str, dict[str, Any]]] = {
    "file": _form(),
    "form": _form(
        edits={"type": "string", "description": "JSON, as `edits`; so is `scan`."},
        format={"type": "string"},
        **{name: {"type": "string", "description": WISHES[name].help} for name in HELD},
    ),
    "open": {**_form(), **_json(path={"type": "string"})},
    "edits": _json(revision={"type": "integer"}, edits={"$ref": "#/components/schemas/Edits"}),
    "save": _json(overwrite={"type": "boolean"}),
    "wishes": {"application/json": {"schema": {"$ref": "#/components/schemas/Edits"}}},
}


def document(routes: Iterable[tuple[str, str, object]]) -> dict[str, Any]:
    """Return the description of the routes."""
    paths: dict[str, dict[str, Any]] = {}
    for path, method, _ in routes:
        said, query, body, status, content = _SAID[path, method]
        parameters = [_parameter(name, "query") for name in query]
        parameters += [_parameter("key", "path")] * ("{key}" in path)
        good = {"description": "Done.", **({"content": content} if content else {})}
        paths.setdefault(path, {})[method.lower()] = {
            "summary": said,
            "parameters": parameters,
            "x-codeSamples": samples_of(path, method),
            "responses": {
                str(status): good,
                "default": {"description": "One line in `error`.", "content": _JSON},
            },
            **({"requestBody": {"content": _BODIES[body]}} if body else {}),
            **({"security": []} if path == "/api/health" else {}),
        }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rehue studio",
            "version": __version__,
            "description": "ADDRESS and TOKEN are those that `rehue serve` prints, ID what opening "
            "a photograph answers with, TASK what saving does.",
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": {"Edits": _EDITS, "Scan": _SCAN},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _parameter(name: str, where: str) -> dict[str, Any]:
    kind = "string" if name in ("key", "name") else "number"
    return {"name": name, "in": where, "required": where == "path", "schema": {"type": kind}}
