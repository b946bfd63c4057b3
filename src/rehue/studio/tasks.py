"""What goes on in the background: a save, or a whole folder; told as it goes, and stopped."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

from rehue.errors import RehueError
from rehue.studio.refusals import BusyError, MissingError

TaskState: TypeAlias = Literal["running", "done", "kept", "failed", "cancelled"]
# Tasks that are remembered after their end, and that may run at once.
_REMEMBERED, _RUNNING = 100, 8


@dataclass
class Task:
    """Something that goes on.

    Attributes:
        id: what the API calls it.
        kind: `save` or `folder`.
        total: photographs.
        done: of these.
        share: of all that there is to do, 0..1.
        state: `kept` is a save that would replace an earlier result, and did not.
        lines: what there is to say to a person.
        results: the files written.
    """

    id: str
    kind: str
    total: int
    done: int = 0
    share: float = 0.0
    state: TaskState = "running"
    lines: list[str] = field(default_factory=list)
    results: list[str] = field(default_factory=list)

    def tell(self, steps: int, most: int) -> None:
        """Take note of how far the next photograph is."""
        self.share = (self.done + steps / most) / self.total

    def table(self) -> dict[str, Any]:
        """Return it as the API tells it."""
        return asdict(self)


class Tasks:
    """The tasks of a session."""

    def __init__(self) -> None:
        self._tasks: OrderedDict[str, Task] = OrderedDict()
        self._going: dict[str, asyncio.Task[None]] = {}

    def start(self, kind: str, total: int, work: Callable[[Task], Awaitable[None]]) -> Task:
        """Begin with something; `work` tells the task how far it is.

        Raises:
            BusyError: too much is going on.
        """
        if len(self._going) >= _RUNNING:
            raise BusyError(f"{_RUNNING} tasks are running: wait for one, or cancel it")
        task = Task(secrets.token_hex(8), kind, total)
        self._tasks[task.id] = task
        for old in [key for key in self._tasks if key not in self._going][:-_REMEMBERED]:
            del self._tasks[old]

        async def run() -> None:
            try:
                await work(task)
                if task.state == "running":
                    task.state = "done"
            except asyncio.CancelledError:
                task.state = "cancelled"
            except RehueError as error:
                task.state = "failed"
                task.lines.append(str(error))
            except Exception as error:  # told; the studio goes on
                task.state = "failed"
                task.lines.append(f"it failed ({type(error).__name__}): please report this")
            finally:
                self._going.pop(task.id, None)

        self._going[task.id] = asyncio.create_task(run())
        return task

    def find(self, key: str) -> Task:
        """Return a task.

        Raises:
            MissingError: there is none.
        """
        if key not in self._tasks:
            raise MissingError("there is no such task: it was long ago, or the studio is another")
        return self._tasks[key]

    def cancel(self, key: str) -> Task:
        """Stop a task after the photograph that it is at, which is written whole or not at all."""
        task = self.find(key)
        if key in self._going:
            self._going[key].cancel()
        return task
