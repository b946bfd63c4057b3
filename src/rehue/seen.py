"""What a network saw of one photograph, and the colours that it gives, at its own size."""

import hashlib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rehue.color import Bins
from rehue.errors import ModelError, PhotoError
from rehue.model import (
    Answer,
    Card,
    Decoding,
    Placed,
    Runtime,
    Suggestion,
    alternative_ab,
    ask,
    bins_of,
    bold,
    confidence,
    confine,
    decode,
    palette_of_colors,
    palette_of_picture,
    place_hints,
    suggest,
)
from rehue.photo import Photo, checked, photograph_of
from rehue.wishes import WISHES, Coloring

# Answers to wishes that are kept: those of the last ones, and what hints are set against.
_KEPT: Final = 2
_Key = tuple[object, ...]


@dataclass(frozen=True)
class Seen:
    """What the network saw of one photograph, and what it answered.

    With hints or a palette the network is asked again, of what it saw; its last answers are kept.

    Attributes:
        light: L as the network saw it, h x w.
        answer: the network's, without hints and palette.
        card: the model's.
        runtime: what runs the network.
        working_size: short side at which it works (px).
        size: height and width of the photograph (px), in which places are given.
        turn: quarter turns clockwise after which the network saw it.
    """

    light: NDArray[np.float32]
    answer: Answer
    card: Card
    runtime: Runtime
    working_size: int
    size: tuple[int, int]
    turn: int = 0
    # What was decoded is shared by what `replace` makes of this: it depends on the answer alone.
    _automatic: dict[Decoding, NDArray[np.float32]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _others: dict[Decoding, list[NDArray[np.float32]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _answers: dict[_Key, Answer] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def answer_to(self, coloring: Coloring) -> Answer:
        """Return what the network answers to hints and a palette; that without them for none.

        Raises:
            ModelError: the network was not trained with them.
            PhotoError: a reference that cannot be read.
        """
        needed = {need for name in coloring.wished() if (need := WISHES[name].needs)}
        if not needed:
            return self.answer
        for name in sorted(needed.difference(self.card.trained_inputs)):
            raise ModelError(
                f"the model {self.card.name} was not trained with {name}, which would have no "
                "effect: choose another model"
            )
        palette = palette_of(coloring, self.card)
        # What pins keep depends on how colours are chosen.
        has_pins = any(hint.is_pin for hint in coloring.hints)
        how = (self._decoding(coloring), coloring.alternative) if has_pins else None
        key = (tuple(coloring.hints), how, None if palette is None else palette.tobytes())
        kept = self._answers.get(key)
        if kept is not None:
            return kept
        placed = self._placed(coloring) if coloring.hints else None
        bins = len(self.card.bin_centers)
        answer = ask(
            self.runtime,
            self.light,
            self.working_size,
            bins,
            hints=placed and placed.drawn,
            palette=palette,
            turn=self.turn,
        )
        answer = replace(answer, pinned=placed and placed.pinned)
        for oldest in list(self._answers)[: 1 - _KEPT]:
            self._answers.pop(oldest, None)
        self._answers[key] = answer
        return answer

    def ab(self, coloring: Coloring) -> NDArray[np.float32]:
        """Return ab on the network's grid, 2 x h x w, before saturation and warmth.

        Raises:
            ModelError: as for `answer_to`; the network lacks a head.
            PhotoError: as for `answer_to`.
        """
        answer = self.answer_to(coloring)
        shown = self._decoded(self._decoding(coloring), answer)
        if answer.hints is not None and answer.pinned is not None:
            unhinted = self._unhinted(coloring)
            if coloring.alternative != 1:
                # Hints change what is shown, and not what the whole picture's other modes are.
                shown = shown + (unhinted - self._unhinted(replace(coloring, alternative=1)))
            told = (answer.hints, self.light, unhinted, shown, answer.stride, len(coloring.hints))
            return confine(*told, answer.pinned, answer.features)
        if coloring.alternative == 1:
            return shown
        return self._alternatives(coloring, shown, answer)[coloring.alternative - 2]

    def resized(self, size: tuple[int, int]) -> "Seen":
        """Return what was seen of another size of the photograph (height, width in px).

        What was decoded once serves both: only the places of hints depend on the size.
        """
        return replace(self, size=size)

    def colors(self, coloring: Coloring) -> NDArray[np.float32]:
        """Return `ab` with saturation and warmth."""
        ab = self.ab(coloring) * np.float32(coloring.saturation)
        ab[1] += np.float32(coloring.warmth)
        return ab

    def confidence(self, coloring: Coloring) -> NDArray[np.float32]:
        """Return on the network's grid (h x w) what `Look.confidence` returns."""
        logits, shown = self.logits(coloring), self.ab(coloring)
        return confidence(logits, shown, self.card.bins, self.card.confidence_temperature)

    def logits(self, coloring: Coloring) -> NDArray[np.float32]:
        """Return the network's classes, B x h x w.

        Raises:
            ModelError: it has none; as for `answer_to`.
        """
        logits = self.answer_to(coloring).logits
        if logits is None:
            raise ModelError(
                f"the model {self.card.name} has no classes to read probabilities from: choose "
                "another model"
            )
        return logits

    def cells(
        self, coloring: Coloring
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
        """Return what the network answered inside the picture, without the padding beside it.

        Returns:
            Logits B x h x w, the ab shown 2 x h x w, and for each row and each column of these the
            row and the column of the photograph at its middle.

        Raises:
            ModelError: the network has no classes.
        """
        logits, shown = self.logits(coloring), self.ab(coloring)
        left, top, right, bottom = self.answer.box
        height, width = self.size
        rows = np.arange(max(1, int(bottom - top)))
        columns = np.arange(max(1, int(right - left)))
        down = slice(int(top), int(top) + len(rows))
        across = slice(int(left), int(left) + len(columns))
        return (
            logits[:, down, across],
            shown[:, down, across],
            np.minimum(((rows + 0.5) * height / (bottom - top)).astype(np.int64), height - 1),
            np.minimum(((columns + 0.5) * width / (right - left)).astype(np.int64), width - 1),
        )

    def suggest(self, x: float, y: float, count: int, coloring: Coloring) -> list[Suggestion]:
        """Return the likeliest colours at a place; see `Look.suggest`."""
        height, width = self.size
        if not (0 <= x < width and 0 <= y < height):
            raise PhotoError(f"place {x:g}, {y:g} lies outside {width} x {height} pixels")
        left, top, right, bottom = self.answer.box
        logits = self.logits(coloring)
        column = int(left + (right - left) * x / width)
        row = int(top + (bottom - top) * y / height)
        here = logits[:, min(row, logits.shape[1] - 1), min(column, logits.shape[2] - 1)]
        down, across = self.light.shape
        light = float(self.light[int(y * down / height), int(x * across / width)])
        return suggest(here, light, self.card.bins, count, self.card.confidence_temperature)

    def notes(self, coloring: Coloring) -> tuple[str, ...]:
        """Return a line for each hint that cannot be taken as it was given."""
        return self._placed(coloring).notes if coloring.hints else ()

    def _alternatives(
        self, coloring: Coloring, shown: NDArray[np.float32], answer: Answer
    ) -> list[NDArray[np.float32]]:
        """Return the other colourings; those without hints and palette are kept."""
        how = self._decoding(coloring)
        if answer is self.answer and how in self._others:
            return self._others[how]
        light = self._light_of_cells(shown.shape[1:], answer.stride)
        others = list(alternative_ab(self.logits(coloring), shown, light, self.card.bins))
        if answer is self.answer:
            self._others[how] = others
        return others

    def _light_of_cells(self, grid: tuple[int, ...], stride: int) -> NDArray[np.float32]:
        """Return L of the network's cells, h x w; beyond the picture that of its edge."""
        rows, columns = (
            np.minimum(np.arange(cells) * stride, pixels - 1)
            for cells, pixels in zip(grid, self.light.shape, strict=True)
        )
        return self.light[np.ix_(rows, columns)]

    def _placed(self, coloring: Coloring) -> Placed:
        automatic = None
        if any(hint.is_pin for hint in coloring.hints):
            ab, stride = self._unhinted(coloring), self.answer.stride
            rows, columns = (np.arange(side) // stride for side in self.light.shape)
            automatic = ab[:, rows[:, None], columns]
        return place_hints(coloring.hints, self.light, self.size, automatic)

    def _unhinted(self, coloring: Coloring) -> NDArray[np.float32]:
        return self.ab(replace(coloring, hints=()))

    def _decoding(self, coloring: Coloring) -> Decoding:
        how = coloring.decoding or self.card.default_decoding
        if coloring.boldness is not None:
            return bold(coloring.boldness, self.card.boldness)
        if coloring.temperature is not None:
            return replace(how, head="bins", temperature=coloring.temperature)
        return how

    def _decoded(self, how: Decoding, answer: Answer) -> NDArray[np.float32]:
        # Each hint is set against the automatic colours: they are decoded once.
        if answer is self.answer and how in self._automatic:
            return self._automatic[how]
        light = None
        if (how.agreement or how.likeness) and answer.logits is not None:
            light = self._light_of_cells(answer.logits.shape[1:], answer.stride)
        ab = decode(how, answer.logits, answer.ab, self.card.bins, light, answer.features)
        if answer is self.answer:
            self._automatic[how] = ab
        return ab


def palette_of(coloring: Coloring, card: Card) -> NDArray[np.float32] | None:
    """Return the palette wished for as a histogram over a model's bins; None for none.

    Raises:
        ModelError: a colour that there is not, a reference without colour.
        PhotoError: a reference that cannot be read.
    """
    reference = coloring.reference
    if coloring.palette:
        return palette_of_colors(coloring.palette, card.bins)
    if reference is None:
        return None
    if isinstance(reference, str | PathLike):
        path = Path(reference)
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").digest()
        except (OSError, ValueError):
            return _palette_of(path, card.bins)  # which says what is wrong
        return _palette_of_file(path, digest, card.bin_centers)
    return _palette_of(reference, card.bins)


# One reference serves for all photographs of a run; changed meanwhile, it is another one.
@lru_cache(maxsize=4)
def _palette_of_file(
    path: Path, _digest: bytes, centers: tuple[tuple[float, float], ...]
) -> NDArray[np.float32]:
    return _palette_of(path, bins_of(centers))


def _palette_of(given: Photo, bins: Bins) -> NDArray[np.float32]:
    pixels = checked(given) if isinstance(given, np.ndarray) else photograph_of(given).pixels
    return palette_of_picture(pixels, bins)
