"""What a user may wish of the colours of a photograph, whatever model gives them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from rehue.errors import PhotoError
from rehue.model import OTHERS, Decoding, Hint
from rehue.photo import Photo


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


def described(coloring: Coloring, palette: NDArray[np.float32] | None = None) -> str:
    """Return a coloring in words for marks and journals: what differs gives different words."""
    said = [f"saturation={coloring.saturation:g} warmth={coloring.warmth:g}"]
    if coloring.temperature is not None:
        said.append(f"temperature={coloring.temperature:g}")
    if coloring.decoding is not None:
        how = coloring.decoding
        said.append(f"decoding={how.head},{how.temperature:g},{how.chroma:g},{how.evenness:g}")
    if coloring.hints:
        said.append(f"hints={';'.join(map(str, coloring.hints))}")
    said += [f"alternative={coloring.alternative}"] * (coloring.alternative > 1)
    said += ["refresh"] * coloring.refresh
    if coloring.palette:
        said.append(f"palette={','.join(coloring.palette)}")
    elif palette is not None:
        said.append(f"reference={hashlib.sha256(palette.tobytes()).hexdigest()[:12]}")
    return " ".join(said)
