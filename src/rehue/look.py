"""What a network saw in one photograph, and its colours as a user wants them."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.color import Tone, judge_neutrality, lightness
from rehue.color.fading import estimate_fade
from rehue.errors import ModelError, PhotoError
from rehue.model import (
    Answer,
    Card,
    Decoding,
    Runtime,
    Suggestion,
    alternative_ab,
    ask,
    confidence,
    confine,
    decode,
    place_hints,
    suggest,
)
from rehue.picture.layer import color_layer
from rehue.picture.refresh import class_variance, confidence_in_own, refresh
from rehue.picture.render import as_grey, render
from rehue.picture.upsample import Upsampling
from rehue.wishes import Coloring, ColoringOptions, palette_of


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
        is_preview: made to be coloured again and again, as fast as can be.
    """

    pixels: NDArray[Any]
    seen: NDArray[np.float32]
    answer: Answer
    card: Card
    runtime: Runtime
    size: int
    threads: int = 1
    is_preview: bool = False
    _automatic: dict[Decoding, NDArray[np.float32]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

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
        ab = self._small_ab(wished, self._answer(wished)) * np.float32(wished.saturation)
        ab[1] += np.float32(wished.warmth)
        return self._rendered(self._upsampling(ab))

    def layer(
        self, coloring: Coloring | None = None, **options: Unpack[ColoringOptions]
    ) -> NDArray[Any]:
        """Return only the colour, to be laid over the photograph with the blend mode Color.

        See `rehue.picture.layer`; arguments, result and errors are as for `colorize`.
        """
        return color_layer(self.pixels, self.colorize(coloring, **options), self.threads)

    def ab(self, decoding: Decoding | None = None) -> NDArray[np.float32]:
        """Return ab of every pixel (height x width x 2), before they are fitted into sRGB."""
        return self._upsampling(self._small_ab(Coloring(decoding=decoding), self.answer)).all()

    def preview(self, longest: int = 1600) -> "Look":
        """Return this look at a smaller copy of the photograph, to show what will come at once.

        What the network saw stays the same, and so do the colours (of 8 bits: at whole units of
        ab). Places of hints are pixels of the copy.

        Args:
            longest: of the copy's sides (px); a smaller photograph stays as it is.

        Raises:
            PhotoError: it is less than 1.
        """
        if longest < 1:
            raise PhotoError(f"a preview of {longest} pixels: give 1 or more")
        return replace(self, pixels=_shrunk(self.pixels, longest), is_preview=True)

    def alternatives(
        self, count: int = 3, **options: Unpack[ColoringOptions]
    ) -> list[NDArray[Any]]:
        """Return the photograph in several colourings, the likeliest first.

        The first is that of `colorize`. The others differ from it, and from each other, in the
        colours of whole regions, as the network thinks likely.

        Args:
            count: how many, 1 to 4.
            **options: what is wished of the colours.

        Returns:
            `count` pictures as `colorize` gives them.

        Raises:
            ModelError: the network has no classes; as for `colorize`.
            PhotoError: another count; as for `colorize`.
        """
        wished = Coloring(**options)
        return [self.colorize(replace(wished, alternative=n)) for n in range(1, count + 1)]

    def confidence(
        self, coloring: Coloring | None = None, **options: Unpack[ColoringOptions]
    ) -> NDArray[np.float32]:
        """Return how probably each colour lies within 20 units of ab of the true one.

        Args:
            coloring: what is wished of the colours; saturation and warmth do not count.
            **options: its fields, where it is not given.

        Returns:
            height x width, 0..1.

        Raises:
            ModelError: the network has no classes.
        """
        wished = coloring or Coloring(**options)
        answer = self._answer(wished)
        logits, shown = self._logits(answer), self._small_ab(wished, answer)
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

    def cells(
        self, coloring: Coloring | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
        """Return what the network answered inside the picture, without the padding beside it.

        Returns:
            Logits B x h x w, the ab shown 2 x h x w, and for each row and each column of these the
            row and the column of the photograph at its middle.

        Raises:
            ModelError: the network has no classes.
        """
        wished = coloring or Coloring()
        answer = self._answer(wished)
        logits, shown = self._logits(answer), self._small_ab(wished, answer)
        left, top, right, bottom = self.answer.box
        height, width = self.pixels.shape[:2]
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

    def notes(self, coloring: Coloring) -> tuple[str, ...]:
        """Return a line for each hint that cannot be taken as it was given."""
        return self._placed(coloring)[1] if coloring.hints else ()

    def _rendered(self, chroma: Upsampling) -> NDArray[Any]:
        grey = self._grey if self.is_preview and self.pixels.dtype == np.uint8 else None
        # A copy so large that its grey was made smaller is coloured as any picture.
        if grey is not None and grey.shape == self.pixels.shape[:2]:
            return render(grey, chroma, self.threads, often=True)
        return render(self.pixels, chroma, self.threads)

    @cached_property
    def _grey(self) -> NDArray[Any]:
        return as_grey(self.pixels)

    def _refreshed(self, coloring: Coloring) -> NDArray[Any]:
        fade = estimate_fade(self.pixels)
        answer = self._answer(coloring)
        spread = None if answer.logits is None else class_variance(answer.logits, self.card.bins)
        ab = self._small_ab(coloring, answer)
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

    def _small_ab(self, coloring: Coloring, answer: Answer) -> NDArray[np.float32]:
        how = coloring.decoding or self.card.default_decoding
        if coloring.temperature is not None:
            how = replace(how, head="bins", temperature=coloring.temperature)
        shown = self._decoded(how, answer)
        if answer.hints is not None:
            without = replace(coloring, hints=(), alternative=1)
            unhinted = self._small_ab(without, self._answer(without))
            count = len(coloring.hints)
            shown = confine(answer.hints, self.seen, unhinted, shown, answer.stride, count)
        if coloring.alternative == 1:
            return shown
        rows, columns = (
            np.minimum(np.arange(cells) * answer.stride, pixels - 1)
            for cells, pixels in zip(shown.shape[1:], self.seen.shape, strict=True)
        )
        light = self.seen[np.ix_(rows, columns)]
        others = alternative_ab(self._logits(answer), shown, light, self.card.bins)
        return others[coloring.alternative - 2]

    def _decoded(self, how: Decoding, answer: Answer) -> NDArray[np.float32]:
        if answer is not self.answer:
            return decode(how, answer.logits, answer.ab, self.card.bins)
        # Each hint is set against the automatic colours: they are decoded once.
        if how not in self._automatic:
            self._automatic[how] = decode(how, answer.logits, answer.ab, self.card.bins)
        return self._automatic[how]

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


def _shrunk(pixels: NDArray[Any], longest: int) -> NDArray[Any]:
    """Bring a picture's longer side to at most so many pixels; its sample type stays."""
    height, width = pixels.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return pixels
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    if pixels.dtype == np.uint8:
        return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))
    planes = np.moveaxis(np.atleast_3d(pixels), -1, 0).astype(np.float32)
    small = [Image.fromarray(p).resize(size, Image.Resampling.BILINEAR) for p in planes]
    joined = np.stack([np.asarray(plane) for plane in small], axis=-1)
    if np.issubdtype(pixels.dtype, np.integer):
        joined = np.rint(joined)
    return joined.astype(pixels.dtype).reshape(*joined.shape[:2], *pixels.shape[2:])
