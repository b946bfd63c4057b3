"""Finding models: those in the package, those that the user added, and weight files by path."""

import difflib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory

from rehue.errors import ModelError, nearest
from rehue.files import reason, user_folder
from rehue.model.card import Model
from rehue.model.catalog import PUBLISHED

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?<!\.onnx)")


def shipped_folder() -> Path:
    """Return where the package's weights lie."""
    return Path(str(resources.files("rehue") / "weights"))


def added_folder() -> Path:
    """Return where the models lie that the user added: `NAME.onnx` and `NAME.json` each.

    It is `$REHUE_MODELS`, or `rehue/models` in the system's folder for a user's data. It need
    not exist.

    Raises:
        ModelError: the user has no home folder.
    """
    if chosen := os.environ.get("REHUE_MODELS"):
        return Path(chosen)
    folder = user_folder()
    if folder is None:
        raise ModelError("no home folder to keep models in: set REHUE_MODELS=FOLDER")
    return folder / "models"


def list_shipped() -> list[str]:
    """Return the names of the models in the package."""
    return _names(shipped_folder())


def list_added() -> list[str]:
    """Return the names of the models that the user added."""
    try:
        found = _names(added_folder())
    except ModelError:  # where no folder can be, nothing was added
        return []
    return [name for name in found if name not in list_shipped()]


def list_models() -> list[str]:
    """Return the names of the models that `find_model` knows."""
    return sorted(list_shipped() + list_added())


def find_model(name: str | PathLike[str]) -> Model:
    """Open a shipped or added model by name, or any by the path of its ONNX file.

    Raises:
        ModelError: there is none.
    """
    text = fspath(name)
    if text in list_shipped():
        return Model.at(_path(shipped_folder(), text))
    if text in list_added():
        return Model.at(_path(added_folder(), text))
    if Path(text).suffix == ".onnx":
        return Model.at(Path(text))
    if text in PUBLISHED:
        raise ModelError(f"model {text!r} is not here yet: rehue models add {text}")
    close = difflib.get_close_matches(text, list_models(), n=1) or list_models()
    raise ModelError(
        f"no model {text!r}: nearest: {', '.join(close)}; or give the path of an .onnx file"
    )


@contextmanager
def adding(name: str, *, overwrite: bool = False) -> Iterator[Path]:
    """Add a model: whole, or not at all.

    Yields:
        An empty folder, on the disk where added models lie. `NAME.onnx` and its card `NAME.json`
        that lie in it at the end become the model; all else in it is thrown away.

    Args:
        name: what `find_model` will know it by.
        overwrite: take the place of an added model of that name.

    Raises:
        ModelError: the name is no name or is taken, or the folder cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise ModelError(
            f"{name!r} cannot name a model: take lower-case letters, digits, '-', '_' and '.'"
        )
    if name in list_shipped():
        raise ModelError(f"model {name!r} is shipped with Rehue: take another name")
    if name in list_added() and not overwrite:
        raise ModelError(f"model {name!r} is there already: add --overwrite to replace it")
    folder = added_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".adding-") as scratch:
            yield Path(scratch)
            # The card goes first: a model is there when its ONNX file is.
            for suffix in (".json", ".onnx"):
                (Path(scratch) / f"{name}{suffix}").replace(folder / f"{name}{suffix}")
    except OSError as error:
        raise ModelError(
            f"{folder}: cannot be written ({reason(error)}): "
            "make room there, or set REHUE_MODELS=FOLDER"
        ) from error


def copy_model(source: Path, name: str, folder: Path) -> None:
    """Copy an ONNX file and its card, under a name that the copy's card states.

    Args:
        source: the ONNX file; its card lies beside it.
        name: of the copy.
        folder: gets `NAME.onnx` and `NAME.json`.

    Raises:
        ModelError: file or card are missing or unreadable, or the file is not the card's.
        OSError: the copy cannot be written.
    """
    model = Model.at(source)
    (folder / f"{name}.onnx").write_bytes(model.read())
    card = replace(model.card, name=name)
    (folder / f"{name}.json").write_text(card.to_json(), "utf-8")


def remove_model(name: str) -> None:
    """Delete a model that the user added.

    Raises:
        ModelError: it is shipped, there is none of that name, or it cannot be deleted.
    """
    if name in list_shipped():
        raise ModelError(f"model {name!r} is shipped with Rehue and stays")
    if name not in list_added():
        near = nearest(name, list_added()) if list_added() else "none was added"
        raise ModelError(f"no added model {name!r}: {near}")
    path = _path(added_folder(), name)
    try:
        path.unlink()
        path.with_suffix(".json").unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(f"{path}: cannot be deleted ({reason(error)})") from error


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.onnx"))


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.onnx"
