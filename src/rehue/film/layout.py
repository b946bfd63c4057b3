"""How frames lie in memory: which plane is luma, at what depth, and how colour is subsampled."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import linear_to_srgb
from rehue.film.opening import pyav

if TYPE_CHECKING:
    from av import VideoFormat, VideoFrame


@dataclass(frozen=True)
class Layout:
    """What of FFmpeg's description of a pixel format counts here.

    Attributes:
        name: FFmpeg's, such as `yuv420p10le`.
        read_as: the planar format that a frame is turned into before its luma is read; the same
            name where it is read as it lies.
        bits: of a luma sample in `read_as`.
        subsampling: luma samples across and down that share a chroma sample; None for grey.
        keeps_luma: whether turning leaves each luma sample as it was (not so from RGB).
        is_full_range: what the format itself says: grey and `yuvj` are full range.
        is_linear: whether samples are floats of linear light, as OpenEXR has them; 1 is white.
    """

    name: str
    read_as: str
    bits: int
    subsampling: tuple[int, int] | None
    keeps_luma: bool
    is_full_range: bool
    is_linear: bool = False

    @classmethod
    def of(cls, name: str) -> "Layout":
        """Describe a pixel format by its name."""
        found = pyav().VideoFormat(name, 64, 64)
        bits = found.components[0].bits
        is_grey = sum(not c.is_alpha for c in found.components) == 1
        if _FLOATS.search(name):
            return cls(name, name, 16, None if is_grey else (1, 1), False, True, True)
        turned = found.is_rgb or found.has_palette or found.is_bit_stream or name.startswith("xyz")
        if turned:
            deep = next(depth for depth in (8, 10, 12, 16) if depth >= bits)
            return cls(name, planar("444", deep), deep, (1, 1), False, False)
        subsampling = None if is_grey else subsampling_of(name)
        read_as = name
        if not is_plain(found):
            read_as = f"gray{_depth(bits)}" if is_grey else planar(RATIOS[subsampling], bits)
        full = is_grey or name.startswith("yuvj")
        return cls(name, read_as, bits, subsampling, bits <= 16, full)


# FFmpeg's names of formats with samples of 16 or 32 bits that are floats.
_FLOATS: Final = re.compile(r"f(16|32)[lb]e$")
# What names of planar formats call the luma samples across and down that share a chroma sample.
RATIOS: Final[dict[tuple[int, int] | None, str]] = {
    (2, 2): "420",
    (2, 1): "422",
    (1, 1): "444",
    (4, 1): "411",
    (4, 4): "410",
    (1, 2): "440",
}


def planar(ratio: str, bits: int) -> str:
    """Return the name of a planar YUV format: `420` and 10 give `yuv420p10le`."""
    return f"yuv{ratio}p{_depth(bits)}"


def subsampling_of(name: str) -> tuple[int, int]:
    """Return the luma samples across and down that share a chroma sample in a pixel format."""
    luma, chroma = pyav().VideoFormat(name, 64, 64).components[:2]
    return round(luma.width / chroma.width), round(luma.height / chroma.height)


def is_plain(found: "VideoFormat") -> bool:
    """Say whether luma alone fills the first plane, lowest byte and lowest bit first."""
    name = found.name
    alone = sum(c.plane == 0 for c in found.components) == 1
    # P010 and its like have their bits at the top of each sample.
    return alone and not found.is_big_endian and not name.startswith(("p0", "p2", "p4", "grayf"))


def luma_of(picture: "VideoFrame", layout: Layout) -> NDArray[np.unsignedinteger[Any]]:
    """Return a frame's luma samples, height x width, without copying where they lie ready.

    The array is a view that keeps the frame alive.
    """
    if layout.is_linear:
        return _encoded_light(picture)
    if layout.read_as != picture.format.name:
        # From RGB luma is made as BT.709 has it, in limited range.
        colors = {} if layout.keeps_luma else {"dst_colorspace": 1, "dst_color_range": 1}
        picture = picture.reformat(format=layout.read_as, **colors)
    return plane_samples(picture, 0, layout.bits)


def _encoded_light(picture: "VideoFrame") -> NDArray[np.uint16]:
    """Return BT.709's luma of floats of linear light, encoded as sRGB has it, 16 bits, full range.

    FFmpeg's own conversion goes through 8 bits. What is lighter than white is cut off.
    """
    kind = np.dtype("<f2" if "f16" in picture.format.name else "<f4")
    luma: Any = 0
    # Planes of RGB come as green, blue, red; then alpha, if there is one.
    weights = (0.7152, 0.0722, 0.2126) if picture.format.is_rgb else (1.0,)
    for plane, weight in zip(picture.planes, weights, strict=False):
        rows = np.frombuffer(memoryview(plane), kind).reshape(plane.height, -1)[:, : plane.width]
        light = np.nan_to_num(rows.astype(np.float32))
        luma = luma + np.float32(weight) * linear_to_srgb(np.clip(light, 0, 1))
    codes: NDArray[np.uint16] = np.rint(luma * 65535).astype(np.uint16)
    return codes


def plane_samples(
    picture: "VideoFrame", number: int, bits: int
) -> NDArray[np.unsignedinteger[Any]]:
    """Return one plane of a frame as an array that looks into the frame's own memory."""
    plane = picture.planes[number]
    kind: np.dtype[Any] = np.dtype("u1" if bits == 8 else "<u2")
    rows = np.frombuffer(memoryview(plane), kind)
    samples: NDArray[np.unsignedinteger[Any]] = rows.reshape(plane.height, -1)[:, : plane.width]
    return samples


def fill_plane(
    picture: "VideoFrame", number: int, samples: NDArray[np.unsignedinteger[Any]]
) -> None:
    """Write one plane of a frame.

    What lies beyond the width in memory is filled, too: x264's bits differ with it.
    """
    plane = picture.planes[number]
    rows = np.frombuffer(memoryview(plane), samples.dtype).reshape(plane.height, -1)
    rows[:, : plane.width] = samples
    rows[:, plane.width :] = samples[:, -1:]


def _depth(bits: int) -> str:
    return "" if bits == 8 else f"{bits}le"
