"""A photograph as Rehue holds it: pixels to colour, and what goes over to the result as it was."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehue.photo.provenance.mark import Mark
from rehue.photo.records.directories import Entry


@dataclass(frozen=True)
class JpegSettings:
    """How a JPEG was compressed.

    Attributes:
        luma: quantisation table of the first component, 64 values in rows.
        chroma: that of the second; None where there is only one.
        subsampling: 0, 1 or 2 for 4:4:4, 4:2:2 or 4:2:0; None when grey or something else.
        progressive: whether it comes in several scans.
        image_data: of a grey one, what can stand in a coloured JPEG byte for byte
            (`rehue.photo.formats.jpeg.splice`); None when there is nothing that can.
        not_kept: why there is nothing, and luma cannot stay as it is, in a phrase; empty for one of
            three components, whose luma is encoded anew with its own table if it is grey.
    """

    luma: tuple[int, ...]
    chroma: tuple[int, ...] | None
    subsampling: int | None
    progressive: bool
    image_data: bytes | None = field(default=None, repr=False)
    not_kept: str = ""


@dataclass(frozen=True)
class Chroma:
    """The colour of a picture whose luma stays as its source's file holds it.

    Attributes:
        cb: ceil(H / 2) x ceil(W / 2), uint8, 128 is neutral (ITU-T T.871), in the order that the
            source stores.
        cr: as `cb`.
    """

    cb: NDArray[np.uint8]
    cr: NDArray[np.uint8]


@dataclass(frozen=True)
class Beside:
    """A directory of a TIFF that is no photograph of its own, and belongs to the one before it.

    Attributes:
        size: of a smaller copy of the photograph, which a result has anew, in colour: width and
            height (px); None for what stays as it is: masks, infrared, other small pictures.
        is_inside: whether it is a directory that the photograph's points to, and not a page.
        entries: of what stays, all but where its strips or tiles lie.
        parts: these, as they stand in the file.
        is_tiled: whether they are tiles.
    """

    size: tuple[int, int] | None = None
    is_inside: bool = False
    entries: tuple[Entry, ...] = field(default=(), repr=False)
    parts: tuple[bytes, ...] = field(default=(), repr=False)
    is_tiled: bool = False


@dataclass(frozen=True)
class Behind:
    """What stands behind the end of a JPEG's picture, and is as true of the coloured one.

    Attributes:
        data: all of it.
        pictures: those that an index names (CIPA DC-007): attribute, place in `data`, length.
        primary: the index's attribute of the first picture, before its end.
        holds: what it is, in words: "gain map", "depth map", "video", ...
    """

    data: bytes = field(repr=False)
    pictures: tuple[tuple[int, int, int], ...] = ()
    primary: int = 0
    holds: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Carried:
    """What a result takes over from its source.

    Attributes:
        format: what a result is written as when nothing else is asked for: the source's own, or
            another's where that cannot hold colour and a mark (`Format.result`).
        exif: the EXIF record (a small TIFF, without JPEG's prefix), without its thumbnail.
        icc: an RGB profile; None when there is none, which is read as sRGB. (Of what a reader
            hands on, the profile as it stands in the file.)
        xmp: the XMP packet.
        photoshop: image resources, IPTC captions among them, without thumbnails.
        dpi: horizontal and vertical.
        comments: of a JPEG.
        segments: of a JPEG, those of other programs: marker and content.
        behind: of a JPEG; None when there is nothing.
        text: of a PNG, keyword and text.
        jpeg: how the source was compressed, if it is a JPEG.
        tiff_compression: its number, if it is a TIFF.
        big_tiff: whether it is a BigTIFF.
        tile: width and height of its tiles, if it is a TIFF that has them.
        beside: what stands beside it in a TIFF: smaller copies, masks, infrared.
        boxes: of a JPEG 2000 file, those that say something of the picture, whole.
        lossless: False for a WebP or JPEG 2000 that is not.
        manifest: whether the source has a C2PA manifest, which is of its own bytes.
    """

    format: str = "PNG"
    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    photoshop: bytes = b""
    dpi: tuple[float, float] | None = None
    comments: tuple[bytes, ...] = ()
    segments: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)
    behind: Behind | None = None
    text: tuple[tuple[str, str], ...] = ()
    jpeg: JpegSettings | None = None
    tiff_compression: int | None = None
    big_tiff: bool = False
    tile: tuple[int, int] | None = None
    beside: tuple[Beside, ...] = ()
    boxes: bytes = field(default=b"", repr=False)
    lossless: bool = True
    manifest: bool = False


@dataclass(frozen=True)
class Photograph:
    """A photograph, read.

    Attributes:
        pixels: H x W (grey) or H x W x 3, sRGB-encoded, uint8, uint16 or float32 as the file's
            depth asks, in the order that the file stores (EXIF orientation not applied). May be
            read-only.
        alpha: H x W, of the same type, if the picture has it.
        orientation: EXIF 1..8; 1 for arrays and pictures that are upright already.
        carried: what goes over to the result.
        sha256: of the source file's bytes, hexadecimal; None for arrays and Pillow's pictures.
        mark: Rehue's mark, when the file is one of Rehue's own results.
        kind: the format of the file that was read.
        name: what messages call it.
        path: of the source file, which `write` never overwrites.
        notes: what could not be carried, one line each.
        times: when the source file was last read and changed, in ns.
        further: the pages after the first, of a TIFF.
    """

    pixels: NDArray[Any]
    alpha: NDArray[Any] | None = None
    orientation: int = 1
    carried: Carried = Carried()
    sha256: str | None = None
    mark: Mark | None = None
    kind: str = ""
    name: str = "the picture"
    path: Path | None = None
    notes: tuple[str, ...] = ()
    times: tuple[int, int] | None = None
    further: tuple["Photograph", ...] = ()

    @property
    def pages(self) -> tuple["Photograph", ...]:
        """This photograph and its further pages."""
        return (self, *self.further)

    @property
    def bits(self) -> int:
        """Depth of a sample: 8, 16 or 32 (floats)."""
        return self.pixels.dtype.itemsize * 8

    @property
    def is_transparent(self) -> bool:
        """Whether it has alpha that is not white everywhere."""
        if self.alpha is None:
            return False
        white = 1 if self.alpha.dtype.kind == "f" else np.iinfo(self.alpha.dtype).max
        return bool(self.alpha.min() < white)
