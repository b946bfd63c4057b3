"""A lock on an open file that goes with its process, however that ends."""

import errno
import sys
from typing import BinaryIO

# What file systems without locks answer: then nobody is kept out.
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EINVAL)


def lock(file: BinaryIO) -> bool:
    """Lock a file; say whether it could be had, which it can not while another process has it."""
    try:
        _take(file)
    except OSError as error:
        return error.errno in _NO_LOCKS
    return True


if sys.platform == "win32":
    import msvcrt

    # Windows keeps others from reading what is locked: a byte that no journal reaches.
    _FAR = 0x7FFF_FFF0

    def _take(file: BinaryIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)

else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
