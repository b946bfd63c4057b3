"""The study's third network: ResNet34 with three upsampling blocks more.

The study: three more blocks after the ResNet34 and an upsampling by 2 between blocks, which
allowed a batch of 128 in place of 32. Our reading: where `resnet34` brings 128 channels to full
size at once, the three blocks (128, 64 and 32 channels at strides 8, 4 and 2) come before the
sixth (32 channels, at full size), with an upsampling by 2 after each; so the wide layers stay
small.
"""

from torch import Tensor, nn

from rehue.errors import RecipeError
from rehue.learning.networks.blocks import block
from rehue.learning.networks.contract import AB_UNIT, Head, Network, Prediction, check_lightness
from rehue.learning.networks.encoders import make_encoder


class OptimizedResNet34(Network):
    """ResNet34 to stride 8, three times a block and an upsampling by 2, the sixth block, a head.

    Args:
        bins: number of colour classes, for the head `bins`.
        head: `regression`, the study's; `bins` answers its last open question, classification, at
            the stride of `steps`.
        steps: how many of the three blocks with upsampling there are; the sixth block follows.
            With 3, the study's, every pixel gets a colour of its own; with 1 there is one on a
            grid of stride 4, as in Zhang et al. 2016: 261 classes at every pixel do not fit.

    Raises:
        RecipeError: there is no such head, or not so many steps.
    """

    def __init__(self, bins: int, *, head: Head = "regression", steps: int = 3) -> None:
        super().__init__()
        outputs = {"regression": 2, "bins": bins}
        if head not in outputs:
            raise RecipeError(f"no head {head!r}: use {' or '.join(outputs)}")
        if not 1 <= steps <= 3:
            raise RecipeError(f"{steps} steps: give 1 to 3")
        self.heads = (head,)
        self.stride = 8 >> steps
        self.encoder = make_encoder("resnet34", (64, 128))
        layers: list[nn.Module] = []
        inputs = 128
        for width in (128, 64, 32)[:steps]:
            layers += [block(inputs, width), nn.Upsample(scale_factor=2, mode="bilinear")]
            inputs = width
        last = 32 if steps == 3 else inputs
        self.end = nn.Sequential(*layers, block(inputs, last), nn.Conv2d(last, outputs[head], 1))

    def forward(self, lightness: Tensor) -> Prediction:
        """Predict on a grid of `stride`; see `Network.forward`."""
        check_lightness(lightness)
        predicted = self.end(self.encoder(lightness)[-1])
        if self.heads == ("bins",):
            return Prediction(logits=predicted)
        return Prediction(ab=predicted * AB_UNIT)
