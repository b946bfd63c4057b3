"""Files of other projects through the whole tool: what is refused wrongly, what is lost unsaid?

    python benchmarks/files/wild.py FOLDER --output wild.json

Each folder in FOLDER is a project, and every picture in it (or `--each` of them, drawn by their
names) is coloured as `rehue colorize --recolor` does it. What came out is compared with what went
in by tools that are not Rehue's: size as shown, lightness and pages by ImageMagick, tags by
exiftool. A loss that a note of the run names is none. What was refused is shown to ImageMagick and
libvips: if one of them reads it without a word, and Rehue's reason is none of the limits that it
states, it was refused wrongly. Printed are a row for each project, and the causes, with the first
files of each. The exit code is 1 where something is wrong.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.batch import Outcome, Settings, Setup, Status, open_run
from rehue.batch.job import Job
from rehue.batch.plan import Plan
from rehue.color import lightness
from rehue.photo import BECOMES, ENDINGS, FORMATS
from rehue.photo.samples.profile import srgb_profile

# Mean difference of L, of a picture sampled at this many pixels a side, that is another picture.
SAME, SIDE = 1.5, 400
PATIENCE = 60.0  # s, for a foreign tool
# What Rehue says that it does not do.
LIMITS = re.compile(
    r"several pages or frames|animated|more than the [\d,]+ that|HDR screens|scale them to 0|"
    r"signed whole numbers|complex|channels|bits a sample: save|of inks|logarithms|LERC|JBIG|"
    r"opcodes|claims [\d,]+ x|no picture that Rehue|not a picture that Rehue|more than \d+ scans|"
    r"LibRaw does not read|colours are|ThunderScan|NeXT|Pixar"
)
# Groups of exiftool's that stand for what a picture says, and what notes call it.
GROUPS = {
    "its EXIF": re.compile(r"IFD\d|ExifIFD|GPS|InteropIFD|Interop"),
    "its XMP": re.compile(r"XMP"),
    "its IPTC": re.compile(r"IPTC"),
    "its ICC profile": re.compile(r"ICC"),
    "its text": re.compile(r"PNG"),
    "its comment": re.compile(r"File$|GIF"),
    "its further boxes": re.compile(r"Jpeg2000|XML"),
}
# Chunks of a PNG's that notes call by their names.
CHUNKS = {
    "ImageOffset": "oFFs",
    "PixelCalibration": "pCAL",
    "ColorPrimaries": "cICP",
    "StereoMode": "sTER",
    **dict.fromkeys(("SubjectUnits", "SubjectPixelWidth", "SubjectPixelHeight"), "sCAL"),
    "ICC_Profile": "second ICC",
}
# Tags of how the file is laid out, or of what is no longer so: true of the source alone.
LAYOUT = re.compile(
    r"(File|Image(Width|Height|Length|Size|DataHash)|Exif(Image|ByteOrder)|Bits|Compress|Photometric"
    r"|Samples?(Per|Format)|Strip|Tile|Rows|Planar|Color(Space$|Map|Mode|Type|Components|Res|Spec)"
    r"|YCbCr|Predictor|FillOrder|T[46]Options|JPEG|Jpg|Thumbnail|Preview|OtherImage|Orientation"
    r"|Subfile|OldSubfile|Sub(IFD|file)|NewSubfile|Extra|TransferFunction|ReferenceBlack|Encoding"
    r"|PixelUnits|PixelsPer|[XY]Resolution|ResolutionUnit|Interlace|Filter|Gamma$|Palette|Transparency"
    r"|Background|SRGB|WhitePoint|Primary|Red[XY]|Green[XY]|Blue[XY]|Significant|ModifyDate|Datecreate"
    r"|Datemodify|HasExtendedXMP|XMPToolkit|About|Warning|Error|DigitalSourceType|JFIF|Adobe|DCT"
    r"|APP14|Current|ICCProfileName|ComponentsConf|.*FaxLines|CleanFax"
    r"|IPTCDigest|HasColorMap|Animation|Frame|Bit(Depth|Plane)|NumColors|Num?(Planes|Color)|Version"
    r"|Duration|Profile(ID|Size|Name)|CMMFlags|FreeOffsets|FreeByte|Matteing|MinSample|MaxSample"
    r"|GrayResponse|InkSet|NumberOf(Inks|Comp)|DotRange|HalftoneHints|Threshh?olding|CFA|TIFF-EP|Cell|PageNumber"
    r"|Header|Megapixels|Ops|ExifVersion|GIF|Display[XY]|Capture[XY]|Virtual|CHROM|Chrom|MPF|MP"
    r"|NumberOfImages|Image(List|UID)|Total|DependentImage|Padding|OffsetSchema|Makers?Note|SMin|SMax"
    r"|DocumentName$|Photoshop|Planes|PageCount|SuggestedPalette|.*Digest$|BMP|NumImportant|TransferChar|MatrixCoeff|VideoFull|TransparentColor|PixelAspect)"
)


@dataclass
class Project:
    """What became of a project's files."""

    files: int = 0
    coloured: int = 0
    rightly_refused: int = 0
    wrongly_refused: int = 0
    losses: int = 0
    errors: int = 0


