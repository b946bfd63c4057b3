"""What training minimises."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from rehue.color import Bins
from rehue.learning.networks.contract import Prediction


@dataclass(frozen=True)
class Penalty:
    """What an error of ab costs.

    Attributes:
        unit: ab are divided by this first.
        delta: quadratic up to here, linear with a slope of 1 beyond; None is quadratic everywhere.
    """

    unit: float
    delta: float | None

    def __call__(self, predicted: Tensor, truth: Tensor) -> Tensor:
        """Return the cost, element by element."""
        predicted, truth = predicted / self.unit, truth / self.unit
        if self.delta is None:
            return functional.mse_loss(predicted, truth, reduction="none")
        return functional.smooth_l1_loss(predicted, truth, reduction="none", beta=self.delta)


# Rows of logits that are looked at together: with 261 bins 2 MB in single precision.
_ROWS = 2048

PENALTIES: Mapping[str, Penalty] = {
    # The study's: the squared error of (ab + 128) / 255.
    "mse": Penalty(255.0, None),
    # Girshick 2015, equation 3.
    "smooth_l1": Penalty(50.0, 1.0),
    # Zhang et al. 2017, equation 2; delta is one unit of ab, as in the authors' training code.
    "huber": Penalty(110.0, 1 / 110),
}


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


@dataclass(frozen=True)
class Factors:
    """How much each part of the loss counts.

    Attributes:
        classes: of the soft cross-entropy over the bins (Zhang et al. 2016, equation 2).
        regression: of the penalty on ab.
        scenes: of the cross-entropy over scenes (Iizuka et al. 2016, equation 7).
    """

    classes: float = 1.0
    regression: float = 1.0
    scenes: float = 0.0


class ColorLoss(nn.Module):
    """Soft cross-entropy over the bins, a penalty on ab, cross-entropy over scenes.

    Parts whose head a network lacks do not count.

    Args:
        bins: classes and their soft encoding.
        weights: B, from `rebalancing_weights`; they weigh pixels in the cross-entropy.
        factors: of the parts.
        penalty: on the regression.
        weigh_regression: whether the weights weigh pixels of the regression, too.
    """

    nearest: Tensor
    shares: Tensor
    bin_weights: Tensor

    def __init__(
        self,
        bins: Bins,
        weights: NDArray[np.float32],
        factors: Factors,
        penalty: Penalty,
        *,
        weigh_regression: bool = False,
    ) -> None:
        super().__init__()
        nearest, shares = bins.encoding_table
        self.register_buffer("nearest", torch.from_numpy(nearest), persistent=False)
        self.register_buffer("shares", torch.from_numpy(shares), persistent=False)
        self.register_buffer("bin_weights", torch.from_numpy(weights), persistent=False)
        self.factors = factors
        self.penalty = penalty
        self.weigh_regression = weigh_regression

    def forward(
        self, prediction: Prediction, ab: Tensor, scenes: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Return `loss` and its parts.

        Args:
            prediction: on a grid h x w.
            ab: N x 2 x H x W, the truth; brought to the grid by its area mean.
            scenes: N, numbers of the scenes' classes; below 0 where a photograph has no label.
        """
        truth = functional.adaptive_avg_pool2d(ab, prediction.grid)
        parts: dict[str, Tensor] = {}
        terms: list[Tensor] = []
        if prediction.ab is not None:
            parts["regression"] = self._regression(prediction.ab.float(), truth)
            terms.append(self.factors.regression * parts["regression"])
        if prediction.logits is not None:
            parts["cross_entropy"] = self._cross_entropy(prediction.logits, truth)
            terms.append(self.factors.classes * parts["cross_entropy"])
        if prediction.scenes is not None and scenes is not None and bool((scenes >= 0).any()):
            parts["scenes"] = functional.cross_entropy(
                prediction.scenes.float(), scenes, ignore_index=-1
            )
            terms.append(self.factors.scenes * parts["scenes"])
        return {"loss": torch.stack(terms).sum(), **parts}

    def histograms(self, ab: Tensor) -> Tensor:
        """Return the share of each bin among each photograph's colours, N x B, softly encoded.

        Args:
            ab: N x 2 x H x W; every fourth pixel in both directions is looked at.
        """
        a, b = _table_places(ab[..., ::4, ::4])
        nearest, shares = self.nearest[a, b].flatten(1), self.shares[a, b].flatten(1)
        total = shares.new_zeros(len(ab), len(self.bin_weights)).scatter_add_(1, nearest, shares)
        return total / total.sum(dim=1, keepdim=True)

    def _regression(self, ab: Tensor, truth: Tensor) -> Tensor:
        cost = self.penalty(ab, truth)
        if self.weigh_regression:
            a, b = _table_places(truth)
            nearest = self.nearest[a, b].gather(-1, self.shares[a, b].argmax(-1, keepdim=True))
            cost = cost * self.bin_weights[nearest[..., 0]][:, None]
        return cost.mean()

    def _cross_entropy(self, logits: Tensor, truth: Tensor) -> Tensor:
        a, b = _table_places(truth)
        bins, shares = self.nearest[a, b].flatten(0, 2), self.shares[a, b].flatten(0, 2)  # M x 5
        weight = self.bin_weights[bins.gather(1, shares.argmax(dim=1, keepdim=True))][:, 0]
        # Bins last, as they lie in memory (channels last).
        rows = logits.permute(0, 2, 3, 1).flatten(0, 2)
        apply: Callable[..., Tensor] = _SoftCrossEntropy.apply
        return apply(rows, bins, shares, weight)


class _SoftCrossEntropy(torch.autograd.Function):
    """Cross-entropy to targets of few bins, its gradient reckoned at once, some rows at a time.

    Logits are the widest tensor of a network by far. Whole, each of the dozen passes over them
    went through memory and took two fifths of a step; some rows at a time they stay in the cache.
    The gradient is kept before it is divided by the number of rows: half precision would lose it.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, bins: Tensor, shares: Tensor, weight: Tensor) -> Tensor:  # noqa: ANN401
        """Rows M x B, bins and shares M x 5, weights M; the mean over the rows."""
        total = rows.new_zeros((), dtype=torch.float32)
        gradient = torch.empty_like(rows)
        parts = (torch.split(part, _ROWS) for part in (rows, bins, shares, weight, gradient))
        for logits, at, share, counts, slope in zip(*parts, strict=True):
            logs = functional.log_softmax(logits.float(), dim=1)
            total -= ((logs.gather(1, at) * share).sum(dim=1) * counts).sum()
            errors = logs.exp_().scatter_add_(1, at, -share)
            slope.copy_(errors.mul_(counts[:, None]))
        ctx.save_for_backward(gradient)
        return total / len(rows)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, None, None, None]:  # noqa: ANN401
        """The gradient of the rows alone."""
        (gradient,) = ctx.saved_tensors
        return gradient * (outer[0] / len(gradient)), None, None, None


def _table_places(ab: Tensor) -> tuple[Tensor, ...]:
    """Where colours (N x 2 x h x w) stand in `Bins.encoding_table`: two of N x h x w."""
    return (ab.round().clamp(-128, 127).long() + 128).unbind(dim=1)
