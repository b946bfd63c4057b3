"""Processes that colour: what kills one costs one photograph, and none runs for ever.

`concurrent.futures` breaks the whole pool when one of its processes dies. Here each process has a
pipe of its own, and a thread that waits at it: which photograph was at work is always known.
"""

import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from queue import LifoQueue
from time import perf_counter
from typing import TYPE_CHECKING, Any

from rehue.batch.coloring import Follow, color, unfollowed
from rehue.batch.crew import Crew, Setup
from rehue.batch.job import Job
from rehue.batch.made import remove_parts
from rehue.batch.outcome import Facts, Outcome, Status, name_of
from rehue.errors import RehueError
from rehue.film.naming import is_film

if TYPE_CHECKING:
    from rehue.film import Progress

# Begun afresh: a copy of this process would hold its locks, and the threads of its libraries not.
_SPAWN = multiprocessing.get_context("spawn")
# What libraries ask for how many threads of their own they may begin.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TIFFFILE_NUM_THREADS")
_START_LIMIT = 300.0  # s; weights may come over a network
_END_LIMIT = 5.0  # s
_TOLD_EVERY = 0.2  # s; how far a film is

_starting = threading.Lock()


@dataclass(frozen=True)
class _Far:
    """How far the film is that a process is at."""

    progress: "Progress"


class _Late:
    """A process did not answer in time."""


_LATE = _Late()


class WorkerError(RehueError):
    """A process that could not be started."""


class Worker:
    """A process that does one job after the other; another takes its place when it dies.

    Args:
        setup: what it needs.
        time_limit: for one photograph (s); a film takes as long as it takes.
        follow: is told how far a film is.
    """

    def __init__(self, setup: Setup, time_limit: float, follow: Follow = unfollowed) -> None:
        self._setup, self._time_limit, self._follow = setup, time_limit, follow
        self._process: Any = None
        self._pipe: Connection
        self._facts: Facts
        self._is_closed = False

    def start(self) -> Facts:
        """Start the process unless it is there, and say what its results depend on.

        Raises:
            RehueError: the model or its runtime cannot be had, or the process died over it.
        """
        if self._process is not None and self._process.is_alive():
            return self._facts
        if self._is_closed:
            raise WorkerError("the run was stopped: give the same command to go on")
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs, self._setup), daemon=True)
        with _starting, _threads_of_libraries(self._setup.threads):
            self._process.start()
        theirs.close()
        answer = self._answer(_START_LIMIT)
        if isinstance(answer, Facts):
            self._facts = answer
            return answer
        how = self._end(kill=answer is _LATE)
        if isinstance(answer, RehueError):
            raise answer
        raise WorkerError(f"a process could not be started ({how}): take fewer --workers")

    def do(self, job: Job) -> Outcome:
        """Do a job; a process that dies over it, or takes too long, is that job's failure.

        Raises:
            RehueError: as for `start`.
        """
        self.start()
        started = perf_counter()
        with suppress(OSError):
            self._pipe.send(job)
        is_long = job.source is not None and is_film(job.source.name)
        answer = self._answer(None if is_long else self._time_limit)
        while isinstance(answer, _Far):
            self._follow(job, answer.progress)
            answer = self._answer(None)
        if isinstance(answer, Outcome):
            return answer
        how = self._end(kill=answer is _LATE)
        if answer is _LATE:
            why = f"took more than {self._time_limit:g} s and was stopped: see --time-limit"
        elif how == "SIGKILL":
            why = f"lost its process ({how}), perhaps for want of memory: take fewer --workers"
        else:
            why = f"ended its process ({how}): save it again with an image editor"
        return Outcome(job, Status.FAILED, f"{name_of(job)} {why}", perf_counter() - started)

    def close(self) -> None:
        """End the process, at work or not, for good."""
        self._is_closed = True
        process = self._process
        if process is not None:
            process.kill()

    def _answer(self, limit: float | None) -> object:
        """Return what the process sent, `_LATE` after the limit, or None when it died."""
        try:
            return self._pipe.recv() if self._pipe.poll(limit) else _LATE
        except (EOFError, OSError):
            return None

    def _end(self, *, kill: bool) -> str:
        """See the process end, or make it, and say how it did."""
        process, self._process = self._process, None
        if kill:
            process.kill()
        process.join(_END_LIMIT)
        process.kill()
        self._pipe.close()
        code = process.exitcode
        if code is not None and code < 0:
            with suppress(ValueError):
                return signal.Signals(-code).name
        return f"exit code {code}"


