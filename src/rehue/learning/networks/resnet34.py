"""The study's second network: an ImageNet-trained ResNet34 in place of the first five blocks.

ResNet34: He et al. 2016, "Deep Residual Learning for Image Recognition". The study does not say
where the ResNet ends; a whole one ends at stride 32. Our reading: after `layer2`, at the stride 8
of the blocks that it replaces, with 128 channels. The first convolution is summed over RGB.
"""

from torch import Tensor

from rehue.learning.networks.blocks import FullSizeEnd
from rehue.learning.networks.contract import AB_UNIT, Network, Prediction, check_lightness
from rehue.learning.networks.encoders import make_encoder


class ResNet34(Network):
    """ResNet34 to stride 8, upsampling, the sixth block, ab of every pixel.

    Args:
        width: channels of the sixth block.
        order: `upsampling-first` or `block-first`, see `FullSizeEnd`.
    """

    stride = 1
    heads = ("regression",)

    def __init__(self, *, width: int = 64, order: str = "upsampling-first") -> None:
        super().__init__()
        self.encoder = make_encoder("resnet34", (64, 128))
        self.end = FullSizeEnd(128, width, order)

    def forward(self, lightness: Tensor) -> Prediction:
        """Predict ab of every pixel; see `Network.forward`."""
        check_lightness(lightness)
        return Prediction(ab=self.end(self.encoder(lightness)[-1]) * AB_UNIT)
