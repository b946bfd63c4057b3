"""How far a run is, on a terminal: its files, and each film that is at work, frame by frame."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING, TypeAlias

import typer

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from rehue.batch import Outcome
    from rehue.film import Progress

# Prints one line on standard error, above the bars where there are some.
Say: TypeAlias = Callable[[str], None]


class Board:
    """Bars on standard error; none where that is no terminal, or nothing is to be said.

    Args:
        total: counts the files while the first are at work; None shows no bar of files.
        quiet: show nothing.
    """

    def __init__(self, total: Callable[[], int] | None = None, *, quiet: bool = False) -> None:
        self._total = total
        self._is_shown = not quiet and sys.stderr.isatty()
        self._bars: Bars | None = None
        self._films: dict[str, TaskID] = {}

    @contextmanager
    def showing(self) -> Iterator[Say]:
        """Show the bars meanwhile; give what prints."""
        if not self._is_shown:
            yield say
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed}/{task.fields[of]}{task.fields[pace]}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console, transient=True) as self._bars:
            yield lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True)

    def files(self, outcomes: Iterable["Outcome"]) -> Iterator["Outcome"]:
        """Yield outcomes as they come, and count them."""
        from rehue.batch import name_of

        bars, count = self._bars, self._total
        task: TaskID | None = None
        if bars and count:
            task = bars.add_task("", total=None, of="?", pace="")

            def reckon() -> None:
                total = count()
                bars.update(task, total=total, of=total)

            Thread(target=reckon, daemon=True).start()
        for outcome in outcomes:
            yield outcome
            self.end(name_of(outcome.job))
            if bars and task is not None:
                bars.advance(task)

    def follow(self, film: str, far: "Progress") -> None:
        """Show how far a film is; may be called from any thread."""
        bars = self._bars
        if bars is None:
            return
        if film not in self._films:
            self._films[film] = bars.add_task(film, total=None, of="?", pace="")
        bars.update(
            self._films[film],
            completed=far.frames,
            total=far.total,
            of=far.total or "?",
            pace=f" frames, {far.per_second:.1f} a second",
        )

    def end(self, film: str) -> None:
        """Take a film's bar away, if it has one."""
        if self._bars and (task := self._films.pop(film, None)) is not None:
            self._bars.remove_task(task)


def say(line: str) -> None:
    """Print a line on standard error."""
    typer.echo(line, err=True)