@dataclass
class Findings:
    """Rows by project, and files by cause."""

    projects: dict[str, Project] = field(default_factory=lambda: defaultdict(Project))
    causes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def main() -> None:
    """Colour, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, help="files of each project at most")
    parser.add_argument("--below", type=float, help="leave out files of so many MiB and more")
    parser.add_argument("--leave-out", default=[], nargs="*", help="files, by their names")
    parser.add_argument("--model", default="default")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--time-limit", type=float, default=60.0, help="for one file (s)")
    parser.add_argument("--output", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    found = Findings()
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryFile() as noise:
        results = Path(place, "results")
        outcomes = list(run(arguments, results, noise.fileno()))
        noise.seek(0)
        foreign = noise.read().decode("utf-8", "replace").splitlines()
        tags = {True: tags_of(arguments.folder), False: tags_of(results)}
        profile = Path(place, "sRGB.icc")
        profile.write_bytes(srgb_profile())
        with ThreadPoolExecutor(arguments.workers) as pool:
            judged = pool.map(lambda one: judge(one, tags, profile), outcomes)
            for outcome, causes in zip(outcomes, judged, strict=True):
                note(found, outcome, causes, arguments.folder)
    report = {
        "projects": {name: asdict(row) for name, row in sorted(found.projects.items())},
        "all": {
            key: sum(getattr(row, key) for row in found.projects.values())
            for key in asdict(Project())
        },
        "foreign lines on standard error": Counter(re.sub(r"\d+", "#", f) for f in foreign),
        "causes": dict(sorted(found.causes.items(), key=lambda one: -len(one[1]))),
    }
    show(report)
    if arguments.output:
        arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    wrong = [report["all"][key] for key in ("losses", "errors", "wrongly_refused")]
    sys.exit(1 if any(wrong) or foreign else 0)


def run(arguments: argparse.Namespace, results: Path, noise: int) -> Iterator[Outcome]:
    """Colour all files; what their decoders write to standard error goes to a file."""
    jobs = []
    for source in drawn(arguments):
        ending = source.suffix.lower()
        made = ending if ending in FORMATS else ENDINGS[BECOMES[ending]]
        relative = source.relative_to(arguments.folder)
        jobs.append(Job(source, results / relative.with_name(relative.name + made)))
    results.mkdir()
    setup = Setup(Settings(recolor=True), arguments.model)
    plan = Plan(jobs, str(results), None)
    shown = os.dup(2)
    os.dup2(noise, 2)
    try:
        workers, limit = arguments.workers, arguments.time_limit
        with open_run(plan, setup, workers=workers, time_limit=limit) as going:
            yield from going.outcomes
    finally:
        os.dup2(shown, 2)
        os.close(shown)


def drawn(arguments: argparse.Namespace) -> Iterator[Path]:
    """Yield the pictures of each project that count, or as many, by a hash of their names."""
    most = float("inf") if arguments.below is None else arguments.below * 2**20
    for project in sorted(path for path in arguments.folder.iterdir() if path.is_dir()):
        found = [
            path
            for path in sorted(project.rglob("*"))
            if path.is_file()
            and path.suffix.lower() in FORMATS | BECOMES
            and path.stat().st_size < most
            and path.name not in arguments.leave_out
        ]
        names = {path: str(path.relative_to(arguments.folder)).encode() for path in found}
        yield from sorted(found, key=lambda path: crc32(names[path]))[: arguments.each]


def tags_of(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what exiftool says of each file, by path; `IFD0:Make` and the like."""
    command = ["exiftool", "-json", "-G1", "-a", "-s", "-r", "-q", "-q", "-charset", "iptc=UTF8"]
    done = subprocess.run([*command, "-all", str(folder)], capture_output=True, check=False)
    said = json.loads(done.stdout.decode("utf-8", "replace") or "[]", strict=False)
    return {str(Path(one["SourceFile"])): one for one in said}


