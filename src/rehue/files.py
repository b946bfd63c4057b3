"""Files that appear whole or not at all."""

import os
from pathlib import Path

from rehue.errors import RecipeError

ANOTHER_OUTPUT = "give another --output"


def write_whole(path: Path, data: bytes, advice: str) -> None:
    """Write beside `path`, then rename; its folder is made where it is missing.

    Args:
        path: of the file.
        data: what it is to hold.
        advice: what to do when that fails.

    Raises:
        RecipeError: it cannot be written; then nothing is left behind.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")  # processes that share a run
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or error
        raise RecipeError(f"{path}: cannot be written ({why}): {advice}") from error
