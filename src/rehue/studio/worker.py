"""One job at a time: a thread that does what is asked for, the urgent first; the queue ends.

The network and the colouring use all processors already; two photographs at once would only make
both slower, and memory would follow the number of requests.
"""

import asyncio
import itertools
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import PriorityQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from rehue.studio.refusals import BusyError

Done = TypeVar("Done")


@dataclass(order=True)
class _Job:
    is_later: bool
    number: int
    do: Callable[[], Any] = field(compare=False)
    future: "Future[Any]" = field(compare=False)


class Worker:
    """Does jobs one after the other, those that somebody is looking at first.

    Args:
        most: jobs that may wait.
        wait: seconds after which an answer is no longer waited for.
    """

    def __init__(self, most: int, wait: float) -> None:
        self._most, self._wait = most, wait
        self._queue: PriorityQueue[_Job] = PriorityQueue()
        self._numbers = itertools.count()
        self._waiting, self._lock = 0, Lock()
        Thread(target=self._work, name="rehue-studio", daemon=True).start()

    async def do(self, job: Callable[[], Done], *, later: bool = False) -> Done:
        """Do a job and return what it returns; when nobody waits any more it is left out.

        Args:
            job: run in the worker's thread.
            later: after all others, however long that takes: a save, a folder.

        Raises:
            BusyError: too much waits, or it took too long.
        """
        future: Future[Done] = Future()
        future.add_done_callback(self._given_up)
        with self._lock:
            if self._waiting >= self._most:
                raise BusyError(f"{self._waiting} things wait already: try again in a moment")
            self._waiting += 1
        self._queue.put(_Job(later, next(self._numbers), job, future))
        try:
            wait = None if later else self._wait
            return await asyncio.wait_for(asyncio.wrap_future(future), wait)
        except TimeoutError as error:
            if future.done() and not future.cancelled():
                raise  # of the job itself
            raise BusyError(f"no answer within {self._wait:g} seconds: try again") from error

    def _given_up(self, future: "Future[Any]") -> None:
        if future.cancelled():  # nobody waits for it, and it takes no room
            with self._lock:
                self._waiting -= 1

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            if not job.future.set_running_or_notify_cancel():
                continue
            with self._lock:
                self._waiting -= 1
            try:
                job.future.set_result(job.do())
            except BaseException as error:  # told to whoever asked
                job.future.set_exception(error)
            del job  # else its pictures stay until the next one comes
