"""No encoder may put a film before everything else that the machine does."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_THREADS = Path("/proc/self/task")


@contextmanager
def usual_precedence() -> Iterator[None]:
    """Give threads that begin within, and the one that is here, the scheduling they had before.

    SVT-AV1 makes itself, the thread that opens it and so each process which that thread starts a
    real-time one (`SCHED_FIFO`, 99) where it may, which is as root: in a container, mostly. On a
    small machine nothing else runs any longer then.
    """
    if sys.platform != "linux":
        yield
        return
    here = os.sched_getscheduler(0), os.sched_getparam(0)
    known = _threads()
    try:
        yield
    finally:
        os.sched_setscheduler(0, *here)
        for thread in _threads() - known:
            try:
                os.sched_setscheduler(thread, *here)
            except ProcessLookupError:  # it has ended since
                continue


def _threads() -> set[int]:
    return {int(thread.name) for thread in _THREADS.iterdir()}
