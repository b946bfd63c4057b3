"""What Rehue made before, by the marks in its files; nothing is decoded where a mark is found."""

import hashlib
import os
import re
from pathlib import Path

from rehue.errors import PhotoError
from rehue.photo import Mark, Photograph, check_target, read
from rehue.photo.failures import shown

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
    try:
        with source.open("rb") as file:
            is_same = hashlib.file_digest(file, "sha256").hexdigest() == mark.source_sha256
    except OSError:
        return None
    return mark if is_same else None


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


def _mark_read(path: Path) -> Mark | None:
    """Read the mark of a file whose XMP another program has packed or unwrapped."""
    try:
        return read(path).mark
    except PhotoError:
        return None
