"""What a JPEG XL codestream says of its picture before the pixels (ISO/IEC 18181-1, annex D)."""

from dataclasses import dataclass, replace

from rehue.photo.formats.jpegxl.bits import BitReader, BitWriter
from rehue.photo.formats.jpegxl.icc import read_icc, write_icc

SIGNATURE = b"\xff\x0a"
GREY, UNKNOWN = 1, 3
_XYB_SPACE = 2
_D65, _SRGB_PRIMARIES, _CUSTOM = 1, 1, 2
SRGB_CURVE, LINEAR = 13, 8
ALPHA, _SPOT, BLACK, _MOSAIC = 0, 2, 4, 5
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_MOST_CHANNELS = 16
# x and y of D65, E and DCI (x 10^6), and of red, green and blue.
_WHITES = {1: (312_700, 329_000), 10: (333_333, 333_333), 11: (314_000, 351_000)}
_PRIMARIES = {
    1: ((639_999, 330_010), (300_004, 600_003), (150_002, 59_997)),
    9: ((708_000, 292_000), (170_000, 797_000), (131_000, 46_000)),
    11: ((680_000, 320_000), (265_000, 690_000), (150_000, 60_000)),
}


@dataclass(frozen=True)
class Color:
    """A colour encoding (D.4), where there is no profile.

    Attributes:
        space: 0 RGB, `GREY`, or `UNKNOWN`.
        white: x and y, in millionths.
        primaries: those of red, green and blue.
        curve: number of the transfer function; None where it is a power.
        gamma: the power from samples to light.
    """

    space: int = 0
    white: tuple[int, int] = _WHITES[_D65]
    primaries: tuple[tuple[int, int], ...] = _PRIMARIES[_SRGB_PRIMARIES]
    curve: int | None = SRGB_CURVE
    gamma: float = 1.0

    @property
    def is_srgb(self) -> bool:
        """Whether samples are sRGB's, or grey of its curve."""
        usual = Color(self.space)
        return self == (usual if self.space != GREY else replace(usual, primaries=self.primaries))


@dataclass(frozen=True)
class Header:
    """A header.

    Attributes:
        width: px, as stored.
        height: px, as stored.
        orientation: 1..8, to which decoders turn.
        is_animated: whether frames follow each other in time.
        bits: of a sample.
        is_float: whether samples are floats.
        extra: kinds of the channels beside the colours (`ALPHA`, `BLACK`).
        is_associated: whether colours are multiplied by alpha.
        is_absolute: whether samples are coded as colours (XYB), not in the picture's own encoding.
        color: the picture's own encoding.
        icc: its profile, in place of that.
        is_modular: whether the first frame is coded without transform, as lossless ones are.
    """

    width: int
    height: int
    orientation: int
    is_animated: bool
    bits: int
    is_float: bool
    extra: tuple[int, ...]
    is_associated: bool
    is_absolute: bool
    color: Color
    icc: bytes | None
    is_modular: bool


def read_header(stream: bytes) -> Header:
    """Read what stands before the pixels.

    Raises:
        EOFError: the codestream ends there.
        ValueError: it is broken.
    """
    return _Parser(stream).header


def with_color(stream: bytes, icc: bytes | None = None) -> bytes:
    """Return a codestream whose header says another encoding of colours: a profile's, or sRGB.

    Samples stay as they are coded: of colours (XYB) it is what decoders convert to, of others what
    they mean.
    """
    parser = _Parser(stream)
    head = BitWriter()
    _copy(stream, head, 16, parser.metadata_at if parser.is_default else parser.color_at)
    if parser.is_default:
        # What was left out as usual: no more fields, 8 bits, short buffers, no channels, XYB.
        for value, count in ((0, 2), (0, 3), (1, 1), (0, 2), (1, 1)):
            head.put(value, count)
    _put_color(head, is_grey=parser.header.color.space == GREY, has_icc=icc is not None)
    if parser.is_default:
        head.put(0, 2)  # no extensions
    _copy(stream, head, parser.color_end, parser.end)
    if icc is not None:
        write_icc(head, icc)
    return SIGNATURE + head.to_bytes() + stream[parser.frames_at :]


def _put_color(made: BitWriter, *, is_grey: bool, has_icc: bool) -> None:
    made.put(has_icc << 1, 2)  # not as usual; a profile?
    made.put(is_grey, 2)
    if has_icc:
        return
    made.put(_D65, 2)
    if not is_grey:
        made.put(_SRGB_PRIMARIES, 2)
    # No gamma, but a curve whose number is 2 and four bits; relative colorimetric.
    for value, count in ((0, 1), (2, 2), (SRGB_CURVE - 2, 4), (1, 2)):
        made.put(value, count)


def _copy(stream: bytes, made: BitWriter, start: int, end: int) -> None:
    reader = BitReader(stream, start)
    made.put(reader.bits(end - start), end - start)


