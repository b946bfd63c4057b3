"""What a network saw in one photograph, and its colours as a user wants them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from rehue.color import Bins, Tone, judge_neutrality, lightness
from rehue.color.fading import estimate_fade
from rehue.color.layer import color_layer
from rehue.color.refresh import class_variance, confidence_in_own, refresh
from rehue.color.render import render
from rehue.color.upsample import Upsampling
from rehue.errors import ModelError, PhotoError
from rehue.model import (
    Answer,
    Card,
    Decoding,
    Hint,
    Runtime,
    Suggestion,
    ask,
    confidence,
    decode,
    palette_of_colors,
    palette_of_picture,
    place_hints,
    suggest,
)
from rehue.photo import Photo, checked, photograph_of


@dataclass(frozen=True)
class Coloring:
    """What a user may choose of the colours, with what is taken where nothing is chosen.

    Attributes:
        saturation: factor of chroma; 0 is grey, 1 the model's own choice.
        warmth: added to b, in units of Lab: positive is yellower, negative bluer.
        temperature: of the network's distribution: 1 is the expected colour, towards 0 the
            likeliest; None is the card's.
        decoding: how colours are chosen from the network's answer; None is the card's way.
        hints: colours at places.
        palette: colours that the picture is to have, as for `Hint.color`.
        reference: a photograph in colour, whose colours the picture is to have; as for
            `Colorizer.look`.
        refresh: where a picture has colour, undo its fading and blend its own colours with the
            network's, in place of colouring its lightness.
    """

    saturation: float = 1.0
    warmth: float = 0.0
    temperature: float | None = None
    decoding: Decoding | None = None
    hints: Sequence[Hint] = ()
    palette: Sequence[str] = ()
    reference: Photo | None = None
    refresh: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no number to reckon with.

        Raises:
            PhotoError: a saturation below 0, a temperature that is not above 0, and so on.
        """
        if not (0 <= self.saturation < np.inf and np.isfinite(self.warmth)):
            raise PhotoError(
                f"saturation {self.saturation} and warmth {self.warmth}: give a saturation of 0 or "
                "more and a finite warmth"
            )
        if self.temperature is not None and not 0 < self.temperature < np.inf:
            raise PhotoError(f"temperature {self.temperature}: give more than 0, such as 0.4")
        if self.palette and self.reference is not None:
            raise PhotoError("a palette and a reference: give one of them")


class ColoringOptions(TypedDict, total=False):
    """The fields of `Coloring` as keywords of a function."""

    saturation: float
    warmth: float
    temperature: float | None
    decoding: Decoding | None
    hints: Sequence[Hint]
    palette: Sequence[str]
    reference: Photo | None
    refresh: bool


