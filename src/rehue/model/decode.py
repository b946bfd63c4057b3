"""From what a network answers to ab."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from rehue.color import Bins
from rehue.errors import ModelError

Head: TypeAlias = Literal["bins", "regression"]
HEADS: tuple[Head, ...] = get_args(Head)


@dataclass(frozen=True)
class Decoding:
    """How a colour is chosen from a network's answer.

    Attributes:
        head: `bins` takes the annealed mean of the distribution (Zhang et al. 2016, equation 5),
            `regression` the ab that the network estimated.
        temperature: of the annealed mean; 1 is the expected colour, towards 0 the likeliest.
        chroma: factor of the ab that come out.
    """

    head: Head = "bins"
    temperature: float = 1.0
    chroma: float = 1.0


EXPECTED = Decoding("bins")
REGRESSION = Decoding("regression")


def decode(
    how: Decoding,
    logits: NDArray[np.float32] | None,
    ab: NDArray[np.float32] | None,
    bins: Bins,
) -> NDArray[np.float32]:
    """Return ab (2 x h x w).

    Args:
        how: which head, and how.
        logits: B x h x w; None from a network without classes.
        ab: 2 x h x w; None from a network without a regression.
        bins: B.

    Raises:
        ModelError: the network lacks the head.
    """
    if how.head == "regression" and ab is not None:
        return ab * np.float32(how.chroma)
    if how.head == "bins" and logits is not None:
        decoded = bins.decode(logits, how.temperature) * how.chroma
        return decoded.astype(np.float32, copy=False)
    other = "bins" if how.head == "regression" else "regression"
    raise ModelError(f"this model has no head {how.head!r}: decode its {other!r}")