class _Parser:
    """Reads a header, and remembers where its parts stand (bits; `frames_at` in bytes)."""

    def __init__(self, stream: bytes) -> None:
        if not stream.startswith(SIGNATURE):
            raise ValueError("no JPEG XL codestream")
        self._bits = bits = BitReader(stream, 16)
        width, height = self._size()
        self.metadata_at = bits.at
        self.is_default = bits.flag()
        self.color_at = self.color_end = bits.at
        orientation, is_animated, depth = 1, False, (8, False)
        extra: list[tuple[int, bool]] = []
        is_absolute, has_icc, color = True, False, Color()
        if not self.is_default:
            has_more = bits.flag()
            if has_more:
                orientation, is_animated = self._more()
            depth = self._depth()
            bits.flag()  # whether short buffers are enough
            count = bits.u32((0, 0), (1, 0), (2, 4), (1, 12))
            if count > _MOST_CHANNELS:
                raise ValueError(f"{count} channels beside its colours")
            extra = [self._channel() for _ in range(count)]
            is_absolute = bits.flag()
            self.color_at = bits.at
            has_icc, color = self._color()
            self.color_end = bits.at
            if has_more and not bits.flag():
                bits.bits(3 * 16 + 1)  # tone mapping
            self._skip_extensions()
        self._skip_transforms(is_absolute)
        self.end = bits.at
        icc = read_icc(bits) if has_icc else None
        self.frames_at = (bits.at + 7) // 8
        frame = BitReader(stream, 8 * self.frames_at)
        # After whether all is as usual and two bits of its type.
        is_modular = not frame.flag() and bool(frame.bits(3) & 4)
        self.header = Header(
            width=width,
            height=height,
            orientation=orientation,
            is_animated=is_animated,
            bits=depth[0],
            is_float=depth[1],
            extra=tuple(kind for kind, _ in extra),
            is_associated=next((tied for kind, tied in extra if kind == ALPHA), False),
            is_absolute=is_absolute,
            color=color,
            icc=icc,
            is_modular=is_modular,
        )

    def _size(self) -> tuple[int, int]:
        bits = self._bits
        is_small = bits.flag()

        def side() -> int:
            if is_small:
                return 8 * (1 + bits.bits(5))
            return bits.u32((1, 9), (1, 13), (1, 18), (1, 30))

        height = side()
        ratio = bits.bits(3)
        if not ratio:
            return side(), height
        above, below = _RATIOS[ratio - 1]
        return height * above // below, height

    def _more(self) -> tuple[int, bool]:
        """Read orientation, sizes of another picture, and whether it is animated."""
        bits = self._bits
        orientation = 1 + bits.bits(3)
        if bits.flag():
            self._size()
        if bits.flag():
            self._preview()
        is_animated = bits.flag()
        if is_animated:
            bits.u32((100, 0), (1000, 0), (1, 10), (1, 30))
            bits.u32((1, 0), (1001, 0), (1, 8), (1, 10))
            bits.u32((0, 0), (0, 3), (0, 16), (0, 32))
            bits.flag()
        return orientation, is_animated

    def _preview(self) -> None:
        bits = self._bits
        is_small = bits.flag()
        small, large = ((16, 0), (32, 0), (1, 5), (33, 9)), ((1, 6), (65, 8), (321, 10), (1345, 12))
        bits.u32(*(small if is_small else large))
        if not bits.bits(3):
            bits.u32(*(small if is_small else large))

    def _depth(self) -> tuple[int, bool]:
        bits = self._bits
        if not bits.flag():
            return bits.u32((8, 0), (10, 0), (12, 0), (1, 6)), False
        depth = bits.u32((32, 0), (16, 0), (24, 0), (1, 6))
        bits.bits(4)  # of the exponent
        return depth, True

    def _channel(self) -> tuple[int, bool]:
        """Read the kind of a channel, and whether it is alpha that colours are multiplied by."""
        bits = self._bits
        if bits.flag():
            return ALPHA, False
        kind = bits.enum()
        self._depth()
        bits.u32((0, 0), (3, 0), (4, 0), (1, 3))
        for _ in range(bits.u32((0, 0), (0, 4), (16, 5), (48, 10))):
            bits.bits(8)
        is_associated = kind == ALPHA and bits.flag()
        if kind == _SPOT:
            bits.bits(4 * 16)
        if kind == _MOSAIC:
            bits.u32((1, 0), (0, 2), (3, 4), (19, 8))
        return kind, is_associated

    def _color(self) -> tuple[bool, Color]:
        bits = self._bits
        if bits.flag():
            return False, Color()
        has_icc, space = bits.flag(), bits.enum()
        if has_icc or space == _XYB_SPACE:
            if not has_icc:
                bits.enum()
            return has_icc, Color(space if space == GREY else UNKNOWN)
        number = bits.enum()
        white = self._point() if number == _CUSTOM else _WHITES.get(number, (0, 0))
        primaries = _PRIMARIES[_SRGB_PRIMARIES]
        if space != GREY:
            number = bits.enum()
            if number == _CUSTOM:
                primaries = (self._point(), self._point(), self._point())
            else:
                primaries = _PRIMARIES.get(number, primaries)
        if bits.flag():
            curve, gamma = None, bits.bits(24) / 1e7
        else:
            curve, gamma = bits.enum(), 1.0
        bits.enum()  # rendering intent
        return False, Color(space, white, primaries, curve, 1 / gamma if gamma else 1.0)

    def _point(self) -> tuple[int, int]:
        ways = ((0, 19), (524_288, 19), (1_048_576, 20), (2_097_152, 21))
        x, y = (self._bits.u32(*ways) for _ in range(2))
        return (x >> 1) ^ -(x & 1), (y >> 1) ^ -(y & 1)

    def _skip_extensions(self) -> None:
        there = self._bits.u64()
        sizes = [self._bits.u64() for _ in range(there.bit_count())]
        for size in sizes:
            if size > 1 << 20:
                raise ValueError("an extension that is too long")
            self._bits.bits(size)

    def _skip_transforms(self, is_absolute: bool) -> None:
        bits = self._bits
        if bits.flag():
            return
        if is_absolute and not bits.flag():
            bits.bits(16 * 16)
        weights = bits.bits(3)
        for number, count in enumerate((15, 55, 210)):
            if weights >> number & 1:
                bits.bits(16 * count)
