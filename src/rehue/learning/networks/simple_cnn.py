"""The study's first network: a simple CNN of six blocks.

Adapted, as the study says, from Zhang, Isola and Efros 2016 ("Colorful Image Colorization",
figure 2) without the two dilated stages. The study gives the shape after the fifth block,
512 x 32 x 32 for 256 x 256 pixels. Our reading of the rest: one convolution a block where Zhang's
stages have two or three; widths 64, 128, 256, 512, 512 as there; the first three blocks halve the
grid; bilinear upsampling; 64 channels in the sixth block.
"""

from torch import Tensor, nn

from rehue.learning.networks.blocks import FullSizeEnd, block
from rehue.learning.networks.contract import AB_UNIT, Network, Prediction, check_lightness


class SimpleCNN(Network):
    """Five blocks to stride 8, upsampling, a sixth block, ab of every pixel.

    Args:
        width: channels of the sixth block.
        order: `upsampling-first` or `block-first`, see `FullSizeEnd`.
    """

    stride = 1
    heads = ("regression",)

    def __init__(self, *, width: int = 64, order: str = "upsampling-first") -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            block(1, 64, stride=2),
            block(64, 128, stride=2),
            block(128, 256, stride=2),
            block(256, 512),
            block(512, 512),
        )
        self.end = FullSizeEnd(512, width, order)

    def forward(self, lightness: Tensor) -> Prediction:
        """Predict ab of every pixel; see `Network.forward`."""
        check_lightness(lightness)
        return Prediction(ab=self.end(self.blocks(lightness / 50 - 1)) * AB_UNIT)
