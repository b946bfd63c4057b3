"""What every network takes and gives."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn

Head: TypeAlias = Literal["bins", "regression"]

# Networks learn ab in these units, so that what they give is near 1.
AB_UNIT = 50.0


@dataclass(frozen=True)
class Prediction:
    """What a network says of a batch of N pictures.

    Attributes:
        ab: N x 2 x h x w, units of ab, from a regression; None where a network has none.
        logits: N x B x h x w over the bins; None where a network has no classes.
        scenes: N x S over classes of scenes, which only training uses.
        features: N x C x H/32 x W/32, by which things are told apart; None without a recogniser.
    """

    ab: Tensor | None = None
    logits: Tensor | None = None
    scenes: Tensor | None = None
    features: Tensor | None = None

    @property
    def grid(self) -> tuple[int, int]:
        """Height and width of what was predicted."""
        predicted = self.ab if self.logits is None else self.logits
        assert predicted is not None, "a prediction has a head"  # noqa: S101
        return predicted.shape[-2], predicted.shape[-1]


class Network(nn.Module, ABC):
    """A network that colours.

    Attributes:
        stride: H / h, the grid that colour is predicted on.
        heads: what a prediction holds: `bins` its logits, `regression` its ab.
        inputs: names of what `forward` takes, in its order: `lightness`, `hints` (N x 3 x H x W:
            a, b, mask), `palette` (N x B shares). All but lightness may be None: none given.
    """

    stride: int
    heads: tuple[Head, ...]
    inputs: tuple[str, ...] = ("lightness",)

    @abstractmethod
    def forward(self, lightness: Tensor) -> Prediction:
        """Predict colour from L (N x 1 x H x W, 0..100)."""


def examples(
    network: Network, lightness: Tensor, bins: int, *, given: bool = False
) -> tuple[Tensor, ...]:
    """Return a network's inputs for pictures of which nothing but lightness is known.

    Args:
        network: its `inputs` say which.
        lightness: N x 1 x H x W.
        bins: B.
        given: whether there are a hint and a palette all the same, to try them.
    """
    n, _, height, width = lightness.shape
    fill = 1.0 if given else 0.0
    shapes = {"hints": (n, 3, height, width), "palette": (n, bins)}
    others = (lightness.new_full(shapes[name], fill) for name in network.inputs[1:])
    return lightness, *others


def check_lightness(lightness: Tensor) -> None:
    """Refuse inputs that are not one channel of lightness.

    Colour that reaches the input would be copied to the output, and the training would look
    splendid and be worthless.
    """
    torch._assert(  # type: ignore[no-untyped-call]
        lightness.ndim == 4 and lightness.shape[1] == 1,
        "a network's input is N x 1 x H x W lightness",
    )
