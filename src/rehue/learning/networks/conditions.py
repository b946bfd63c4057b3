"""What a user may say of a picture, as features that are added to a network's own.

Zhang et al. (2017, section 3) join hints to the input of the first layer. Here they are brought to
the grid of each stage and added there through a 1 x 1 convolution that starts at zero (as Zhang,
Rao and Agrawala 2023, "Adding Conditional Control to Text-to-Image Diffusion Models", start
theirs): a network that has learnt to colour without hints goes on doing so, a single point reaches
the coarsest stage undiluted, and the stages before stay as ImageNet taught them.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from rehue.learning.networks.contract import AB_UNIT


class HintPyramid(nn.Module):
    """Hints as features of each stage.

    Args:
        channels: of the stages, the finest first.
        finest: stride of the first stage; each of the others is twice the one before.
    """

    def __init__(self, channels: Sequence[int], finest: int = 4) -> None:
        super().__init__()
        self.finest = finest
        self.stages = nn.ModuleList(_zeroed(nn.Conv2d(4, c, 1, bias=False)) for c in channels)

    def forward(self, hints: Tensor) -> list[Tensor]:
        """N x 3 x H x W (a, b, mask) to a tensor a stage; zeros where no hint is near."""
        ab, mask = hints[:, :2] / AB_UNIT, hints[:, 2:]
        features = []
        for number, stage in enumerate(self.stages):
            stride = self.finest << number
            share = functional.avg_pool2d(mask, stride)
            # The mean of what is given in a cell, however small; and whether anything is.
            mean = functional.avg_pool2d(ab * mask, stride) / share.clamp(min=1e-6)
            features.append(stage(torch.cat([mean, share, (share > 0).to(share.dtype)], dim=1)))
        return features


class PaletteVector(nn.Module):
    """A palette as one vector for the whole picture.

    Args:
        bins: B.
        channels: of the vector.
    """

    def __init__(self, bins: int, channels: int) -> None:
        super().__init__()
        self.first = nn.Linear(bins, channels, bias=False)
        self.second = _zeroed(nn.Linear(channels, channels, bias=False))

    def forward(self, palette: Tensor) -> Tensor:
        """N x B shares (zeros: none) to N x channels; zeros for none."""
        # Shares of colours span orders of magnitude; a root makes small ones count.
        vector: Tensor = self.second(torch.relu(self.first(palette.clamp(min=0).sqrt())))
        return vector


class SelfAttention(nn.Module):
    """Lets every place see every other (Vaswani et al. 2017, section 3.2), starting as identity.

    Colours of one picture should agree, and a hint should reach what looks like its place.

    Args:
        channels: a multiple of `heads`.
        heads: of the attention.
    """

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(1, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1, bias=False)
        self.out = _zeroed(nn.Conv2d(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """N x channels x H x W, same shape out."""
        n, channels, height, width = x.shape
        qkv = self.qkv(self.norm(x)).flatten(2)  # N x 3C x HW
        qkv = qkv.reshape(n, 3, self.heads, channels // self.heads, height * width)
        query, key, value = qkv.transpose(3, 4).unbind(dim=1)
        seen: Tensor = functional.scaled_dot_product_attention(query, key, value)
        seen = seen.transpose(2, 3).reshape(n, channels, height, width)
        added: Tensor = self.out(seen)
        return x + added


def _zeroed(layer: nn.Module) -> nn.Module:
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer
