"""Networks that colour, one file each, and the contract that they share.

A network is a `torch.nn.Module` called with lightness (N x 1 x H x W, L in 0..100, H and W
multiples of 32) that returns a `Prediction`. An encoder (`encoders/`, with a contract of their own)
returns features by stride, finest first; a decoder consumes them; normalisation is inside.
"""

from collections.abc import Callable, Mapping

from rehue.learning.networks.colorful import Colorful
from rehue.learning.networks.contract import Head, Network, Prediction
from rehue.learning.networks.interactive import Interactive
from rehue.learning.networks.let_there_be_color import LetThereBeColor
from rehue.learning.networks.optimized_resnet34 import OptimizedResNet34
from rehue.learning.networks.resnet18_regression import ResNet18Regression
from rehue.learning.networks.resnet34 import ResNet34
from rehue.learning.networks.simple_cnn import SimpleCNN
from rehue.learning.networks.unet import UNet

# Each takes the number of `bins` if it has classes, of `scenes` if it has those, and its own
# options by keyword.
NETWORKS: Mapping[str, Callable[..., Network]] = {
    "unet": UNet,
    "simple_cnn": SimpleCNN,
    "resnet34": ResNet34,
    "optimized_resnet34": OptimizedResNet34,
    "colorful": Colorful,
    "interactive": Interactive,
    "let_there_be_color": LetThereBeColor,
    "resnet18_regression": ResNet18Regression,
}

__all__ = ["NETWORKS", "Head", "Network", "Prediction"]