@dataclass(frozen=True)
class Look:
    """What the network saw in one photograph; colouring it again costs no second look.

    With hints or a palette the network is asked again, of what it saw: the photograph itself is
    not read or made smaller a second time.

    Attributes:
        pixels: the photograph upright, height x width (grey) or height x width x 3.
        seen: L as the network saw it, h x w.
        answer: the network's, without hints and palette.
        card: the model's.
        runtime: what runs the network.
        size: short side at which it works (px).
        threads: of the colouring.
    """

    pixels: NDArray[Any]
    seen: NDArray[np.float32]
    answer: Answer
    card: Card
    runtime: Runtime
    size: int
    threads: int = 1

    @property
    def lightness(self) -> NDArray[np.float32]:
        """L of every pixel, height x width, 0..100."""
        return lightness(self.pixels).astype(np.float32, copy=False)

    def colorize(
        self, coloring: Coloring | None = None, **options: Unpack[ColoringOptions]
    ) -> NDArray[Any]:
        """Return the photograph in colour.

        Args:
            coloring: what is wished of the colours.
            **options: its fields, where it is not given.

        Returns:
            height x width x 3, sRGB, in the sample type of `pixels`.

        Raises:
            ModelError: the network was not trained with hints or palettes, or lacks a head.
            PhotoError: a number that cannot be; a reference that cannot be read.
        """
        wished = coloring or Coloring(**options)
        if wished.refresh and judge_neutrality(self.pixels).tone is Tone.COLORED:
            return self._refreshed(wished)
        ab = self._small_ab(wished) * np.float32(wished.saturation)
        ab[1] += np.float32(wished.warmth)
        return render(self.pixels, self._upsampling(ab), self.threads)

    def layer(
        self, coloring: Coloring | None = None, **options: Unpack[ColoringOptions]
    ) -> NDArray[Any]:
        """Return only the colour, to be laid over the photograph with the blend mode Color.

        See `rehue.color.layer`; arguments, result and errors are as for `colorize`.
        """
        return color_layer(self.pixels, self.colorize(coloring, **options), self.threads)

    def ab(self, decoding: Decoding | None = None) -> NDArray[np.float32]:
        """Return ab of every pixel (height x width x 2), before they are fitted into sRGB."""
        return self._upsampling(self._small_ab(Coloring(decoding=decoding))).all()

    def confidence(self) -> NDArray[np.float32]:
        """Return how probably each colour lies within 20 units of ab of the true one.

        Returns:
            height x width, 0..1; of the colours that `colorize` gives without any wishes.

        Raises:
            ModelError: the network has no classes.
        """
        logits = self._logits(self.answer)
        shown = self._small_ab(Coloring())
        sure = confidence(logits, shown, self.card.bins, self.card.confidence_temperature)
        plane, _ = self._upsampling(np.stack([sure, sure])).rows(slice(0, self.pixels.shape[0]))
        return np.clip(plane, np.float32(0), np.float32(1))

    def suggest(self, x: float, y: float, count: int = 5) -> list[Suggestion]:
        """Return the likeliest colours at a place, different ones, the likeliest first.

        Args:
            x: column of the place, in pixels of the photograph, upright.
            y: row.
            count: at most so many.

        Raises:
            ModelError: the network has no classes.
            PhotoError: the place lies outside.
        """
        height, width = self.pixels.shape[:2]
        if not (0 <= x < width and 0 <= y < height):
            raise PhotoError(f"place {x:g}, {y:g} lies outside {width} x {height} pixels")
        left, top, right, bottom = self.answer.box
        logits = self._logits(self.answer)
        column = int(left + (right - left) * x / width)
        row = int(top + (bottom - top) * y / height)
        here = logits[:, min(row, logits.shape[1] - 1), min(column, logits.shape[2] - 1)]
        return suggest(here, self.card.bins, count, self.card.confidence_temperature)

    def notes(self, coloring: Coloring) -> tuple[str, ...]:
        """Return a line for each hint that cannot be taken as it was given."""
        return self._placed(coloring)[1] if coloring.hints else ()

    def _refreshed(self, coloring: Coloring) -> NDArray[Any]:
        fade = estimate_fade(self.pixels)
        answer = self._answer(coloring)
        spread = None if answer.logits is None else class_variance(answer.logits, self.card.bins)
        ab = self._small_ab(coloring)
        own = np.broadcast_to(confidence_in_own(fade, spread), ab.shape).copy()
        return refresh(
            self.pixels,
            fade,
            self._upsampling(ab),
            self._upsampling(own),
            saturation=coloring.saturation,
            warmth=coloring.warmth,
            threads=self.threads,
        )

    def _placed(self, coloring: Coloring) -> tuple[NDArray[np.float32], tuple[str, ...]]:
        height, width = self.pixels.shape[:2]
        return place_hints(coloring.hints, self.seen, (height, width))

    def _answer(self, coloring: Coloring) -> Answer:
        has_palette = bool(coloring.palette) or coloring.reference is not None
        wished = {"hints": bool(coloring.hints), "palette": has_palette}
        if not any(wished.values()):
            return self.answer
        for name, is_wished in wished.items():
            if is_wished and name not in self.card.trained_inputs:
                raise ModelError(
                    f"the model {self.card.name} was not trained with {name}, which would have no "
                    "effect: choose another model"
                )
        hints = self._placed(coloring)[0] if coloring.hints else None
        palette = palette_of(coloring, self.card)
        bins = len(self.card.bin_centers)
        return ask(self.runtime, self.seen, self.size, bins, hints=hints, palette=palette)

    def _small_ab(self, coloring: Coloring) -> NDArray[np.float32]:
        how = coloring.decoding or self.card.default_decoding
        if coloring.temperature is not None:
            how = replace(how, head="bins", temperature=coloring.temperature)
        answer = self._answer(coloring)
        return decode(how, answer.logits, answer.ab, self.card.bins)

    def _logits(self, answer: Answer) -> NDArray[np.float32]:
        if answer.logits is None:
            raise ModelError(
                f"the model {self.card.name} has no classes to read probabilities from: choose "
                "another model"
            )
        return answer.logits

    def _upsampling(self, small_ab: NDArray[np.float32]) -> Upsampling:
        height, width = self.pixels.shape[:2]
        return Upsampling(small_ab, self.answer.box, height, width)


def palette_of(coloring: Coloring, card: Card) -> NDArray[np.float32] | None:
    """Return the palette wished for as a histogram over a model's bins; None for none.

    Raises:
        ModelError: a colour that there is not, a reference without colour.
        PhotoError: a reference that cannot be read.
    """
    if coloring.palette:
        return palette_of_colors(coloring.palette, card.bins)
    if coloring.reference is None:
        return None
    if isinstance(coloring.reference, str | Path):
        return _palette_of_file(Path(coloring.reference), card.bin_centers)
    return _palette_of_picture(coloring.reference, card.bins)


# One reference serves for all photographs of a run.
@lru_cache(maxsize=4)
def _palette_of_file(path: Path, centers: tuple[tuple[float, float], ...]) -> NDArray[np.float32]:
    return _palette_of_picture(path, Bins(np.array(centers)))


def _palette_of_picture(given: Photo, bins: Bins) -> NDArray[np.float32]:
    pixels = checked(given) if isinstance(given, np.ndarray) else photograph_of(given).pixels
    return palette_of_picture(pixels, bins)


def described(coloring: Coloring, card: Card) -> str:
    """Return a coloring in words for marks and journals: what differs gives different words."""
    said = [f"saturation={coloring.saturation:g} warmth={coloring.warmth:g}"]
    if coloring.temperature is not None:
        said.append(f"temperature={coloring.temperature:g}")
    if coloring.decoding is not None:
        how = coloring.decoding
        said.append(f"decoding={how.head},{how.temperature:g},{how.chroma:g}")
    if coloring.hints:
        points = (f"{h.x:g},{h.y:g},{h.color},{h.radius:g}" for h in coloring.hints)
        said.append(f"hints={';'.join(points)}")
    said += ["refresh"] * coloring.refresh
    if coloring.palette:
        said.append(f"palette={','.join(coloring.palette)}")
    elif (palette := palette_of(coloring, card)) is not None:
        said.append(f"reference={hashlib.sha256(palette.tobytes()).hexdigest()[:12]}")
    return " ".join(said)
