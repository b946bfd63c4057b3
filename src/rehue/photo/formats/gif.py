"""GIF, which is read only: it holds 256 colours."""

from collections.abc import Iterator

from PIL import GifImagePlugin

from rehue.photo.formats import by_pillow
from rehue.photo.formats.contract import Decoded, Format, Source, begins_with


def read(source: Source) -> Iterator[Decoded]:
    """Yield the picture."""
    image = by_pillow.opened(GifImagePlugin.GifImageFile, source)
    by_pillow.check_still(image, source.name)
    yield by_pillow.decoded(image, source)


FORMAT = Format(
    name="GIF",
    words=("GIF",),
    endings=(".gif",),
    claims=begins_with(b"GIF8"),
    read=read,
    media_type="image/gif",
    result="PNG",
)
