"""What was found of a scan: a value that a user can read, correct and hand back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from rehue.color import Neutrality, Tone
from rehue.scan.edges import Corners
from rehue.scan.own_color import OwnColor
from rehue.scan.recognition import Recognized
from rehue.scan.stated import NOTHING_STATED, Stated
from rehue.scan.tones import FULL, Tones


@dataclass(frozen=True)
class Print:
    """One picture on a page.

    Attributes:
        corners: top left, top right, bottom right and bottom left of it upright: x and y in pixels
            of the page, 0 at the outer edge of the first.
        tones: what it spans.
        screen: pixels from dot to dot of a halftone; 0 for none.
    """

    corners: tuple[tuple[float, float], ...]
    tones: Tones = FULL
    screen: float = 0.0

    @property
    def quad(self) -> Corners:
        """The corners, 4 x 2."""
        return np.array(self.corners, np.float64)

    @property
    def width(self) -> float:
        """Length of its upper side (px)."""
        return float(np.hypot(*(self.quad[1] - self.quad[0])))

    @property
    def turn(self) -> int:
        """Quarter turns clockwise, 0 to 3, after which it is upright.

        >>> Print(((0, 9), (0, 0), (9, 0), (9, 9))).turn  # its top lies at the left
        1
        """
        across, down = self.quad[1] - self.quad[0]
        return -round(float(np.arctan2(down, across)) / (np.pi / 2)) % 4

    def turned(self, turn: int) -> "Print":
        """Return it where it is upright after so many more quarter turns clockwise."""
        first = -turn % 4
        return replace(self, corners=self.corners[first:] + self.corners[:first])

    def scaled(self, factor: float) -> "Print":
        """Return it on a page of another size."""
        corners = tuple((x * factor, y * factor) for x, y in self.corners)
        return replace(self, corners=corners, screen=self.screen * factor)

    @property
    def is_plain(self) -> bool:
        """Whether the network may see it as it is."""
        return self.tones.is_full and not self.screen and not self.turn


@dataclass(frozen=True)
class Finding:
    """What kind of thing a picture is.

    Attributes:
        prints: the pictures on it, row by row; where nothing surrounds them, the whole as one.
        has_surround: whether what lies beside the prints is plain and stays neutral.
        toning: grey, toned or coloured; None where that was not asked.
        own_color: where a grey or toned picture has colours of its own, which are kept.
        is_negative: it looks like a negative, which is said and no more.
        is_recognizable: which way is up, and whether it is a negative, may be looked for.
        has_stated_tones: its prints' tones were said by the user, and are not to be doubted.
        perhaps: what may be so too, but is not sure, so that the network sees nothing of it; as a
            user would state it.
    """

    prints: tuple[Print, ...]
    has_surround: bool = False
    toning: Neutrality | None = field(default=None, compare=False)
    own_color: OwnColor | None = field(default=None, compare=False)
    is_negative: bool = False
    is_recognizable: bool = field(default=False, compare=False)
    has_stated_tones: bool = field(default=False, compare=False)
    perhaps: Stated = field(default=NOTHING_STATED, compare=False)

    @property
    def is_plain(self) -> bool:
        """Whether the network may see the picture as it is."""
        return not self.has_surround and all(found.is_plain for found in self.prints)

    @property
    def turn(self) -> int:
        """Quarter turns clockwise after which the picture is upright; 0 where prints differ."""
        turns = {found.turn for found in self.prints}
        return turns.pop() if len(turns) == 1 else 0

    def recognized(self, told: tuple[Recognized, ...]) -> "Finding":
        """Return it with what a recogniser told of each print."""
        prints = tuple(
            replace(one.turned(of.turn), tones=one.tones if of.is_faded else FULL)
            for one, of in zip(self.prints, told, strict=True)
        )
        perhaps = self.perhaps
        # Most pictures that are as dark as prints can be are nights: of those nothing is said.
        doubted = [
            one
            for one, of in zip(self.prints, told, strict=True)
            if not of.is_faded and one.tones.gamma == 1
        ]
        if doubted:
            perhaps = replace(perhaps, tones=_all_tones(doubted))
        is_negative = all(of.is_negative for of in told)
        return replace(self, prints=prints, is_negative=is_negative, perhaps=perhaps)

    def stated(self) -> Stated:
        """Return it as a user would state it, to be corrected and handed back.

        Tones that differ from print to print are left to be looked for.
        """
        tones = {one.tones for one in self.prints}
        return Stated(
            # Which corner stands first says which way each is up.
            prints=tuple(one.corners for one in self.prints) if self.has_surround else (),
            tones=tones.pop() if len(tones) == 1 else None,
            upright=0 if self.has_surround else 90 * self.turn,
        )

    def at_part(self, rows: slice, columns: slice, size: tuple[int, int]) -> "Finding":
        """Return it with the colours of its own that a part has; see `OwnColor.part`."""
        if self.own_color is None:
            return self
        return replace(self, own_color=self.own_color.part(rows, columns, size))

    def said(self) -> str:
        """Return what was found in words; empty for an ordinary grey picture.

        >>> Finding((Print(((0, 0), (9, 0), (9, 9), (0, 9)), Tones(42, 73)),)).said()
        'a faded print (tones 42 to 73 of 100)'
        """
        words = []
        if self.has_surround:
            words.append(_on_surround(len(self.prints)))
        changed = [found.tones for found in self.prints if not found.tones.is_full]
        faded = [tones for tones in changed if tones.gamma == 1]
        if faded:
            spans = ", ".join(sorted({_span(tones) for tones in faded}))
            which = f"{len(faded)} of them faded" if self.has_surround else "a faded print"
            words.append(f"{which} (tones {spans} of 100)")
        dark = [tones for tones in changed if tones.gamma != 1]
        if dark:
            how = "dark" if dark[0].gamma > 1 else "light"
            which = f"{len(dark)} of them {how}" if self.has_surround else f"a {how} print"
            words.append(f"{which} (a gamma of {dark[0].gamma:g})")
        screens = [found.screen for found in self.prints if found.screen]
        if screens:
            words.append(f"a halftone (a dot every {np.median(screens):.1f} px)")
        turned = [found.turn for found in self.prints if found.turn]
        if turned:
            ways = " or ".join(f"{90 * turn}°" for turn in sorted(set(turned)))
            which = f"{len(turned)} of them" if len(self.prints) > 1 else "a picture"
            words.append(f"{which} to be turned clockwise by {ways}")
        if self.toning is not None and self.toning.tone is Tone.TONED:
            words.append("a toned picture")
        if self.own_color is not None:
            words.append(f"colours of its own in {100 * self.own_color.share:.1f} %, kept")
        return ", ".join(words)

    def notes(self) -> tuple[str, ...]:
        """Return a line where the picture is not an ordinary one, or may not be one."""
        notes = ["looks like a negative; --negative colours the positive"] * self.is_negative
        if not self.is_plain or self.own_color is not None:
            turn = ", --turn: write the tag that turns it" * bool(self.turn)
            notes.append(f"taken for {self.said()} (--as-is: for an ordinary photograph{turn})")
        elif self.said():
            notes.append(f"taken for {self.said()}")
        if maybe := self.maybe():
            notes.append(f"{maybe}: not sure, so not used; if so, {self.perhaps.options()}")
        return tuple(notes)

    def maybe(self) -> str:
        """Return what it may be, but is not taken for, in words; empty for nothing."""
        return f"perhaps {_in_words(self.perhaps)}" if self.perhaps != NOTHING_STATED else ""


def _in_words(stated: Stated) -> str:
    """Return what may be so, of prints and tones, in words."""
    words = []
    if stated.prints:
        words.append(_on_surround(len(stated.prints)))
    if stated.tones is not None:
        words.append(f"a faded print (tones {_span(stated.tones)} of 100)")
    return ", ".join(words)


def _on_surround(count: int) -> str:
    return f"{count} print{'s' * (count > 1)} on a plain surround"


def _span(tones: Tones) -> str:
    return f"{tones.black:.0f} to {tones.white:.0f}"


def _all_tones(prints: Sequence[Print]) -> Tones:
    """Return what several prints span together."""
    return Tones(min(p.tones.black for p in prints), max(p.tones.white for p in prints))


def whole(height: int, width: int) -> tuple[tuple[float, float], ...]:
    """Return the corners of a picture itself."""
    return (0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))
