"""Steps of work that run beside each other: each a step ahead of the one that takes its results."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Final, TypeVar

_T = TypeVar("_T")
_R = TypeVar("_R")
_WAIT: Final = 0.2  # seconds after which a step looks whether it is still wanted


def ahead(items: Iterable[_T], depth: int) -> Iterator[_T]:
    """Yield the items of an iterator that works in a thread of its own.

    It is at most `depth` items ahead; what it raises is raised here. When this is closed, so is it.
    """
    queue: Queue[tuple[bool, _T | BaseException | None]] = Queue(depth)
    unwanted = Event()

    def put(is_item: bool, value: _T | BaseException | None) -> None:
        while not unwanted.is_set():
            try:
                queue.put((is_item, value), timeout=_WAIT)
            except Full:
                continue
            return

    def work() -> None:
        iterator = iter(items)
        try:
            for item in iterator:
                put(True, item)
                if unwanted.is_set():
                    break
            put(False, None)
        except BaseException as error:  # raised again where it is waited for
            put(False, error)
        finally:
            close = getattr(iterator, "close", None)
            if close is not None:
                close()

    worker = Thread(target=work, daemon=True)
    worker.start()
    try:
        while True:
            is_item, value = queue.get()
            if is_item:
                yield value  # type: ignore[misc]
            elif isinstance(value, BaseException):
                raise value
            else:
                return
    finally:
        unwanted.set()
        while worker.is_alive():
            try:
                queue.get(timeout=_WAIT / 10)
            except Empty:
                worker.join(_WAIT / 10)


def in_order(
    work: Callable[[_T], _R], items: Iterable[_T], pool: ThreadPoolExecutor, depth: int
) -> Iterator[_R]:
    """Yield what a function makes of each item, in their order, `depth` of them at a time."""
    waiting: deque[Future[_R]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= depth:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
