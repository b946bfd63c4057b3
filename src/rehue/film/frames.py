"""A film's frames, one after the other, each with its own time; what is lost is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rehue.errors import FilmError
from rehue.film.layout import luma_of
from rehue.film.lost import Lost
from rehue.film.opening import open_film, pyav
from rehue.film.probing import Film
from rehue.film.times import clock

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

    Packets: TypeAlias = Iterator[Packet[VideoStream]]

_THREADS: Final = 4  # of the decoder, each of which holds a frame
# Seconds before a place at which decoding begins, so that what is at the place is whole; the next
# is tried where a container leads behind the place.
_RUN_UPS: Final = (0.5, 12.0, 60.0)
# FFmpeg's name of MPEG program streams, which count times on from where they are entered: those are
# right where that is a picture that stands by itself.
_COUNTED_ON: Final = "mpeg"


@dataclass(frozen=True)
class Frame:
    """A frame as decoded.

    Attributes:
        pts: when it is shown, in units of the film's `time_base`; each is later than the last.
        luma: height x width, the stream's own samples; a view into the decoder's memory.
    """

    pts: int
    luma: NDArray[np.unsignedinteger[Any]]


def read_frames(
    film: Film,
    *,
    start: int | None = None,
    deinterlace: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Frame]:
    """Yield a film's frames in the order in which they are shown.

    A frame that does not decode is left out; the others keep their times.

    Args:
        film: from `probe`.
        start: frames shown before this (in units of `time_base`) are passed over, from the nearest
            place at which decoding can begin; where a container cannot be entered there, from one
            further back, or the film's start.
        deinterlace: part the two fields of a frame (FFmpeg's bwdif), a frame from each frame.
        tell: is given a line for what was lost.

    Raises:
        FilmError: a frame has another size or format than the first.
    """
    lost = Lost(film, tell)
    last: int | None = None
    for picture in _pictures(film, start, deinterlace, lost):
        pts = picture.pts
        if pts is None or (last is not None and pts <= last):
            # Raw streams and old AVI files have no times, or the same twice: counted on.
            pts = film.start if last is None else last + _step(film)
        if (picture.width, picture.height) != (film.width, film.height):
            raise FilmError(
                f"{film.path}: the picture changes from {film.width} x {film.height} to "
                f"{picture.width} x {picture.height} at {clock(pts, film)}: cut the film "
                "there, and colour the parts"
            )
        if last is not None:
            lost.step(last, pts)
        if start is None or pts >= start:
            yield Frame(pts, luma_of(picture, film.layout))
        last = pts
    lost.end(last)


def _step(film: Film) -> int:
    return max(1, round(1 / (film.rate * film.time_base)))


def _pictures(
    film: Film, start: int | None, deinterlace: bool, lost: Lost
) -> Iterator["VideoFrame"]:
    """Yield pictures from the film's start, or from some place before `start` on."""
    for before in _entries(film, start):
        with open_film(str(film.path)) as container:
            stream: VideoStream = container.streams[film.stream]  # type: ignore[assignment]
            stream.thread_type = pyav().codec.context.ThreadType.AUTO
            stream.thread_count = _THREADS
            lost.begin()
            packets: Packets | None = container.demux(stream)
            if before is not None:
                packets = _sought(film, container, stream, before)
            if packets is None:
                continue
            decoded = _decoded(packets, lost)
            pictures = _parted(decoded, film) if deinterlace else decoded
            first = next(pictures, None)
            late = first is None or first.pts is None or (start is not None and first.pts > start)
            if before is not None and late:
                continue
            if first is not None:
                yield first
            yield from pictures
            return


def _entries(film: Film, start: int | None) -> Iterator[int | None]:
    """Yield places at which to enter a film for what is at `start`; None is its start."""
    for seconds in () if start is None else _RUN_UPS:
        before = (start or 0) - round(seconds / film.time_base)
        if before <= film.start:
            break
        yield before
    yield None


def _sought(
    film: Film, container: "InputContainer", stream: "VideoStream", before: int
) -> "Packets | None":
    """Return a stream's packets from a place on; None where it cannot be entered there."""
    try:
        container.seek(before, stream=stream)
        packets = container.demux(stream)
        first = next(packets, None)
    except pyav().error.FFmpegError:
        return None
    if first is None or (film.container == _COUNTED_ON and not first.is_keyframe):
        return None
    return chain((first,), packets)


def _decoded(packets: "Packets", lost: Lost) -> Iterator["VideoFrame"]:
    errors = pyav().error.FFmpegError
    while True:
        try:
            packet = next(packets, None)
        except errors:
            break  # what cannot be read ends here; `Lost.end` says where
        if packet is None:
            break
        lost.sent(packet.pts)
        try:
            pictures = packet.decode()
        except errors:
            continue  # the times without a frame are told
        for picture in pictures:
            lost.got(picture.pts, is_damaged=picture.is_corrupt)
            yield picture


def _parted(pictures: Iterator["VideoFrame"], film: Film) -> Iterator["VideoFrame"]:
    """Part fields by bwdif, which bases each line on five of three frames."""
    av = pyav()
    graph = av.filter.Graph()
    source = graph.add_buffer(
        width=film.width,
        height=film.height,
        format=film.layout.name,
        time_base=film.time_base,
    )
    bwdif, sink = graph.add("bwdif", "mode=send_frame:deint=all"), graph.add("buffersink")
    graph.link_nodes(source, bwdif, sink).configure()

    def ready() -> Iterator["VideoFrame"]:
        while True:
            try:
                picture: VideoFrame = graph.vpull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            if picture.pts is not None and picture.time_base is not None:
                picture.pts = round(picture.pts * picture.time_base / film.time_base)
            picture.time_base = film.time_base
            yield picture

    for picture in pictures:
        graph.vpush(picture)
        yield from ready()
    graph.vpush(None)
    yield from ready()
