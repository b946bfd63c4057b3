"""The options of `rehue colorize` in groups, and those that other commands share.

Wishes of the colours that are a number or a flag are in `rehue.cli.wished`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeAlias

import typer

from rehue.cli import complete
from rehue.cli.options import Group, finite
from rehue.wishes import WISHES

Model: TypeAlias = Annotated[
    str, typer.Option(help="Name of a model, or an ONNX file.", autocompletion=complete.models)
]


@dataclass(frozen=True)
class Files(Group):
    """What is taken, how results are written, and where."""

    panel: ClassVar[str] = "Files"

    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="TARGET",
            help="A file, for one photograph; a folder, if it is one, ends in / or stands for "
            "several; or - for standard output. If not given, results lie beside the originals.",
            show_default=False,
        ),
    ] = None
    format: Annotated[
        str | None,
        typer.Option(
            help="Of the results, whatever they are called: jpeg, png, tiff, webp, jpeg2000, "
            "jpegxl, avif, heic or bmp; if not given, the original's.",
            show_default=False,
        ),
    ] = None
    quality: Annotated[
        int | None,
        typer.Option(
            help="Of formats that have one; if not given, as fine as the original.",
            min=1,
            max=100,
            show_default=False,
        ),
    ] = None
    bit_depth: Annotated[
        int | None,
        typer.Option(
            help="Bits of a sample: 8, 16, or 32 for floats; if not given, the original's.",
            show_default=False,
        ),
    ] = None
    lightness: Annotated[
        Literal["stored", "exact"],
        typer.Option(
            help="stored: a grey JPEG's own image data stay in its result, byte for byte; exact: "
            "each pixel's lightness (L) stays, and the file is encoded anew, as all others are."
        ),
    ] = "stored"
    layer: Annotated[
        bool,
        typer.Option(
            "--layer",
            help="Write only the colour, a PNG or TIFF to lay over the original with the blend "
            "mode Color (in GIMP: LCh Color).",
        ),
    ] = False
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Write a before/after picture, NAME.EXT.rehue-compare.jpg, beside each "
            "result, too.",
        ),
    ] = False
    visible_mark: Annotated[
        bool,
        typer.Option(
            "--visible-mark",
            help="Write 'colourised by Rehue' and the model into a corner of each result.",
        ),
    ] = False
    c2pa: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            "--c2pa",
            metavar="CHAIN KEY",
            help="Sign each result (extra `c2pa`): PEM files of your certificate chain and its "
            "private key.",
            show_default=False,
        ),
    ] = None
    keep_times: Annotated[
        bool,
        typer.Option("--keep-times", help="Give results the times of their originals."),
    ] = False
    timestamp: Annotated[
        bool,
        typer.Option(
            "--timestamp",
            help="Write the time of the run into each result. Without it the same photograph "
            "gives the same bytes.",
        ),
    ] = False
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Do again what is done. Only files that Rehue made are ever replaced.",
        ),
    ] = False
    recolor: Annotated[
        bool,
        typer.Option(
            "--recolor",
            help="Colour files that are in colour already, too, from their lightness.",
        ),
    ] = False
    max_pixels: Annotated[
        float,
        typer.Option(
            help="Refuse photographs of more megapixels, all pages together.",
            metavar="MEGAPIXELS",
            min=0.001,
            callback=finite,
        ),
    ] = 200.0


@dataclass(frozen=True)
class Steering(Group):
    """Saying more of the colours of one photograph, and seeing how sure the model is."""

    panel: ClassVar[str] = "Steering"

    hints: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=f"{WISHES['hints'].help} JSON or CSV with x, y, color and, if wanted, radius, in "
            "pixels; or in shares of the picture (0 to 1) where unit says share.",
            show_default=False,
        ),
    ] = None
    palette: Annotated[
        str | None,
        typer.Option(metavar="COLORS", help=WISHES["palette"].help, show_default=False),
    ] = None
    reference: Annotated[
        Path | None,
        typer.Option(metavar="PHOTO", help=WISHES["reference"].help, show_default=False),
    ] = None
    alternatives: Annotated[
        int,
        typer.Option(
            help="Write so many colourings of each photograph, the likeliest first: a.rehue.jpg, "
            "a.rehue-2.jpg, ...",
            min=1,
            max=int(WISHES["alternative"].high or 1),
        ),
    ] = 1
    confidence: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.png",
            help="Write how sure the model is of each pixel of one photograph, too: white is sure.",
            show_default=False,
        ),
    ] = None


@dataclass(frozen=True)
class Scans(Group):
    """What kind of thing was scanned, where that is not to be looked for."""

    panel: ClassVar[str] = "Scans"

    as_is: Annotated[
        bool,
        typer.Option(
            "--as-is",
            help="Look for no prints, fading, halftone or coloured parts: take each file for an "
            "ordinary photograph.",
        ),
    ] = False
    prints: Annotated[
        str | None,
        typer.Option(
            metavar="PLACES",
            help="Where the prints on each page lie, in pixels: LEFT,TOP,RIGHT,BOTTOM or the x,y "
            "of four corners, with ; between prints; or none. If not given, they are looked for.",
            show_default=False,
        ),
    ] = None
    tones: Annotated[
        str | None,
        typer.Option(
            metavar="BLACK-WHITE",
            help="Which lightnesses (0-100) faded prints span, such as 40-75. If not given, they "
            "are measured.",
            show_default=False,
        ),
    ] = None
    negative: Annotated[
        bool,
        typer.Option("--negative", help="They are negatives: colour and write the positives."),
    ] = False
    input_gamma: Annotated[
        str | None,
        typer.Option(
            metavar="GAMMA",
            help="How to read numbers of files without a profile: linear, 1.8 or another gamma, or "
            "an ICC file; if not given, as sRGB. Results carry the profile.",
            show_default=False,
        ),
    ] = None


@dataclass(frozen=True)
class ManyFiles(Group):
    """Sharing out many photographs, and what is said of them."""

    panel: ClassVar[str] = "Many files"

    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would be done; colour and write nothing."),
    ] = False
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that colour; if not given, one a core, and none but this for one "
            "photograph.",
            min=1,
            max=1024,
            show_default=False,
        ),
    ] = None
    time_limit: Annotated[
        float,
        typer.Option(
            help="Seconds after which a photograph is given up, where there are workers.",
            min=0.1,
            callback=finite,
        ),
    ] = 600.0
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Have a Ray cluster do the work: HOST:PORT, ray://HOST:PORT or auto; all of its "
            "machines see the same files under the same paths or addresses.",
            show_default=False,
        ),
    ] = None
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a row a photograph: .csv or .jsonl (JSON Lines).",
            show_default=False,
        ),
    ] = None
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a file on standard output.")
    ] = False
    quiet: Annotated[
        bool,
        typer.Option("--quiet", "-q", help="Say only what failed, and what was kept."),
    ] = False


@dataclass(frozen=True)
class Machine(Group):
    """The network, and what runs it."""

    panel: ClassVar[str] = "Machine"

    model: Model = "default"
    runtime: Annotated[
        str, typer.Option(help="What runs the network: onnxruntime or openvino.")
    ] = "onnxruntime"
    device: Annotated[str, typer.Option(help="Where it runs.")] = "cpu"
    threads: Annotated[
        int | None,
        typer.Option(
            help="Threads of the network and of the colouring, in each process; if not given, the "
            "cores are divided.",
            min=1,
            max=1024,
            show_default=False,
        ),
    ] = None
