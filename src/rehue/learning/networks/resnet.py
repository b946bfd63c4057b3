"""ResNet encoders (He et al. 2016, "Deep Residual Learning for Image Recognition", table 1).

Parameters carry torchvision's names, so its published files load. Two deviations, both for one
channel of lightness in place of RGB: the first convolution is summed over RGB (`load_imagenet`),
and its input is L / 100, normalised as ImageNet's mean grey is.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from rehue.errors import RecipeError, nearest

# ImageNet's normalisation, as torchvision's weights expect it.
RGB_MEAN = (0.485, 0.456, 0.406)
RGB_STD = (0.229, 0.224, 0.225)
GREY_MEAN, GREY_STD = sum(RGB_MEAN) / 3, sum(RGB_STD) / 3

BLOCKS = {"resnet18": (2, 2, 2, 2), "resnet34": (3, 4, 6, 3)}


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


class ResNetEncoder(nn.Module):
    """`conv1` to `layer4` without the classifier.

    Args:
        name: `resnet18` or `resnet34`.
        widths: channels of the stages, four at most; torchvision's are 64, 128, 256, 512.

    Raises:
        RecipeError: there is no encoder of that name, or none with so many stages.
    """

    def __init__(self, name: str, widths: Sequence[int] = (64, 128, 256, 512)) -> None:
        super().__init__()
        if name not in BLOCKS:
            raise RecipeError(f"no encoder {name!r}: {nearest(name, list(BLOCKS))}")
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
        self.stages = len(widths)
        self.channels = (64, *widths)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(
        self, lightness: Tensor, added: Sequence[Tensor | None] | None = None
    ) -> list[Tensor]:
        """Return features at strides 2, 4, 8, 16, 32 (as many as there are stages), finest first.

        Args:
            lightness: N x 1 x H x W, L in 0..100.
            added: to what each stage gives, before the next one sees it; None adds nothing.
        """
        x = (lightness / 100 - GREY_MEAN) / GREY_STD
        x = torch.relu(self.bn1(self.conv1(x)))
        features = [x]
        x = self.maxpool(x)
        for stage in range(1, self.stages + 1):
            x = getattr(self, f"layer{stage}")(x)
            more = None if added is None else added[stage - 1]
            if more is not None:
                x = x + more
            features.append(x)
        return features

    def parts(self, count: int) -> list[nn.Module]:
        """Return the first `count` parts: the stem (1) and the stages after it (2 and more).

        Raises:
            RecipeError: there are not so many.
        """
        if count > self.stages + 1:
            raise RecipeError(
                f"an encoder of {self.stages} stages has {self.stages + 1} parts to freeze, "
                f"found frozen = {count}"
            )
        stem: list[nn.Module] = [self.conv1, self.bn1]
        stages: list[nn.Module] = [getattr(self, f"layer{n}") for n in range(1, count)]
        return [] if count == 0 else stem + stages
