"""What a coloured film can be written as: codecs, containers, and which goes into which."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rehue.errors import FilmError, nearest
from rehue.film.layout import is_plain, subsampling_of
from rehue.film.opening import pyav
from rehue.film.probing import MATRIX_CODES, Film

if TYPE_CHECKING:
    from av import VideoFormat
    from av.video.codeccontext import VideoCodecContext

_QUALITY: Final = 80
# Profiles of ProRes 4:2:2 by the least quality that takes them.
_PROFILES: Final = ((80, "hq"), (60, "standard"), (40, "lt"), (1, "proxy"))


@dataclass(frozen=True)
class Codec:
    """A codec that films are written in.

    Attributes:
        encoder: FFmpeg's name.
        containers: endings of those that hold it.
        options: FFmpeg's, for an encoding.
        has_lossless: whether a quality of 100 keeps every sample bit for bit.
        bytes_a_pixel: about what grainy film takes at the usual quality, and at 100.
        tag: four characters by which players of Apple's know it in MP4 and MOV; None for FFmpeg's.
    """

    encoder: str
    containers: tuple[str, ...]
    options: Callable[["Encoding"], dict[str, str]]
    has_lossless: bool
    bytes_a_pixel: tuple[float, float]
    tag: str | None = None


def _h264(wanted: "Encoding") -> dict[str, str]:
    # The same work is to give the same bits: x264's differ with its threads, and where it weighs
    # blocks by what becomes of them (mbtree), with what lay in memory before.
    fixed = {"preset": "medium", "threads": "4", "x264-params": "mbtree=0"}
    how = {"qp": "0"} if wanted.quality == 100 else {"crf": f"{_scaled(wanted, 0.9):g}"}
    return fixed | how


def _hevc(wanted: "Encoding") -> dict[str, str]:
    how = "lossless=1" if wanted.quality == 100 else f"crf={_scaled(wanted, 1.0):g}"
    return {
        "preset": "medium",
        "x265-params": f"{how}:log-level=error:open-gop=0:frame-threads=2:info=0",
    }


def _av1(wanted: "Encoding") -> dict[str, str]:
    return {
        "preset": "8",
        "crf": f"{max(1, round(_scaled(wanted, 1.25)))}",
        "svtav1-params": "lp=2",
    }


def _prores(wanted: "Encoding") -> dict[str, str]:
    if wanted.subsampling == (1, 1):
        profile = "4444"
    else:
        profile = next(name for least, name in _PROFILES if wanted.quality >= least)
    return {"profile": profile, "vendor": "apl0"}


def _ffv1(_: "Encoding") -> dict[str, str]:
    # Version 3 with a checksum for each slice, every frame by itself: as archives want it.
    return {"level": "3", "slicecrc": "1", "slices": "16", "g": "1", "threads": "4"}


def _scaled(wanted: "Encoding", factor: float) -> float:
    return (100 - wanted.quality) * factor


CODECS: Final[dict[str, Codec]] = {
    "h264": Codec("libx264", ("mp4", "mkv", "mov"), _h264, True, (0.06, 0.6)),
    "hevc": Codec("libx265", ("mp4", "mkv", "mov"), _hevc, True, (0.05, 0.5), "hvc1"),
    "av1": Codec("libsvtav1", ("mp4", "mkv"), _av1, False, (0.04, 0.4)),
    "prores": Codec("prores_ks", ("mov", "mkv"), _prores, False, (0.45, 0.45)),
    "ffv1": Codec("ffv1", ("mkv",), _ffv1, True, (1.0, 1.0)),
}


# Codecs that take as much as there are samples, and the bits for which their figure is, at 4:2:0.
_BY_SAMPLES: Final = {"ffv1": 8}


@dataclass(frozen=True)
class Encoding:
    """How the frames of one film are encoded.

    Attributes:
        codec: one of `CODECS`.
        quality: 1 to 100.
        pixels: name of the pixel format.
        bits: of a sample in it.
        subsampling: luma samples across and down that share a chroma sample.
    """

    codec: str
    quality: int
    pixels: str
    bits: int
    subsampling: tuple[int, int]

    @property
    def is_lossless(self) -> bool:
        """Whether every luma sample comes out as it went in."""
        return CODECS[self.codec].has_lossless and (self.codec == "ffv1" or self.quality == 100)

    @property
    def bytes_a_pixel(self) -> float:
        """About what a pixel of grainy film takes on the disk."""
        usual, most = CODECS[self.codec].bytes_a_pixel
        held = most if self.quality == 100 else usual
        if self.codec not in _BY_SAMPLES:
            return held
        across, down = self.subsampling
        return held * (1 + 2 / (across * down)) / 1.5 * self.bits / _BY_SAMPLES[self.codec]

    @property
    def options(self) -> dict[str, str]:
        """FFmpeg's options of the encoder."""
        return CODECS[self.codec].options(self)

    @property
    def facts(self) -> dict[str, object]:
        """What differs where the encoded bits differ."""
        return {
            "codec": self.codec,
            "pixels": self.pixels,
            **self.options,
        }