def judge(outcome: Outcome, tags: dict[bool, dict[str, Any]], profile: Path) -> list[str]:
    """Return what is wrong with how a file ended, by cause; nothing where all is well."""
    source, target = Path(str(outcome.job.source)), Path(str(outcome.job.target))
    said = str(outcome.reason)
    signs = ("please report", "ended its process", "lost its process", "took more than")
    if outcome.status is Status.FAILED:
        if any(sign in said for sign in signs):
            return [f"error: {said.replace(str(source), 'it')}"]
        if LIMITS.search(said) or not any(map(reads, ("ImageMagick", "libvips"), (source,) * 2)):
            return []
        words = re.sub(r"\d[\d,.]*", "#", said.replace(str(source), "it"))
        return [f"wrongly refused: {words[:120]}"]
    if outcome.status is not Status.COLORED:
        return []
    return [f"loss: {one}" for one in losses(source, target, outcome.notes, tags, profile)]


def losses(
    source: Path,
    target: Path,
    notes: tuple[str, ...],
    tags: dict[bool, dict[str, Any]],
    profile: Path,
) -> Iterator[str]:
    """Yield what a result lacks, or shows otherwise, that no note names."""
    noted = "; ".join(notes)
    before, after = pages(source), pages(target)
    told = re.search(r"pages?\b|picture|copies|copy|masks|directories|left out", noted)
    if before and after and before > after and not told:
        yield "pages"
    was, now = (
        tags[is_source].get(str(path), {}) for is_source, path in ((True, source), (False, target))
    )
    shown = differs(source, target, profile) if is_read_rightly(source, was, noted) else None
    if shown and source.suffix.lower() in (".tif", ".tiff"):
        shown = differs_by_libtiff(source, target, profile)
    if shown and not re.search(r"aperture|raw file|CMYK|profile|gamma|as sRGB's", noted):
        yield shown
    kept = {key.partition(":")[2]: str(value) for key, value in now.items()}
    values = set(kept.values())
    for key, value in was.items():
        group, _, name = key.partition(":")
        words = next((w for w, pattern in GROUPS.items() if pattern.match(group)), None)
        if words is None or not name or LAYOUT.match(name) or name in kept or str(value) in values:
            continue
        if group == "File" and name != "Comment":  # a bitmap's header
            continue
        # A gain map's own record goes with it, and encoders sign what they write.
        goes_with_map = re.search(r"hdrgm|Container", group) and "gain map" in noted
        if goes_with_map or str(value).startswith(("Created by", "Creator:")):
            continue
        if CHUNKS.get(name, "?") in noted:
            continue
        # exiftool names a record of any picture of a HEIC's; that of another one goes with it.
        if words == "its ICC profile" and "further" in noted:
            continue
        # A profile of grey or ink cannot describe colour: the result's is sRGB's, as is documented.
        if words == "its ICC profile" and was.get("ICC-header:ColorSpaceData") != "RGB ":
            continue
        if words not in noted and not is_said(words, noted):
            yield f"{group}:{name}" if "XMP" not in group else f"XMP ({group})"
            return


def is_read_rightly(source: Path, was: dict[str, Any], noted: str) -> bool:
    """Whether ImageMagick can be asked: not of what it is known to read otherwise than it is meant.

    It leaves out JPX's profiles, shows a thumbnail where a HEIC names that as its own picture, cuts
    a GIF off at its screen, and takes a bitmap's fields of three or four bits for those of five.
    """
    head = source.read_bytes()[:66]
    masks = [int.from_bytes(head[at : at + 4], "little") for at in (54, 58, 62)]
    is_in_fields = head[:2] == b"BM" and was.get("File:Compression") == "Bitfields"
    is_coarse = is_in_fields and min(mask.bit_count() for mask in masks) < 5
    is_profiled = was.get("Jpeg2000:ColorSpecMethod") == "Any ICC"
    return not (is_coarse or is_profiled or re.search("names as its own|beyond its screen", noted))


def is_said(words: str, noted: str) -> bool:
    """Whether notes name a loss in other words: a profile, a text or a record left out."""
    last = words.rsplit(maxsplit=1)[-1]
    how = rf"{last}[^;]*(left out|cannot be read|replaced|no place)"
    return re.search(how, noted, re.IGNORECASE) is not None


def as_seen(first: NDArray[Any], second: NDArray[Any]) -> Iterator[tuple[Any, Any]]:
    """Yield L of both, and luma of both as L: what a JPEG's result keeps."""
    yield lightness(first), lightness(second)
    weights = np.array([0.299, 0.587, 0.114])  # ITU-T T.871
    grey = [np.rint(one @ weights).astype(np.uint8) for one in (first, second)]
    yield lightness(grey[0]), lightness(grey[1])


