"""Carrying out a plan: what is known is passed over, the rest goes to the crew, in order back."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rehue.batch.cluster import Cluster, ClusterError
from rehue.batch.coloring import Follow, unfollowed
from rehue.batch.crew import Alone, Crew, Setup
from rehue.batch.job import Job, Problem, Step
from rehue.batch.journal import Journal
from rehue.batch.local_journal import local_journal
from rehue.batch.made import remove_parts
from rehue.batch.outcome import Facts, Outcome, Status
from rehue.batch.plan import Plan
from rehue.batch.storage import Address
from rehue.batch.workers import Workers
from rehue.model.runtime import available_processors

TIME_LIMIT: Final = 600.0  # s
# Outcomes that wait for an earlier one; then nothing new is begun until that one has ended.
_WAITING = 10_000


@dataclass(frozen=True)
class Run:
    """A plan that is being carried out.

    Attributes:
        facts: what results depend on besides their sources; None when there is nothing to colour.
        outcomes: of the plan's steps, in its order, as they come.
    """

    facts: Facts | None
    outcomes: Iterator[Outcome]


@contextmanager
def open_run(
    plan: Plan,
    setup: Setup,
    *,
    workers: int | None = None,
    time_limit: float = TIME_LIMIT,
    cluster: str | None = None,
    follow: Follow = unfollowed,
) -> Iterator[Run]:
    """Begin to carry out a plan; at the end of the context nothing of it is at work any more.

    One photograph is coloured by this process, with all processors, unless workers are asked for;
    a stream always is.
    For several there are workers, one a processor; what they share out are the processors that
    their networks use. What a result says of threads follows from the plan, never from how much
    of it is still to be done.

    Args:
        plan: to carry out.
        setup: what is wished; without threads they are reckoned.
        workers: how many processes; None takes as many as there are processors, or two that
            share another device.
        time_limit: for one photograph (s), where there are workers.
        cluster: address of a Ray cluster that is to do the work.
        follow: is told how far a film is, some times a second and from any thread; a cluster does
            not say.

    Raises:
        RehueError: the model, its runtime, the cluster or the journal cannot be had.
    """
    processors = available_processors()
    count = workers or (processors if setup.device == "cpu" else 2)
    at_first = plan.peek(count + 1)
    if not at_first:
        yield Run(None, (_outcome_of(step) for step in plan if isinstance(step, Problem)))
        return
    is_stream = None in (at_first[0].source, at_first[0].target)
    if is_stream and cluster:
        raise ClusterError("a cluster colours files, not streams: name a file, and one with -o")
    is_alone = is_stream or (len(at_first) == 1 and workers is None)
    share = processors if is_alone else max(1, processors // count)
    setup = replace(setup, threads=setup.threads or share)
    with ExitStack() as stack:
        # Let go of last: until its processes have ended, nobody else is to write there.
        journal: Journal | None = None
        if plan.journal and not setup.settings.dry_run:
            overwrite = setup.settings.overwrite
            if cluster or isinstance(plan.journal, Address):
                journal = stack.enter_context(local_journal(plan.journal, overwrite))
            else:
                journal = stack.enter_context(Journal(plan.journal, overwrite))
        crew: Crew
        if cluster:
            crew = Cluster(cluster, setup, time_limit)
        elif is_alone:
            crew = Alone(setup, follow)
        else:
            crew = Workers(setup, count, time_limit, len(at_first), follow)
        stack.enter_context(crew)
        yield Run(crew.facts, run(plan, crew, journal))


def run(plan: Plan, crew: Crew, journal: Journal | None = None) -> Iterator[Outcome]:
    """Carry out a plan and yield what became of each step, in the order of the plan.

    Nothing that a file holds or lacks is raised: it is an outcome, and the next file's turn.

    Args:
        plan: is read to its end.
        crew: does the jobs.
        journal: knows what is done, and learns what was; None for none.

    Raises:
        RehueError: the journal or the crew failed for good.
    """
    steps = _Steps(crew, journal)
    for number, step in enumerate(plan):
        steps.begin(number, step)
        while steps.are_enough():
            steps.wait()
        yield from steps.in_order()
    while steps.are_at_work():
        steps.wait()
        yield from steps.in_order()
    if journal:
        journal.end(steps.counts)


class _Steps:
    """The steps of a run that have begun and were not yet told."""

    def __init__(self, crew: Crew, journal: Journal | None) -> None:
        self.counts: Counter[Status] = Counter()
        self._crew, self._journal = crew, journal
        self._at_work: dict[Future[Outcome], int] = {}
        self._ended: dict[int, Outcome] = {}
        self._due = 0
        # Where a run was stopped, what it left half-written goes before anybody writes there.
        self._clean: set[Path] | None = set() if journal and journal.was_stopped else None

    def begin(self, number: int, step: Step) -> None:
        if isinstance(step, Problem):
            self._ended[number] = _outcome_of(step)
            return
        known = self._journal.known(step, self._crew.facts) if self._journal else None
        if known:
            self._ended[number] = known
            return
        folder = step.target.parent if isinstance(step.target, Path) else None
        if self._clean is not None and folder and folder not in self._clean:
            self._clean.add(folder)
            with suppress(OSError):
                remove_parts(folder)
        self._at_work[self._crew.submit(step)] = number

    def are_at_work(self) -> bool:
        return bool(self._at_work)

    def are_enough(self) -> bool:
        is_full = len(self._at_work) >= self._crew.capacity or len(self._ended) >= _WAITING
        return is_full and self.are_at_work()

    def wait(self) -> None:
        """Wait for one that is at work, and write down what became of it."""
        ready, _ = wait(self._at_work, return_when=FIRST_COMPLETED)
        for future in ready:
            outcome = future.result()
            if self._journal:
                self._journal.write(outcome, self._crew.facts)
            self._ended[self._at_work.pop(future)] = outcome

    def in_order(self) -> Iterator[Outcome]:
        while self._due in self._ended:
            outcome = self._ended.pop(self._due)
            self._due += 1
            self.counts[outcome.status] += 1
            yield outcome


def _outcome_of(problem: Problem) -> Outcome:
    status = Status.FAILED if problem.is_failure else Status.UNREAD
    return Outcome(Job(problem.path, None), status, problem.reason)
