"""What a format is to the rest of Rehue: a row of facts, a reader and an encoder.

Each file of this folder states one `Format`, and `rehue.photo.formats` lists them; endings, media
types, depths, limits and losses are read from there and known nowhere else.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Literal, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.errors import PhotoError
from rehue.files import shown
from rehue.photo.photograph import Carried, Chroma, Photograph
from rehue.photo.records import exif
from rehue.photo.samples import deep_profile, depth

# What a format may have no place for.
Part: TypeAlias = Literal[
    "pages",
    "alpha",
    "EXIF",
    "XMP",
    "IPTC",
    "Photoshop data",
    "ICC profile",
    "comment",
    "text",
]


_NOTHING: Final = Carried()
# Pixels that a file may have however short it is (a white page of A4 at 600 dpi, in fax code), and
# for each of its bytes. LZW makes at most 2,731 pixels of a byte, Deflate 8,256 of one bit each,
# and a photograph has about one: what claims more is damaged, or made to keep readers busy.
_FREE_PIXELS, _PIXELS_PER_BYTE = 36_000_000, 10_000


@dataclass(frozen=True)
class Source:
    """A file that a reader is given.

    Attributes:
        data: all of it.
        name: what messages call it.
        max_pixels: that it may have, on all pages together.
    """

    data: bytes
    name: str
    max_pixels: int

    @property
    def believable_pixels(self) -> int:
        """The most that a file of this length may claim."""
        return _FREE_PIXELS + _PIXELS_PER_BYTE * len(self.data)

    def check_size(
        self, width: int, height: int, *, left: int | None = None, pages: int = 1
    ) -> int:
        """Refuse a size that a header states, before anything of it is decoded.

        Args:
            width: px.
            height: px.
            left: pixels that are left for this page; by default all.
            pages: how many there are.

        Returns:
            How many pixels it has.

        Raises:
            PhotoError: none, or too many.
        """
        most = self.max_pixels if left is None else left
        if width < 1 or height < 1:
            raise PhotoError(
                f"{self.name} has no pixels ({width} x {height}): give another picture"
            )
        if width * height > most:
            of_all = f" on {pages} pages together" if pages > 1 else ""
            raise PhotoError(
                f"{self.name} has {width:,} x {height:,} pixels, more than the {most:,} that "
                f"Rehue opens{of_all}: give a smaller picture or a part of it"
            )
        if width * height > self.believable_pixels - (self.max_pixels - most):
            raise PhotoError(
                f"{self.name} claims {width:,} x {height:,} pixels in {len(self.data):,} bytes, "
                "more than any picture has: copy or download it again"
            )
        return width * height


@dataclass(frozen=True)
class Decoded:
    """One page as it stands in a file; `rehue.photo.read` makes a photograph of it.

    Attributes:
        samples: a picture of mode L, RGB or CMYK, or an array of H x W, H x W x 3 (RGB) or
            H x W x 4 (CMYK, 0 is no ink), uint8, uint16 or float32 of full range.
        alpha: H x W, of the same type, not multiplied into the colours.
        records: what stands beside the pixels, as it stands there, resolution included; its
            `icc` is the profile of `samples`, of whatever kind.
        orientation: 1..8; None is what the EXIF record says.
        is_srgb: whether samples are sRGB's already, whatever profile the picture has.
        notes: what could not be carried, one line each.
    """

    samples: Image.Image | NDArray[Any]
    alpha: NDArray[Any] | None = None
    records: Carried = _NOTHING
    orientation: int | None = None
    is_srgb: bool = False
    notes: tuple[str, ...] = ()


def left_out_channels(count: int) -> tuple[str, ...]:
    """Say that a file holds channels besides colour and alpha: a film scanner's infrared, masks.

    >>> left_out_channels(1)
    ('its further channel (infrared, or a mask) is left out: keep the original',)
    """
    if not count:
        return ()
    several = f"{count:,} further channels (infrared, masks) are"
    what = "further channel (infrared, or a mask) is" if count == 1 else several
    return (f"its {what} left out: keep the original",)


def left_out_shape(across: int, down: int) -> tuple[str, ...]:
    """Say that pixels are not square, where no unit says how large they are.

    Args:
        across: how many pixels go along a length.
        down: how many go along the same length.

    >>> left_out_shape(1, 1), left_out_shape(2, 1)
    ((), ('that its pixels are not square (2 across to 1 down) is left out',))
    """
    if across == down or not across or not down:
        return ()
    return (f"that its pixels are not square ({across} across to {down} down) is left out",)


def left_out_foreign(names: Iterable[str | bytes]) -> tuple[str, ...]:
    """Say that a file holds parts of other programs, by their names.

    >>> left_out_foreign({"vpAg", "teSt"})
    ('what other programs put into it (teSt, vpAg) is left out',)
    """
    first = ", ".join(sorted(map(shown, names))[:3])
    return (f"what other programs put into it ({first}) is left out",) if first else ()


@dataclass(frozen=True)
class Page:
    """One coloured page, to be encoded.

    Attributes:
        photograph: its source, with what it carries; of the first page the whole source.
        color: H x W x 3, sRGB-encoded, in the order that the source stores; or the chroma alone,
            for a format that `keeps_luma`.
        xmp: the packet with the mark.
        bits: of a sample in the file, one of the format's depths.
        quality: 1..100; None is as fine as the source.
    """

    photograph: Photograph
    color: NDArray[Any] | Chroma
    xmp: bytes
    bits: int
    quality: int | None = None

    @property
    def carried(self) -> Carried:
        """What the result takes over."""
        return self.photograph.carried

    @property
    def rgb(self) -> NDArray[Any]:
        """The colours, where they are not chroma alone: H x W x 3, sRGB-encoded."""
        return cast("NDArray[Any]", self.color)

    def samples(self, rows: slice = slice(None)) -> NDArray[Any]:
        """Return rows in the file's profile and depth: H x W x 3, or x 4 with alpha."""
        samples = self.colors(rows)
        alpha = self.photograph.alpha
        if alpha is None:
            return samples
        over = depth.with_bits(alpha[rows], depth.bits_of(samples))
        return np.concatenate([samples, over[..., None]], axis=-1)

    def colors(self, rows: slice = slice(None)) -> NDArray[Any]:
        """Return rows in the file's profile and depth, without alpha: H x W x 3."""
        return deep_profile.for_file(self.rgb[rows], self.carried.icc, sample_bits(self.bits))

    @property
    def record(self) -> bytes | None:
        """The EXIF record; where there is none, one with the resolution, if that is known."""
        carried = self.carried
        if carried.exif or not carried.dpi:
            return carried.exif
        return exif.of_resolution(carried.dpi)