def decoded(path: Path, options: list[str]) -> NDArray[np.uint8] | None:
    """Return the first page as ImageMagick shows it, sampled; None where it does not read it."""
    whole = ["-coalesce"] if path.suffix.lower() == ".gif" else ["+repage"]
    command = ["convert", f"{path}[0]", *whole, "-alpha", "off", *options]
    command += ["-sample", f"{SIDE}x{SIDE}>", "-depth", "8", "ppm:-"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE)
        with Image.open(BytesIO(done.stdout)) as image:
            return np.asarray(image.convert("RGB"))
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return None


def differs(source: Path, target: Path, profile: Path) -> str | None:
    """Say how a result is shown otherwise than its source; None where it is not.

    ImageMagick is asked in two ways: it brings some old kinds into a colour space in only one, and
    turns some formats by their orientation in none.
    """
    # ImageMagick turns none of these; results of their own format are stored as they are.
    is_stored = source.suffix.lower() in (".webp", ".jxl", ".avif")
    turn = [] if is_stored and source.suffix == target.suffix else ["-auto-orient"]
    managed = ["-profile", str(profile), "-colorspace", "sRGB"]
    found = None
    for options in (turn + managed, [*turn, "-set", "colorspace", "sRGB"]):
        first, second = decoded(source, options), decoded(target, options)
        if first is None or second is None:
            return None
        if first.shape != second.shape:
            found = "another size"
        elif min(np.abs(a - b).mean() for a, b in as_seen(first, second)) <= SAME:
            return None
        else:
            found = "another lightness"
    return found


def differs_by_libtiff(source: Path, target: Path, profile: Path) -> str | None:
    """The same, of a TIFF that libtiff has unpacked: ImageMagick takes subsampled YCbCr for RGB."""
    with tempfile.TemporaryDirectory() as place:
        plain = Path(place, "plain.tif")
        command = ["tiff2rgba", "-n", str(source), str(plain)]
        subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE)
        return differs(plain if plain.exists() else source, target, profile)


def pages(path: Path) -> int:
    """Return how many pages ImageMagick finds; 0 where it does not read it."""
    if path.suffix.lower() not in {".tif", ".tiff", ".heic", ".heif"}:
        return 1
    command = ["identify", "-ping", "-format", "%n\n", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE)
        return int(done.stdout.split()[0])
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        return 0


def reads(tool: str, path: Path) -> bool:
    """Say whether a foreign tool decodes a file to its end without a word."""
    commands = {
        "ImageMagick": ["convert", str(path), "-depth", "8", "rgb:/dev/null"],
        "libvips": ["vips", "avg", str(path)],
    }
    try:
        done = subprocess.run(commands[tool], capture_output=True, check=False, timeout=PATIENCE)
    except (subprocess.TimeoutExpired, OSError):
        return False
    return done.returncode == 0 and not done.stderr.strip()


def note(found: Findings, outcome: Outcome, causes: list[str], folder: Path) -> None:
    """Count a file in its project's row, and name it under its causes."""
    path = Path(str(outcome.job.source)).relative_to(folder)
    row = found.projects[path.parts[0]]
    row.files += 1
    row.coloured += outcome.status is Status.COLORED
    row.losses += any(cause.startswith("loss") for cause in causes)
    is_error = any(cause.startswith("error") for cause in causes)
    is_wrong = any(cause.startswith("wrongly") for cause in causes)
    row.errors += is_error
    row.wrongly_refused += is_wrong
    row.rightly_refused += outcome.status is not Status.COLORED and not (is_error or is_wrong)
    for cause in causes:
        found.causes[cause].append(str(path))


def show(report: dict[str, Any]) -> None:
    """Print the rows, and each cause with its first files."""
    heads = list(asdict(Project()))
    print("| project |", " | ".join(head.replace("_", " ") for head in heads), "|")
    print("|---|", "---|" * len(heads), sep="")
    for name, row in [*report["projects"].items(), ("all", report["all"])]:
        print(f"| {name} |", " | ".join(f"{row[head]:,}" for head in heads), "|")
    for cause, files in report["causes"].items():
        print(f"\n{len(files)} {cause}")
        print(*(f"    {name}" for name in files[:3]), sep="\n")
    for line, count in report["foreign lines on standard error"].items():
        print(f"\n{count} foreign: {line}")


if __name__ == "__main__":
    main()
