"""What Rehue made before, by the marks in its files; nothing is decoded where a mark is found.

The mark in a file is what proves that it may be replaced, or that it is done. The journal of a
run only remembers what was found out, so that nothing has to be read for it again.
"""

import os
import re
from pathlib import Path

from rehue.batch.outcome import sha256_of
from rehue.errors import PhotoError
from rehue.files import PARTS, shown
from rehue.photo import Mark, Photograph, check_target, read

# XMP is found in any file by its wrapper (ISO 16684-1:2019, 7.3.2 and annex A, packet scanning).
_PACKET = re.compile(rb"<\?xpacket begin=.*?<\?xpacket end=.{0,8}?\?>", re.DOTALL)


def mark_in(path: Path) -> Mark | None:
    """Return the mark in a file; None when there is none, or no file that can be read."""
    try:
        data = path.read_bytes()
    except (OSError, ValueError):
        return None
    marks = (Mark.from_xmp(packet) for packet in _PACKET.findall(data))
    return next(filter(None, marks), None)


def mark_of_result(target: Path, source: Path) -> Mark | None:
    """Return the mark of a file that is Rehue's result of exactly this source, or else None."""
    mark = mark_in(target)
    if mark is None or mark.source_sha256 is None:
        return None
    return mark if sha256_of(source) == mark.source_sha256 else None


def check_free(target: Path, photograph: Photograph, *, overwrite: bool) -> bool:
    """Refuse a target that is taken: only what Rehue made may be replaced.

    Returns:
        Whether there is something to replace: a result of this very photograph, or, where
        `overwrite` allows it, of any.

    Raises:
        PhotoError: the target is the source, a folder, or a file that must stay.
    """
    check_target(target, photograph, overwrite=True)
    if not os.path.lexists(target):
        return False
    mark = mark_in(target) or _mark_read(target)
    if mark is None:
        raise PhotoError(
            f"{shown(target)} exists and was not made by Rehue: move it away or name another place"
        )
    if not overwrite and mark.source_sha256 != photograph.sha256:
        raise PhotoError(
            f"{shown(target)} exists and was made from another photograph, or from an earlier "
            f"state of {photograph.name}: name another place, or --overwrite"
        )
    return True


def remove_parts(folder: Path) -> None:
    """Remove what killed processes left half-written in a folder where nobody is writing."""
    for part in folder.glob(PARTS):
        part.unlink(missing_ok=True)


def _mark_read(path: Path) -> Mark | None:
    """Read the mark of a file whose XMP another program has packed or unwrapped."""
    try:
        return read(path).mark
    except PhotoError:
        return None
