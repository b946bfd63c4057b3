"""An evaluation's files in one folder; each appears whole or not at all."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from rehue.errors import RehueError
from rehue.judge import plots
from rehue.judge.evaluation import Evaluation
from rehue.judge.report import to_csv, to_json


def can_plot() -> bool:
    """Say whether matplotlib (extra `evaluate`) is installed."""
    return find_spec("matplotlib") is not None


def make_folder(folder: Path) -> None:
    """Make the folder of a report, so that a wrong one is known before the work.

    Raises:
        RehueError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_output(folder: Path, evaluation: Evaluation, sheet: Image.Image) -> list[Path]:
    """Write evaluation.json, evaluation.csv, sheet.png and, where matplotlib is, the plots.

    Args:
        folder: made where it is missing; files of these names in it are replaced.
        evaluation: fresh from `evaluate`.
        sheet: from `sheet.model_sheet`.

    Returns:
        What was written.

    Raises:
        RehueError: the folder cannot be written to.
    """
    writers: dict[str, Callable[[Path], object]] = {
        "evaluation.json": lambda path: path.write_text(to_json(evaluation), encoding="utf-8"),
        "evaluation.csv": lambda path: path.write_text(to_csv(evaluation), encoding="utf-8"),
        "sheet.png": sheet.save,
    }
    if can_plot():
        writers["error-by-kind.png"] = plots.error_by_kind(evaluation).savefig
        writers["colorfulness.png"] = plots.colorfulness_histogram(evaluation).savefig
    make_folder(folder)
    try:
        return [_write(folder / name, write) for name, write in writers.items()]
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(folder: Path, error: OSError) -> RehueError:
    why = error.strerror or error
    return RehueError(f"{folder}: cannot be written to ({why}): choose another folder")


def _write(path: Path, write: Callable[[Path], object]) -> Path:
    """Write beside `path`, then rename."""
    beside = path.with_name(f".unfinished.{path.name}")
    try:
        write(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path
