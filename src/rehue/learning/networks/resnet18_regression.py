"""Luke Melas-Kyriazi, "Image Colorization with Convolutional Neural Networks".

A popular tutorial and project (https://github.com/lukemelas/Automatic-Image-Colorization): the
first six children of a ResNet18 for grey input, that is up to `layer2`, then convolutions with
batch norm and three doublings by nearest neighbours, trained on Places365 with the squared error
of (ab + 128) / 255.

Deviations. The last doubling is left out: the grid of stride 2 is the answer, and the squared
error against the mean of a cell has the same gradient as that of its copies. The encoder's input
is L, normalised as ImageNet's mean grey is, and the output is scaled so that it starts near grey.
"""

from torch import Tensor, nn

from rehue.learning.networks.contract import AB_UNIT, Network, Prediction, check_lightness
from rehue.learning.networks.encoders import make_encoder


class ResNet18Regression(Network):
    """ResNet18 to stride 8, up to stride 2, ab."""

    stride = 2
    heads = ("regression",)

    def __init__(self) -> None:
        super().__init__()
        self.encoder = make_encoder("resnet18", (64, 128))
        self.upsample = nn.Sequential(
            _block(128, 128),
            nn.Upsample(scale_factor=2, mode="nearest"),
            _block(128, 64),
            _block(64, 64),
            nn.Upsample(scale_factor=2, mode="nearest"),
            _block(64, 32),
            nn.Conv2d(32, 2, 3, padding=1),
        )

    def forward(self, lightness: Tensor) -> Prediction:
        """Predict on a grid of stride 2; see `Network.forward`."""
        check_lightness(lightness)
        return Prediction(ab=self.upsample(self.encoder(lightness)[-1]) * AB_UNIT)


def _block(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()
    )
