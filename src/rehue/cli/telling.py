"""What `rehue colorize` says while it works: lines, JSON, progress, a report, a last line."""

from collections import Counter
from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

import typer

from rehue.cli.board import Board, say

if TYPE_CHECKING:
    from rehue.batch import Outcome, Plan, Report, Run


def tell(
    going: "Run",
    plan: "Plan",
    table: "Report | None",
    board: Board,
    *,
    as_json: bool,
    quiet: bool,
    names: bool,
) -> bool:
    """Say what becomes of each photograph as it does; return whether anything failed.

    With `names` the last line names the results that were written.
    """
    from rehue.batch import Status, summary, to_json
    from rehue.files import shown

    counts: Counter[Status] = Counter()
    written: list[str] = []
    started = perf_counter()
    facts = (going.facts.model, going.facts.runtime) if going.facts else (None, None)
    try:
        with board.showing() as tell_line:
            for outcome in board.files(going.outcomes):
                counts[outcome.status] += 1
                if names and outcome.status is Status.COLORED and outcome.job.target:
                    written.append(shown(outcome.job.target))
                for line in _lines(outcome, quiet=quiet):
                    tell_line(f"rehue: {line}")
                if as_json:
                    typer.echo(to_json(outcome, *facts))
                if table:
                    table.write(outcome, going.facts)
    finally:
        # Also when it is stopped: then it says how far it came.
        if not quiet and counts:
            end = f": {', '.join(written)}" if written else ""
            say(f"rehue: {summary(counts, perf_counter() - started, plan.others)}{end}")
    return counts[Status.FAILED] > 0


def _lines(outcome: "Outcome", *, quiet: bool) -> Iterator[str]:
    """Yield what a person is told of one photograph."""
    from rehue.batch import Status, name_of
    from rehue.files import shown

    job = outcome.job
    if outcome.status in (Status.FAILED, Status.KEPT):
        yield str(outcome.reason)
        return
    if quiet:
        return
    if outcome.status is Status.PLANNED and job.target:
        yield f"{name_of(job)} would become {shown(job.target)}"
    elif outcome.reason and (outcome.status is not Status.RESULT or job.named):
        yield outcome.reason
    for note in outcome.notes:
        yield f"{name_of(job)}: {note}"
