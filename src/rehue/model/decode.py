"""From what a network answers to ab."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from rehue.color import Bins
from rehue.errors import ModelError
from rehue.model.alike import gathered
from rehue.model.confidence import confidence
from rehue.model.guided import guided

Head: TypeAlias = Literal["bins", "regression"]
HEADS: tuple[Head, ...] = get_args(Head)

# Mean chroma of a picture as the shipped model gives it (units of ab), from which `evenness` leads
# neither up nor down; and the least that counts, so that a grey answer stays grey.
_TYPICAL, _LEAST = 12.0, 1.0


@dataclass(frozen=True)
class Decoding:
    """How a colour is chosen from a network's answer.

    Attributes:
        head: `bins` takes the annealed mean of the distribution (Zhang et al. 2016, equation 5),
            `regression` the ab that the network estimated.
        temperature: of the annealed mean; 1 is the expected colour, towards 0 the likeliest.
        chroma: factor of the ab that come out.
        evenness: how near pictures are brought to one another in mean chroma: m becomes
            m^(1 - evenness), in units of what is typical; 0 leaves it, 1 gives all the same. A
            network errs in how colourful a picture is, so its pictures lie further apart than
            they should (docs/log/2026-11-26-at-rest.md).
        doubt: how much chroma is given up where the network doubts: its factor is
            1 - doubt * (1 - c), c being the probability that the colour shown is near the true one
            (`rehue.model.confidence`); 0 gives nothing up.
        agreement: how far colours are brought to agree within a thing (`rehue.model.guided`): 0
            leaves them, 1 takes the smooth ones alone.
        likeness: how far the colour of what a recogniser finds alike is taken where the network
            doubts (`rehue.model.alike`): its share is likeness * (1 - c); 0 leaves all as it is.
    """

    head: Head = "bins"
    temperature: float = 1.0
    chroma: float = 1.0
    evenness: float = 0.0
    doubt: float = 0.0
    agreement: float = 0.0
    likeness: float = 0.0


EXPECTED = Decoding("bins")
REGRESSION = Decoding("regression")


def decode(
    how: Decoding,
    logits: NDArray[np.float32] | None,
    ab: NDArray[np.float32] | None,
    bins: Bins,
    light: NDArray[np.float32] | None = None,
    features: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return ab (2 x h x w).

    Args:
        how: which head, and how.
        logits: B x h x w; None from a network without classes.
        ab: 2 x h x w; None from a network without a regression.
        bins: B.
        light: h x w, L of the same cells; without it colours are not brought to agree.
        features: C x h' x w' of a recogniser; without them nothing is found alike.

    Raises:
        ModelError: the network lacks the head.
    """
    if how.head == "regression" and ab is not None:
        return ab * _factor(how, ab)
    if how.head == "bins" and logits is not None:
        decoded = _decoded(how, logits, bins, light, features)
        return decoded * _factor(how, decoded)
    other = "bins" if how.head == "regression" else "regression"
    raise ModelError(f"this model has no head {how.head!r}: decode its {other!r}")


def _decoded(
    how: Decoding,
    logits: NDArray[np.float32],
    bins: Bins,
    light: NDArray[np.float32] | None,
    features: NDArray[np.float32] | None,
) -> NDArray[np.float32]:
    ab = bins.decode(logits, how.temperature).astype(np.float32, copy=False)
    doubt = np.zeros(0, np.float32)
    if how.doubt or how.likeness:
        doubt = 1 - confidence(logits, ab, bins)
        ab *= 1 - np.float32(how.doubt) * doubt
    if how.agreement and light is not None:
        ab += np.float32(how.agreement) * (guided(ab, light) - ab)
    if how.likeness and light is not None and features is not None:
        ab += np.float32(how.likeness) * doubt * (gathered(ab, light, features) - ab)
    return ab


def _factor(how: Decoding, ab: NDArray[np.float32]) -> np.float32:
    mean = max(float(np.hypot(ab[0], ab[1]).mean()), _LEAST)
    return np.float32(how.chroma * (mean / _TYPICAL) ** -how.evenness)
