"""A film's folder of work: what is coloured so far, so that a run that was stopped goes on.

A segment begins with each shot, and within a shot after some seconds; it is encoded by itself, with
its own groups of pictures. With each lies all that the next needs to know, and only whole segments
count. So the same command goes on where the last one stopped, and gives what it would have given.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rehue.errors import FilmError
from rehue.files import replacing
from rehue.film.coloring import Colored, State
from rehue.film.encoding import CODECS, Encoding, set_up
from rehue.film.frames import Frame
from rehue.film.layout import fill_plane
from rehue.film.opening import pyav, reason
from rehue.film.packets import PacketWriter, Table, read_table, write_table
from rehue.film.precedence import usual_precedence
from rehue.film.probing import Film
from rehue.film.shots import Placed, Reading
from rehue.film.steady import BLOCK, Memory

if TYPE_CHECKING:
    from av import VideoFrame
    from av.video.codeccontext import VideoCodecContext

# Seconds of a segment, at most.
_LONGEST: Final = 10
_SETTINGS: Final = "settings.json"


def segment_frames(film: Film) -> int:
    """Return the frames of a segment within a shot: a multiple of what is settled together."""
    return max(BLOCK, int(_LONGEST * film.rate) // BLOCK * BLOCK)


@dataclass(frozen=True)
class Segment:
    """A whole segment, as it lies in the folder of work.

    Attributes:
        key: names its files.
        table: of its packets.
        following: where the next begins; None where the film ends.
    """

    key: str
    table: Table
    following: "Place | None"


@dataclass(frozen=True)
class Place:
    """Where a segment begins.

    Attributes:
        pts: of its first frame; None at the film's first.
        place: of that frame in its shot.
        state: of the frame before; None at the film's first.
    """

    pts: int | None = None
    place: int = 0
    state: State | None = None


@dataclass(frozen=True)
class Work:
    """A folder of work.

    Attributes:
        folder: where segments lie.
        settings: all that every coloured bit of the film depends on.
    """

    folder: Path
    settings: dict[str, object]

    def key(self, of: object) -> str:
        """Return the name of the segment that begins at some place under some wishes."""
        said = json.dumps([self.settings, of], sort_keys=True, default=str)
        return hashlib.sha256(said.encode()).hexdigest()[:24]

    def packets(self, key: str) -> Path:
        """Return where a segment's packets lie."""
        return self.folder / f"{key}.packets"

    def find(self, key: str) -> Segment | None:
        """Return a segment if it is there, whole and undamaged."""
        path = self.folder / f"{key}.npz"
        packets = self.packets(key)
        if not path.exists() or not packets.exists():
            return None
        table, facts, arrays = read_table(path)
        if packets.stat().st_size != int(table.rows["size"].sum()):
            return None
        if facts["next"] is None:
            return Segment(key, table, None)
        frame = Frame(facts["pts"], arrays["light"])
        here = Placed(
            Reading(frame, arrays["light"], None),
            facts["shot"],
            facts["place"],
            tuple(facts["recent"]),
            facts["spared"],
        )
        state = State(here, Memory(arrays["values"]))
        return Segment(key, table, Place(facts["next"][0], facts["next"][1], state))

    def drop_others(self, segments: Iterable[Segment]) -> None:
        """Remove what belongs to other wishes, or was left unfinished."""
        keys = {segment.key for segment in segments} | {_SETTINGS.partition(".")[0]}
        for path in self.folder.iterdir():
            if path.name.partition(".")[0] not in keys:
                path.unlink()


def open_work(folder: Path, settings: dict[str, object]) -> Work:
    """Open a folder of work; what was done under other settings, or of another file, goes."""
    if folder.exists() and not is_of(folder, settings):
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    noted = settings_in(folder)
    if not noted.exists():  # else a disk that is full might cost all that is done
        with replacing(noted) as beside:
            beside.write_text(_said(settings), "utf-8")
    return Work(folder, settings)


