"""What every network takes and gives."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Prediction:
    """What a network says of a batch of N pictures.

    Attributes:
        ab: N x 2 x h x w, units of ab, from a regression.
        logits: N x B x h x w over the bins, or None where a network has no classes.
    """

    ab: Tensor
    logits: Tensor | None = None


class Network(nn.Module, ABC):
    """A network that colours.

    Attributes:
        stride: H / h, the grid that colour is predicted on.
    """

    stride: int

    @abstractmethod
    def forward(self, lightness: Tensor) -> Prediction:
        """Predict colour from L (N x 1 x H x W, 0..100)."""


def check_lightness(lightness: Tensor) -> None:
    """Refuse inputs that are not one channel of lightness.

    Colour that reaches the input would be copied to the output, and the training would look
    splendid and be worthless.
    """
    torch._assert(  # type: ignore[no-untyped-call]
        lightness.ndim == 4 and lightness.shape[1] == 1,
        "a network's input is N x 1 x H x W lightness",
    )
