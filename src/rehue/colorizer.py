"""A model that colours photographs: arrays, pictures and files in, the same in colour out."""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias, TypeVar, Unpack, cast, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue import __version__
from rehue.errors import ModelError, PhotoError
from rehue.look import Look
from rehue.model import find_model, open_runtime
from rehue.model.runtime import available_processors
from rehue.page import see
from rehue.photo import (
    MAX_PIXELS,
    Mark,
    Output,
    OutputOptions,
    Photo,
    Photograph,
    as_stored,
    checked,
    for_layer,
    photograph_of,
    read,
    to_pillow,
    upright,
    with_assumed_profile,
)
from rehue.result_file import write_colored
from rehue.scan import NOTHING_STATED, Stated, examine, positive
from rehue.seen import palette_of
from rehue.wishes import WISHES, Coloring, ColoringOptions, described

# What gives Pillow's picture; an array gives an array of its sample type.
Picture: TypeAlias = Image.Image | str | PathLike[str] | bytes | BinaryIO
Sample = TypeVar("Sample", bound=np.generic)

_AS_SOURCE: Final = Output()
_AS_MODEL: Final = Coloring()


class FileOptions(ColoringOptions, OutputOptions, total=False):
    """The fields of `Coloring` and of `Output` as keywords of a function."""


