"""A container for a coloured film: its picture, and all else of the original bit for bit.

What a container cannot hold is found out before any work, by writing its header into memory.
"""

import io
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from rehue.errors import FilmError
from rehue.film.encoding import CODECS, Encoding, choose_encoding, set_up
from rehue.film.marking import TAG
from rehue.film.naming import CONTAINERS
from rehue.film.numbered import is_sequence
from rehue.film.opening import open_film, pyav, reason
from rehue.film.precedence import usual_precedence
from rehue.film.probing import Film, is_cover

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer
    from av.container.core import Chapter

# Own tags are only kept in MP4 and MOV where they are written as QuickTime's metadata keys.
_OPTIONS: Final[dict[str, dict[str, str]]] = {
    "mp4": {"movflags": "use_metadata_tags"},
    "mov": {"movflags": "use_metadata_tags"},
    "mkv": {},
}
# What the muxers write themselves, or what speaks of the original's bits.
_OWN_TAGS: Final = (
    *("major_brand", "minor_version", "compatible_brands", "encoder", "duration"),
    *("number_of_bytes", "number_of_frames", "bps", "_statistics_tags", "_statistics_writing_app"),
    "_statistics_writing_date_utc",
)
# What FFmpeg's MP4 has a place for beside a cover (its `movenc.c`, `mov_write_ilst_tag`); it has no
# tags of other names then.
_BESIDE_COVER: Final = frozenset(
    (
        *("title", "artist", "album_artist", "author", "composer", "writer", "album"),
        *("date", "encoder", "comment", "genre", "copyright", "grouping", "lyrics"),
        *("description", "synopsis", "show", "episode_id", "network", "keywords"),
        *("episode_sort", "season_number", "media_type", "hd_video", "gapless_playback"),
        *("compilation", "track", "disc", "tempo"),
    )
)
_ENDINGS: Final = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True)
class Part:
    """What of a film is wanted, in seconds as its timestamps count them.

    Attributes:
        start: of the part.
        end: of the part; None for all.
        begins: when the film's first frame is shown, and then the part's.
    """

    start: Fraction
    end: Fraction | None
    begins: Fraction

    @property
    def is_cut(self) -> bool:
        """Whether not all is wanted."""
        return self.shift > 0 or self.end is not None

    @property
    def shift(self) -> Fraction:
        """How much earlier all is than it was."""
        return self.start - self.begins

    def holds(self, time: Fraction) -> bool:
        """Whether something at a time is wanted."""
        return time >= self.start and (self.end is None or time < self.end)

    def chapters(self, chapters: list["Chapter"]) -> list["Chapter"]:
        """Return what is left of chapters."""
        if not self.is_cut:
            return chapters
        left = []
        for chapter in chapters:
            base = chapter["time_base"] or Fraction(1, 1000)
            start = max(chapter["start"] * base, self.start) - self.shift
            end = (
                chapter["end"] * base if self.end is None else min(chapter["end"] * base, self.end)
            )
            if end - self.shift > start:
                units = (round(start / base), round((end - self.shift) / base))
                left.append(chapter | {"start": units[0], "end": units[1]})
        return left


class Output:
    """A container open for writing, with a stream for the coloured picture and for all else."""

    def __init__(
        self,
        file: Any,  # noqa: ANN401 (a path or a stream, as PyAV takes them)
        film: Film,
        encoding: Encoding,
        container: str,
        source: "InputContainer",
        chosen: tuple[int, ...] | None = None,
        mark: str = "",
        part: Part | None = None,
    ) -> None:
        av = pyav()
        options = dict(_OPTIONS[container])
        covered = _has_cover(source)
        if covered and container == "mp4":
            options = {}  # FFmpeg's MP4 has either a cover or own tags
        if container == "mp4" and isinstance(file, str):
            # The index goes to the front, for players on the web; a file is read again for that.
            options["movflags"] = "+".join([*options.values(), "faststart"])
        mark_key = "encoder" if covered and container == "mp4" else TAG
        self.container: OutputContainer = av.open(
            file, "w", format=CONTAINERS[container], options=options
        )
        # Without it Matroska has random numbers in it: the same work is to give the same bytes.
        self.container.flags |= av.container.Flags.bitexact.value
        codec = CODECS[encoding.codec]
        own = source.streams[film.stream]
        self.picture = self.container.add_stream(codec.encoder, rate=film.rate)
        set_up(self.picture.codec_context, film, encoding)
        self.picture.time_base = film.time_base
        if codec.tag and container != "mkv":
            self.picture.codec_context.codec_tag = codec.tag
        self.picture.metadata.update(_kept(own.metadata))
        if film.turn:
            self.picture.set_display_rotation(90 * film.turn)
        self.others: dict[int, Any] = {}
        for stream in source.streams:
            if stream.index == film.stream or (chosen is not None and stream.index not in chosen):
                continue
            if _is_taken(stream):
                self._add(stream, container)
        self.container.metadata.update(_kept(source.metadata))
        if mark:
            self.container.metadata[mark_key] = mark
        chapters = source.chapters()
        self.container.set_chapters(chapters if part is None else part.chapters(chapters))
        with usual_precedence():
            self.container.start_encoding()

    def _add(self, stream: Any, container: str) -> None:  # noqa: ANN401
        if stream.type == "video" and is_cover(stream) and container == "mkv":
            self._attach(stream)
            return
        added = self.container.add_stream_from_template(stream, opaque=True)
        added.metadata.update(_kept(stream.metadata))
        added.disposition = stream.disposition
        self.others[stream.index] = added

    def _attach(self, stream: Any) -> None:  # noqa: ANN401
        """Write a cover as Matroska has it: as an attached file."""
        kind = {"mjpeg": "image/jpeg", "png": "image/png"}.get(stream.codec_context.name)
        if kind is None:
            raise ValueError(f"a cover in {stream.codec_context.name}")
        with open_film(stream.container.name) as again:
            packet = next(again.demux(again.streams[stream.index]))
            name = stream.metadata.get("filename", f"cover.{_ENDINGS[kind]}")
            self.container.add_attachment(name, kind, bytes(packet))

    def close(self) -> None:
        """Write what comes last."""
        self.container.close()


