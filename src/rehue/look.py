"""A photograph that a network has looked at, and its colours as a user wants them."""

from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.color import Neutrality, Tone, judge_neutrality, lightness
from rehue.errors import PhotoError
from rehue.model import Card, Decoding, Suggestion
from rehue.paint import chroma_as_stored, refreshed
from rehue.photo import Chroma, Mark, with_bits
from rehue.picture.layer import color_layer
from rehue.picture.part import part_of, part_of_box
from rehue.picture.render import as_grey, render
from rehue.picture.shrink import shrunk
from rehue.picture.upsample import Box, Upsampling
from rehue.scan import Finding
from rehue.seen import Seen
from rehue.wishes import Coloring, ColoringOptions


@dataclass(frozen=True)
class Look:
    """What the network saw in one photograph; colouring it again costs no second look.

    With hints or a palette the network is asked again, of what it saw: the photograph itself is
    not read or made smaller a second time. A notebook shows it in colour.

    Attributes:
        pixels: the photograph upright, height x width (grey) or height x width x 3.
        seen: what the network saw of it.
        threads: of the colouring.
        mark: that the file bears when Rehue itself coloured it; such a file is no original, and
            `Colorizer.colorize_file` refuses it. None for others.
        page: which one of its file this is, from 1.
        pages: how many its file has.
        is_preview: made to be coloured again and again, as fast as can be.
        judged: see `neutrality`; None where it was not asked for yet.
        finding: what kind of thing was scanned; None where that was not looked for.
        box: left, top, right, bottom of the pixels on the network's grid; None for all of it.
    """

    pixels: NDArray[Any]
    seen: Seen
    threads: int = 1
    mark: Mark | None = None
    page: int = 1
    pages: int = 1
    is_preview: bool = False
    judged: Neutrality | None = None
    finding: Finding | None = None
    box: Box | None = None

    @property
    def card(self) -> Card:
        """The model's."""
        return self.seen.card

    @property
    def lightness(self) -> NDArray[np.float32]:
        """L of every pixel, height x width, 0..100."""
        return lightness(self.pixels).astype(np.float32, copy=False)

    @cached_property
    def neutrality(self) -> Neutrality:
        """Whether the photograph is grey, toned or in colour already, and why.

        Calls from Python colour any of them from its lightness; the command line leaves alone what
        is in colour.
        """
        return self.judged or judge_neutrality(self.pixels)

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
        if wished.refresh and self.neutrality.tone is Tone.COLORED:
            return refreshed(self.pixels, self.seen, wished, self._box, self.threads)
        picture = self._rendered(self.chroma(wished))
        if self.finding is not None and self.finding.own_color is not None:
            self.finding.own_color.keep(self.pixels, picture)
        return picture

    def chroma(self, coloring: Coloring, size: tuple[int, int] | None = None) -> Upsampling:
        """Return the colours alone, before they are fitted into sRGB.

        Args:
            coloring: what is wished of them.
            size: height and width at which they will be wanted; None is the photograph's.

        Raises:
            ModelError: as for `colorize`.
            PhotoError: as for `colorize`.
        """
        return self._upsampling(self.seen.colors(coloring), size)

    def chroma_at_luma(
        self,
        coloring: Coloring | None = None,
        *,
        orientation: int = 1,
        **options: Unpack[ColoringOptions],
    ) -> Chroma:
        """Return the colour of a grey photograph whose luma stays as its file holds it.

        Luma stays, and with it nearly L: `rehue.color.ycbcr` has the colours, and
        `benchmarks/picture/lightness.py` by how much L moves.

        Args:
            coloring: what is wished of the colours.
            orientation: in whose order the file stores the photograph (EXIF).
            **options: its fields, where it is not given.

        Raises:
            ModelError: as for `colorize`.
            PhotoError: as for `colorize`; the photograph is not grey of 8 bits.
        """
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 2:
            raise PhotoError("chroma alone is for photographs of one channel and 8 bits")
        ab = self.seen.colors(coloring or Coloring(**options))
        return chroma_as_stored(self.pixels, ab, self._box, orientation, self.threads)

    def layer(
        self, coloring: Coloring | None = None, **options: Unpack[ColoringOptions]
    ) -> NDArray[Any]:
        """Return only the colour, to be laid over the photograph with the blend mode Color.

        See `rehue.picture.layer`; arguments, result and errors are as for `colorize`.
        """
        return color_layer(self.pixels, self.colorize(coloring, **options), self.threads)

    def ab(self, decoding: Decoding | None = None) -> NDArray[np.float32]:
        """Return ab of every pixel (height x width x 2), before they are fitted into sRGB."""
        return self._upsampling(self.seen.ab(Coloring(decoding=decoding))).all()

    def preview(self, longest: int = 1600) -> "Look":
        """Return this look at a smaller copy of the photograph, to show what will come at once.

        What the network saw stays the same, and so do the colours (of 8 bits: at whole units of
        ab). Places of hints are pixels of the copy, or shares.

        Args:
            longest: of the copy's sides (px); a smaller photograph stays as it is.

        Raises:
            PhotoError: it is less than 1.
        """
        if longest < 1:
            raise PhotoError(f"a preview of {longest} pixels: give 1 or more")
        pixels = shrunk(self.pixels, longest)
        seen = self.seen.resized(pixels.shape[:2])
        return replace(self, pixels=pixels, seen=seen, is_preview=True, judged=self.neutrality)

    def part(self, left: int, top: int, width: int, height: int) -> "Look":
        """Return this look at a part of the photograph, for a window that shows all its pixels.

        Its colours are those that the whole has there (of 8 bits: at whole units of ab). Places of
        hints stay those of the whole; `suggest` and `cells` speak of the whole, too, and `refresh`
        would measure the fading of the part alone.

        Args:
            left: first column of the part, in pixels of the photograph.
            top: first row.
            width: of the part; what lies beyond the photograph is left out.
            height: likewise.

        Raises:
            PhotoError: nothing of it lies in the photograph.
        """
        size = self.pixels.shape[:2]
        here = rows, columns = part_of(size, left, top, width, height)
        return replace(
            self,
            pixels=self.pixels[here],
            box=part_of_box(self._box, size, rows, columns),
            judged=self.neutrality,
            finding=self.finding and self.finding.at_part(rows, columns, size),
        )

    def alternatives(
        self, count: int = 3, **options: Unpack[ColoringOptions]
    ) -> list[NDArray[Any]]:
        """Return the photograph in several colourings.

        The first is that of `colorize`. The others, from calm to bold, differ from it and from each
        other in the colours of whole regions, as the network thinks likely.

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
        sure = self.seen.confidence(wished)
        plane, _ = self._upsampling(np.stack([sure, sure])).rows(slice(0, self.pixels.shape[0]))
        return np.clip(plane, np.float32(0), np.float32(1))

    def suggest(
        self,
        x: float,
        y: float,
        count: int = 5,
        coloring: Coloring | None = None,
        **options: Unpack[ColoringOptions],
    ) -> list[Suggestion]:
        """Return the likeliest colours at a place, different ones, the likeliest first.

        Args:
            x: column of the place, in pixels of the photograph, upright.
            y: row.
            count: at most so many.
            coloring: what is wished so far: hints at other places and a palette count.
            **options: its fields, where it is not given.

        Raises:
            ModelError: the network has no classes; as for `colorize`.
            PhotoError: the place lies outside; as for `colorize`.
        """
        return self.seen.suggest(x, y, count, coloring or Coloring(**options))

    def cells(
        self, coloring: Coloring | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
        """Return what the network answered inside the picture; see `Seen.cells`."""
        return self.seen.cells(coloring or Coloring())

    def notes(self, coloring: Coloring) -> tuple[str, ...]:
        """Return a line on what was found, and for each hint not taken as it was given."""
        found = self.finding.notes() if self.finding is not None else ()
        return found + self.seen.notes(coloring)

    def _repr_png_(self) -> bytes:
        """Return what a notebook shows: the photograph in colour, small, as a PNG."""
        small = with_bits(self.preview().colorize(), 8)
        file = BytesIO()
        Image.fromarray(small).save(file, "PNG")
        return file.getvalue()

    def _rendered(self, chroma: Upsampling) -> NDArray[Any]:
        grey = self._grey if self.is_preview and self.pixels.dtype == np.uint8 else None
        # A copy so large that its grey was made smaller is coloured as any picture.
        if grey is not None and grey.shape == self.pixels.shape[:2]:
            return render(grey, chroma, self.threads, often=True)
        return render(self.pixels, chroma, self.threads)

    @cached_property
    def _grey(self) -> NDArray[Any]:
        return as_grey(self.pixels)

    def _upsampling(
        self, small_ab: NDArray[np.float32], size: tuple[int, int] | None = None
    ) -> Upsampling:
        return Upsampling(small_ab, self._box, *(size or self.pixels.shape[:2]))

    @property
    def _box(self) -> Box:
        return self.box or self.seen.answer.box
