"""What a film says of itself, and what a result of it would keep."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehue.film.fields import woven
from rehue.film.marking import content_of
from rehue.film.opening import open_film
from rehue.film.output import containers_for, left_out
from rehue.film.own_color import is_in_color
from rehue.film.probing import Film, probe
from rehue.photo import Mark, source_beside


@dataclass(frozen=True)
class FilmInspection:
    """The facts of a film.

    Attributes:
        path: of the film.
        container: FFmpeg's names of the format.
        picture: the stream that is coloured: codec, size, pixels, rate, coding.
        seconds: as the file says; None where it does not.
        streams: the others, a line each.
        in_color: whether it is in colour.
        fits: endings of the containers that hold a result with all that goes along.
        mark: Rehue's; None when Rehue did not colour it, or nothing says so.
        source: the film that was taken for the source, given or found beside.
        source_matches: whether the source is, byte for byte, what was coloured; None when there is
            no mark, no source, or no hash in the mark.
        notes: what a person should know, a line each.
    """

    path: Path
    container: str
    picture: str
    seconds: float | None
    streams: tuple[str, ...]
    in_color: bool
    fits: tuple[str, ...]
    mark: Mark | None
    source: Path | None
    source_matches: bool | None
    notes: tuple[str, ...]


def inspect_film(path: Path, source: Path | None = None) -> FilmInspection:
    """Say what a film is, how it was coloured, and what a result of it would keep.

    Args:
        path: of the film.
        source: what it was made from; by default a file beside it that bears the name results are
            named after.

    Raises:
        FilmError: the film cannot be read, or the source named does not exist.
    """
    film = probe(path)
    mark = film.mark
    if source is None and mark:
        source = source_beside(path)
    matches = None
    if source is not None and mark and mark.source_sha256:
        matches = content_of(source) == mark.source_sha256
    is_woven = None if film.is_interlaced else woven(film)
    notes = (*film.notes, *((is_woven,) if is_woven else ()))
    left = tuple(line.removeprefix(f"{path}: ") for line in left_out(film))
    return FilmInspection(
        path=path,
        container=film.container,
        picture=_picture(film),
        seconds=film.duration,
        streams=tuple(_streams(film)),
        in_color=is_in_color(film),
        fits=containers_for(film),
        mark=mark,
        source=source,
        source_matches=matches,
        notes=(*notes, *left),
    )


def _picture(film: Film) -> str:
    coding = film.coding
    parts = [
        f"stream {film.stream}: {film.codec}, {film.width} x {film.height}, {film.layout.name}",
        f"{float(film.rate):g} frames a second",
        f"{coding.matrix} {'full' if coding.is_full_range else 'limited'} range",
    ]
    if film.frames is not None:
        parts.append(f"about {film.frames} frames")
    if film.turn:
        parts.append(f"shown turned by {90 * film.turn} degrees anticlockwise")
    if film.aspect != 1:
        parts.append(f"pixels of {film.aspect.numerator}:{film.aspect.denominator}")
    return ", ".join(parts)


def _streams(film: Film) -> Iterator[str]:
    with open_film(str(film.path)) as container:
        for stream in container.streams:
            if stream.index != film.stream:
                yield ", ".join(_facts(stream))


def _facts(stream: Any) -> Iterator[str]:  # noqa: ANN401 (any of PyAV's streams)
    context = stream.codec_context
    yield f"stream {stream.index}: {stream.type}"
    if context is not None:
        yield context.name
    if stream.type == "audio":
        yield f"{context.sample_rate} Hz, {context.layout.name}"
    for name in ("language", "title", "filename", "timecode"):
        if stream.metadata.get(name):
            yield f"{name} {stream.metadata[name]}"
