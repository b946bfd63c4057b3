"""Outcomes for people and programs: one line of JSON each, and all of them in one line."""

import json
from collections import Counter
from collections.abc import Mapping

from rehue.batch.runner import Outcome, Status

_WORDS = {
    Status.COLORED: "coloured",
    Status.DONE: "done before",
    Status.IN_COLOR: "already in colour",
    Status.RESULT: "made by Rehue",
    Status.FAILED: "failed",
}


def summary(counts: Mapping[Status, int], seconds: float, others: int = 0) -> str:
    """Say in one line how many photographs ended how.

    Args:
        counts: of outcomes.
        seconds: that all took.
        others: files in folders that are no photographs.

    >>> summary({Status.COLORED: 12, Status.FAILED: 1}, 34.2, others=3)
    '12 coloured, 1 failed, 3 other files left out (0:34)'
    """
    count = Counter(counts)
    parts = [
        f"{count[status]:,} {words}"
        for status, words in _WORDS.items()
        if count[status] or status is Status.COLORED
    ]
    if others:
        parts.append(f"{others:,} other file{'s' if others > 1 else ''} left out")
    return f"{', '.join(parts)} ({_clock(seconds)})"


def to_json(outcome: Outcome, model: str | None, runtime: str | None) -> str:
    """Return an outcome as one line of JSON.

    `source` is `-` for standard input; `target` and `compare` are null when they are not there.

    Args:
        outcome: to tell.
        model: name of the network.
        runtime: what ran it; None, as the model, when there was nothing to run it for.
    """
    job = outcome.job
    is_there = outcome.status in (Status.COLORED, Status.DONE)
    record = {
        "source": str(job.source or "-"),
        "target": str(job.target) if is_there and job.target else None,
        "compare": str(job.compare) if is_there and job.compare else None,
        "status": outcome.status.value,
        "reason": outcome.reason,
        "notes": list(outcome.notes),
        "seconds": round(outcome.seconds, 3),
        "model": model,
        "runtime": runtime,
    }
    return json.dumps(record)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
