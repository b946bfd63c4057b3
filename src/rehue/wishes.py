"""What a user may wish of the colours of a photograph, whatever model gives them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from rehue.color import Bins
from rehue.errors import PhotoError
from rehue.model import (
    OTHERS,
    Card,
    Decoding,
    Hint,
    palette_of_colors,
    palette_of_picture,
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
        alternative: 1 is the likeliest colouring, 2 to 4 are others (`rehue.model.alternatives`).
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
    alternative: int = 1
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
        if not 1 <= self.alternative <= 1 + OTHERS:
            raise PhotoError(f"alternative {self.alternative}: give 1 to {1 + OTHERS}")
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
    alternative: int
    refresh: bool


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
        said.append(f"decoding={how.head},{how.temperature:g},{how.chroma:g},{how.evenness:g}")
    if coloring.hints:
        points = (f"{h.x:g},{h.y:g},{h.color},{h.radius:g}" for h in coloring.hints)
        said.append(f"hints={';'.join(points)}")
    said += [f"alternative={coloring.alternative}"] * (coloring.alternative > 1)
    said += ["refresh"] * coloring.refresh
    if coloring.palette:
        said.append(f"palette={','.join(coloring.palette)}")
    elif (palette := palette_of(coloring, card)) is not None:
        said.append(f"reference={hashlib.sha256(palette.tobytes()).hexdigest()[:12]}")
    return " ".join(said)
