"""What was scanned as a network saw it: of a page each print, cut out; the rest stays neutral."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rehue.color.srgb import white_code
from rehue.errors import ModelError, PhotoError
from rehue.model import Answer, Card, Hint, Runtime, Suggestion, ask, shrunk_lightness
from rehue.picture.render import as_grey
from rehue.scan import (
    CHANNELS,
    Features,
    Finding,
    Print,
    Recognized,
    at_print,
    cut_out,
    descreened,
    is_nearly_as_sure,
    laid_back,
    page_grid,
    recognize,
)
from rehue.seen import Seen
from rehue.wishes import Coloring


@dataclass(frozen=True)
class PageSeen(Seen):
    """What the network saw of the prints on a page; colours are on a grid over the page.

    Places are pixels of the page; `light` is that of the largest print.

    Attributes:
        prints: each with what was seen of it, cut out, straight and at full contrast.
        page: height and width on which the prints' corners are given (px).
    """

    prints: tuple[tuple[Print, Seen], ...] = ()
    page: tuple[int, int] = (1, 1)

    @classmethod
    def of(cls, prints: tuple[tuple[Print, Seen], ...], page: tuple[int, ...]) -> Self:
        """Put together what was seen of each print."""
        height, width = page
        rows, columns = page_grid(height, width)
        largest = max((seen for _, seen in prints), key=lambda seen: seen.size[0] * seen.size[1])
        return cls(
            largest.light,
            Answer(None, None, (0, 0, columns, rows), 1),
            largest.card,
            largest.runtime,
            largest.working_size,
            (height, width),
            prints=prints,
            page=(height, width),
        )

    def answer_to(self, coloring: Coloring) -> Answer:
        """Return the page's grid; each print is asked, and keeps an answer of its own."""
        for one, seen in self.prints:
            seen.answer_to(self._at(coloring, one, seen))
        return self.answer

    def ab(self, coloring: Coloring) -> NDArray[np.float32]:
        """Return ab on the page's grid, 2 x h x w; 0 beside the prints."""
        return self._laid([s.ab(self._at(coloring, p, s)) for p, s in self.prints])

    def colors(self, coloring: Coloring) -> NDArray[np.float32]:
        """Return `ab` with saturation and warmth; what surrounds the prints has neither."""
        return self._laid([s.colors(self._at(coloring, p, s)) for p, s in self.prints])

    def confidence(self, coloring: Coloring) -> NDArray[np.float32]:
        """Return on the page's grid what `Look.confidence` returns; neutral is sure."""
        doubt = [1 - s.confidence(self._at(coloring, p, s))[None] for p, s in self.prints]
        return np.asarray(np.float32(1) - self._laid(doubt)[0])

    def logits(self, coloring: Coloring) -> NDArray[np.float32]:  # noqa: ARG002 (as in `Seen`)
        """Refuse: each print has an answer of its own.

        Raises:
            ModelError: always.
        """
        raise ModelError("a page of prints has no one answer: cut a print out and look at it")

    def suggest(self, x: float, y: float, count: int, coloring: Coloring) -> list[Suggestion]:
        """Return the likeliest colours at a place of a print; see `Look.suggest`."""
        for one, seen in self.prints:
            place = self._on(one, seen, x, y)
            if place is not None:
                return seen.suggest(*place, count, self._at(coloring, one, seen))
        raise PhotoError(f"place {x:g}, {y:g} lies on no print, but on what surrounds them")

    def notes(self, coloring: Coloring) -> tuple[str, ...]:
        """Return a line for each hint that cannot be taken as it was given."""
        lines = [n for p, s in self.prints for n in s.notes(self._at(coloring, p, s))]
        lines += [
            f"hint {hint.color} at {hint.x:g}, {hint.y:g} lies beside the prints: left out"
            for hint in coloring.hints
            if all(self._placed_on(one, seen, hint) is None for one, seen in self.prints)
        ]
        return tuple(dict.fromkeys(lines))

    def _laid(self, planes: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Planes of each print (N x h x w) on the page's grid; 0 beside the prints."""
        grid = page_grid(*self.page)
        page = np.zeros((len(planes[0]), *grid), np.float32)
        for (one, seen), plane in zip(self.prints, planes, strict=True):
            laid, covered = laid_back(plane, seen.answer.box, one.quad, self.page, grid)
            page *= 1 - covered
            page += laid * covered
        return page

    def _at(self, coloring: Coloring, one: Print, seen: Seen) -> Coloring:
        """The same wishes, with hints at their places on a print; those beside it left out."""
        if not coloring.hints:
            return coloring
        placed = [self._placed_on(one, seen, hint) for hint in coloring.hints]
        return replace(coloring, hints=tuple(hint for hint in placed if hint is not None))

    def _placed_on(self, one: Print, seen: Seen, hint: Hint) -> Hint | None:
        there = hint.in_pixels(*self.size)
        place = self._on(one, seen, there.x, there.y)
        if place is None:
            return None
        scale = self.page[1] / self.size[1] * seen.size[1] / one.width
        return Hint(*place, hint.color, (there.radius or 0.0) * scale)

    def _on(self, one: Print, seen: Seen, x: float, y: float) -> tuple[float, float] | None:
        """Return where on a print a place of the page lies; None beside it."""
        scale = self.page[1] / self.size[1]
        across, down = at_print(one.quad, seen.size, x * scale, y * scale)
        height, width = seen.size
        return (across, down) if 0 <= across < width and 0 <= down < height else None


def see(
    pixels: NDArray[Any], finding: Finding, card: Card, runtime: Runtime, working_size: int
) -> tuple[Seen, Finding]:
    """Show the network what was scanned: a photograph, or each print of a page.

    Args:
        pixels: upright as the file says and positive, height x width or height x width x 3.
        finding: what `rehue.scan.examine` found in them.
        card: the model's.
        runtime: what runs the network.
        working_size: short side at which it works (px).

    Returns:
        What it saw, and the finding with what a recogniser tells beside the network: which way is
        up, and whether it looks like a negative.
    """
    grey = pixels if finding.is_plain and pixels.dtype == np.uint8 else as_grey(pixels)
    height, width = pixels.shape[:2]

    def of_print(
        one: Print, cut: NDArray[Any], size: tuple[int, int], turn: int = 0
    ) -> tuple[Seen, Recognized]:
        """Show it, lying as it was cut out, after a turn that is known."""
        plain = shrunk_lightness(_without_dots(cut, one), working_size)
        light = one.tones.stretched(plain)

        def ask_of(network: Runtime, shown: NDArray[np.float32], more: int = 0) -> Answer:
            bins, turned = len(card.bin_centers), (turn + more) % 4
            return ask(network, shown, working_size, bins, turn=turned)

        answer = ask_of(runtime, light)
        is_faded = True
        if not one.tones.is_full and not finding.has_stated_tones:
            as_it_is = ask_of(runtime, plain)
            if answer.logits is not None and as_it_is.logits is not None:
                is_faded = is_nearly_as_sure(one.tones, answer.logits, as_it_is.logits)
            if not is_faded:
                light, answer = plain, as_it_is

        def features_of(answered: Answer, more: int = 0) -> Features | None:
            features = answered.features
            if features is None or len(features) != CHANNELS:
                return None
            return Features.of(features, (light.shape[0], light.shape[1]), (turn + more) % 4)

        def look(more: int) -> Features | None:
            return features_of(ask_of(runtime.recognizer, light, more), more)

        first = features_of(answer)
        is_asked = finding.is_recognizable and not turn and not one.turn
        told = recognize(first, look, light) if first and is_asked else Recognized()
        if told.turn:
            answer = ask_of(runtime, light, told.turn)
            turn = (turn + told.turn) % 4
        seen = Seen(light, answer, card, runtime, working_size, size, turn)
        return seen, told._replace(is_faded=is_faded)

    if not finding.has_surround:
        (itself,) = finding.prints
        lying = itself.turned(-itself.turn)
        seen, told = of_print(lying, grey, (height, width), itself.turn)
        return seen, finding.recognized((told,))
    # A very large page became smaller on the way.
    scale = np.divide(grey.shape[::-1], (width, height))
    cuts = [(one, cut_out(grey, one.quad * scale)) for one in finding.prints]
    both = [of_print(one, cut, (cut.shape[0], cut.shape[1])) for one, cut in cuts]
    pairs = tuple((one, seen) for one, (seen, _) in zip(finding.prints, both, strict=True))
    told_of = tuple(told for _, told in both)
    return PageSeen.of(pairs, (height, width)), finding.recognized(told_of)


def _without_dots(grey: NDArray[Any], one: Print) -> NDArray[Any]:
    if not one.screen:
        return grey
    dots = grey.astype(np.float32) / np.float32(white_code(grey.dtype))
    return descreened(dots, one.screen * grey.shape[1] / one.width)
