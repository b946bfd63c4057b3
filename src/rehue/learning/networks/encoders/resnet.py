"""ResNet encoders (He et al. 2016, "Deep Residual Learning for Image Recognition", table 1).

Parameters carry torchvision's names, so its published files load. Two deviations, both for one
channel of lightness in place of RGB: the first convolution is summed over RGB, and its input is
L / 100, normalised as ImageNet's mean grey is.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from rehue.errors import RecipeError
from rehue.learning.networks.encoders.contract import Encoder, Published

# ImageNet's normalisation, as torchvision's weights expect it.
RGB_MEAN = (0.485, 0.456, 0.406)
RGB_STD = (0.229, 0.224, 0.225)
GREY_MEAN, GREY_STD = sum(RGB_MEAN) / 3, sum(RGB_STD) / 3

BLOCKS = {"resnet18": (2, 2, 2, 2), "resnet34": (3, 4, 6, 3)}
WIDTHS = (64, 128, 256, 512)
# torchvision's files (BSD-3-Clause).
PUBLISHED = {
    "resnet18": Published("https://download.pytorch.org/models/resnet18-f37072fd.pth"),
    "resnet34": Published("https://download.pytorch.org/models/resnet34-b627a593.pth"),
}


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions and a shortcut (figure 5, left)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module | None = None
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: Tensor) -> Tensor:
        """N x inputs x H x W to N x outputs x H/stride x W/stride."""
        shortcut = x if self.downsample is None else self.downsample(x)
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(x)) + shortcut)


class ResNetEncoder(Encoder):
    """`conv1` to `layer4` without the classifier; with fewer stages it ends earlier.

    Args:
        name: `resnet18` or `resnet34`.
        widths: channels of the stages, four at most; None are torchvision's.

    Raises:
        RecipeError: there is none with so many stages.
    """

    def __init__(self, name: str, widths: Sequence[int] | None = None) -> None:
        super().__init__()
        widths = WIDTHS if widths is None else widths
        if not 1 <= len(widths) <= len(BLOCKS[name]):
            raise RecipeError(f"{name} has 1 to 4 stages, found {len(widths)} widths")
        self.conv1 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        inputs = 64
        for stage, (width, count) in enumerate(zip(widths, BLOCKS[name], strict=False), start=1):
            stride = 1 if stage == 1 else 2
            blocks = [BasicBlock(inputs, width, stride)]
            blocks += [BasicBlock(width, width, 1) for _ in range(count - 1)]
            setattr(self, f"layer{stage}", nn.Sequential(*blocks))
            inputs = width
        self.name = name
        self.channels = (64, *widths)
        self.pooled = inputs
        self.published = PUBLISHED[name]
        self.grown_from = PUBLISHED["resnet18"]
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(
        self, lightness: Tensor, added: Sequence[Tensor | None] | None = None
    ) -> list[Tensor]:
        """Return features, finest first; see `Encoder.forward`."""
        x = (lightness / 100 - GREY_MEAN) / GREY_STD
        x = torch.relu(self.bn1(self.conv1(x)))
        features = [x]
        x = self.maxpool(x)
        for number, layer in enumerate(self._layers()):
            x = layer(x)
            more = None if added is None else added[number]
            if more is not None:
                x = x + more
            features.append(x)
        return features

    def stages(self) -> list[list[nn.Module]]:
        """Return the stem's modules, then each `layer`; see `Encoder.stages`."""
        return [[self.conv1, self.bn1], *([layer] for layer in self._layers())]

    def _layers(self) -> list[nn.Module]:
        return [getattr(self, f"layer{n}") for n in range(1, len(self.channels))]

    def fitting(self, published: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Take the stem and the stages that are as wide as torchvision's."""
        widths = zip(self.channels[1:], WIDTHS, strict=False)
        same = {f"layer{n}" for n, (own, theirs) in enumerate(widths, start=1) if own == theirs}
        return {k: v for k, v in published.items() if _part(k) in {"conv1", "bn1"} | same}

    def translated(self, published: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Sum the first convolution over RGB; see `Encoder.translated`.

        Files with batch norms folded into the convolutions (a `bias` on every convolution) go into
        the norms' shifts: they compute the same, and
        `rehue.learning.weights.pretrained.calibrate_norms` then makes the norms useful.
        """
        stem = published.get("conv1.weight")
        if stem is None or stem.ndim != 4 or stem.shape[1] != 3:
            raise RecipeError("no conv1.weight for RGB in it: give a ResNet's weights")
        parts = {_part(name) for name in self.state_dict()}
        return {k: v for k, v in _for_lightness(published).items() if _part(k) in parts}

    def grown(self, loaded: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the blocks that the loaded stages lack, such that each passes its input on.

        A block whose last norm has weight 0 and shift 0 gives relu(0 + x), and x is a relu's output
        (Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 5.1).
        """
        parts, blocks = {_part(n) for n in loaded}, {_block(n) for n in loaded}
        missing = {
            name: value
            for name, value in self.state_dict().items()
            if _part(name) in parts and _block(name) not in blocks
        }
        zero = ("bn2.weight", "bn2.bias")
        return {n: torch.zeros_like(v) if n.endswith(zero) else v for n, v in missing.items()}


def _for_lightness(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Sum the first convolution over RGB, its input's normalisation folded in."""
    result: dict[str, Tensor] = {}
    for name, value in published.items():
        if name.endswith(".bias") and _is_convolution(name, published):
            norm = norm_after(name.removesuffix(".bias"))
            # Running mean 0 and variance 1 leave weight 1 and this shift: the folded function.
            result[f"{norm}.bias"] = value.float()
            result[f"{norm}.weight"] = torch.ones_like(value, dtype=torch.float32)
        else:
            result[name] = value.float()
    rgb = result["conv1.weight"]
    std, mean = torch.tensor(RGB_STD), torch.tensor(RGB_MEAN)
    weight = rgb / std[None, :, None, None]
    result["conv1.weight"] = weight.sum(dim=1, keepdim=True) * GREY_STD
    # The three channels' own means differ a little from their mean grey.
    shift = (weight.sum(dim=(2, 3)) * (GREY_MEAN - mean)).sum(dim=1)
    if {"bn1.weight", "bn1.bias"} <= result.keys():
        result["bn1.bias"] = result["bn1.bias"] + shift * _slope(result)
    return result


def _slope(state: Mapping[str, Tensor]) -> Tensor:
    """How much the first norm scales what the first convolution gives."""
    variance = state.get("bn1.running_var", torch.ones_like(state["bn1.bias"]))
    return state["bn1.weight"] / torch.sqrt(variance + 1e-5)


def _is_convolution(bias_name: str, published: Mapping[str, Tensor]) -> bool:
    weight = published.get(bias_name.removesuffix("bias") + "weight")
    return weight is not None and weight.ndim == 4


def norm_after(convolution: str) -> str:
    """Name the batch norm that follows a convolution.

    `layer1.0.conv2` is followed by `layer1.0.bn2`, `downsample.0` by `downsample.1`.
    """
    if convolution.endswith("downsample.0"):
        return convolution.removesuffix("0") + "1"
    return convolution.replace("conv", "bn")


def _part(name: str) -> str:
    return name.partition(".")[0]


def _block(name: str) -> str:
    """`layer1.0` of `layer1.0.conv2.weight`."""
    return ".".join(name.split(".")[:2])
