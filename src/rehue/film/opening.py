"""PyAV and OpenCV: where they come in, and what is said when they are missing."""

import os
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rehue.errors import FilmError, install_line
from rehue.film.numbered import is_sequence, options_of

if TYPE_CHECKING:
    from av.container import InputContainer


def open_film(path: str, **options: Any) -> "InputContainer":  # noqa: ANN401
    """Open a file for reading.

    Args:
        path: of a film, or an address that FFmpeg's libraries know.
        **options: of `av.open`.

    Raises:
        FilmError: it cannot be opened, or PyAV is not installed.
    """
    av = pyav()
    if is_sequence(path):
        options = {"format": "image2", "options": options_of(Path(path))} | options
    try:
        container: InputContainer = av.open(path, "r", metadata_errors="replace", **options)
    except av.error.FFmpegError as error:
        raise FilmError(
            f"{path}: cannot be read as a film ({reason(error)}): is it whole, and a film?"
        ) from error
    return container


def pyav() -> ModuleType:
    """Return PyAV, which brings FFmpeg's libraries.

    Raises:
        FilmError: it is not installed.
    """
    # SVT-AV1 speaks for itself, and reads once, when it is first used, how much; 1 is errors.
    os.environ.setdefault("SVT_LOG", "1")
    try:
        import av  # noqa: PLC0415
    except ImportError as error:
        raise FilmError(f"films need PyAV: {install_line('film')}") from error
    av.logging.set_level(None)  # what is wrong is said in our own lines
    return av


def opencv() -> ModuleType:
    """Return OpenCV, set to one thread: its optical flow differs with their number.

    Raises:
        FilmError: it is not installed.
    """
    try:
        import cv2  # noqa: PLC0415
    except ImportError as error:
        raise FilmError(f"films need OpenCV: {install_line('film')}") from error
    cv2.setNumThreads(1)
    return cv2


def reason(error: Exception) -> str:
    """Return what FFmpeg says of an error, without its number and file."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(said).splitlines()[0]
