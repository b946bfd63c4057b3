"""What a recogniser makes of a picture, added to a network's own features.

Iizuka et al. (2016) train a classifier beside their colours, so that the network knows what a thing
is; here one that ImageNet trained looks on, frozen, and each of its features joins the network's
own of that stride through a layer that starts at zero: a network that has learnt to colour goes on
doing so.
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn

from rehue.learning.networks.encoders import make_encoder

# The first stages see edges, as the network's own do.
_FIRST = 2


class Recognition(nn.Module):
    """A frozen recogniser and how it joins an encoder's stages at strides 4, 8, 16 and 32.

    Args:
        name: of the recogniser, an encoder as it was published.
        widths: channels of the encoder's stages, stride 4 first.
    """

    def __init__(self, name: str, widths: Sequence[int]) -> None:
        super().__init__()
        self.recognizer = make_encoder(name).requires_grad_(False)
        seen = self.recognizer.channels[_FIRST:]
        joined = widths[len(widths) - len(seen) :]
        self.places = nn.ModuleList(
            _Joining(inputs, outputs) for inputs, outputs in zip(seen, joined, strict=True)
        )
        self.whole = _Joining(self.recognizer.pooled, widths[-1])
        self.without = len(widths) - len(seen)

    def train(self, mode: bool = True) -> Self:
        """Train what joins; the recogniser's norms, if it has some, stay as they are."""
        super().train(mode)
        self.recognizer.eval()
        return self

    def forward(self, lightness: Tensor) -> "Recognized":
        """Look at L, N x 1 x H x W."""
        with torch.no_grad():
            features = self.recognizer(lightness)
            pooled = self.recognizer.whole(features[-1])
        added: list[Tensor | None] = [None] * self.without
        added += [place(x) for place, x in zip(self.places, features[_FIRST:], strict=True)]
        vector: Tensor = self.whole(pooled)
        return Recognized(added, vector, features[-1])


class Recognized(NamedTuple):
    """What a recogniser adds, and what it saw.

    Attributes:
        stages: what is added to each stage of the encoder; None is nothing.
        whole: what is added to the last stage everywhere, N x widths[-1].
        features: its own at stride 32, N x C x H/32 x W/32.
    """

    stages: list[Tensor | None]
    whole: Tensor
    features: Tensor


class _Joining(nn.Module):
    """Layer norm over channels and a linear layer, zero at the start.

    In single precision and as matrix products: oneDNN's bfloat16 backward of 1 x 1 convolutions
    with 120 or 352 channels crashes.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(inputs)
        self.linear = nn.Linear(inputs, outputs, bias=False)
        nn.init.zeros_(self.linear.weight)

    def forward(self, x: Tensor) -> Tensor:
        """N x inputs x H x W, or N x inputs, to outputs of the same kind."""
        with torch.autocast(x.device.type, enabled=False):
            x = x.float().movedim(1, -1)
            joined: Tensor = self.linear(self.norm(x).flatten(0, -2)).unflatten(0, x.shape[:-1])
        return joined.movedim(-1, 1)
