"""Shots of one film coloured side by side: by processes here, or by machines of a Ray cluster.

Shots do not depend on each other. Each worker leaves its segments in the film's folder of work,
from which they are then joined as if one process had made them all: byte for byte the same.
"""

import logging
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from rehue.colorizer import Colorizer
from rehue.errors import FilmError, install_line
from rehue.film.encoding import Encoding
from rehue.film.making import Pace, Task, segments_of_shot
from rehue.film.probing import probe
from rehue.film.segments import Work
from rehue.film.wishes import FilmOptions, as_read, asking_for
from rehue.wishes import Coloring

_SPAWN: Final = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Setup:
    """All that a worker needs to colour a shot of a film, as it goes from process to process.

    Attributes:
        source: the film.
        model: arguments of `Colorizer`.
        coloring: what is wished of the colours.
        options: what is wished of the film; its shots are listed.
        encoding: how frames are written.
        folder: of work.
        settings: of the folder of work.
        first: as for `Task`.
        end: as for `Task`.
    """

    source: Path
    model: dict[str, Any]
    coloring: Coloring
    options: FilmOptions
    encoding: Encoding
    folder: Path
    settings: dict[str, object]
    first: int | None
    end: int | None

    def from_anywhere(self) -> "Setup":
        """Return the same with whole paths, for processes that are in another folder."""
        model = self.model.get("model")
        if isinstance(model, str | Path) and Path(model).is_file():
            model = Path(model).absolute()
        reference = self.coloring.reference
        if isinstance(reference, str | Path):
            reference = Path(reference).absolute()
        return replace(
            self,
            source=self.source.absolute(),
            folder=self.folder.absolute(),
            model=self.model | ({} if model is None else {"model": model}),
            coloring=replace(self.coloring, reference=reference),
        )


@lru_cache(maxsize=1)
def _colorizer(model: tuple[tuple[str, Any], ...]) -> Colorizer:
    return Colorizer(**dict(model))


class Done(NamedTuple):
    """A shot that is coloured.

    Attributes:
        frames: in it.
        made: of them, now; the others were there from an earlier run.
        said: lines for a person.
    """

    frames: int
    made: int
    said: list[str]


def color_shot(setup: Setup, number: int) -> Done:
    """Colour one shot (numbered from 0)."""
    film = as_read(probe(setup.source), setup.options)
    colorizer = _colorizer(tuple(sorted(setup.model.items())))
    said: list[str] = []
    task = Task(
        film,
        asking_for(film, colorizer, setup.coloring, setup.options),
        setup.encoding,
        Work(setup.folder, setup.settings),
        setup.options.shots,
        setup.options.deinterlace,
        setup.first,
        setup.end,
        said.append,
        setup.options.hints,
    )
    pace = Pace()
    for _ in segments_of_shot(task, number, pace):
        pass
    return Done(pace.frames, pace.made, said)


_Submit: TypeAlias = Callable[[int], "Future[Done]"]


def color_shots(
    setup: Setup, numbers: list[int], workers: int, cluster: str | None
) -> Iterator[Done]:
    """Colour shots side by side; yield what `color_shot` returns as each is done.

    Raises:
        FilmError: a worker died, or the cluster cannot be reached; what is done is kept.
    """
    crew = _cluster(setup, cluster) if cluster else _processes(setup, workers)
    with crew as submit:
        futures = [submit(number) for number in numbers]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise FilmError(
                f"{setup.source}: a worker died ({error}): give the command again"
            ) from error
        finally:
            for future in futures:
                future.cancel()


@contextmanager
def _processes(setup: Setup, workers: int) -> Iterator[_Submit]:
    with ProcessPoolExecutor(workers, mp_context=_SPAWN) as pool:
        yield lambda number: pool.submit(color_shot, setup, number)


@contextmanager
def _cluster(setup: Setup, address: str) -> Iterator[_Submit]:
    try:
        import ray  # noqa: PLC0415
    except ImportError as error:
        raise FilmError(f"--cluster needs Ray: {install_line('cluster')}") from error
    try:
        ray.init(
            address=address,
            ignore_reinit_error=True,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise FilmError(f"no Ray cluster at {address}: is it up, and the address right?") from error
    threads = setup.model.get("threads") or 1
    remote, whole = ray.remote(num_cpus=threads)(color_shot), setup.from_anywhere()
    held: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]

    def there(number: int) -> Done:
        try:
            told: Done = ray.get(remote.remote(whole, number))
        except ray.exceptions.RayTaskError as error:
            # Its own text is a traceback; what our code raised there says what was wrong.
            raise error.cause from None
        except ray.exceptions.RayError as error:
            raise FilmError(
                f"{setup.source}: a machine of the cluster was lost: give the command again"
            ) from error
        return told

    try:
        nodes: list[dict[str, Any]] = ray.nodes()  # type: ignore[no-untyped-call]
        most = max((n["Resources"].get("CPU", 0) for n in nodes if n["Alive"]), default=0)
        if most < threads:
            raise FilmError(
                f"a shot takes {threads} processors, and no machine of the cluster at {address} "
                f"has more than {most:g}: name fewer --threads"
            )
        with ThreadPoolExecutor(max(1, int(held.get("CPU", 1)))) as pool:
            yield lambda number: pool.submit(there, number)
    finally:
        ray.shutdown()