class Colorizer:
    """Colours photographs with one model; safe to share between threads.

    Args:
        model: name of a model (`rehue.model.list_models`) or the path of an ONNX file.
        runtime: `onnxruntime` or `openvino`.
        device: `cpu`, or another that the runtime offers.
        threads: of the network and of the colouring; None takes all processors.
        size: what the short side is brought to for the network (px); None is the card's.

    Raises:
        ModelError: the model, the runtime or the device cannot be had.
    """

    def __init__(
        self,
        model: str | PathLike[str] = "default",
        *,
        runtime: str = "onnxruntime",
        device: str = "cpu",
        threads: int | None = None,
        size: int | None = None,
    ) -> None:
        found = find_model(model)
        self.card = found.card
        for name, value in (("size", size), ("threads", threads)):
            if value is not None and value < 1:
                raise ModelError(f"{name} {value}: give 1 or more, or None for the usual")
        self.size = size or found.card.working_size
        self.threads = threads or available_processors()
        self._runtime = open_runtime(found, runtime, device, self.threads)
        self._tell: Callable[[int, int], None] = lambda *_: None

    @property
    def runtime(self) -> str:
        """The runtime, its version, device and threads, in words."""
        return self._runtime.description

    def telling(self, tell: Callable[[int, int], None]) -> "Colorizer":
        """Return the same, which tells how far a file is: steps done, of how many.

        A page is one step to look at and one to colour, the written file is the last.
        """
        other = copy(self)
        other._tell = tell
        return other

    def look(self, photo: Photo | Photograph, page: int = 1, scan: Stated | None = None) -> Look:
        """Show a photograph to the network.

        Args:
            photo: an array (height x width, or height x width x 3; uint8, uint16 or float32
                0..1), a PIL image, a path, a file's bytes, or what `rehue.photo.read` returned.
            page: of a file that has several, from 1.
            scan: what kind of thing was scanned, where that is not to be looked for.

        Raises:
            PhotoError: it is none of these, or cannot be read; there is no such page.
        """
        if isinstance(photo, np.ndarray):
            photograph = Photograph(checked(photo))
        else:
            photograph = photo if isinstance(photo, Photograph) else photograph_of(photo)
        photograph = _as_meant(photograph, scan)
        pages = photograph.pages
        if not 1 <= page <= len(pages):
            raise PhotoError(f"{photograph.name} has no page {page}: give 1 to {len(pages)}")
        mark = next((one.mark for one in pages if one.mark), None)
        look = self._look_at(pages[page - 1], scan)
        return replace(look, mark=mark, page=page, pages=len(pages))

    @overload
    def __call__(
        self, photo: NDArray[Sample], **coloring: Unpack[ColoringOptions]
    ) -> NDArray[Sample]: ...

    @overload
    def __call__(self, photo: Picture, **coloring: Unpack[ColoringOptions]) -> Image.Image: ...

    def __call__(
        self, photo: Photo, **coloring: Unpack[ColoringOptions]
    ) -> NDArray[Any] | Image.Image:
        """Colour a photograph.

        Args:
            photo: as for `look`.
            **coloring: as for `Look.colorize`.

        Returns:
            For an array an array (height x width x 3, same sample type), otherwise an upright PIL
            image of 8 bits (of the first page), with the alpha of the one given. Neither says that
            it was coloured: only files that `colorize_file` writes are marked.
        """
        wished = Coloring(**coloring)
        if isinstance(photo, np.ndarray):
            return self.look(photo, scan=wished.scan).colorize(wished)
        photograph = _as_meant(photograph_of(photo), wished.scan)
        rgb = self._look_at(photograph, wished.scan).colorize(wished)
        return to_pillow(photograph, as_stored(rgb, photograph.orientation))

    def batch(
        self, photos: Iterable[Photo], **coloring: Unpack[ColoringOptions]
    ) -> list[NDArray[Any] | Image.Image]:
        """Colour several photographs; they need not have one size or kind."""
        return [self(photo, **coloring) for photo in photos]

    def colorize_file(
        self,
        source: str | PathLike[str] | bytes | BinaryIO,
        target: str | PathLike[str] | BinaryIO,
        *,
        max_pixels: int = MAX_PIXELS,
        overwrite: bool = False,
        **options: Unpack[FileOptions],
    ) -> None:
        """Colour a file into another; size, depth, orientation, metadata, profile and pages stay.

        Args:
            source: path, bytes or open file.
            target: path, whose suffix says the format, or an open file, which gets the source's.
            max_pixels: refuse pictures that have more, on all pages together.
            overwrite: replace an existing target.
            **options: saturation, warmth and so on, as for `rehue.wishes.Coloring`; format,
                quality, bit_depth, lightness, keep_times, timestamp, layer, visible_mark,
                credentials and turn, as for `rehue.photo.Output`.

        Raises:
            PhotoError: the source cannot be read or the target cannot be written; then no target
                is left behind.
        """
        of_colors = {k: v for k, v in options.items() if k in WISHES}
        of_file = {k: v for k, v in options.items() if k not in of_colors}
        coloring = Coloring(**cast(ColoringOptions, of_colors))
        self.colorize_photograph(
            _as_meant(read(source, max_pixels=max_pixels), coloring.scan),
            Path(cast(str, target)) if isinstance(target, str | PathLike) else target,
            Output(**cast(OutputOptions, of_file)),
            coloring,
            overwrite=overwrite,
        )

    def colorize_photograph(
        self,
        photograph: Photograph,
        target: Path | BinaryIO,
        output: Output = _AS_SOURCE,
        coloring: Coloring = _AS_MODEL,
        *,
        overwrite: bool = False,
    ) -> tuple[str, ...]:
        """Colour what `rehue.photo.read` returned into a file; see `colorize_file`.

        Returns:
            What there is to say of it (`rehue.result_file.write_colored`), a line each.

        Raises:
            PhotoError: as for `colorize_file`; also when Rehue itself coloured the photograph.
        """
        marked = next((page.mark for page in photograph.pages if page.mark), None)
        if marked is not None:
            raise PhotoError(
                f"{photograph.name} was coloured by Rehue (model {marked.model}): give the original"
            )
        if output.layer:
            photograph, output = for_layer(photograph, target, output)
        mark = self.mark(photograph, output, coloring)

        def look_at(page: Photograph) -> Look:
            return self._look_at(page, coloring.scan)

        return write_colored(
            photograph, target, output, coloring, mark, look_at, self._tell, overwrite=overwrite
        )

    def mark(
        self, photograph: Photograph, output: Output = _AS_SOURCE, coloring: Coloring = _AS_MODEL
    ) -> Mark:
        """Return what a result of this colorizer says of itself."""
        return Mark(
            model=self.card.name,
            model_sha256=self.card.sha256,
            version=__version__,
            runtime=self.runtime,
            settings=self.settings(output, coloring),
            hints=tuple(map(str, coloring.hints)),
            source_sha256=photograph.sha256,
            timestamp=output.timestamp,
        )

    def settings(self, output: Output = _AS_SOURCE, coloring: Coloring = _AS_MODEL) -> str:
        """Return what marks say of how a photograph was coloured."""
        wished = described(coloring, palette_of(coloring, self.card))
        return " ".join([f"size={self.size}", wished, *output.said()])

    def _look_at(self, photograph: Photograph, stated: Stated | None) -> Look:
        stated = stated or NOTHING_STATED
        pixels = upright(photograph.pixels, photograph.orientation)
        pixels = positive(pixels) if stated.is_negative else pixels
        finding = examine(pixels, stated)
        seen, finding = see(pixels, finding, self.card, self._runtime, self.size)
        return Look(pixels, seen, self.threads, judged=finding.toning, finding=finding)


def _as_meant(photograph: Photograph, stated: Stated | None) -> Photograph:
    """Read a photograph's numbers by the gamma that is stated of it."""
    return with_assumed_profile(photograph, stated.input_gamma if stated else None)