def is_of(folder: Path, settings: dict[str, object]) -> bool:
    """Say whether a folder of work is there, and of these settings."""
    noted = settings_in(folder)
    return noted.exists() and noted.read_text("utf-8") == _said(settings)


def settings_in(folder: Path) -> Path:
    """Return where a folder of work says what it is of; it was written when the work began."""
    return folder / _SETTINGS


def _said(settings: dict[str, object]) -> str:
    return json.dumps(settings, sort_keys=True, default=str)


class SegmentWriter:
    """Encodes the frames of one segment."""

    def __init__(self, film: Film, encoding: Encoding, work: Work, key: str) -> None:
        self._film, self._encoding = film, encoding
        self._work, self._key = work, key
        av = pyav()
        self._context: VideoCodecContext = av.CodecContext.create(
            CODECS[encoding.codec].encoder, "w"
        )
        set_up(self._context, film, encoding)
        try:
            with usual_precedence():
                self._context.open()
        except av.error.FFmpegError as error:
            raise FilmError(
                f"{encoding.codec} cannot encode {film.width} x {film.height} of "
                f"{encoding.pixels} ({reason(error)}): take another --codec"
            ) from error
        self._finished = _shaping(film, encoding)
        self._packets = PacketWriter(work.packets(key))
        self._last: Colored | None = None

    def add(self, frame: Colored) -> None:
        """Encode a frame."""
        self._last = frame
        for packet in self._context.encode(
            self._finished(picture_of(frame, self._film, self._encoding))
        ):
            self._packets.add(packet)

    def close(self, following: Colored | None) -> Segment:
        """Finish the segment: from now on it counts.

        Args:
            following: the frame after it; None where the film ends.
        """
        if self._last is None:
            raise ValueError("a segment without frames")
        for packet in self._context.encode(None):
            self._packets.add(packet)
        table = self._packets.close(self._context.extradata)
        pts, state = self._last.pts, self._last.state
        here = state.placed
        after = None if following is None else (following.pts, following.state.placed.place)
        write_table(
            self._work.folder / f"{self._key}.npz",
            table,
            {
                "pts": pts,
                "shot": here.shot,
                "place": here.place,
                "recent": here.recent,
                "spared": here.spared,
                "next": after,
            },
            {"values": state.memory.values, "light": here.reading.light},
        )
        return Segment(self._key, table, None if after is None else Place(*after, state))

    def abandon(self) -> None:
        """Leave off; what was written does not count."""
        self._packets.abandon()


def _shaping(film: Film, encoding: Encoding) -> Callable[["VideoFrame"], "VideoFrame"]:
    """Return what writes into frames the shape of pixels that are not square, and woven fields.

    Matroska's own place for the shape is out of PyAV's reach: so it stands in what is encoded.
    """
    steps = []
    if film.aspect != 1:
        steps.append(("setsar", f"{film.aspect.numerator}/{film.aspect.denominator}"))
    if film.is_interlaced:
        # AVFieldOrder alternates: even numbers have the upper field first.
        steps.append(("setfield", "bff" if film.fields % 2 else "tff"))
    if not steps:
        return lambda picture: picture
    graph = pyav().filter.Graph()
    source = graph.add_buffer(
        width=film.width, height=film.height, format=encoding.pixels, time_base=film.time_base
    )
    filters = [graph.add(*step) for step in steps]
    graph.link_nodes(source, *filters, graph.add("buffersink")).configure()

    def shaped(picture: "VideoFrame") -> "VideoFrame":
        graph.vpush(picture)
        found: VideoFrame = graph.vpull()
        return found

    return shaped


def picture_of(frame: Colored, film: Film, encoding: Encoding) -> "VideoFrame":
    """Return a coloured frame as FFmpeg's libraries take it."""
    av = pyav()
    picture: VideoFrame = av.VideoFrame(film.width, film.height, encoding.pixels)
    for number, samples in enumerate((frame.luma, frame.cb, frame.cr)):
        fill_plane(picture, number, samples)
    picture.pts, picture.time_base = frame.pts, film.time_base
    picture.color_range = 2 if film.coding.is_full_range else 1
    return picture
