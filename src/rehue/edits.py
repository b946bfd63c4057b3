"""What a person wished of one photograph, as a file beside it: `photo.jpg.rehue.json`.

    {"unit": "share",
     "hints": [{"x": 0.5, "y": 0.25, "color": "#b03030", "radius": 0.01}],
     "wishes": {"saturation": 1.2, "alternative": 2, "palette": ["navy"],
                "scan": {"as_is": true}},
     "photo": {"name": "photo.jpg", "sha256": "..."}}

The studio writes it beside the photograph, and `rehue colorize --hints` reads it. All keys but one
of `hints` and `wishes` may be left out; the wishes are fields of `rehue.wishes.Coloring`, and
`rehue.scan.stated_of` reads what is said of a scan.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rehue.errors import ModelError, nearest
from rehue.files import write_whole
from rehue.model import hints_of, read_hints
from rehue.scan import NOTHING_STATED, Stated, stated_of
from rehue.wishes import WISHES, Coloring

_KEYS: Final = ("unit", "hints", "wishes", "photo")
# Wishes that such a file does not hold: they have a place of their own, are other pictures, or are
# set by experts.
_ELSEWHERE: Final = ("hints", "decoding", "reference")
HELD: Final = tuple(name for name in WISHES if name not in _ELSEWHERE)


def read_edits(path: Path) -> Coloring:
    """Read hints and wishes from a file; one with hints alone is read as `read_hints` does.

    Raises:
        ModelError: it cannot be read, or something in it is none of these.
        PhotoError: a wish outside its range.
    """
    table = table_in(path)
    if table is None or "wishes" not in table:
        return Coloring(hints=tuple(read_hints(path)))
    return coloring_of(table, str(path))


def table_in(path: Path) -> dict[str, Any] | None:
    """Return the table of a file that is JSON and one; None for any other."""
    try:
        table = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
    return table if isinstance(table, dict) else None


def coloring_of(table: Mapping[str, Any], where: str) -> Coloring:
    """Return the wishes that a table holds.

    Args:
        table: as the file above.
        where: what messages call it.

    Raises:
        ModelError: something in it is no hint or no wish.
        PhotoError: a wish outside its range.
    """
    for key in table:
        if key not in _KEYS:
            raise ModelError(f"{where}: {key!r} is unknown: {nearest(str(key), list(_KEYS))}")
    rows, wishes = table.get("hints", []), table.get("wishes", {})
    if not isinstance(rows, list) or not isinstance(wishes, dict):
        raise ModelError(f"{where}: give a list of hints and a table of wishes")
    unit = {"unit": table["unit"]} if "unit" in table else {}
    hints = hints_of([{**unit, **row} if isinstance(row, dict) else row for row in rows], where)
    return Coloring(
        hints=tuple(hints), **{name: _value(name, wishes[name], where) for name in wishes}
    )


def _value(name: str, value: object, where: str) -> Any:  # noqa: ANN401 (of the wish's type)
    if name not in HELD:
        raise ModelError(f"{where}: wish {name!r} is unknown: {nearest(name, list(HELD))}")
    if name == "scan":
        if not isinstance(value, dict):
            raise ModelError(f"{where}: scan: give a table, such as {{'as_is': true}}")
        stated = stated_of(value)
        return None if stated == NOTHING_STATED else stated
    default = WISHES[name].default
    if default == ():
        if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise ModelError(f"{where}: {name}: give a list of colours")
        return tuple(value)
    if isinstance(default, bool) != isinstance(value, bool) and value is not None:
        raise ModelError(f"{where}: {name}: found {value!r}")
    if isinstance(default, int) and not isinstance(value, int):
        raise ModelError(f"{where}: {name}: give a whole number, found {value!r}")
    if value is None and default is not None:
        return default
    return value


def table_of(coloring: Coloring) -> dict[str, Any]:
    """Return wishes as a table that `coloring_of` reads, without pictures and `decoding`."""
    wishes = {name: _told(value) for name, value in coloring.wished().items() if name in HELD}
    hints = [
        {key: value for key, value in asdict(hint).items() if value is not None}
        for hint in coloring.hints
    ]
    return {"hints": hints, "wishes": wishes}


def _told(value: object) -> object:
    if isinstance(value, Stated):
        return value.table()
    return list(value) if isinstance(value, tuple) else value


def edits_beside(photo: Path) -> Path:
    """Return where the wishes for a photograph stand.

    >>> edits_beside(Path("scans/photo.jpg")).name
    'photo.jpg.rehue.json'
    """
    return photo.with_name(f"{photo.name}.rehue.json")


def write_edits(path: Path, coloring: Coloring, name: str, sha256: str | None) -> None:
    """Write the wishes for a photograph, whole or not at all.

    Raises:
        ModelError: they cannot be written.
    """
    table = {**table_of(coloring), "photo": {"name": name, "sha256": sha256}}
    data = json.dumps(table, indent=1, ensure_ascii=False).encode()
    write_whole(path, data + b"\n", "make room, or give rights to the folder", ModelError)
