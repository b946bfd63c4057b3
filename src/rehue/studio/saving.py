"""Results: as files, and beside their photographs as the command line writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from rehue.batch import Settings, Status
from rehue.batch.coloring import color
from rehue.batch.job import LocalJob
from rehue.colorizer import Colorizer
from rehue.edits import edits_beside, read_edits
from rehue.errors import RehueError
from rehue.photo import Output, Photograph, result_format
from rehue.studio.folder import Folder, target_of
from rehue.studio.limits import Limits
from rehue.studio.tasks import Task
from rehue.studio.worker import Worker
from rehue.wishes import Coloring


@dataclass(frozen=True)
class Saver:
    """Writes results.

    Attributes:
        colorizer: that colours them.
        worker: in whose thread, when nobody waits for something else.
        limits: how much is taken on.
    """

    colorizer: Colorizer
    worker: Worker
    limits: Limits

    def file_of(
        self, photograph: Photograph, coloring: Coloring, output: Output | None = None
    ) -> tuple[str, bytes]:
        """Return the name of a format, and a photograph in colour as a file of it."""
        self.limits.check(coloring)
        output = output or Output()
        file = BytesIO()
        self.colorizer.colorize_photograph(photograph, file, output, coloring)
        return result_format(photograph, None, output.format), file.getvalue()

    async def save(
        self,
        path: Path,
        coloring: Coloring,
        task: Task,
        *,
        overwrite: bool = False,
        recolor: bool = True,
    ) -> Status:
        """Write a photograph in colour beside itself, and tell the task what became of it."""
        settings = Settings(
            coloring=coloring,
            max_pixels=self.limits.pixels,
            recolor=recolor and not coloring.refresh,
            overwrite=overwrite,
        )
        job = LocalJob(path, target_of(path))
        do = partial(color, job, self.colorizer.telling(task.tell), settings)
        outcome = await self.worker.do(do, later=True)
        task.done += 1
        task.tell(0, 1)
        task.lines += [line for line in (outcome.reason, *outcome.notes) if line]
        if outcome.target and outcome.job.target:
            task.results.append(str(outcome.job.target))
        return outcome.status

    async def save_all(
        self, folder: Folder, names: Sequence[str], wished: Coloring, task: Task
    ) -> None:
        """Write all photographs of a folder in colour: as wished for each, or for all."""
        for name in names:
            try:
                path = folder.find(name)
                beside = edits_beside(path)
                coloring = read_edits(beside) if beside.exists() else wished
            except RehueError as error:  # the others go on
                task.done += 1
                task.tell(0, 1)
                task.lines.append(str(error))
                folder.known[name] = "failed"
                continue
            status = await self.save(path, coloring, task, recolor=beside.exists())
            if status is Status.FAILED:
                folder.known[name] = "failed"
            elif status is Status.IN_COLOR:
                folder.known[name] = "in_color"
