"""One recipe's network, loss and optimiser as a Lightning module."""

from typing import Any

import lightning
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.optim import AdamW
from torch.optim.lr_scheduler import OneCycleLR

from rehue.color import Bins
from rehue.errors import RecipeError
from rehue.learning.losses import ColorLoss, rebalancing_weights
from rehue.learning.networks import NETWORKS, Network
from rehue.learning.networks.contract import Prediction
from rehue.learning.recipe import NetworkChoice, Recipe, nearest


def build_network(choice: NetworkChoice, bins: Bins) -> Network:
    """Make the network that a recipe names, with random weights.

    Raises:
        RecipeError: there is no network of that name.
    """
    if choice.name not in NETWORKS:
        raise RecipeError(f"no network {choice.name!r}: {nearest(choice.name, list(NETWORKS))}")
    return NETWORKS[choice.name](
        bins=len(bins), encoder=choice.encoder, widths=choice.widths, decoder=choice.decoder
    )


class ColorTraining(lightning.LightningModule):
    """Trains one network by one recipe.

    Args:
        recipe: what to do.
        network: already started from its weights.
        bins: colour classes.
        prior: B shares of the bins in the training photographs.
        steps: optimiser steps of the whole run.
    """

    def __init__(
        self,
        recipe: Recipe,
        network: Network,
        bins: Bins,
        prior: NDArray[np.floating],
        steps: int,
    ) -> None:
        super().__init__()
        self.recipe = recipe
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        weights = rebalancing_weights(prior, recipe.loss.mix, recipe.loss.rebalancing)
        self.loss = ColorLoss(bins, weights, recipe.loss.classes, recipe.loss.regression)
        self.register_buffer("centers", torch.from_numpy(bins.centers), persistent=False)
        self.steps = steps
        for part in self._frozen():
            part.requires_grad_(False)

    def on_train_batch_start(self, *_: object) -> None:
        """Keep the norms of frozen parts as they are, also after a validation."""
        for part in self._frozen():
            part.eval()

    def training_step(self, batch: dict[str, Tensor], _: int) -> Tensor:
        """One batch of crops."""
        parts = self.loss(self.network(batch["lightness"]), batch["ab"])
        if not torch.isfinite(parts["loss"]):
            raise RecipeError(
                f"the loss became {parts['loss'].item()} at step {self.global_step}: "
                "lower [optimizer] rate; the last checkpoint stays"
            )
        self.log_dict({f"train/{k}": v for k, v in parts.items()}, prog_bar=True)
        loss: Tensor = parts["loss"]
        return loss

    def validation_step(self, batch: dict[str, Tensor], _: int) -> None:
        """MSE over plain grey's, of the regression and of the expected colour."""
        prediction: Prediction = self.network(batch["lightness"])
        truth = batch["ab"]
        grey = truth.square().mean()
        rows = {"regression": prediction.ab.float()}
        if prediction.logits is not None:
            shares = prediction.logits.float().softmax(dim=1)
            rows["expected"] = torch.einsum("nbhw,bc->nchw", shares, self.centers)
        for name, ab in rows.items():
            full = functional.interpolate(
                ab, size=truth.shape[-2:], mode="bilinear", align_corners=False
            )
            error = (full - truth).square().mean()
            self.log(f"val/{name}", error, on_epoch=True, batch_size=len(truth))
        self.log("val/grey", grey, on_epoch=True, batch_size=len(truth))

    def on_validation_epoch_end(self) -> None:
        """Turn the sums into ratios."""
        figures = self.trainer.callback_metrics
        for name in ("regression", "expected"):
            if f"val/{name}" in figures:
                ratio = figures[f"val/{name}"] / figures["val/grey"]
                self.log(f"val/{name}_over_grey", ratio, prog_bar=True)

    def configure_optimizers(self) -> Any:  # noqa: ANN401
        """AdamW under one cycle, the encoder slower."""
        choice = self.recipe.optimizer
        encoder = getattr(self.network, "encoder", None)
        slow = [] if encoder is None else [p for p in encoder.parameters() if p.requires_grad]
        slow_ids = {id(p) for p in slow}
        fast = [p for p in self.parameters() if p.requires_grad and id(p) not in slow_ids]
        groups = [(fast, choice.rate), (slow, choice.rate * choice.encoder)]
        groups = [(parameters, rate) for parameters, rate in groups if parameters]
        optimizer = AdamW(
            [{"params": parameters, "lr": rate} for parameters, rate in groups],
            weight_decay=choice.decay,
        )
        cycle = OneCycleLR(
            optimizer,
            max_lr=[rate for _, rate in groups],
            total_steps=self.steps,
            pct_start=choice.warmup,
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": cycle, "interval": "step"},
        }

    def _frozen(self) -> list[torch.nn.Module]:
        encoder = getattr(self.network, "encoder", None)
        return [] if encoder is None else encoder.parts(self.recipe.network.frozen)
