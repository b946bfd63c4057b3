"""What was looked at lately, and stays in memory: looks at full size, previews, thumbnails."""

from collections import OrderedDict
from pathlib import Path
from typing import Any, Final, NamedTuple

from rehue.batch.outcome import stat_of
from rehue.colorizer import Colorizer
from rehue.look import Look
from rehue.photo import Photograph, read
from rehue.scan import Stated
from rehue.studio import pictures
from rehue.studio.limits import Limits
from rehue.studio.opened import Opened
from rehue.studio.refusals import MissingError
from rehue.wishes import Coloring

# Longest sides of previews (px): the next that is as long as asked for is made.
PREVIEWS: Final = (480, 1024, 1600)
_THUMBNAIL: Final = 192
_THUMBNAILS: Final = 500
# Previews in memory: each some 10 megabytes with what the network saw.
_PREVIEWS_KEPT: Final = 12
# Pictures of them, some hundred kilobytes each: undo and redo show them again at once.
_DRAWN_KEPT: Final = 60


class Shown(NamedTuple):
    """A page of an open photograph.

    Attributes:
        opened: the photograph.
        page: of its file, from 1.
        scan: what is stated of it.
    """

    opened: Opened
    page: int = 1
    scan: Stated | None = None

    @property
    def key(self) -> tuple[str, int, Stated | None]:
        """What it is remembered by."""
        return self.opened.key, self.page, self.scan


class Looks:
    """Looks at photographs, the ones used last; of the worker's thread alone.

    Args:
        colorizer: that looks.
        limits: how much is kept.
    """

    def __init__(self, colorizer: Colorizer, limits: Limits) -> None:
        self._colorizer = colorizer
        self._limits = limits
        self._whole: OrderedDict[Any, Look] = OrderedDict()
        self._previews: OrderedDict[Any, Look] = OrderedDict()
        self._drawn: OrderedDict[Any, bytes] = OrderedDict()
        self._thumbnails: OrderedDict[Any, bytes] = OrderedDict()

    def read(self, path: Path) -> Photograph:
        """Return a photograph within the limits."""
        return read(path, max_pixels=self._limits.pixels)

    def of(self, shown: Shown, photograph: Photograph) -> Look:
        """Look at a page of a photograph that was read, and remember it."""
        look = self._colorizer.look(photograph, shown.page, shown.scan)
        _remember(self._whole, shown.key, look, self._limits.looked)
        return look

    def whole(self, shown: Shown) -> Look:
        """Return the look at all pixels.

        Raises:
            MissingError: its file is another one now.
        """
        if shown.key in self._whole:
            self._whole.move_to_end(shown.key)
            return self._whole[shown.key]
        photograph = self.read(shown.opened.path)
        if photograph.sha256 != shown.opened.sha256:
            raise MissingError(f"{shown.opened.name} is another file now: open it again")
        return self.of(shown, photograph)

    def small(self, shown: Shown, longest: int) -> Look:
        """Return the preview that is as long as asked for (px), or the longest there is."""
        key = (*shown.key, _size(longest))
        if key not in self._previews:
            larger = self._previews.get((*shown.key, PREVIEWS[-1])) or self.whole(shown)
            _remember(self._previews, key, larger.preview(key[-1]), _PREVIEWS_KEPT)
        self._previews.move_to_end(key)
        return self._previews[key]

    def handy(self, shown: Shown) -> Look:
        """Return the preview that was shown last: it keeps what the network answered to hints."""
        sizes = (size for *key, size in reversed(self._previews) if tuple(key) == shown.key)
        return self.small(shown, next((one for one in sizes if one > PREVIEWS[0]), PREVIEWS[-1]))

    def drawn(self, shown: Shown, coloring: Coloring, longest: int) -> bytes:
        """Return a preview in colour as a JPEG."""
        found = self.drawn_before(shown, coloring, longest)
        if found is None:
            rgb = self.small(shown, longest).colorize(coloring)
            found = pictures.jpeg(rgb, is_preview=True)
            _remember(self._drawn, (*shown.key, _size(longest), coloring), found, _DRAWN_KEPT)
        return found

    def drawn_before(self, shown: Shown, coloring: Coloring, longest: int) -> bytes | None:
        """Return it where it is in memory; of any thread."""
        return self._drawn.get((*shown.key, _size(longest), coloring))

    def is_drawn(self, shown: Shown, coloring: Coloring) -> bool:
        """Say whether a preview of any size is in memory; of any thread."""
        return any(self.drawn_before(shown, coloring, size) for size in PREVIEWS)

    def thumbnail(self, path: Path, name: str) -> bytes:
        """Return a small copy of a photograph as it is, a JPEG."""
        key = name, stat_of(path)
        if key not in self._thumbnails:
            drawn = pictures.small_copy(self.read(path), _THUMBNAIL)
            _remember(self._thumbnails, key, drawn, _THUMBNAILS)
        return self._thumbnails[key]


def _size(longest: int) -> int:
    return next((one for one in PREVIEWS if one >= longest), PREVIEWS[-1])


def _remember(kept: "OrderedDict[Any, Any]", key: object, value: object, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
