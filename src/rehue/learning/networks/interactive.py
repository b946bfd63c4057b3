"""Zhang et al. 2017, "Real-Time User-Guided Image Colorization with Learned Deep Priors".

The local hints network: lightness and hints in, ab of every pixel out (section 3 and figure 3);
a U-Net over the stages of `colorful`. Parameters carry the names of the published PyTorch port
(https://github.com/richzhang/colorization, `colorizers/siggraph17.py`), so that its file
`siggraph17-df00044c.pth` loads by name; `rehue.learning.publish.convert` does it. The mask is 0
and 1, as that file expects; the training code published later subtracts 0.5 from it.

Deviations. The class head that suggests colours to users (529 classes) is kept, so that the file
loads whole, but neither trained nor asked. Training starts from the recipe's weights, not from
`colorful`, and knows regression only.
"""

import torch
from torch import Tensor, nn

from rehue.learning.networks.colorful import AB_NORM, stage
from rehue.learning.networks.contract import Network, Prediction, check_lightness

# The grid of 23 x 23 colours, 10 units of ab apart.
CLASSES = 529


class Interactive(Network):
    """Seven stages to stride 8, three up to full size with shortcuts, tanh."""

    stride = 1
    heads = ("regression",)
    inputs = ("lightness", "hints")

    def __init__(self) -> None:
        super().__init__()
        self.model1 = stage(4, 64, 64)
        self.model2 = stage(64, 128, 128)
        self.model3 = stage(128, 256, 256, 256)
        self.model4 = stage(256, 512, 512, 512)
        self.model5 = stage(512, 512, 512, 512, dilation=2)
        self.model6 = stage(512, 512, 512, 512, dilation=2)
        self.model7 = stage(512, 512, 512, 512)
        self.model8up = _doubled(512, 256)
        self.model3short8 = _shortcut(256, 256)
        self.model8 = nn.Sequential(nn.ReLU(), *stage(256, 256, 256))
        self.model9up = _doubled(256, 128)
        self.model2short9 = _shortcut(128, 128)
        self.model9 = nn.Sequential(nn.ReLU(), *stage(128, 128))
        self.model10up = _doubled(128, 128)
        self.model1short10 = _shortcut(64, 128)
        self.model10 = nn.Sequential(
            nn.ReLU(), nn.Conv2d(128, 128, 3, padding=1), nn.LeakyReLU(0.2)
        )
        self.model_class = nn.Sequential(nn.Conv2d(256, CLASSES, 1)).requires_grad_(False)
        self.model_out = nn.Sequential(nn.Conv2d(128, 2, 1), nn.Tanh())

    def forward(self, lightness: Tensor, hints: Tensor | None = None) -> Prediction:
        """Predict ab of every pixel.

        Args:
            lightness: N x 1 x H x W, L in 0..100.
            hints: N x 3 x H x W: a and b of what the user gave (units of ab), and a mask that is 1
                there; zeros elsewhere. None gives no hints.
        """
        check_lightness(lightness)
        if hints is None:
            hints = lightness.new_zeros(lightness.shape).expand(-1, 3, -1, -1)
        ab, mask = hints[:, :2], hints[:, 2:]
        first = self.model1(torch.cat([(lightness - 50) / 100, ab / AB_NORM, mask], dim=1))
        second = self.model2(_halved(first))
        third = self.model3(_halved(second))
        x = self.model7(self.model6(self.model5(self.model4(_halved(third)))))
        x = self.model8(self.model8up(x) + self.model3short8(third))
        x = self.model9(self.model9up(x) + self.model2short9(second))
        x = self.model10(self.model10up(x) + self.model1short10(first))
        return Prediction(ab=self.model_out(x) * AB_NORM)


def _doubled(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1))


def _shortcut(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1))


def _halved(x: Tensor) -> Tensor:
    """Every second row and column."""
    return x[:, :, ::2, ::2]
