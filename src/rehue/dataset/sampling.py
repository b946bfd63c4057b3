"""Choosing some of many photographs, the same ones every time."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from rehue.dataset.sample import Entry


class Keyed(Protocol):
    """What has a photograph's key."""

    @property
    def key(self) -> str:
        """Names the photograph."""


KeyedT = TypeVar("KeyedT", bound=Keyed)
T = TypeVar("T")


def sample_per_label(entries: Iterable[Entry], count: int, seed: int) -> list[Entry]:
    """Take up to `count` photographs of each label (the study: 100 of each of 365 = 36,500).

    The choice depends on the keys and the seed alone, not on the order; the order is kept.
    """
    by_label: dict[str | None, list[Entry]] = defaultdict(list)
    listed = list(entries)
    for entry in listed:
        by_label[entry.label].append(entry)
    chosen = {
        entry.key
        for group in by_label.values()
        for entry in sorted(group, key=lambda e: _lot(e.key, seed))[:count]
    }
    return [entry for entry in listed if entry.key in chosen]


def evenly(items: Sequence[T], count: int | None) -> list[T]:
    """Take `count` of them, evenly spaced over the whole; all, where it is more or None."""
    count = len(items) if count is None else min(count, len(items))
    return [items[number * len(items) // count] for number in range(count)]


def sample_total(entries: Iterable[KeyedT], count: int, seed: int) -> list[KeyedT]:
    """Take up to `count` photographs in all; as `sample_per_label` otherwise."""
    listed = list(entries)
    chosen = {e.key for e in sorted(listed, key=lambda e: _lot(e.key, seed))[:count]}
    return [entry for entry in listed if entry.key in chosen]


def _lot(key: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{key}".encode()).digest()
