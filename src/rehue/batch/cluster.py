"""Many machines: the same jobs sent to a Ray cluster over storage that all of them reach.

Ray does the scheduling. A task of it keeps one worker (`rehue.batch.workers`), so that what kills
or holds up a photograph is told as it is on one machine; a second try is left for machines that
die. Sources, results and weights have the same paths or addresses everywhere.
"""

import logging
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from rehue.batch.crew import Crew, Setup
from rehue.batch.job import Job
from rehue.batch.made import remove_parts
from rehue.batch.outcome import Facts, Outcome, Status, name_of
from rehue.batch.workers import Worker
from rehue.errors import RehueError, install_line
from rehue.files import reason, shown


class ClusterError(RehueError):
    """A cluster that cannot be reached, or has nothing to work with."""


class Cluster(Crew):
    """The machines of a Ray cluster.

    Args:
        address: as for `ray.init`: `HOST:PORT`, `ray://HOST:PORT` or `auto`.
        setup: what each process needs; its threads are the processors that a job reserves.
        time_limit: for one photograph (s).

    Raises:
        RehueError: Ray is not installed, the cluster cannot be reached, or the model not loaded.
    """

    def __init__(self, address: str, setup: Setup, time_limit: float) -> None:
        try:
            import ray  # noqa: PLC0415 (an extra)
        except ImportError as error:
            raise ClusterError(f"Ray is not installed: {install_line('cluster')}") from error
        self._ray: Any = ray
        self._is_ours = not ray.is_initialized()
        if self._is_ours:
            _connect(ray, address)
        threads = setup.threads or 1
        most = max((node["Resources"].get("CPU", 0) for node in _alive(ray)), default=0)
        if most < threads:
            self._leave()
            raise ClusterError(
                f"a photograph takes {threads} processors, and no machine of the cluster at "
                f"{shown(address)} has more than {most:g}: name fewer --threads"
            )
        # Ray's own further tries do not say that they are: `submit` has one.
        remote = ray.remote(num_cpus=threads, max_retries=0)
        self._do, self._arguments = remote(_do), (ray.put(setup), time_limit)
        self._folders: set[Path] = set()
        try:
            self.facts = ray.get(remote(_start).remote(*self._arguments))
        except ray.exceptions.RayError as error:
            self.close()
            raise _cause(error) or ClusterError(
                f"the cluster at {shown(address)} cannot start a worker ({reason(error)}): "
                "install the same Rehue on its machines"
            ) from error
        processors = self._ray.cluster_resources().get("CPU", 1)
        self.capacity = max(2, 2 * int(processors // threads))

    def submit(self, job: Job) -> Future[Outcome]:
        """Send a job to the cluster; a machine that dies costs it a second try, and no third."""
        if isinstance(job.target, Path):
            self._folders.add(job.target.parent)
        outcome: Future[Outcome] = Future()
        self._send(job, outcome, is_second=False)
        return outcome

    def _send(self, job: Job, outcome: Future[Outcome], *, is_second: bool) -> None:
        def settle(answer: Future[Outcome]) -> None:
            error = answer.exception()
            if error is None:
                told = answer.result()
                outcome.set_result(_ours(told) if is_second else told)
            elif cause := _cause(error):
                outcome.set_exception(cause)
            elif is_second:
                why = f"{name_of(job)} was lost with its machine twice ({reason(error)}): try again"
                outcome.set_result(Outcome(job, Status.FAILED, why))
            else:
                self._send(job, outcome, is_second=True)

        try:
            answer = self._do.remote(*self._arguments, job).future()
        except Exception as error:  # the run is over, or the cluster gone
            outcome.set_exception(ClusterError(f"the cluster is gone ({reason(error)})"))
        else:
            answer.add_done_callback(settle)

    def close(self) -> None:
        """Leave the cluster; remove what machines that died left half-written."""
        if len(_alive(self._ray)) < len(self._ray.nodes()):
            for folder in self._folders:
                with suppress(OSError):
                    remove_parts(folder)
        self._leave()

    def _leave(self) -> None:
        if self._is_ours:
            self._ray.shutdown()


def _connect(ray: Any, address: str) -> None:  # noqa: ANN401 (a module)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:  # which ones is not written down
        raise ClusterError(
            f"no Ray cluster can be reached at {shown(address)} ({reason(error)}): check the "
            "address, or start one with `ray start --head`"
        ) from error


def _alive(ray: Any) -> list[dict[str, Any]]:  # noqa: ANN401 (a module)
    return [node for node in ray.nodes() if node["Alive"]]


# In the processes of the cluster:


@lru_cache(maxsize=1)
def _worker(setup: Setup, time_limit: float) -> Worker:
    return Worker(setup, time_limit)


def _start(setup: Setup, time_limit: float) -> Facts:
    return _worker(setup, time_limit).start()


def _do(setup: Setup, time_limit: float, job: Job) -> Outcome:
    return _worker(setup, time_limit).do(job)


def _ours(outcome: Outcome) -> Outcome:
    """Return what a second try found done as done by this run: the first died before it told."""
    if outcome.status is Status.DONE:
        return replace(outcome, status=Status.COLORED)
    return outcome


def _cause(error: BaseException) -> RehueError | None:
    """Return what our own code raised on the cluster; None for what befell the cluster."""
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, RehueError) else None
