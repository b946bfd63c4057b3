"""TIFF and BigTIFF, of every layout, depth and number of pages; cameras' raw files among them.

Results have their source's compression where it suits colour, else Deflate.
"""

from collections.abc import Iterator

from rehue.photo.formats import raw
from rehue.photo.formats.contract import Decoded, Format, Source
from rehue.photo.formats.tiff.pages import read_pages
from rehue.photo.formats.tiff.strips import write_pages

_SIGNATURES = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def read(source: Source) -> Iterator[Decoded]:
    """Yield its pages; of a raw file the developed picture."""
    if raw.is_tiff_of_camera(source.data):
        yield from raw.read(source)
    else:
        yield from read_pages(source)


FORMAT = Format(
    name="TIFF",
    words=("TIFF",),
    endings=(".tif", ".tiff"),
    claims=lambda start: start.startswith(_SIGNATURES) and not raw.FORMAT.claims(start),
    read=read,
    encode=write_pages,
    media_type="image/tiff",
    depths=(8, 16, 32),
    lacks=frozenset({"comment", "text"}),
    for_layers=True,
    signed=True,
)
