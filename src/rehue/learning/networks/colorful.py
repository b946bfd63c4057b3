"""Zhang, Isola and Efros 2016, "Colorful Image Colorization" (figure 2).

Eight stages, the fifth and sixth dilated, and a class for each colour. Parameters carry the names
of the published PyTorch port (https://github.com/richzhang/colorization, `colorizers/eccv16.py`),
so that its file `colorization_release_v2-9b330a0b.pth` loads by name;
`rehue.learning.publish.convert` does it.

Deviations. Runs of our own have as many classes as `rehue.color.Bins` has cells with a colour of
sRGB (261 on a grid of 10; all are among the published 313), and the loss is the recipe's. The
port upsamples ab bilinearly by 4 at the end; here the grid of stride 4 is the answer.

The temperature of the annealed mean (T = 0.38, equation 5). The original Caffe network multiplies
the logits by 2.606 = 1 / 0.384 in a layer of its own (`conv8_313_rh` of
`colorization_deploy_v2.prototxt`). The port has no such layer and no temperature in its code: its
published colours are the mean of the distribution as the file's last layer gives it. Whether the
factor was multiplied into that layer is not written anywhere; `convert.temperature_of` tells it
from the layer's norm, and the card of converted weights says what it found.
"""

from itertools import pairwise

from torch import Tensor, nn

from rehue.learning.networks.contract import Network, Prediction, check_lightness

# The port divides ab by this; its last layer holds the bins' centres so divided.
AB_NORM = 110.0


def stage(*widths: int, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    """3 x 3 convolutions with a ReLU behind each, then batch norm.

    Args:
        widths: channels that come in, and those after each convolution.
        stride: of the last convolution.
        dilation: of all convolutions.
    """
    layers: list[nn.Module] = []
    for number, (inputs, outputs) in enumerate(pairwise(widths), start=2):
        step = stride if number == len(widths) else 1
        layers.append(nn.Conv2d(inputs, outputs, 3, step, padding=dilation, dilation=dilation))
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, nn.BatchNorm2d(widths[-1]))


class Colorful(Network):
    """Eight stages to logits at stride 4.

    Attributes:
        model_out: the published bins' centres over `AB_NORM` (2 x B x 1 x 1), which the port
            applies to the softmax of the logits. That is `Bins.decode` at temperature 1, so it is
            no head of its own here; it tells centres and order of the bins. Never trained, and
            zeros where no published weights were loaded: our own bins stand in the card.

    Args:
        bins: number of colour classes; the published weights have 313.
    """

    stride = 4
    heads = ("bins",)

    def __init__(self, bins: int) -> None:
        super().__init__()
        self.model1 = stage(1, 64, 64, stride=2)
        self.model2 = stage(64, 128, 128, stride=2)
        self.model3 = stage(128, 256, 256, 256, stride=2)
        self.model4 = stage(256, 512, 512, 512)
        self.model5 = stage(512, 512, 512, 512, dilation=2)
        self.model6 = stage(512, 512, 512, 512, dilation=2)
        self.model7 = stage(512, 512, 512, 512)
        self.model8 = nn.Sequential(
            nn.ConvTranspose2d(512, 256, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, 256, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(256, bins, 1),
        )
        self.model_out = nn.Conv2d(bins, 2, 1, bias=False).requires_grad_(False)
        nn.init.zeros_(self.model_out.weight)

    def centers(self) -> Tensor:
        """Centres of the published bins, in the order of the logits (B x 2, units of ab)."""
        return self.model_out.weight[:, :, 0, 0].T * AB_NORM

    def forward(self, lightness: Tensor) -> Prediction:
        """Predict on a grid of stride 4; see `Network.forward`."""
        check_lightness(lightness)
        x = (lightness - 50) / 100
        for number in range(1, 9):
            x = getattr(self, f"model{number}")(x)
        return Prediction(logits=x)
