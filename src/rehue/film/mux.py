"""Writing a coloured film: its frames from segments, all else copied from the original."""

from collections.abc import Iterator
from contextlib import closing, suppress
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rehue.errors import FilmError
from rehue.film.encoding import Encoding
from rehue.film.naming import CONTAINERS
from rehue.film.numbered import is_sequence
from rehue.film.opening import open_film, pyav, reason
from rehue.film.output import Output, Part
from rehue.film.packets import decoding_times, read_packets
from rehue.film.probing import Film, is_cover
from rehue.film.segments import Segment, Work

if TYPE_CHECKING:
    from av import Packet
    from av.container import InputContainer


def join(
    film: Film,
    encoding: Encoding,
    work: Work,
    segments: list[Segment],
    target: Path,
    container: str,
    mark: str,
    *,
    start: float = 0.0,
    end: float | None = None,
) -> None:
    """Write a film from its segments.

    Args:
        film: the original.
        encoding: that the segments are in.
        work: where they lie.
        segments: all of them, in order; at least one.
        target: where it goes; replaced if it is there.
        container: that `check_target` has found to hold all, by its ending.
        mark: what the film says of how it was coloured.
        start: seconds to the part that is wanted, from the film's first frame.
        end: seconds to where it ends; None for all.

    Raises:
        FilmError: it cannot be written; the segments do not belong together.
    """
    errors = pyav().error.FFmpegError
    begins = film.start * film.time_base
    part = Part(begins + Fraction(start), None if end is None else begins + Fraction(end), begins)
    with open_film(str(film.path)) as source:
        try:
            with closing(
                Output(str(target), film, encoding, container, source, mark=mark, part=part)
            ) as made:
                extradata = made.picture.codec_context.extradata or b""
                if any(s.table.extradata != extradata for s in segments):
                    raise FilmError(
                        f"{work.folder}: was made by another version of the encoder: remove it, "
                        "and colour the film again"
                    )
                pictures = _pictures(film, made, work, segments, part)
                for _, packet in merge(
                    pictures, _copied(source, made, part), key=lambda item: item[0]
                ):
                    made.container.mux(packet)
        except errors as error:
            raise FilmError(
                f"{target}: cannot be written ({reason(error)}): is there room?"
            ) from error


_Timed: TypeAlias = "tuple[Fraction, Packet[Any]]"


def _pictures(
    film: Film, made: Output, work: Work, segments: list[Segment], part: Part
) -> Iterator[_Timed]:
    packet_kind = pyav().Packet
    pts: NDArray[np.int64] = np.concatenate([s.table.rows["pts"] for s in segments])
    shift = round(part.shift / film.time_base)
    pts -= shift
    dts = decoding_times(pts)
    durations = _durations(pts, film, _last_shown(film, int(pts.max()) + shift))
    if made.container.format.name != CONTAINERS["mkv"]:
        # These add up decoding times: what is decoded last says where the whole ends.
        ends, last = int((pts + durations).max()), int(pts[-1])
        whole = ends - int(pts.min()) - int(dts[-1] - dts[0])
        durations[-1] = max(1, min(whole, ends - last))
    number = 0
    for segment in segments:
        for content, row in read_packets(work.packets(segment.key), segment.table):
            packet = packet_kind(content)
            packet.stream = made.picture
            packet.time_base = film.time_base
            packet.pts, packet.dts = int(pts[number]), int(dts[number])
            packet.duration = int(durations[number])
            packet.is_keyframe = bool(row["is_key"])
            yield packet.dts * film.time_base, packet
            number += 1


def _last_shown(film: Film, pts: int) -> int | None:
    """Return how long the original says that the frame at a timestamp is shown; None for nothing.

    Its packet says so. It is looked for near its place, and not again where it is not found.
    """
    if is_sequence(film.path):
        return None
    with open_film(str(film.path)) as source, suppress(pyav().error.FFmpegError):
        stream = source.streams[film.stream]
        source.seek(pts, stream=stream)
        for packet in source.demux(stream):
            if packet.pts == pts:
                return packet.duration or None
            if packet.dts is not None and packet.dts > pts:
                break
    return None


def _durations(pts: NDArray[np.int64], film: Film, last_shown: int | None) -> NDArray[np.int64]:
    """Return how long each frame is shown: until the next, and the last as the original says.

    Where that says nothing, it is as long as the one before.
    """
    order = np.argsort(pts)
    steps = np.diff(pts[order])
    usual = max(1, round(1 / (film.rate * film.time_base)))
    last = [last_shown or (int(steps[-1]) if len(steps) else usual)]
    durations = np.empty_like(pts)
    durations[order] = np.concatenate([steps, last])
    return durations


def _copied(source: "InputContainer", made: Output, part: Part) -> Iterator[_Timed]:
    """Yield the packets of all other streams as they are."""
    wanted = [
        source.streams[index] for index in made.others if source.streams[index].type != "attachment"
    ]
    if not wanted:
        return
    latest = Fraction(0)
    packets = source.demux(*wanted)
    while True:
        try:
            packet = next(packets, None)
        except pyav().error.FFmpegError:
            return  # a file that was cut off ends here
        if packet is None:
            return
        time = packet.dts if packet.dts is not None else packet.pts
        if time is None and packet.size and is_cover(source.streams[packet.stream_index]):
            time = packet.pts = packet.dts = 0  # a still has no time
        if packet.size == 0 or time is None:
            continue
        if part.is_cut and not is_cover(source.streams[packet.stream_index]):
            if not part.holds(time * packet.time_base):
                continue
            shift = round(part.shift / packet.time_base)
            packet.pts = None if packet.pts is None else packet.pts - shift
            packet.dts = None if packet.dts is None else packet.dts - shift
            time -= shift
        latest = max(latest, time * packet.time_base)
        packet.stream = made.others[packet.stream_index]
        yield latest, packet
