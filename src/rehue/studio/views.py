"""What is shown of a page of a photograph as it is wished: previews, parts, colours to choose from.

All of it is made in the worker's thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from rehue.color import Tone, colorfulness
from rehue.model import Hint
from rehue.photo import with_bits
from rehue.studio import pictures
from rehue.studio.findings import told_of
from rehue.studio.looks import PREVIEWS, Looks, Shown
from rehue.studio.opened import Opened
from rehue.studio.refusals import RefusalError
from rehue.studio.suggestions import Place, suggestions_at
from rehue.wishes import Coloring


class Asked(NamedTuple):
    """What of a photograph a request asks for.

    Attributes:
        key: of the photograph.
        revision: that is meant; None is the newest.
        page: of its file, from 1.
    """

    key: str
    revision: int | None = None
    page: int = 1


@dataclass(frozen=True)
class View:
    """A page of an open photograph, as it is wished.

    Attributes:
        looks: where it is looked up.
        opened: the photograph.
        coloring: what is wished of it.
        page: of its file, from 1.
    """

    looks: Looks
    opened: Opened
    coloring: Coloring
    page: int = 1

    @property
    def shown(self) -> Shown:
        """What is looked at."""
        return Shown(self.opened, self.page, self.coloring.scan)

    def preview(self, longest: int) -> bytes:
        """Return it in colour as a JPEG."""
        return self.looks.drawn(self.shown, self.coloring, longest)

    def versions(self) -> list[dict[str, Any]]:
        """Return the numbers of its versions and how colourful they are, from calm to bold."""
        look = self.looks.small(self.shown, PREVIEWS[0])
        drawn = look.alternatives(4, **replace(self.coloring, alternative=1).wished())
        rated = [(colorfulness(with_bits(rgb, 8)), n) for n, rgb in enumerate(drawn, start=1)]
        return [{"alternative": n, "colorfulness": round(rate, 1)} for rate, n in sorted(rated)]

    def finding(self) -> dict[str, Any]:
        """Return what kind of thing was scanned."""
        return told_of(self.looks.handy(self.shown).finding)

    def grey(self, longest: int) -> bytes:
        """Return its lightness as a JPEG."""
        return pictures.grey_of(self.looks.small(self.shown, longest))

    def confidence(self, longest: int) -> bytes:
        """Return how sure the model is, as a grey PNG."""
        look = self.looks.small(self.shown, longest)
        return pictures.confidence_of(look.confidence(self.coloring))

    def part(self, box: tuple[int, int, int, int], *, is_grey: bool) -> bytes:
        """Return a part of it, all its pixels, as a JPEG."""
        look = self.looks.whole(self.shown)
        part = look.part(*box)
        if is_grey:
            return pictures.grey_of(part)
        if self.coloring.refresh and look.neutrality.tone is Tone.COLORED:
            left, top, width, height = box
            whole = look.colorize(self.coloring)
            return pictures.jpeg(whole[top : top + height, left : left + width])
        return pictures.jpeg(part.colorize(self.coloring))

    def without_hint(self, number: int) -> "View":
        """Return it without one of its hints.

        Raises:
            RefusalError: it has none of this number.
        """
        hints = self.coloring.hints
        if number >= len(hints):
            raise RefusalError(f"hint {number}: there are {len(hints)}, counted from 0")
        return replace(self, coloring=replace(self.coloring, hints=_without(hints, number)))

    def suggestions(self, place: Place) -> dict[str, Any]:
        """Return likely colours at a place, and those that exist there."""
        return suggestions_at(self.looks.handy(self.shown), self.coloring, place)

    def with_color(self, place: Place, color: str, number: int | None) -> "View":
        """Return it with another hint at a place, or with another colour of one that it has."""
        hints = list(self.coloring.hints)
        if number is None:
            hints.append(Hint(place.x, place.y, color, unit="share"))
        else:
            hints[number] = replace(hints[number], color=color)
        return replace(self, coloring=replace(self.coloring, hints=tuple(hints)))


def _without(hints: Sequence[Hint], number: int) -> tuple[Hint, ...]:
    return tuple(hint for n, hint in enumerate(hints) if n != number)
