"""One dial for how far colours dare: from the mean of all that is possible to bold ones.

Where a network hesitates between red and green the mean is a calm grey-brown, and the likeliest a
bold guess. The way between is a path through the parameters of a decoding.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np

from rehue.model.decode import Decoding


class Step(NamedTuple):
    """A point of the path.

    Attributes:
        boldness: 0..1.
        temperature: of the annealed mean.
        chroma: factor of the ab that come out.
        evenness: how near pictures are brought to one another in mean chroma.
        doubt: how much chroma is given up where the network doubts.
        agreement: how far colours are brought to agree within a thing.
        likeness: how far the colour of what is alike is taken where the network doubts.
    """

    boldness: float
    temperature: float
    chroma: float
    evenness: float
    doubt: float
    agreement: float
    likeness: float = 0.0


Steps: TypeAlias = tuple[Step, ...]

# From the expected colour to colours as strong as the originals' are; between two steps the
# parameters go in straight lines. The middle was found on photographs held back from training: with
# doubt, agreement and likeness one thing shows less unrest there than it does in the originals, and
# a quarter of the boldest's patches (`rehue.judge.unrest`). It is the path of a card that names
# none.
PATH: Final[Steps] = (
    Step(0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0),
    Step(0.5, 0.4, 1.5, 0.0, 0.6, 0.7, 1.0),
    Step(1.0, 0.3, 1.45, 0.3, 0.0, 0.0, 0.0),
)
# What users get who wish nothing.
MIDDLE: Final = 0.5


def bold(boldness: float = MIDDLE, path: Steps = PATH) -> Decoding:
    """Return how colours are chosen at a boldness.

    Args:
        boldness: 0..1.
        path: from calm to bold, the card's.

    >>> bold(0.0) == Decoding("bins")
    True
    """
    steps = np.array(path)
    at = (float(np.interp(boldness, steps[:, 0], column)) for column in steps[:, 1:].T)
    return Decoding("bins", *at)
