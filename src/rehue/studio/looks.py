"""What was looked at lately, and stays in memory: looks at full size, previews, thumbnails."""

from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

from rehue.colorizer import Colorizer
from rehue.look import Look
from rehue.photo import Photograph, read
from rehue.studio import pictures
from rehue.studio.limits import Limits
from rehue.studio.opened import Opened
from rehue.studio.refusals import StaleError

# Longest sides of previews (px): the next that is as long as asked for is made.
PREVIEWS: Final = (480, 1024, 1600)
_THUMBNAIL: Final = 192
_THUMBNAILS: Final = 500
# Previews in memory: each some 10 megabytes with what the network saw.
_PREVIEWS_KEPT: Final = 12


class Looks:
    """Looks at photographs, the ones used last; of the worker's thread alone.

    Args:
        colorizer: that looks.
        limits: how much is kept.
    """

    def __init__(self, colorizer: Colorizer, limits: Limits) -> None:
        self._colorizer = colorizer
        self._limits = limits
        self._whole: OrderedDict[str, Look] = OrderedDict()
        self._previews: OrderedDict[tuple[str, int], Look] = OrderedDict()
        self._thumbnails: OrderedDict[str, bytes] = OrderedDict()

    def read(self, path: Path) -> Photograph:
        """Return a photograph within the limits."""
        return read(path, max_pixels=self._limits.pixels)

    def of(self, key: str, photograph: Photograph) -> Look:
        """Look at a photograph, which the API calls `key`."""
        look = self._colorizer.look(photograph)
        _remember(self._whole, key, look, self._limits.looked)
        return look

    def whole(self, opened: Opened) -> Look:
        """Return the look at all pixels of an open photograph.

        Raises:
            StaleError: its file is another one now.
        """
        if opened.key in self._whole:
            self._whole.move_to_end(opened.key)
            return self._whole[opened.key]
        photograph = self.read(opened.path)
        if photograph.sha256 != opened.sha256:
            raise StaleError(f"{opened.name} is another file now: open it again")
        return self.of(opened.key, photograph)

    def small(self, opened: Opened, longest: int) -> Look:
        """Return the preview that is as long as asked for (px), or the longest there is."""
        size = next((one for one in PREVIEWS if one >= longest), PREVIEWS[-1])
        key = (opened.key, size)
        if key not in self._previews:
            larger = self._previews.get((opened.key, PREVIEWS[-1])) or self.whole(opened)
            _remember(self._previews, key, larger.preview(size), _PREVIEWS_KEPT)
        self._previews.move_to_end(key)
        return self._previews[key]

    def handy(self, opened: Opened) -> Look:
        """Return the preview that was shown last: it keeps what the network answered to hints."""
        sizes = (size for key, size in reversed(self._previews) if key == opened.key)
        return self.small(opened, next((one for one in sizes if one > PREVIEWS[0]), PREVIEWS[-1]))

    def thumbnail(self, path: Path, name: str) -> bytes:
        """Return a small copy of a photograph as it is, a JPEG."""
        if name not in self._thumbnails:
            drawn = pictures.thumbnail(self.read(path), _THUMBNAIL)
            _remember(self._thumbnails, name, drawn, _THUMBNAILS)
        return self._thumbnails[name]


def _remember(kept: "OrderedDict[Any, Any]", key: object, value: object, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
