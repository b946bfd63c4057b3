"""What a film is, before any work: its streams, its pixels, how it stores colour and time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rehue.color.ycbcr import Coding, Matrix
from rehue.errors import FilmError
from rehue.film.layout import Layout
from rehue.film.marking import mark_beside, mark_in
from rehue.film.numbered import is_sequence
from rehue.film.opening import open_film, pyav, reason
from rehue.photo import Mark

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

# FFmpeg's numbers (AVColorSpace, after ITU-T H.273, table 4) of the matrices known here.
_MATRICES: Final[dict[int, Matrix]] = {
    1: "bt709",
    5: "bt601",
    6: "bt601",
    9: "bt2020",
    10: "bt2020",
}
MATRIX_CODES: Final[dict[Matrix, int]] = {"bt709": 1, "bt601": 6, "bt2020": 9}
_UNKNOWN: Final = 2
_LIMITED, _FULL = 1, 2
# Transfer functions of high dynamic range: SMPTE ST 2084 (PQ) and ARIB STD-B67 (HLG).
_HDR: Final = {16: "PQ", 18: "HLG"}
# Logarithmic curves (AVColorTransferCharacteristic), such as DPX may say that it has.
_LOGARITHMIC: Final = (9, 10)
# At this height and above a film that does not say so is BT.709.
HIGH_DEFINITION: Final = 720
# FFmpeg's field orders (AVFieldOrder): none, and the upper field first.
PROGRESSIVE: Final = 1
UPPER_FIRST: Final = 2
# Frames looked at for fields that are woven together.
_LOOKED_AT: Final = 5


@dataclass(frozen=True)
class Film:
    """What is known of a film before its frames are read.

    Attributes:
        path: of the file.
        container: FFmpeg's names of the format, such as `matroska,webm`.
        stream: index of the stream that is coloured.
        codec: that it is in.
        width: of a frame as stored (px).
        height: of a frame as stored (px).
        layout: how frames lie in memory.
        coding: how luma and colour are stored.
        primaries: FFmpeg's number; 2 where the film does not say.
        transfer: FFmpeg's number; 2 where the film does not say.
        time_base: seconds of one unit of a timestamp.
        rate: frames a second, the average.
        start: of the first frame, in units of `time_base`.
        duration: seconds, as the file says; None where it does not.
        frames: how many, as the file says or as duration and rate give; None where neither does.
        turn: quarter turns anticlockwise that bring a stored frame upright, 0 to 3.
        aspect: width of a pixel over its height.
        fields: FFmpeg's number of how two fields lie woven in a frame; `PROGRESSIVE` for none.
        mark: what an earlier run of Rehue left in the metadata; None for none.
        notes: what a person should know, a line each.
    """

    path: Path
    container: str
    stream: int
    codec: str
    width: int
    height: int
    layout: Layout
    coding: Coding
    primaries: int
    transfer: int
    time_base: Fraction
    rate: Fraction
    start: int
    duration: float | None
    frames: int | None
    turn: int
    aspect: Fraction
    fields: int
    mark: Mark | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def is_interlaced(self) -> bool:
        """Whether two fields lie woven in a frame."""
        return self.fields > PROGRESSIVE

    @property
    def made_at(self) -> tuple[int, int]:
        """Luma samples across and down that share a chroma sample, in what is made of it."""
        return self.layout.subsampling or (2, 2)


def probe(path: Path) -> Film:
    """Find out what a film is; its first frames are decoded.

    Raises:
        FilmError: it cannot be read, has no video, is encrypted, or none of its frames decodes.
    """
    with open_film(str(path)) as container:
        stream = main_video(container, path)
        return _described(container, stream, path)


def main_video(container: "InputContainer", path: Path) -> "VideoStream":
    """Return the stream to colour: what FFmpeg holds for the best, covers aside.

    Raises:
        FilmError: there is none.
    """
    pictures = [s for s in container.streams.video if not is_cover(s)]
    if not pictures:
        held = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
        raise FilmError(f"{path}: has no moving picture, only {held}: name a film")
    best = container.streams.best("video")
    found: VideoStream = best if best in pictures else pictures[0]
    if found.codec_context is None:
        raise FilmError(f"{path}: its picture is in a codec that is not known here: convert it")
    return found


def is_cover(stream: Any) -> bool:  # noqa: ANN401 (any of PyAV's streams)
    """Say whether a video stream is a still picture that goes with the film."""
    return bool(stream.disposition & pyav().stream.Disposition.attached_pic)


def _described(container: "InputContainer", stream: "VideoStream", path: Path) -> Film:
    pictures = list(_first(container, stream, path))
    first = pictures[0]
    context = stream.codec_context
    layout = Layout.of(first.format.name)
    notes = []
    if layout.bits > 16:
        raise FilmError(f"{path}: samples of {layout.bits} bits: convert them to 16 at most")
    if first.color_trc in _HDR:
        raise FilmError(
            f"{path}: is of high dynamic range ({_HDR[first.color_trc]}), whose colours Rehue does "
            "not make: bring it to BT.709 first, by FFmpeg's zscale and tonemap"
        )
    matrix = _MATRICES.get(first.colorspace)
    if matrix is None:
        matrix = "bt709" if min(first.width, first.height) >= HIGH_DEFINITION else "bt601"
    if layout.is_linear:
        matrix = "bt709"
        notes.append("stored as linear light: seen by sRGB's curve, and cut off above white")
    elif not layout.keeps_luma:
        matrix = "bt709"
        notes.append("stored as RGB or in fewer than 8 bits: luma is made from it, not kept")
    is_full = first.color_range == _FULL or (layout.is_full_range and first.color_range != _LIMITED)
    fields = max(PROGRESSIVE, context.field_order)
    if fields == PROGRESSIVE and any(p.interlaced_frame for p in pictures):
        fields = UPPER_FIRST
    if fields > PROGRESSIVE:
        notes.append(
            "interlaced: its fields are coloured as they lie, woven together; --deinterlace "
            "parts them"
        )
    if first.color_trc in _LOGARITHMIC:
        notes.append("stored as logarithms, as negatives are: grade it first, or it is pale")
    duration = container.duration / 1e6 if container.duration else None
    rate = stream.average_rate or stream.guessed_rate or Fraction(25)
    frames = stream.frames or (round(duration * rate) if duration else None)
    aspect = stream.sample_aspect_ratio or Fraction(1)
    return Film(
        path=path,
        container=container.format.name,
        stream=stream.index,
        codec=context.codec.name,
        width=first.width,
        height=first.height,
        layout=layout,
        coding=Coding(matrix, is_full and (layout.keeps_luma or layout.is_linear), layout.bits),
        primaries=first.color_primaries,
        transfer=first.color_trc,
        time_base=first.time_base or stream.time_base or 1 / rate,
        rate=Fraction(rate),
        start=first.pts or 0,
        duration=duration,
        frames=frames,
        turn=round(first.rotation / 90) % 4,
        aspect=aspect if aspect > 0 else Fraction(1),
        fields=fields,
        mark=mark_beside(path) if is_sequence(path) else mark_in(container.metadata),
        notes=tuple(notes),
    )


def _first(
    container: "InputContainer", stream: "VideoStream", path: Path
) -> Iterator["VideoFrame"]:
    """Yield the first frames that decode.

    Raises:
        FilmError: there is none.
    """
    errors = pyav().error.FFmpegError
    seen, problem = 0, "no frame in it decodes"
    try:
        for packet in container.demux(stream):
            try:
                pictures = packet.decode()
            except errors as error:
                problem = reason(error)
                continue
            for picture in pictures:
                yield picture
                seen += 1
                if seen == _LOOKED_AT:
                    return
    except errors as error:
        problem = reason(error)
    if not seen:
        raise FilmError(
            f"{path}: its picture cannot be decoded ({problem}): is it whole, or encrypted?"
        )
