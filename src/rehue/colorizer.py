"""Look at a photograph once, colour it many times: lightness stays, the network gives colour."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, Final, Unpack, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue import __version__
from rehue.color import lightness
from rehue.color.layer import color_layer
from rehue.color.render import as_grey, render
from rehue.color.upsample import Upsampling
from rehue.errors import ModelError, PhotoError
from rehue.model import Answer, Card, Decoding, ask, decode, find_model, open_runtime
from rehue.model.runtime import available_processors
from rehue.photo import (
    MAX_PIXELS,
    Mark,
    Output,
    OutputOptions,
    Photo,
    Photograph,
    as_stored,
    checked,
    draw_mark,
    for_layer,
    photograph_of,
    read,
    to_pillow,
    upright,
    visible_mark,
    write,
)

_AS_SOURCE: Final = Output()


@dataclass(frozen=True)
class Look:
    """What the network saw in one photograph; colouring it again costs no second look.

    Attributes:
        pixels: the photograph upright, height x width (grey) or height x width x 3.
        answer: the network's.
        card: the model's.
        threads: of the colouring.
    """

    pixels: NDArray[Any]
    answer: Answer
    card: Card
    threads: int = 1

    @property
    def lightness(self) -> NDArray[np.float32]:
        """L of every pixel, height x width, 0..100."""
        return lightness(self.pixels).astype(np.float32, copy=False)

    def ab(self, decoding: Decoding | None = None) -> NDArray[np.float32]:
        """Return ab of every pixel (height x width x 2), before they are fitted into sRGB."""
        return self._upsampling(self._small_ab(decoding)).all()

    def colorize(
        self,
        *,
        saturation: float = 1.0,
        warmth: float = 0.0,
        decoding: Decoding | None = None,
    ) -> NDArray[Any]:
        """Return the photograph in colour.

        Args:
            saturation: factor of chroma; 0 is grey, 1 the model's own choice.
            warmth: added to b, in units of Lab: positive is yellower, negative bluer.
            decoding: how colours are chosen from the network's answer; None is the card's way.

        Returns:
            height x width x 3, sRGB, in the sample type of `pixels`.
        """
        if not (0 <= saturation < np.inf and np.isfinite(warmth)):
            raise PhotoError(
                f"saturation {saturation} and warmth {warmth}: give a saturation of 0 or more "
                "and a finite warmth"
            )
        ab = self._small_ab(decoding) * np.float32(saturation)
        ab[1] += np.float32(warmth)
        return render(self.pixels, self._upsampling(ab), self.threads)

    def layer(
        self,
        *,
        saturation: float = 1.0,
        warmth: float = 0.0,
        decoding: Decoding | None = None,
    ) -> NDArray[Any]:
        """Return only the colour, to be laid over the photograph with the blend mode Color.

        See `rehue.color.layer`; arguments and result are as for `colorize`.
        """
        rgb = self.colorize(saturation=saturation, warmth=warmth, decoding=decoding)
        return color_layer(self.pixels, rgb, self.threads)

    def _upsampling(self, small_ab: NDArray[np.float32]) -> Upsampling:
        height, width = self.pixels.shape[:2]
        return Upsampling(small_ab, self.answer.box, height, width)

    def _small_ab(self, decoding: Decoding | None) -> NDArray[np.float32]:
        how = decoding or self.card.default_decoding
        return decode(how, self.answer.logits, self.answer.ab, self.card.bins)


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

    @property
    def runtime(self) -> str:
        """The runtime, its version, device and threads, in words."""
        return self._runtime.description

    def look(self, photo: Photo) -> Look:
        """Show a photograph to the network.

        Args:
            photo: an array (height x width, or height x width x 3; uint8, uint16 or float32
                0..1), a PIL image, a path, or a file's bytes.

        Raises:
            PhotoError: it is none of these, or cannot be read.
        """
        if isinstance(photo, np.ndarray):
            return self._look(checked(photo))
        return self._look_at(photograph_of(photo))

    def __call__(
        self, photo: Photo, *, saturation: float = 1.0, warmth: float = 0.0
    ) -> NDArray[Any] | Image.Image:
        """Colour a photograph.

        Args:
            photo: as for `look`.
            saturation: as for `Look.colorize`.
            warmth: as for `Look.colorize`.

        Returns:
            For an array an array (height x width x 3, same sample type), otherwise an upright PIL
            image of 8 bits (of the first page), with the alpha of the one given. Neither says that
            it was coloured: only files that `colorize_file` writes are marked.
        """
        if isinstance(photo, np.ndarray):
            return self.look(photo).colorize(saturation=saturation, warmth=warmth)
        photograph = photograph_of(photo)
        rgb = self._look_at(photograph).colorize(saturation=saturation, warmth=warmth)
        return to_pillow(photograph, as_stored(rgb, photograph.orientation))

    def batch(
        self, photos: Iterable[Photo], *, saturation: float = 1.0, warmth: float = 0.0
    ) -> list[NDArray[Any] | Image.Image]:
        """Colour several photographs; they need not have one size or kind."""
        return [self(photo, saturation=saturation, warmth=warmth) for photo in photos]

    def colorize_file(
        self,
        source: str | PathLike[str] | bytes | BinaryIO,
        target: str | PathLike[str] | BinaryIO,
        *,
        saturation: float = 1.0,
        warmth: float = 0.0,
        max_pixels: int = MAX_PIXELS,
        overwrite: bool = False,
        **output: Unpack[OutputOptions],
    ) -> None:
        """Colour a file into another; size, depth, orientation, metadata, profile and pages stay.

        Args:
            source: path, bytes or open file.
            target: path, whose suffix says the format, or an open file, which gets the source's.
            saturation: as for `Look.colorize`.
            warmth: as for `Look.colorize`.
            max_pixels: refuse pictures that have more, on all pages together.
            overwrite: replace an existing target.
            **output: format, quality, bit_depth, keep_times, timestamp, layer, visible_mark and
                credentials, as for `rehue.photo.Output`.

        Raises:
            PhotoError: the source cannot be read or the target cannot be written; then no target
                is left behind.
        """
        self.colorize_photograph(
            read(source, max_pixels=max_pixels),
            Path(cast(str, target)) if isinstance(target, str | PathLike) else target,
            Output(**output),
            saturation=saturation,
            warmth=warmth,
            overwrite=overwrite,
        )

    def colorize_photograph(
        self,
        photograph: Photograph,
        target: Path | BinaryIO,
        output: Output = _AS_SOURCE,
        *,
        saturation: float = 1.0,
        warmth: float = 0.0,
        overwrite: bool = False,
    ) -> NDArray[Any]:
        """Colour what `rehue.photo.read` returned into a file; see `colorize_file`.

        Returns:
            What was written of the (first) page, upright, height x width x 3, in the sample type
            of the photograph's pixels.

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
        first: list[NDArray[Any]] = []

        def pages() -> Iterator[NDArray[Any]]:
            for page in photograph.pages:
                look = self._look_at(page)
                make = look.layer if output.layer else look.colorize
                rgb = make(saturation=saturation, warmth=warmth)
                if output.visible_mark:
                    rgb = draw_mark(rgb, visible_mark(self.card.name))
                if not first:
                    first.append(rgb)
                yield as_stored(rgb, page.orientation)

        write(
            photograph,
            pages(),
            target,
            self.mark(photograph, output, saturation=saturation, warmth=warmth),
            format=output.format,
            quality=output.quality,
            bit_depth=output.bit_depth,
            keep_times=output.keep_times,
            credentials=output.credentials,
            overwrite=overwrite,
        )
        return first[0]

    def mark(
        self,
        photograph: Photograph,
        output: Output = _AS_SOURCE,
        *,
        saturation: float,
        warmth: float,
    ) -> Mark:
        """Return what a result of this colorizer says of itself."""
        return Mark(
            model=self.card.name,
            model_sha256=self.card.sha256,
            version=__version__,
            runtime=self.runtime,
            settings=self.settings(output, saturation=saturation, warmth=warmth),
            source_sha256=photograph.sha256,
            timestamp=output.timestamp,
        )

    def settings(self, output: Output = _AS_SOURCE, *, saturation: float, warmth: float) -> str:
        """Return what marks say of how a photograph was coloured."""
        chosen = [f"size={self.size} saturation={saturation:g} warmth={warmth:g}"]
        chosen += ["layer"] * output.layer + ["visible-mark"] * output.visible_mark
        return " ".join(chosen)

    def _look_at(self, photograph: Photograph) -> Look:
        return self._look(upright(photograph.pixels, photograph.orientation))

    def _look(self, pixels: NDArray[Any]) -> Look:
        seen = as_grey(pixels) if pixels.dtype != np.uint8 else pixels
        answer = ask(self._runtime, seen, self.size, len(self.card.bin_centers))
        return Look(pixels, answer, self.card, self.threads)


@cache
def _default_colorizer() -> Colorizer:
    return Colorizer()


def colorize(
    photo: Photo, *, saturation: float = 1.0, warmth: float = 0.0
) -> NDArray[Any] | Image.Image:
    """Colour a photograph with the shipped model; see `Colorizer.__call__`.

    The model is loaded at the first call and kept.
    """
    return _default_colorizer()(photo, saturation=saturation, warmth=warmth)


def colorize_file(
    source: str | PathLike[str] | bytes | BinaryIO,
    target: str | PathLike[str] | BinaryIO,
    *,
    saturation: float = 1.0,
    warmth: float = 0.0,
    max_pixels: int = MAX_PIXELS,
    overwrite: bool = False,
    **output: Unpack[OutputOptions],
) -> None:
    """Colour a file into another with the shipped model; see `Colorizer.colorize_file`."""
    _default_colorizer().colorize_file(
        source,
        target,
        saturation=saturation,
        warmth=warmth,
        max_pixels=max_pixels,
        overwrite=overwrite,
        **output,
    )
