"""What is likely to be asked for next is done while nobody waits: previews with likely colours.

Somebody who looks at five swatches takes a second or more, and then takes one of them.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from rehue.errors import RehueError
from rehue.studio.worker import Worker

Job: TypeAlias = Callable[[], object]

# The answer that they follow is to be on its way before (s).
_PAUSE: Final = 0.2


class Ahead:
    """Does what nobody has asked for yet, after all that somebody has; the newest guess alone.

    Args:
        worker: in whose thread.
    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._task: asyncio.Task[None] | None = None

    def begin(self, jobs: Sequence[Job]) -> None:
        """Do jobs one after the other, and no more of those before; the one under way ends."""
        if self._task:
            self._task.cancel()
        self._task = asyncio.create_task(self._do(jobs))

    async def _do(self, jobs: Sequence[Job]) -> None:
        await asyncio.sleep(_PAUSE)
        for job in jobs:
            try:
                await self._worker.do(job, later=True)
            except RehueError:  # told to whoever asks for it in earnest
                return
