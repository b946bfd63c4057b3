"""From what a network answers to ab."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rehue.color import Bins


@dataclass(frozen=True)
class Decoding:
    """How a colour is chosen from a network's answer.

    Attributes:
        head: `bins` takes the annealed mean of the distribution (Zhang et al. 2016, equation 5),
            `regression` the ab that the network estimated.
        temperature: of the annealed mean; 1 is the expected colour, towards 0 the likeliest.
        chroma: factor of the ab that come out.
    """

    head: Literal["bins", "regression"] = "bins"
    temperature: float = 1.0
    chroma: float = 1.0


EXPECTED = Decoding("bins")
REGRESSION = Decoding("regression")


def decode(
    how: Decoding, logits: NDArray[np.float32], ab: NDArray[np.float32], bins: Bins
) -> NDArray[np.float32]:
    """Return ab (2 x h x w) from logits (B x h x w) and the regression's ab (2 x h x w)."""
    if how.head == "regression":
        return ab * np.float32(how.chroma)
    decoded = bins.decode(logits, how.temperature) * how.chroma
    return decoded.astype(np.float32, copy=False)
