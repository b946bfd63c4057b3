"""Writing coloured films as numbered files, of one frame each, as restorers keep them.

They are written from lossless segments, so that a run that was stopped goes on here, too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color import srgb_to_linear
from rehue.color.ycbcr import Coding, decode_ycbcr
from rehue.errors import FilmError
from rehue.files import replacing
from rehue.film.encoding import Encoding, choose_encoding
from rehue.film.layout import plane_samples
from rehue.film.numbered import is_sequence, name_of, numbered_files
from rehue.film.opening import pyav
from rehue.film.packets import read_packets
from rehue.film.probing import Film
from rehue.film.segments import Segment, Work

if TYPE_CHECKING:
    from av import VideoFrame

# FFmpeg's encoder for each ending, and its pixel formats by bits of a sample, the fewest first.
_WRITERS: Final[dict[str, tuple[str, dict[int, str]]]] = {
    "png": ("png", {8: "rgb24", 16: "rgb48be"}),
    "tif": ("tiff", {8: "rgb24", 16: "rgb48le"}),
    "tiff": ("tiff", {8: "rgb24", 16: "rgb48le"}),
    "dpx": ("dpx", {8: "rgb24", 10: "gbrp10be", 12: "gbrp12be", 16: "rgb48be"}),
    "exr": ("exr", {16: "gbrpf32le"}),
}
# Half precision, and lines in groups of 16 under zlib: what most programs write.
_OPTIONS: Final = {"exr": {"format": "half", "compression": "zip16"}}


def sequence_encoding(film: Film, target: Path) -> Encoding:
    """Return how segments of a film that becomes numbered files are encoded: without loss.

    Raises:
        FilmError: the ending is unknown.
    """
    if target.suffix[1:].lower() not in _WRITERS:
        raise FilmError(f"{target}: frames are written as {', '.join('.' + e for e in _WRITERS)}")
    full = replace(film, layout=replace(film.layout, subsampling=(1, 1)))
    return choose_encoding(full, "ffv1", None, "mkv")


def bytes_a_pixel(encoding: Encoding, target: Path) -> float:
    """Return about what a pixel of numbered files takes on the disk: as if nothing were packed."""
    return 3 * _bits_in(encoding.bits, target) / 8


def numbers_of(film: Film, pts: NDArray[np.int64]) -> list[int]:
    """Return the number of the file of each frame.

    Frames of a sequence have their files' numbers. Those of a film are counted from its first, 1;
    one that was lost leaves its number free.

    Args:
        film: the original.
        pts: of its frames, or of some of them after one another.
    """
    if is_sequence(film.path):
        before = next(iter(numbered_files(film.path)))
        return [before + round(int(time) * film.time_base * film.rate) for time in pts]
    steps = np.diff(pts)
    usual = np.median(steps) if len(steps) else 1
    begins = 1 + round((int(pts[0]) - film.start) * film.time_base * film.rate)
    after = np.cumsum(np.maximum(1, np.rint(steps / usual)))
    return [begins, *(begins + int(more) for more in after)]


def files_there(film: Film, target: Path, first: int | None, end: int | None) -> list[Path]:
    """Return the numbered files that are there under names which a film's would have.

    Args:
        film: the original.
        target: with %d or %06d in its name.
        first: timestamp of the first frame that is wanted; None for the film's.
        end: timestamp from which on none is; None for its end.
    """
    times = np.array([film.start if first is None else first, film.start if end is None else end])
    begins, ends = (numbers_of(film, time[None])[0] for time in times)
    known = numbered_files(film.path) if is_sequence(film.path) else None
    return [
        path
        for number, path in numbered_files(target).items()
        if begins <= number
        and (end is None or number < ends)
        and (known is None or number in known)
        and path == name_of(target, number)
    ]


def write_sequence(
    film: Film, encoding: Encoding, work: Work, segments: Sequence[Segment], target: Path
) -> int:
    """Write coloured frames as numbered files, from lossless segments; files there are replaced.

    Args:
        film: the original.
        encoding: of the segments, FFV1.
        work: where they lie.
        segments: all of them, in order; at least one.
        target: with %d or %06d in its name; numbered as `numbers_of` says.

    Returns:
        How many files.
    """
    numbers = numbers_of(film, np.concatenate([s.table.rows["pts"] for s in segments]))
    for number, picture in zip(numbers, _decoded(film, work, segments), strict=True):
        with replacing(name_of(target, number)) as beside:
            beside.write_bytes(_file(_encoded(picture, film, encoding), encoding.bits, target))
    return len(numbers)


def _decoded(film: Film, work: Work, segments: Iterable[Segment]) -> Iterator["VideoFrame"]:
    av = pyav()
    for segment in segments:
        context = av.CodecContext.create("ffv1", "r")
        context.width, context.height = film.width, film.height
        context.extradata = segment.table.extradata
        for content, _ in read_packets(work.packets(segment.key), segment.table):
            yield from context.decode(av.Packet(content))
        yield from context.decode(None)


def _encoded(picture: "VideoFrame", film: Film, encoding: Encoding) -> NDArray[np.float32]:
    """Return a frame's R'G'B', 0..1, upright."""
    coding = Coding(film.coding.matrix, film.coding.is_full_range, encoding.bits)
    luma, cb, cr = (plane_samples(picture, n, encoding.bits) for n in range(3))
    return np.ascontiguousarray(np.rot90(decode_ycbcr(luma, cb, cr, coding), film.turn))


def _bits_in(bits: int, target: Path) -> int:
    """Return the bits of a sample in files by their ending: so many as are wanted, or the most."""
    _, formats = _WRITERS[target.suffix[1:].lower()]
    return next((held for held in formats if held >= bits), max(formats))


def _file(encoded: NDArray[np.float32], bits: int, target: Path) -> bytes:
    """Return a frame as a file."""
    av = pyav()
    encoder, formats = _WRITERS[target.suffix[1:].lower()]
    held = _bits_in(bits, target)
    pixels: NDArray[Any]
    if encoder == "exr":
        pixels = srgb_to_linear(np.clip(encoded, 0, 1)).astype(np.float32)
    else:
        pixels = np.rint(np.clip(encoded, 0, 1) * np.float32((1 << held) - 1))
        pixels = pixels.astype(np.uint8 if held == 8 else np.uint16)
    picture = av.VideoFrame.from_ndarray(pixels, format=formats[held])
    context = av.CodecContext.create(encoder, "w")
    context.width, context.height, context.pix_fmt = picture.width, picture.height, formats[held]
    context.time_base = Fraction(1, 24)
    context.options = _OPTIONS.get(encoder, {})
    return b"".join(bytes(packet) for packet in [*context.encode(picture), *context.encode(None)])
