"""Iizuka, Simo-Serra and Ishikawa 2016, "Let there be Color!" (figure 2 and table 1).

Low-level features feed two ways: mid-level features, which keep their place, and global features,
which are one vector for the whole picture. The fusion layer joins them, the colorization network
brings them up. Global features come from a copy of the picture at 224 x 224 px through the same
low-level layers, so pictures may have any size; a classifier on them learns the scene.

Deviations. The copy is made of the network's own input, by bilinear interpolation. Lightness is
centred by 50 where the published network subtracts the training set's mean. ab are
255 sigmoid - 128, the study's normalisation, where the paper takes the range of the training
set. The last step, nearest neighbours from half to full size, is left out: the grid of stride 2
is the answer, and the squared error against the mean of a cell has the same gradient as that of
its copies. The fusion layer is 1 x 1 as in equation 2, with the ReLU of all other layers (so do
the published weights, where it is 3 x 3). The order convolution, batch norm, ReLU is our reading.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from rehue.learning.networks.contract import Network, Prediction, check_lightness

# What the fully connected layers are made for.
GLOBAL_SIZE = 224


class LetThereBeColor(Network):
    """Local and global features, fused, to ab at stride 2 and classes of scenes.

    Args:
        scenes: number of classes of scenes (the paper's Places has 205); 0 has no classifier.
    """

    stride = 2
    heads = ("regression",)

    def __init__(self, scenes: int = 0) -> None:
        super().__init__()
        self.low_level = nn.Sequential(
            _convolution(1, 64, stride=2),
            _convolution(64, 128),
            _convolution(128, 128, stride=2),
            _convolution(128, 256),
            _convolution(256, 256, stride=2),
            _convolution(256, 512),
        )
        self.mid_level = nn.Sequential(_convolution(512, 512), _convolution(512, 256))
        self.global_level = nn.Sequential(
            _convolution(512, 512, stride=2),
            _convolution(512, 512),
            _convolution(512, 512, stride=2),
            _convolution(512, 512),
            nn.Flatten(),
            _connection(512 * (GLOBAL_SIZE // 32) ** 2, 1024),
            _connection(1024, 512),
        )
        self.global_last = _connection(512, 256)
        self.fusion = _convolution(512, 256, size=1)
        self.colorization = nn.Sequential(
            _convolution(256, 128),
            nn.Upsample(scale_factor=2, mode="nearest"),
            _convolution(128, 64),
            _convolution(64, 64),
            nn.Upsample(scale_factor=2, mode="nearest"),
            _convolution(64, 32),
            nn.Conv2d(32, 2, 3, padding=1),
            nn.Sigmoid(),
        )
        self.classifier: nn.Module | None = None
        if scenes:
            self.classifier = nn.Sequential(_connection(512, 256), nn.Linear(256, scenes))

    def forward(self, lightness: Tensor) -> Prediction:
        """Predict on a grid of stride 2; see `Network.forward`."""
        check_lightness(lightness)
        x = (lightness - 50) / 100
        whole = functional.interpolate(
            x, size=(GLOBAL_SIZE, GLOBAL_SIZE), mode="bilinear", align_corners=False
        )
        described = self.global_level(self.low_level(whole))
        local = self.mid_level(self.low_level(x))
        everywhere = self.global_last(described)[:, :, None, None].expand_as(local)
        ab = self.colorization(self.fusion(torch.cat([everywhere, local], dim=1)))
        return Prediction(
            ab=255 * ab - 128,
            scenes=None if self.classifier is None else self.classifier(described),
        )


def _convolution(inputs: int, outputs: int, *, stride: int = 1, size: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def _connection(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs), nn.ReLU())
