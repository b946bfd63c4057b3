"""Who does the jobs of a run: this process, processes beside it, or a cluster."""

import hashlib
import json
import os
from abc import ABC, abstractmethod
from concurrent.futures import Future
from dataclasses import dataclass, field
from os import PathLike

from rehue import __version__
from rehue.batch.coloring import Follow, color, unfollowed
from rehue.batch.job import Job
from rehue.batch.outcome import Facts, Outcome, Settings
from rehue.colorizer import Colorizer


@dataclass(frozen=True)
class Setup:
    """All that a process needs to colour as the others do.

    Attributes:
        settings: what the user chose.
        model: as for `Colorizer`.
        runtime: as for `Colorizer`.
        device: as for `Colorizer`.
        threads: of each process; None takes all processors.
        folder: what relative paths begin at.
    """

    settings: Settings = field(default_factory=Settings)
    model: str | PathLike[str] = "default"
    runtime: str = "onnxruntime"
    device: str = "cpu"
    threads: int | None = None
    folder: str = field(default_factory=os.getcwd)

    def colorizer(self) -> Colorizer:
        """Load the model.

        Raises:
            ModelError: the model, the runtime or the device cannot be had.
        """
        return Colorizer(self.model, runtime=self.runtime, device=self.device, threads=self.threads)

    def facts(self, colorizer: Colorizer) -> Facts:
        """Return what results depend on besides their sources."""
        wishes = self.settings
        output = wishes.output
        depends = [
            *(__version__, colorizer.card.sha256, colorizer.runtime),
            colorizer.settings(output, wishes.coloring),
            *(output.format, output.keep_times, wishes.compare),
            *(wishes.recolor, wishes.max_pixels, str(wishes.film)),
        ]
        digest = hashlib.sha256(json.dumps(depends).encode())
        card = colorizer.card
        return Facts(card.name, card.sha256, colorizer.runtime, digest.hexdigest())


class Crew(ABC):
    """Does jobs, several at a time; a context manager that ends what it began.

    Attributes:
        facts: what its results depend on.
        capacity: how many jobs it is given before the first is back.
    """

    facts: Facts
    capacity: int = 1

    @abstractmethod
    def submit(self, job: Job) -> Future[Outcome]:
        """Begin a job, or have it wait for its turn."""

    @abstractmethod
    def close(self) -> None:
        """End at once; what is at work is given up."""

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Alone(Crew):
    """This very process: for one photograph nothing is quicker."""

    def __init__(self, setup: Setup, follow: Follow = unfollowed) -> None:
        self._follow = follow
        self._settings = setup.settings
        self._colorizer = setup.colorizer()
        self.facts = setup.facts(self._colorizer)

    def submit(self, job: Job) -> Future[Outcome]:
        """Do the job."""
        done: Future[Outcome] = Future()
        done.set_result(color(job, self._colorizer, self._settings, self._follow))
        return done

    def close(self) -> None:
        """Nothing is at work."""
