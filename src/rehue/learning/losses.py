"""What training minimises."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from rehue.color import Bins
from rehue.learning.networks.contract import Prediction
from rehue.learning.networks.unet import AB_UNIT


def rebalancing_weights(
    prior: NDArray[np.floating], mix: float, exponent: float
) -> NDArray[np.float32]:
    """Weights that make rare colours count more (Zhang et al. 2016, equation 4).

    Args:
        prior: B shares of the bins in the training photographs.
        mix: the paper's lambda, the share of a uniform distribution mixed in.
        exponent: 1 is the paper's; smaller is milder, 0 gives equal weights.

    Returns:
        B weights whose mean under the prior is 1.
    """
    mixed = (1 - mix) * prior + mix / len(prior)
    weights = mixed**-exponent
    balanced: NDArray[np.float32] = (weights / (weights * prior).sum()).astype(np.float32)
    return balanced


class ColorLoss(nn.Module):
    """Soft cross-entropy over the bins plus smooth L1 of the regression.

    Args:
        bins: classes and their soft encoding.
        weights: B, from `rebalancing_weights`.
        classes: factor of the cross-entropy (Zhang et al. 2016, equation 2).
        regression: factor of the smooth L1 (Girshick 2015, equation 3) of ab / 50.
    """

    nearest: Tensor
    shares: Tensor
    bin_weights: Tensor

    def __init__(
        self, bins: Bins, weights: NDArray[np.float32], classes: float, regression: float
    ) -> None:
        super().__init__()
        nearest, shares = bins.encoding_table
        self.register_buffer("nearest", torch.from_numpy(nearest), persistent=False)
        self.register_buffer("shares", torch.from_numpy(shares), persistent=False)
        self.register_buffer("bin_weights", torch.from_numpy(weights), persistent=False)
        self.classes = classes
        self.regression = regression

    def forward(self, prediction: Prediction, ab: Tensor) -> dict[str, Tensor]:
        """Return `loss` and its parts.

        Args:
            prediction: on a grid h x w.
            ab: N x 2 x H x W, the truth; brought to the grid by its area mean.
        """
        height, width = prediction.ab.shape[-2:]
        truth = functional.adaptive_avg_pool2d(ab, (height, width))
        regression = functional.smooth_l1_loss(prediction.ab.float() / AB_UNIT, truth / AB_UNIT)
        parts = {"loss": self.regression * regression, "regression": regression}
        if prediction.logits is not None:
            entropy = self._cross_entropy(prediction.logits, truth)
            parts["loss"] = parts["loss"] + self.classes * entropy
            parts["cross_entropy"] = entropy
        return parts

    def _cross_entropy(self, logits: Tensor, truth: Tensor) -> Tensor:
        a, b = (truth.round().clamp(-128, 127).long() + 128).unbind(dim=1)
        bins = self.nearest[a, b].permute(0, 3, 1, 2)  # N x 5 x h x w
        shares = self.shares[a, b].permute(0, 3, 1, 2)
        weight = self.bin_weights[bins.gather(1, shares.argmax(dim=1, keepdim=True))][:, 0]
        # -sum(share * log softmax), without the whole log softmax: logits are the widest tensor.
        expected = (logits.gather(1, bins).float() * shares).sum(dim=1)
        entropy = torch.logsumexp(logits.float(), dim=1) - expected
        return (entropy * weight).mean()
