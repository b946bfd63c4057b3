"""`rehue colorize` for films."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from rehue.cli.choices import Files, Films, Machine, ManyFiles
from rehue.cli.film_pipe import check_pipe, color_pipe, is_piped_film
from rehue.cli.film_shown import show_films

if TYPE_CHECKING:
    from rehue.film import FilmOptions
    from rehue.wishes import Coloring


# Options without an effect on films, by the names of their parameters; and those of them and more
# without one on what shows a film before all of it is coloured, and on one that comes by a pipe.
_OF_PHOTOGRAPHS: Final = (
    *("alternatives", "confidence", "refresh", "prints", "tones", "upright", "turn", "negative"),
    *("input_gamma", "format", "bit_depth", "lightness", "layer", "compare", "visible_mark"),
    *("c2pa", "keep_times", "timestamp", "max_pixels", "time_limit"),
)
_OF_WHOLE_FILMS: Final = (*_OF_PHOTOGRAPHS, "keep_work", "workers", "cluster")
_OF_FILES: Final = (
    *(*_OF_WHOLE_FILMS, "hints", "shots", "start", "end", "deinterlace", "preview", "sheet"),
    *("codec", "quality"),
)


def takes(sources: list[str], films: Films, many: ManyFiles) -> bool:
    """Say whether nothing but films is to be coloured, each followed frame by frame.

    Folders, films beside photographs, and films of which a report is wanted, are a run of files.

    Raises:
        BadParameter: what is for films alone is wished of others, too.
    """
    from rehue.film.naming import is_film
    from rehue.film.numbered import is_sequence

    others = [source for source in sources if not (is_film(source) or is_sequence(source))]
    if not others and not (many.report or many.as_json or many.dry_run):
        return True
    if is_piped_film(sources) or (films.raw and sources == ["-"]):
        return True
    for option, wished in (
        ("--preview", films.preview),
        ("--sheet", films.sheet),
        ("--shots", films.shots),
        ("--from", films.start != "0"),
        ("--to", films.end),
        ("--raw", films.raw),
    ):
        if wished:
            raise typer.BadParameter(f"{option} is for films named by themselves: name one")
    if any(is_sequence(source) for source in sources):
        raise typer.BadParameter("numbered files stand for a film: give a command for them alone")
    return False


def options_of(films: Films, files: Files, hints: Path | None = None) -> "FilmOptions":
    """Return what the command line says of a film's file.

    Raises:
        FilmError: a time, a list of shots or of hints that is none.
    """
    from rehue.film import FilmOptions, read_film_hints, read_shots
    from rehue.film.times import time_of

    return FilmOptions(
        codec=films.codec,
        quality=files.quality,
        deinterlace=films.deinterlace,
        overwrite=files.overwrite,
        recolor=files.recolor,
        keep_work=films.keep_work,
        shots=read_shots(films.shots) if films.shots else None,
        hints=read_film_hints(hints) if hints else (),
        start=time_of(films.start, "--from") / 1000,
        end=None if films.end is None else time_of(films.end, "--to") / 1000,
    )


def color_all(
    sources: list[str],
    coloring: "Coloring",
    films: Films,
    files: Files,
    hints: Path | None,
    many: ManyFiles,
    machine: Machine,
) -> None:
    """Do what the command line says of films, which `takes` has found to be all that is given.

    Raises:
        BadParameter: an option that has no effect, or a place where no film can go.
    """
    from rehue.model.runtime import available_processors

    is_shown = bool(films.preview or films.sheet)
    if sources == ["-"]:
        _refuse(_OF_FILES, "a film that comes through a pipe", films.line)
        check_pipe(files.output)
    else:
        _refuse(("raw",), "films that are files", films.line)
        _refuse(_OF_PHOTOGRAPHS, "films", films.line)
        if is_shown:
            _refuse(_OF_WHOLE_FILMS, "previews and sheets", films.line)
        if films.sheet:
            _refuse(("preview", "codec", "quality"), "sheets", films.line)
        if files.output == "-":
            raise typer.BadParameter(
                "a film that is a file goes into a file: name one with -o, or have FFmpeg hand its "
                "frames on (-f yuv4mpegpipe) to `rehue colorize -`"
            )

    model = {
        "model": machine.model,
        "runtime": machine.runtime,
        "device": machine.device,
        # Decoding, flow and encoding go on beside the network.
        "threads": machine.threads or max(1, available_processors() // 2),
    }
    if sources == ["-"]:
        color_pipe(coloring=coloring, model=model, raw=films.raw, quiet=many.quiet)
    elif is_shown:
        show_films(
            sources,
            files.output,
            coloring=coloring,
            model=model,
            preview=films.preview,
            options=options_of(films, files, hints),
            quiet=many.quiet,
        )
    else:
        colorize_films(
            sources,
            files.output,
            coloring=coloring,
            model=model,
            options=options_of(films, files, hints),
            workers=many.workers,
            cluster=many.cluster,
            quiet=many.quiet,
        )


def colorize_films(
    sources: list[str],
    output: str | None,
    *,
    coloring: "Coloring",
    model: dict[str, Any],
    options: "FilmOptions",
    workers: int | None,
    cluster: str | None,
    quiet: bool,
) -> None:
    """Colour films, one after the other; a failure is a line, the others go on.

    Args:
        sources: films.
        output: a file, for one film; a folder for several; None is beside the originals.
        coloring: what is wished of the colours.
        model: arguments of `Colorizer`.
        options: of the film's file.
        workers: processes that colour a film's shots side by side.
        cluster: address of a Ray cluster.
        quiet: say only what failed.
    """
    from rehue import Colorizer
    from rehue.cli.board import Board, say
    from rehue.errors import RehueError
    from rehue.film import LeftAloneError, colorize_film

    pairs = [(Path(source), target_of(Path(source), output)) for source in sources]
    if len({target for _, target in pairs}) < len(pairs):
        raise typer.BadParameter("several films would have one name: name a folder with -o")
    colorizer = Colorizer(**model)
    any_failed = False
    for source, target in pairs:
        try:
            board = Board(quiet=quiet)
            with board.showing() as tell:
                frames = colorize_film(
                    source,
                    target,
                    colorizer,
                    coloring,
                    options,
                    tell=lambda line, tell=tell: None if quiet else tell(f"rehue: {line}"),  # type: ignore[misc]
                    follow=partial(board.follow, source.name),
                    workers=workers or 1,
                    cluster=cluster,
                    model=model,
                )
        except LeftAloneError as error:
            if not quiet:
                say(f"rehue: {error}")
            continue
        except RehueError as error:
            any_failed = True
            say(f"rehue: {error}")
            continue
        if not quiet:
            say(f"rehue: {source} is in colour: {target}, {frames} frames")
    if any_failed:
        raise typer.Exit(1)


def _refuse(names: Iterable[str], what: str, line: typer.Context) -> None:
    """Refuse options that are given and would change nothing.

    Raises:
        BadParameter: there is one.
    """
    for parameter in line.command.params:
        name, source = parameter.name or "", line.get_parameter_source(parameter.name or "")
        if name in names and source is not None and source.name == "COMMANDLINE":
            option = max(parameter.opts, key=len)
            raise typer.BadParameter(f"{option} has no effect on {what}: leave it out")


def target_of(source: Path, output: str | None) -> Path:
    """Return where a film's result goes: reel.rehue.mkv beside reel.mkv, or as said."""
    from rehue.batch.names import name_beside, name_in_folder
    from rehue.film.numbered import is_sequence

    into = output is not None and (output.endswith(("/", "\\")) or Path(output).is_dir())
    if output is not None and not into:
        return Path(output)
    if is_sequence(source):
        name = source.name if into else f"{source.stem}.rehue{source.suffix}"
    else:
        name = (name_in_folder if into else name_beside)(source.name)
    return Path(output or source.parent) / name
