"""EfficientNet-Lite2, which recognises what a photograph shows (Tan and Le 2019, "EfficientNet").

The Lite variants (https://github.com/tensorflow/tpu, `models/official/efficientnet/lite`) have no
squeeze-and-excitation and ReLU6 in place of swish. Two deviations: one channel of lightness in
place of RGB, its first convolution summed over them, and batch norms folded into the convolutions
when weights are loaded (`load_recognizer`), for the network is not meant to learn on.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from rehue.errors import RecipeError
from rehue.files import reason

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


class EfficientNetLite2(nn.Module):
    """Stem, 23 blocks and head; features at strides 2 to 32 and of the whole picture.

    Attributes:
        channels: of the features at strides 2, 4, 8, 16, 32.
        pooled: channels of the whole picture's.
    """

    channels = (16, 24, 48, 120, 352)
    pooled = _HEAD

    def __init__(self) -> None:
        super().__init__()
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

    def forward(self, lightness: Tensor) -> tuple[list[Tensor], Tensor]:
        """See a picture's lightness (N x 1 x H x W, L in 0..100, H and W multiples of 32).

        Returns:
            Features at strides 2, 4, 8, 16, 32, finest first, and the head's mean over the whole
            picture (N x 1280).
        """
        x = (grey_of(lightness) - _MEAN) / _STD
        x = functional.relu6(self.stem(x))
        features = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in self.last_of_stride:
                features.append(x)
        return features, functional.relu6(self.head(x)).mean(dim=(2, 3))


def grey_of(lightness: Tensor) -> Tensor:
    """L (0..100) to an sRGB-encoded grey (0..1), by the power laws of both alone.

    CIE 15:2004, equation 8.3, and IEC 61966-2-1, without their linear ends: below L = 8 the grey
    is up to 0.03 too light, which no network minds.
    """
    # Y is ((L + 16) / 116) ** 3, and the grey 1.055 Y ** (1 / 2.4) - 0.055.
    return 1.055 * ((lightness + 16) / 116) ** 1.25 - 0.055


def load_recognizer(network: EfficientNetLite2, published: Mapping[str, Tensor]) -> None:
    """Put published weights for RGB into a network for lightness, batch norms folded in.

    Args:
        network: changed in place.
        published: by the names of https://github.com/lukemelas/EfficientNet-PyTorch; a classifier
            in it is left out.

    Raises:
        RecipeError: they are of another network.
    """
    pairs = {"stem": ("_conv_stem", "_bn0"), "head": ("_conv_head", "_bn1")}
    for number, block in enumerate(network.blocks):
        where = f"_blocks.{number}"
        parts: Sequence[str] = [n for n, part in block.named_children() if part is not None]
        norms = {"expand": "_bn0", "depthwise": "_bn1", "project": "_bn2"}
        for part in parts:
            pair = (f"{where}._{part}_conv", f"{where}.{norms[part]}")
            pairs[f"blocks.{number}.{part}"] = pair
    state: dict[str, Tensor] = {}
    try:
        for own, (convolution, norm) in pairs.items():
            weight = published[f"{convolution}.weight"].double()
            variance = published[f"{norm}.running_var"].double()
            slope = published[f"{norm}.weight"].double() / torch.sqrt(variance + _EPS)
            if own == "stem":
                weight = weight.sum(dim=1, keepdim=True)
            state[f"{own}.weight"] = (weight * slope[:, None, None, None]).float()
            mean = published[f"{norm}.running_mean"].double()
            state[f"{own}.bias"] = (published[f"{norm}.bias"].double() - mean * slope).float()
        network.load_state_dict(state)
    except (KeyError, RuntimeError) as error:
        raise RecipeError(
            f"no weights of EfficientNet-Lite2 ({reason(error)}): give others"
        ) from error
