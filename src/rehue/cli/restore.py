"""`rehue restore`: the grey JPEG out of a coloured one."""

from pathlib import Path
from typing import Annotated

import typer


def restore(
    file: Annotated[
        Path,
        typer.Argument(metavar="RESULT", help="A coloured JPEG, as Rehue wrote it."),
    ],
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Of the grey JPEG; if not given, a.grey.jpg beside a.rehue.jpg.",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a file that is there.")
    ] = False,
) -> None:
    """Write a grey JPEG back out of its coloured result: the scan's own image data.

    For results whose mark says `luma: kept byte for byte`: those of grey JPEGs, unless their luma
    was to change. Tables and coded data are the original's, every byte; EXIF and the rest are the
    result's, without the mark, the profile of colour and a signature.
    """
    from rehue.files import shown
    from rehue.photo import restore as write_grey

    target = output or file.with_name(f"{file.stem.removesuffix('.rehue')}.grey.jpg")
    write_grey(file, target, overwrite=overwrite)
    typer.echo(f"{shown(file)} -> {shown(target)}")
