"""A photograph that is open: what it is, what is wished for it, and where that is kept."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehue.batch.outcome import Stat
from rehue.edits import coloring_of, edits_beside, table_in, table_of, write_edits
from rehue.errors import RehueError
from rehue.files import shown, user_folder
from rehue.look import Look
from rehue.photo import Photograph, upright
from rehue.scan import Finding
from rehue.studio.findings import told_of
from rehue.wishes import Coloring


@dataclass
class Opened:
    """A photograph that is open.

    Attributes:
        key: what the API calls it.
        path: of the file; of one that was dropped on the page a copy, which goes at the end.
        name: for people: in the opened folder its path there.
        is_ours: a copy, whose own place nobody knows.
        sha256: of the file.
        sizes: height and width of each page of the file, upright (px); all are saved.
        model: that coloured it, when Rehue made it.
        tone: of `rehue.color.Tone`, and `reason` why.
        finding: what kind of thing was scanned, of the first page.
        stat: what told of its file, before it was read, whether it is another one later.
        notes: what could not be read or kept, one line each.
        coloring: what is wished now.
        revision: counts the changes of that.
        kept: where that stands; None where nothing was wished, or it cannot be written.
    """

    key: str
    path: Path
    name: str
    is_ours: bool
    sha256: str | None
    sizes: tuple[tuple[int, int], ...]
    model: str | None
    tone: str = ""
    reason: str = ""
    finding: Finding | None = None
    stat: Stat | None = None
    notes: tuple[str, ...] = ()
    coloring: Coloring = field(default_factory=Coloring)
    revision: int = 1
    kept: Path | None = None

    @classmethod
    def of(
        cls, photograph: Photograph, path: Path, name: str, key: str, *, is_ours: bool
    ) -> "Opened":
        """Return what a file tells, with the wishes of an earlier time where they were kept."""
        marks = [page.mark for page in photograph.pages if page.mark]
        opened = cls(
            key,
            path,
            name,
            is_ours,
            photograph.sha256,
            tuple(upright(page.pixels, page.orientation).shape[:2] for page in photograph.pages),
            marks[0].model if marks else None,
        )
        opened.recall()
        return opened

    def take(self, look: Look) -> None:
        """Take note of what a look at the first page tells."""
        self.tone, self.reason = look.neutrality.tone.value, look.neutrality.reason
        self.finding = look.finding

    def places(self) -> list[Path]:
        """Return where its wishes may stand: beside it, else in the user's data folder."""
        beside = [] if self.is_ours else [edits_beside(self.path)]
        folder = user_folder()
        return [*beside, folder / "studio" / f"{self.sha256}.rehue.json"] if folder else beside

    def recall(self) -> None:
        """Take up the wishes of an earlier time."""
        for place in self.places():
            if not place.exists():
                continue
            try:
                table = table_in(place)
                if table is None:
                    raise RehueError(f"{shown(place)} cannot be read: move it away")
                self.coloring = coloring_of(table, shown(place))
                self.kept = place
                return
            except RehueError as error:
                self.leave_alone(error)

    def leave_alone(self, error: RehueError) -> None:
        """Forget wishes of an earlier time, which are of another photograph; their file stays."""
        self.coloring, self.kept = Coloring(), None
        self.notes = (*self.notes, f"earlier wishes are left alone: {error}")

    def keep(self) -> None:
        """Write what is wished where it can be; what cannot be is a note, and nothing is lost."""
        if self.kept is None and not self.coloring.wished():
            return
        self.notes = ()
        # A file that could not be read is somebody's: it is not written over.
        free = [place for place in self.places() if place == self.kept or not place.exists()]
        for place in free:
            try:
                write_edits(place, self.coloring, self.path.name, self.sha256)
            except RehueError as error:
                self.notes = (*self.notes, str(error))
                continue
            if self.notes:
                self.notes = (f"beside the photograph nothing can be written: kept in {place}",)
            self.kept = place
            return
        self.notes = (*self.notes, "your changes are kept only as long as the studio runs")

    def table(self) -> dict[str, Any]:
        """Return it as the API tells it."""
        height, width = self.sizes[0]
        return {
            "id": self.key,
            "name": self.name,
            "width": width,
            "height": height,
            "pages": [{"width": across, "height": down} for down, across in self.sizes],
            "tone": self.tone,
            "reason": self.reason,
            "finding": told_of(self.finding),
            "model": self.model,
            "can_save": not self.is_ours,
            "notes": list(self.notes),
            "revision": self.revision,
            "edits": table_of(self.coloring),
            "kept": str(self.kept) if self.kept else None,
        }
