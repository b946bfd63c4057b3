"""What was found of a scan: a value that a user can read, correct and hand back."""

from dataclasses import dataclass, field, replace

import numpy as np

from rehue.color import Neutrality, Tone
from rehue.scan.edges import Corners
from rehue.scan.own_color import OwnColor
from rehue.scan.tones import FULL, Tones


@dataclass(frozen=True)
class Print:
    """One picture on a page.

    Attributes:
        corners: top left, top right, bottom right and bottom left: x and y in pixels of the page,
            0 at the outer edge of the first.
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

    def scaled(self, factor: float) -> "Print":
        """Return it on a page of another size."""
        corners = tuple((x * factor, y * factor) for x, y in self.corners)
        return replace(self, corners=corners, screen=self.screen * factor)

    @property
    def is_plain(self) -> bool:
        """Whether the network may see it as it is."""
        return self.tones.is_full and not self.screen


@dataclass(frozen=True)
class Finding:
    """What kind of thing a picture is.

    Attributes:
        prints: the pictures on it, row by row; where nothing surrounds them, the whole as one.
        has_surround: whether what lies beside the prints is plain and stays neutral.
        toning: grey, toned or coloured; None where that was not asked.
        own_color: where a grey or toned picture has colours of its own, which are kept.
    """

    prints: tuple[Print, ...]
    has_surround: bool = False
    toning: Neutrality | None = field(default=None, compare=False)
    own_color: OwnColor | None = field(default=None, compare=False)

    @property
    def is_plain(self) -> bool:
        """Whether the network may see the picture as it is."""
        return not self.has_surround and all(found.is_plain for found in self.prints)

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
            count = len(self.prints)
            words.append(f"{count} print{'s' * (count > 1)} on a plain surround")
        faded = [found.tones for found in self.prints if not found.tones.is_full]
        if faded:
            spans = ", ".join(sorted({f"{t.black:.0f} to {t.white:.0f}" for t in faded}))
            which = f"{len(faded)} of them faded" if self.has_surround else "a faded print"
            words.append(f"{which} (tones {spans} of 100)")
        screens = [found.screen for found in self.prints if found.screen]
        if screens:
            words.append(f"a halftone (a dot every {np.median(screens):.1f} px)")
        if self.toning is not None and self.toning.tone is Tone.TONED:
            words.append("a toned picture")
        if self.own_color is not None:
            words.append(f"colours of its own in {100 * self.own_color.share:.1f} %, kept")
        return ", ".join(words)

    def notes(self) -> tuple[str, ...]:
        """Return a line where the picture is not seen or coloured as an ordinary one."""
        if self.is_plain and self.own_color is None:
            return ()
        return (f"taken for {self.said()} (--as-is: for an ordinary photograph)",)


def whole(height: int, width: int) -> tuple[tuple[float, float], ...]:
    """Return the corners of a picture itself."""
    return (0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))
