"""Turning what goes wrong in decoders and encoders into one line for a person."""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from rehue.errors import PhotoError, RehueError
from rehue.files import reason

# Errors that tell of a program's inside, not of the file.
_OF_THE_PROGRAM = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError),
    *(TypeError, UnicodeError, struct.error),
)
# Words of programs in what decoders say: names, numbers of errors, bytes, arrays.
_NOT_FOR_PEOPLE = re.compile(
    r"_|\bb['\"]|\(-?\d+\)|-\d|0x|=|[{}<>|\[\]\\]|\b(array|axis|argument|broadcast|buffer|codec|dtype|"
    r"index|int|NoneType|object|PyCapsule|reshaped?|returned|sequence|shape|str|tuple|unpack)\b",
    re.IGNORECASE,
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
            f"{name} has more pixels than its decoder opens: give a smaller picture"
        ) from error
    except Exception as error:  # Pillow's decoders raise nearly anything on damaged files
        text = reason(error)
        if _is_truncation(error, text):
            raise PhotoError(
                f"{name} is cut off before its end: copy or download it again"
            ) from error
        raise PhotoError(
            f"{name} is damaged or of an unusual kind{_in_words(error)}: "
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
            f"{name} cannot be written as {kind}{_in_words(error)}: try another format"
        ) from error


def _in_words(error: Exception) -> str:
    """Return in brackets what a decoder says, where that is said for people."""
    said = reason(error)
    is_number = not re.search("[A-Za-z]{3}", said)
    if is_number or isinstance(error, _OF_THE_PROGRAM) or _NOT_FOR_PEOPLE.search(said):
        return ""
    return f" ({said})"


def _is_truncation(error: Exception, text: str) -> bool:
    return isinstance(error, EOFError | struct.error | zlib.error) or any(
        word in text.lower() for word in ("truncated", "incomplete", "unexpected end")
    )
