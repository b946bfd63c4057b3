"""`rehue inspect`: how a picture or film was coloured, and whether its source still matches."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rehue.film import FilmInspection
    from rehue.photo import Inspection, Manifest, Mark

# What follows what a mark says of luma.
_LUMA = {
    True: ", and the same as the source's",
    False: ", but not what the file or its source holds now",
    None: ", to be checked against the source",
}


def inspect(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Pictures and films.", show_default=False)
    ],
    *,
    source: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the picture was made from, for one picture; if not given, the file beside "
            "it that results are named after: a.jpg for a.rehue.jpg.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file.")] = False,
) -> None:
    """Say how a picture or film was coloured, and whether its source still matches.

    Of a film also: its streams, what goes along into a result, and into which containers.

    A mark can be taken out of a picture: one without a mark may have been coloured all the same.

    Exit code: 0; 1 when a file cannot be read, its source is not, byte for byte, what was coloured
    (with --source also when nothing says so), its luma is no longer the source's where it was kept,
    or it is not as it was signed; 2 for wrong usage.
    """
    from rehue.errors import FilmError, PhotoError

    if source is not None and len(files) > 1:
        raise typer.BadParameter(f"--source goes with one picture, and there are {len(files)}.")
    all_well = True
    for path in files:
        try:
            found = _inspected(path, source)
        except (FilmError, PhotoError) as error:
            all_well = False
            typer.echo(f"rehue: {error}", err=True)
            if as_json:
                typer.echo(json.dumps({"path": str(path), "error": str(error)}))
            continue
        typer.echo(_to_json(found) if as_json else "\n".join(_lines(found)))
        all_well &= _is_well(found, is_source_given=source is not None)
    if not all_well:
        raise typer.Exit(1)


def _inspected(path: Path, source: Path | None) -> "Inspection | FilmInspection":
    from rehue.film.naming import is_film

    if is_film(path.name):
        from rehue.film import inspect_film

        return inspect_film(path, source)
    from rehue.photo import inspect as inspect_picture

    return inspect_picture(path, source)


def _is_well(found: "Inspection | FilmInspection", *, is_source_given: bool) -> bool:
    from rehue.photo import Inspection

    if isinstance(found, Inspection) and (
        (found.manifest and found.manifest.problem) or found.luma_matches is False
    ):
        return False
    return bool(found.source_matches) if is_source_given else found.source_matches is not False


def _to_json(found: "Inspection | FilmInspection") -> str:
    return json.dumps(asdict(found), default=str)


def _lines(found: "Inspection | FilmInspection") -> Iterator[str]:
    """Yield the file's name and its facts, one a line."""
    from rehue.files import shown

    yield shown(found.path)
    from rehue.photo import Inspection

    facts = _facts(found) if isinstance(found, Inspection) else _facts_of_film(found)
    for name, said in facts:
        yield f"  {name}: {shown(said)}"


def _facts(found: "Inspection") -> Iterator[tuple[str, str]]:
    pages = f", {found.pages} pages" if found.pages > 1 else ""
    size = f"{found.width} x {found.height} pixels"
    yield "format", f"{found.format}, {size}, {found.bits} bits a sample{pages}"
    if found.mark:
        yield from _facts_of_mark(found.mark)
    else:
        yield "coloured by", "nothing says that it was coloured"
    if found.source_type:
        yield "digital source type", found.source_type
    if found.sidecar:
        yield "mark in", str(found.sidecar)
    if found.source or found.mark:
        yield "source", _source(found)
    if found.mark and found.mark.luma:
        yield "luma", f"{found.mark.luma}{_LUMA[found.luma_matches]}"
    if found.manifest:
        yield from _facts_of_manifest(found.manifest)
    for note in found.notes:
        yield "note", note


def _facts_of_mark(mark: "Mark") -> Iterator[tuple[str, str]]:
    yield "coloured by", f"Rehue {mark.version}"
    yield "model", mark.model
    yield "model sha256", mark.model_sha256
    yield "runtime", mark.runtime
    yield "settings", mark.settings
    for hint in mark.hints:
        yield "hint", hint
    if mark.timestamp:
        yield "timestamp", mark.timestamp
    if mark.source_sha256:
        yield "source sha256", mark.source_sha256


def _facts_of_manifest(manifest: "Manifest") -> Iterator[tuple[str, str]]:
    said = manifest.problem or "as it was signed; whether to trust the signer is yours to say"
    yield "C2PA manifest", said
    if manifest.signer:
        yield "signed by", manifest.signer
    if manifest.generator:
        yield "manifest made by", manifest.generator
    for ingredient in manifest.ingredients:
        yield "made from", ingredient


def _facts_of_film(found: "FilmInspection") -> Iterator[tuple[str, str]]:
    length = "" if found.seconds is None else f", {found.seconds:.3f} s"
    yield "format", f"{found.container}{length}"
    yield "picture", found.picture
    for stream in found.streams:
        yield "goes along", stream
    if found.mark:
        yield from _facts_of_mark(found.mark)
        yield "source", _source(found)
    else:
        yield "coloured by", "nothing says that it was coloured"
        yield "already in colour", "yes" if found.in_color else "no"
    yield "a result goes into", ", ".join(f".{ending}" for ending in found.fits) or "none"
    for note in found.notes:
        yield "note", note


def _source(found: "Inspection | FilmInspection") -> str:
    if found.source is None:
        return "not beside it, name it with --source"
    if found.source_matches is None:
        return f"{found.source}, and nothing in the picture says whether it is that"
    return f"{found.source}, {'the same' if found.source_matches else 'not what was coloured'}"
