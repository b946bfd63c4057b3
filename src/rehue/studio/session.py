"""The photographs that are open, and everything that is asked of them.

What takes time is done by one worker. The state itself changes in one thread, that of the server.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from rehue.batch import Status
from rehue.batch.outcome import stat_of
from rehue.color import Tone
from rehue.colorizer import Colorizer
from rehue.edits import coloring_of
from rehue.errors import PhotoError, RehueError
from rehue.files import reason
from rehue.look import Look
from rehue.studio.ahead import Ahead
from rehue.studio.copies import Copies
from rehue.studio.folder import Folder, plain_name
from rehue.studio.limits import Limits
from rehue.studio.looks import Looks, Shown
from rehue.studio.opened import Opened
from rehue.studio.refusals import MissingError, StaleError
from rehue.studio.saving import Saver
from rehue.studio.suggestions import Place
from rehue.studio.tasks import Task, Tasks
from rehue.studio.views import Asked, View
from rehue.studio.worker import Worker

Made = TypeVar("Made")


class Session:
    """A colorizer, an opened folder, and the photographs that are open.

    Args:
        colorizer: that colours them.
        folder: whose photographs may be named; None for none.
        limits: how much is taken on.
    """

    def __init__(
        self, colorizer: Colorizer, folder: Path | None = None, limits: Limits | None = None
    ) -> None:
        self.colorizer = colorizer
        self.limits = limits or Limits()
        self.folder = Folder(folder, self.limits.listed) if folder else None
        self.worker = Worker(self.limits.queued, self.limits.wait)
        self.tasks = Tasks()
        self._copies = Copies()
        self._opened: OrderedDict[str, Opened] = OrderedDict()
        self._keeping = asyncio.Lock()
        self._looks = Looks(colorizer, self.limits)
        self._ahead = Ahead(self.worker)
        self.saver = Saver(colorizer, self.worker, self.limits)

    def close(self) -> None:
        """Remove the copies of what was dropped on the page."""
        self._copies.close()

    # What is open

    @property
    def opened(self) -> list[Opened]:
        """The photographs that are open, the one used last at the end."""
        return list(self._opened.values())

    def photo(self, key: str, revision: int | None = None) -> Opened:
        """Return an open photograph.

        Raises:
            MissingError: there is none of this key.
            StaleError: it has changed since the revision given.
        """
        if key not in self._opened:
            raise MissingError("this photograph is not open any more: open it again")
        self._opened.move_to_end(key)
        _check_revision(self._opened[key], revision)
        return self._opened[key]

    async def open_name(self, name: str) -> Opened:
        """Open a photograph of the folder; one that is open already stays as it is."""
        if self.folder is None:
            raise MissingError("no folder is open: send the file itself")
        path = self.folder.find(name)
        opened = self._opened_at(path)
        if opened and opened.stat == stat_of(path):
            return opened
        if opened:  # its file is another one now
            await self.forget(opened.key)
        try:
            opened = await self._look_at(path, name, is_ours=False)
        except PhotoError:
            self.folder.known[name] = "failed"
            raise
        # Two tabs that open it at once have one photograph, with one revision.
        opened = self._opened_at(path) or await self._add(opened)
        if opened.tone == Tone.COLORED:
            self.folder.known[name] = "in_color"
        return opened

    async def open_copy(self, name: str, fill: Callable[[Path], None]) -> Opened:
        """Open a file that was sent; `fill` writes a copy of it."""
        path = self._copies.place(plain_name(name))
        try:
            await asyncio.to_thread(fill, path)
            return await self._add(await self._look_at(path, path.name, is_ours=True))
        except BaseException as error:
            self._copies.remove(path)
            if not isinstance(error, OSError):
                raise
            advice = "make room for temporary files"
            raise RehueError(f"{path.name} cannot be copied ({reason(error)}): {advice}") from error

    def _opened_at(self, path: Path) -> Opened | None:
        key = next((key for key, one in self._opened.items() if one.path == path), None)
        return self.photo(key) if key else None

    async def _look_at(self, path: Path, name: str, *, is_ours: bool) -> Opened:
        key = secrets.token_hex(8)

        def look() -> Opened:
            stat = stat_of(path)
            try:
                photograph = self._looks.read(path)
            except PhotoError as error:
                # A copy's place is nothing to the one who sent it.
                raise PhotoError(str(error).replace(str(path), name)) from error
            opened = Opened.of(photograph, path, name, key, is_ours=is_ours)
            try:
                seen = self._looks.of(Shown(opened, scan=opened.coloring.scan), photograph)
            except PhotoError as error:  # what was stated is not of this scan
                opened.leave_alone(error)
                seen = self._looks.of(Shown(opened), photograph)
            opened.take(seen)
            opened.stat = stat
            return opened

        return await self.worker.do(look)

    async def _add(self, opened: Opened) -> Opened:
        self._opened[opened.key] = opened
        for oldest in list(self._opened)[: -self.limits.opened]:
            await self.forget(oldest)
        return opened

    async def forget(self, key: str) -> None:
        """Close a photograph; what is wished for it stays in its file."""
        opened = self._opened.pop(key, None)
        if opened and opened.is_ours:
            self._copies.remove(opened.path)

    # What is wished

    async def edit(self, key: str, revision: int, table: Mapping[str, Any]) -> Opened:
        """Wish something else of a photograph, and keep it.

        Raises:
            StaleError: it has changed since the revision given.
            RehueError: it is no wish.
        """
        coloring = coloring_of(table, "edits")
        self.limits.check(coloring)
        opened = self.photo(key, revision)
        shown = Shown(opened, scan=coloring.scan)

        def understand() -> Look:
            look = self._looks.handy(shown)
            look.seen.answer_to(coloring)
            return look

        self._ahead.begin([])
        is_other = coloring.scan != opened.coloring.scan
        is_drawn = not is_other and self._looks.is_drawn(shown, coloring)
        # What the model cannot is found out before it is kept.
        look = None if is_drawn else await self.worker.do(understand)
        _check_revision(opened, revision)
        opened.coloring = coloring
        opened.revision += 1
        if look and is_other:
            opened.take(look)
        if is_drawn:
            self._ahead.begin([understand])  # the next menu asks for it
        async with self._keeping:  # one after the other: the newest is written last
            await asyncio.to_thread(opened.keep)
        if opened.is_ours is False and self.folder:
            self.folder.known.pop(opened.name, None)
        return opened

    # What is seen

    async def draw(self, asked: Asked, make: Callable[[View], Made]) -> Made:
        """Make something of a photograph as it is wished now, unless it has changed meanwhile."""
        opened = self.photo(asked.key, asked.revision)

        def unless_stale() -> Made:
            _check_revision(opened, asked.revision)
            return make(self._view(opened, asked))

        return await self.worker.do(unless_stale)

    def _view(self, opened: Opened, asked: Asked) -> View:
        return View(self._looks, opened, opened.coloring, asked.page)

    async def preview(self, asked: Asked, longest: int, alternative: int | None) -> bytes:
        """Return a photograph in colour as a JPEG, small; at once where it was drawn before."""

        def of(view: View) -> View:
            if alternative is None:
                return view
            return replace(view, coloring=replace(view.coloring, alternative=alternative))

        now = of(self._view(self.photo(asked.key, asked.revision), asked))
        drawn = self._looks.drawn_before(now.shown, now.coloring, longest)
        if drawn is not None:
            return drawn
        return await self.draw(asked, lambda view: of(view).preview(longest))

    async def suggestions(
        self, asked: Asked, place: Place, hint: int | None, ahead: int | None
    ) -> dict[str, Any]:
        """Return likely colours at a place, and those that exist there.

        Args:
            asked: of which photograph.
            place: where, and how many.
            hint: number of the hint there that is to get another colour.
            ahead: draw previews of this size with each of the colours while they are looked at.
        """

        def make(view: View) -> tuple[View, dict[str, Any]]:
            bare = view if hint is None else view.without_hint(hint)
            return view, bare.suggestions(place)

        view, found = await self.draw(asked, make)
        if ahead is not None:
            likely = [one["color"] for one in found["suggestions"]]
            views = [view.with_color(place, color, hint) for color in likely]
            self._ahead.begin([partial(one.preview, ahead) for one in views])
        return found

    async def thumbnail(self, name: str) -> bytes:
        """Return a small copy of a photograph of the folder, as it is."""
        if self.folder is None:
            raise MissingError("no folder is open")
        path = self.folder.find(name)
        make = partial(self._looks.thumbnail, path, name)
        return await self.worker.do(make, later=True)

    # What is written

    def result(self, view: View) -> tuple[str, bytes]:
        """Return the name of its format, and the whole photograph in colour as a file of it."""
        return self.saver.file_of(self._looks.read(view.opened.path), view.coloring)

    def save(self, key: str, *, overwrite: bool) -> Task:
        """Begin to write a photograph in colour beside itself, as the command line does."""
        opened = self.photo(key)
        if opened.is_ours:
            raise PhotoError(
                f"{opened.name} was dropped on the page, which does not know its folder: "
                "download the result"
            )

        async def work(task: Task) -> None:
            status = await self.saver.save(opened.path, opened.coloring, task, overwrite=overwrite)
            if status is Status.FAILED:
                task.state = "failed"
            elif status is Status.KEPT:
                task.state = "kept"

        return self.tasks.start("save", 1, work)

    async def color_folder(self, table: Mapping[str, Any]) -> Task:
        """Begin to colour all of the folder: as wished for each, and for the others as given."""
        folder = self.folder
        if folder is None:
            raise MissingError("no folder is open")
        wished = replace(coloring_of(table, "wishes"), hints=())
        self.limits.check(wished)
        names = await asyncio.to_thread(folder.names)

        async def work(task: Task) -> None:
            await self.saver.save_all(folder, names, wished, task)

        return self.tasks.start("folder", len(names), work)


def _check_revision(opened: Opened, revision: int | None) -> None:
    if revision is not None and revision != opened.revision:
        raise StaleError(
            f"{opened.name} is at revision {opened.revision}, not {revision}: look at it again"
        )
