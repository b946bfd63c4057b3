"""Turning what goes wrong in decoders, encoders and the file system into one line for a person."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fsdecode, fspath

from PIL import Image

from rehue.errors import PhotoError, RehueError

# A line of a foreign message that is longer is cut.
_LONGEST = 160


def shown(path: str | bytes | PathLike[str] | PathLike[bytes]) -> str:
    r"""Return a path as it can be printed on one line, whatever its characters.

    >>> shown("two\nlines.jpg")
    'two\\nlines.jpg'
    """
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in fsdecode(fspath(path))
    )


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """Turn whatever a decoder raises on a bad file into a PhotoError about `name`."""
    try:
        yield
    except PhotoError:
        raise
    except MemoryError as error:
        raise PhotoError(
            f"{name} does not fit into memory: close other programs or give a smaller picture"
        ) from error
    except Image.DecompressionBombError as error:
        raise PhotoError(
            f"{name} has more pixels than Pillow opens ({_line(error)}): give a smaller picture"
        ) from error
    except Exception as error:  # Pillow's decoders raise nearly anything on damaged files
        text = _line(error)
        if _is_truncation(error, text):
            raise PhotoError(
                f"{name} is cut off before its end ({text}): copy or download it again"
            ) from error
        raise PhotoError(
            f"{name} is damaged or of an unusual kind ({text}): "
            "open it in an image editor and save it as PNG or TIFF"
        ) from error


@contextmanager
def encoding(name: str, kind: str) -> Iterator[None]:
    """Turn whatever an encoder raises into a PhotoError about `name`."""
    try:
        yield
    except (RehueError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the system's, not an encoder's
        raise PhotoError(
            f"{name} cannot be written as {kind} ({_line(error)}): try another format"
        ) from error


def reason(error: OSError) -> str:
    """Return the system's own words for an error, without the path."""
    return error.strerror or _line(error)


def _is_truncation(error: Exception, text: str) -> bool:
    return isinstance(error, EOFError | struct.error | zlib.error) or any(
        word in text.lower() for word in ("truncated", "incomplete", "unexpected end")
    )


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    text = shown(text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