class Workers(Crew):
    """Several workers on this machine.

    Args:
        setup: what they need.
        count: how many there are.
        time_limit: for one photograph (s).
        first: how many are started at once; the others when they are wanted.
        follow: is told how far a film is.

    Raises:
        RehueError: the model or its runtime cannot be had.
    """

    def __init__(
        self,
        setup: Setup,
        count: int,
        time_limit: float,
        first: int = 1,
        follow: Follow = unfollowed,
    ) -> None:
        # As many again wait, so that none is idle, and their files can be read ahead.
        self.capacity = 2 * count
        self._workers = [Worker(setup, time_limit, follow) for _ in range(count)]
        self._idle: LifoQueue[Worker] = LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(count)
        self._unclean: set[Path] = set()
        try:
            starts = [self._threads.submit(self._start) for _ in range(min(count, first))]
            ready, _ = wait(starts, return_when=FIRST_COMPLETED)
            self.facts = next(iter(ready)).result()
        except BaseException:
            self.close()
            raise

    def submit(self, job: Job) -> Future[Outcome]:
        """Begin a job, or have it wait for a worker; its file is read ahead."""
        if isinstance(job.source, Path):
            _read_ahead(job.source)
        return self._threads.submit(self._do, job)

    def close(self) -> None:
        """Kill the processes, and remove what they leave half-written."""
        for worker in self._workers:
            worker.close()
        self._threads.shutdown(cancel_futures=True)
        for folder in self._unclean:
            with suppress(OSError):
                remove_parts(folder)

    def _start(self) -> Facts:
        with self._one() as worker:
            return worker.start()

    def _do(self, job: Job) -> Outcome:
        with self._one() as worker:
            outcome = worker.do(job)
        if outcome.status is Status.FAILED and isinstance(job.target, Path):
            self._unclean.add(job.target.parent)
        return outcome

    @contextmanager
    def _one(self) -> Iterator[Worker]:
        worker = self._idle.get()
        try:
            yield worker
        finally:
            self._idle.put(worker)


def _serve(pipe: Connection, setup: Setup) -> None:
    """Do what comes through the pipe: the life of a process."""
    # Who stops a run at the keyboard stops its first process, and that one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if not sys.warnoptions:
        warnings.filterwarnings("ignore", module="PIL")  # as the command line does
    with suppress(OSError):
        os.chdir(setup.folder)
    # Who gave the jobs may be gone at any moment, and then nobody is to be told of it.
    with suppress(EOFError, OSError):
        try:
            colorizer = setup.colorizer()
        except RehueError as error:
            pipe.send(error)
            return
        pipe.send(setup.facts(colorizer))
        while True:
            pipe.send(color(pipe.recv(), colorizer, setup.settings, _teller(pipe)))


def _teller(pipe: Connection) -> Follow:
    """Say through the pipe how far a film is, not more often than anybody could read."""
    told = -_TOLD_EVERY

    def follow(_: Job, progress: "Progress") -> None:
        nonlocal told
        if (now := perf_counter()) - told >= _TOLD_EVERY:
            told = now
            pipe.send(_Far(progress))

    return follow


def _end_with_parent() -> None:
    """End this process when the one that began it has ended, however it did."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _read_ahead(path: Path) -> None:
    """Have the system read a file while others are coloured, where it can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return
    with suppress(OSError, ValueError):
        # A pipe without a writer is not waited for.
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_WILLNEED)
        finally:
            os.close(file)


@contextmanager
def _threads_of_libraries(threads: int | None) -> Iterator[None]:
    """Have processes begun meanwhile allow libraries so many threads, unless the user says."""
    chosen = {name for name in _THREADS if name not in os.environ}
    if threads:
        os.environ.update(dict.fromkeys(chosen, str(threads)))
    try:
        yield
    finally:
        for name in chosen:
            os.environ.pop(name, None)
