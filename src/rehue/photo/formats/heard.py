"""What C libraries write to standard error while they decode: heard, not shown.

LibRaw, libtiff and libpng say there what they made of a damaged file, and nowhere else. The file
descriptor is the process's, so one picture at a time is listened to; lines of others pass through.
"""

import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_STANDARD_ERROR: Final = 2
_one_at_a_time = threading.RLock()
# LibRaw's, libpng's, OpenJPEG's, and libtiff's, which begin with the file or the function that
# found something.
_THEIRS = re.compile(
    r"(\s*CAN NOT CONVERT|3rdparty/|unknown file|PNG (warning|error)|libpng|\S*tempfile\.tif"
    r"|_?TIFF\w*|OJPEG\w*|JPEG\w*|LZW\w*"
    r"|ZIP\w*|Fax\w*|PackBits\w*|PixarLog\w*|LogLuv\w*|LogL16\w*|WebP\w*|ZSTD\w*|LERC\w*|LZMA\w*"
    r"|NeXT\w*|Thunder\w*|Dump\w*|Chop\w*|Estimate\w*|Tell\w*|Seek\w*|Allocat\w*|gt[A-Z]\w*"
    r"|put\w*|setup\w*|init\w*)"
)


@contextmanager
def heard() -> Iterator[list[str]]:
    """Collect the lines of decoders for the length of a block; the list is full after it."""
    lines: list[str] = []
    with _one_at_a_time, tempfile.TemporaryFile() as caught:
        try:
            before = os.dup(_STANDARD_ERROR)
        except OSError:  # there is no standard error
            yield lines
            return
        try:
            os.dup2(caught.fileno(), _STANDARD_ERROR)
            yield lines
        finally:
            os.dup2(before, _STANDARD_ERROR)
            os.close(before)
            caught.seek(0)
            for line in caught.read().decode("utf-8", "replace").splitlines(keepends=True):
                if _THEIRS.match(line):
                    lines.append(line.strip())
                else:
                    _pass_on(line)


def _pass_on(line: str) -> None:
    with suppress(OSError, ValueError):
        sys.__stderr__ and sys.__stderr__.write(line)