Read: TypeAlias = Callable[[Source], Iterator[Decoded]]
Encode: TypeAlias = Callable[[Iterator[Page], BinaryIO], None]


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        name: what Rehue calls it everywhere.
        words: as documents call it; what users may call it, too.
        endings: of its files' names; results get the first.
        claims: whether a file that begins with these bytes (`SEEN`, or all there are) is one.
        read: yields its pages.
        encode: writes a result into an empty file, which can seek where the format has pages;
            None where it cannot be a result.
        media_type: as IANA registers it.
        depths: bits of a sample; 32 are floats.
        longest_side: px; None where no picture is too long.
        lacks: what has no place in it.
        result: what results of its files are, unless told otherwise; itself where empty.
        for_layers: whether colour layers may be written in it: editors open it, and it keeps
            every value.
        signed: whether C2PA manifests can be put in.
        keeps_luma: whether the image data of a grey source of this format can stand in a result.
        holds_segments: whether what other programs put beside a JPEG's picture, and behind it, has
            a place in it.
        from_folders: whether its files are taken from folders; they can always be named.
        extra: of Rehue's, that it needs.
    """

    name: str
    words: tuple[str, ...]
    endings: tuple[str, ...]
    claims: Callable[[bytes], bool]
    read: Read
    encode: Encode | None = None
    media_type: str = ""
    depths: tuple[int, ...] = (8,)
    longest_side: int | None = None
    lacks: frozenset[Part] = frozenset()
    result: str = ""
    for_layers: bool = False
    signed: bool = False
    keeps_luma: bool = False
    holds_segments: bool = False
    from_folders: bool = True
    extra: str = ""

    @property
    def becomes(self) -> str:
        """The format of results when no other is asked for."""
        return self.result or self.name

    @property
    def holds_mark(self) -> bool:
        """Whether the mark has a place in it; if not, it stands in a file beside a result."""
        return "XMP" not in self.lacks


def begins_with(*signatures: bytes) -> Callable[[bytes], bool]:
    """Return what tells whether a file begins with one of these bytes."""
    return lambda start: start.startswith(signatures)


def sample_bits(bits: int) -> int:
    """Return the bits of the type that holds samples of a depth: 12 are handed over as 16.

    >>> sample_bits(12), sample_bits(32)
    (16, 32)
    """
    return 16 if bits == 12 else bits
