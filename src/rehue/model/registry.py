"""Finding models: those in the package, and weight files by path."""

import difflib
from importlib import resources
from os import PathLike, fspath
from pathlib import Path

from rehue.errors import ModelError
from rehue.model.card import Model


def shipped_folder() -> Path:
    """Return where the package's weights lie."""
    return Path(str(resources.files("rehue") / "weights"))


def list_models() -> list[str]:
    """Return the names of the models that `find_model` knows."""
    return sorted(path.stem for path in shipped_folder().glob("*.onnx"))


def find_model(name: str | PathLike[str]) -> Model:
    """Open a shipped model by name, or any by the path of its ONNX file.

    Raises:
        ModelError: there is none.
    """
    text = fspath(name)
    if text in list_models():
        return Model.at(shipped_folder() / f"{text}.onnx")
    if Path(text).suffix == ".onnx":
        return Model.at(Path(text))
    close = difflib.get_close_matches(text, list_models(), n=1) or list_models()
    raise ModelError(
        f"no model {text!r}: nearest: {', '.join(close)}; or give the path of an .onnx file"
    )
