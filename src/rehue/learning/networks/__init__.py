"""Networks that colour, one file each, and the contract that they share.

A network is a `torch.nn.Module` called with lightness (N x 1 x H x W, L in 0..100, H and W
multiples of 32) that returns a `Prediction`. An encoder returns features by stride, finest first;
a decoder consumes them; normalisation is inside.
"""

from collections.abc import Callable, Mapping

from rehue.learning.networks.contract import Network, Prediction
from rehue.learning.networks.unet import UNet

NETWORKS: Mapping[str, Callable[..., Network]] = {"unet": UNet}

__all__ = ["NETWORKS", "Network", "Prediction", "UNet"]