def choose_encoding(film: Film, codec: str | None, quality: int | None, container: str) -> Encoding:
    """Choose how a film is encoded: at its own depth and subsampling where the codec has them.

    Args:
        film: from `probe`.
        codec: one of `CODECS`; None takes H.264, and HEVC for more than 8 bits.
        quality: 1 to 100, of which 100 is lossless where the codec can; None takes 80.
        container: ending of the target.

    Raises:
        FilmError: the codec is unknown, does not go into the container, or lacks the depth.
    """
    name = codec or ("h264" if film.layout.bits == 8 else "hevc")
    if name not in CODECS:
        raise FilmError(f"codec {name!r} is unknown ({nearest(name, list(CODECS))})")
    found = CODECS[name]
    if container not in found.containers:
        fitting = [c for c, other in CODECS.items() if container in other.containers]
        raise FilmError(
            f"{name} does not go into .{container}: name a .{found.containers[0]} file, or take "
            f"--codec {' or '.join(fitting)}"
        )
    if quality is not None and not 1 <= quality <= 100:
        raise FilmError(f"quality {quality}: give 1 to 100")
    wanted = film.made_at
    formats = _formats(found, film)
    if not formats:
        deep = [c for c, other in CODECS.items() if _formats(other, film)]
        raise FilmError(
            f"{name} has no format for {film.layout.bits} bits at {film.width} x {film.height}: "
            f"take --codec {' or '.join(deep)}"
        )
    best = min(formats, key=lambda f: _distance(f, film.layout.bits, wanted))
    return Encoding(
        name,
        _QUALITY if quality is None else quality,
        best.name,
        best.components[0].bits,
        subsampling_of(best.name),
    )


def _formats(codec: Codec, film: Film) -> list["VideoFormat"]:
    """Return what a codec can hold a film's luma in."""
    formats = pyav().Codec(codec.encoder, "w").video_formats or []
    return [f for f in formats if _is_usable(f, film) and f.components[0].bits >= film.layout.bits]


def _is_usable(found: "VideoFormat", film: Film) -> bool:
    """Planar YUV without alpha; whole groups of luma where colour is subsampled."""
    colours = [c for c in found.components if not c.is_alpha]
    if len(colours) != 3 or found.is_rgb or len(colours) != len(found.components):
        return False
    if not is_plain(found) or not found.is_planar or found.name.startswith("yuvj"):
        return False
    if len({c.plane for c in colours}) != 3:
        return False
    across, down = subsampling_of(found.name)
    return film.width % across == 0 and film.height % down == 0


def _distance(found: "VideoFormat", bits: int, wanted: tuple[int, int]) -> tuple[int, ...]:
    across, down = subsampling_of(found.name)
    is_coarser = across > wanted[0] or down > wanted[1]
    apart = abs(across - wanted[0]) + abs(down - wanted[1])
    return (found.components[0].bits - bits, is_coarser, apart)


def set_up(context: "VideoCodecContext", film: Film, encoding: Encoding) -> None:
    """Prepare an encoder, or the stream of a container, for a film's frames.

    Every encoder of one film is set up by this, so that what they write can be joined.
    """
    context.width, context.height = film.width, film.height
    context.pix_fmt = encoding.pixels
    context.time_base = film.time_base
    context.framerate = film.rate
    context.sample_aspect_ratio = film.aspect
    context.colorspace = MATRIX_CODES[film.coding.matrix]
    context.color_range = 2 if film.coding.is_full_range else 1
    wide = film.coding.matrix == "bt2020"
    context.color_primaries = film.primaries if film.primaries != 2 else (9 if wide else 1)
    context.color_trc = film.transfer if film.transfer != 2 else 1
    flags = pyav().codec.context.Flags
    context.flags |= flags.global_header
    context.field_order = film.fields
    if film.is_interlaced:
        context.flags |= flags.interlaced_dct
    options = encoding.options
    if film.is_interlaced and encoding.codec == "h264":
        # From flags alone x264 has each frame say it, the stream another order, and a loss.
        options["x264-params"] += f":{'bff' if film.fields % 2 else 'tff'}=1"
    context.options = options
