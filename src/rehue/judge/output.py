"""An evaluation's files in one folder; each appears whole or not at all."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from rehue.errors import RehueError
from rehue.files import reason, replacing
from rehue.judge import plots
from rehue.judge.groups import Outcome
from rehue.judge.report import hues_to_csv, to_csv, to_json
from rehue.judge.results import Evaluation


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


def write_output(
    folder: Path,
    evaluation: Evaluation,
    sheet: Image.Image,
    group_sheets: Mapping[Outcome, Image.Image] | None = None,
) -> list[Path]:
    """Write JSON, CSV, contact sheet and, where matplotlib is, plots.

    Args:
        folder: made where it is missing; files of these names in it are replaced.
        evaluation: fresh from `evaluate`; its photographs' figures go into evaluation.json, too.
        sheet: from `sheet.model_sheet`.
        group_sheets: the same of photographs that `sheet.choose_by_outcome` chose.

    Returns:
        What was written.

    Raises:
        RehueError: the folder cannot be written to.
    """
    writers: dict[str, Callable[[BinaryIO], object]] = {
        "evaluation.json": _text(to_json(evaluation, photographs=True)),
        "evaluation.csv": _text(to_csv(evaluation)),
        "hues.csv": _text(hues_to_csv(evaluation)),
        "sheet.png": _picture(sheet),
    }
    for outcome, of_group in (group_sheets or {}).items():
        writers[f"sheet-{outcome}.png"] = _picture(of_group)
    if can_plot():
        writers["error-by-kind.png"] = plots.error_by_kind(evaluation).savefig
        writers["colorfulness.png"] = plots.colorfulness_histogram(evaluation).savefig
        writers["hues.png"] = plots.hue_bars(evaluation).savefig
        writers["groups.png"] = plots.group_bars(evaluation).savefig
    make_folder(folder)
    written = []
    try:
        for name, write in writers.items():
            with replacing(folder / name) as beside, beside.open("wb") as file:
                write(file)
            written.append(folder / name)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return written


def _text(text: str) -> Callable[[BinaryIO], object]:
    return lambda file: file.write(text.encode())


def _picture(image: Image.Image) -> Callable[[BinaryIO], object]:
    return lambda file: image.save(file, "PNG")


def _unwritable(folder: Path, error: OSError) -> RehueError:
    why = reason(error)
    return RehueError(f"{folder}: cannot be written to ({why}): choose another folder")