def _kept(metadata: dict[str, str]) -> dict[str, str]:
    return {
        key: said
        for key, said in metadata.items()
        if key.lower().split("-")[0] not in _OWN_TAGS and key.lower() != TAG
    }


def check_target(film: Film, encoding: Encoding, container: str) -> tuple[str, ...]:
    """Find out whether a container takes a film with all that goes with it.

    Returns:
        A line for each thing that no container takes over.

    Raises:
        FilmError: it does not; the line names one that does.
    """
    problem = _problem(film, encoding, container)
    if problem is None:
        return (*(_tags_left_out(film) if container == "mp4" else ()), *left_out(film))
    fits = _fitting(film, encoding)
    instead = f"name a .{fits[0]} file" if fits else "no container that Rehue writes can"
    raise FilmError(f"{film.path}: {problem} does not go into .{container}: {instead}")


def check_numbered(film: Film) -> tuple[str, ...]:
    """Find out whether numbered files take a film with all that goes with it.

    Returns:
        A line for what they do not take over and no container would have kept, or that is in words.

    Raises:
        FilmError: something that containers hold would be lost; the line says how to do without.
    """
    with open_film(str(film.path)) as source:
        others = [s for s in source.streams if s.index != film.stream]
        lost = [_named(stream) for stream in others if _is_taken(stream)]
        words = {
            "chapters": bool(source.chapters()),
            "a timecode": any("timecode" in s.metadata for s in source.streams),
            "metadata": bool(_kept(source.metadata)) and not is_sequence(film.path),
        }
    if lost:
        raise FilmError(
            f"{film.path}: {', '.join(lost)} would be lost in numbered files: name a .mkv file, or "
            "take the picture alone first, by FFmpeg's -map 0:v:0 -c copy"
        )
    held = [name for name, is_there in words.items() if is_there]
    said = f"{film.path}: has {' and '.join(held)}, which numbered files do not keep"
    return (*((said,) if held else ()), *left_out(film))


def containers_for(film: Film) -> tuple[str, ...]:
    """Return the containers that take a film, with all that goes with it.

    In the usual codec; in FFV1 where that lacks the depth.
    """
    try:
        encoding = choose_encoding(film, None, None, "mkv")
    except FilmError:
        encoding = choose_encoding(film, "ffv1", None, "mkv")
    return tuple(_fitting(film, encoding))


def _fitting(film: Film, encoding: Encoding) -> list[str]:
    held = CODECS[encoding.codec].containers
    return [name for name in CONTAINERS if name in held and _problem(film, encoding, name) is None]


def _problem(film: Film, encoding: Encoding, container: str) -> str | None:
    """Return what does not go into a container; None where all does."""
    av = pyav()
    with open_film(str(film.path)) as source:
        for index in range(-1, len(source.streams)):
            chosen = () if index < 0 else (index,)
            try:
                with closing(Output(io.BytesIO(), film, encoding, container, source, chosen)):
                    pass
            except (ValueError, av.error.FFmpegError) as error:
                if index < 0:
                    return f"{encoding.codec} ({reason(error)})"
                return _named(source.streams[index])
    return None


def _named(stream: Any) -> str:  # noqa: ANN401 (any of PyAV's streams)
    codec = (
        stream.codec_context.name if stream.codec_context else stream.metadata.get("mimetype", "")
    )
    return f"its stream {stream.index} ({stream.type}{f', {codec}' if codec else ''})"


def left_out(film: Film) -> tuple[str, ...]:
    """Return a line for each thing that no container takes over."""
    if is_sequence(film.path):
        return (f"{film.path}: what its files say of themselves is not taken over",)
    with open_film(str(film.path)) as source:
        return tuple(
            f"{film.path}: {_named(s)} is of a kind that is not taken over"
            for s in source.streams
            if s.index != film.stream and not _is_taken(s) and not _is_timecode(s)
        )


def _tags_left_out(film: Film) -> tuple[str, ...]:
    """Return a line where MP4 keeps a cover and not all tags."""
    with open_film(str(film.path)) as source:
        if not _has_cover(source):
            return ()
        lost = [name for name in _kept(source.metadata) if name.lower() not in _BESIDE_COVER]
    what = f"{film.path}: .mp4 has no place beside a cover for its tags {', '.join(lost)}"
    return (f"{what}: name a .mkv file to keep them",) if lost else ()


def _has_cover(source: "InputContainer") -> bool:
    return any(stream.type == "video" and is_cover(stream) for stream in source.streams)


def _is_timecode(stream: Any) -> bool:  # noqa: ANN401
    # Its track is made anew, from the tag that FFmpeg reads from it.
    return stream.type == "data" and "timecode" in stream.metadata


def _is_taken(stream: Any) -> bool:  # noqa: ANN401
    if stream.type == "attachment":
        return True
    return stream.type in ("video", "audio", "subtitle") and stream.codec_context is not None
