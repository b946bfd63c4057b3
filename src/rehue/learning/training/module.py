"""One recipe's network, loss and optimiser as a Lightning module."""

import inspect
from typing import Any

import lightning
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import AdamW

from rehue.color import Bins
from rehue.errors import RecipeError, nearest
from rehue.learning.networks import NETWORKS, Network
from rehue.learning.networks.contract import Prediction
from rehue.learning.training.hints import simulate_hints
from rehue.learning.training.losses import PENALTIES, ColorLoss, Factors
from rehue.learning.training.palettes import simulate_palettes
from rehue.learning.training.recipe import NetworkChoice, Recipe
from rehue.learning.training.schedule import make_schedule


def build_network(choice: NetworkChoice, bins: Bins, scenes: int = 0) -> Network:
    """Make the network that a recipe names, with random weights.

    Args:
        choice: name and options.
        bins: colour classes.
        scenes: classes of scenes.

    Raises:
        RecipeError: there is no network of that name, or it has no such option.
    """
    if choice.name not in NETWORKS:
        raise RecipeError(f"no network {choice.name!r}: {nearest(choice.name, list(NETWORKS))}")
    known = inspect.signature(NETWORKS[choice.name]).parameters
    given = {"bins": len(bins), "scenes": scenes}
    options = [name for name in known if name not in given]
    for key in choice.options:
        if key not in options:
            raise RecipeError(
                f"the network {choice.name} has no option {key!r}: {nearest(key, options)}"
            )
    facts = {name: value for name, value in given.items() if name in known}
    try:
        return NETWORKS[choice.name](**facts, **choice.options)
    except (TypeError, ValueError) as error:
        raise RecipeError(
            f"the network {choice.name} cannot be made of {dict(choice.options)} ({error})"
        ) from error


class LossError(RecipeError):
    """A loss that is no number."""


class ColorTraining(lightning.LightningModule):
    """Trains one network by one recipe.

    Args:
        recipe: what to do.
        network: already started from its weights.
        bins: colour classes.
        weights: B, what a pixel of each bin counts.
        steps: optimiser steps of the whole run.
    """

    def __init__(
        self,
        recipe: Recipe,
        network: Network,
        bins: Bins,
        weights: NDArray[np.float32],
        steps: int,
    ) -> None:
        super().__init__()
        self.recipe = recipe
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        parts = recipe.loss
        self.loss = ColorLoss(
            bins,
            weights,
            Factors(parts.classes, parts.regression, parts.scenes),
            PENALTIES[parts.penalty],
            weigh_regression=parts.rebalance_regression,
        )
        self.register_buffer("centers", torch.from_numpy(bins.centers), persistent=False)
        self.steps = steps
        for part in self._frozen():
            part.requires_grad_(False)

    def on_train_batch_start(self, *_: object) -> None:
        """Keep the norms of frozen parts as they are, also after a validation."""
        for part in self._frozen():
            part.eval()
        if self.recipe.network.frozen_norms:
            for part in self.network.modules():
                if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
                    part.eval()

    def training_step(self, batch: dict[str, Tensor], _: int) -> Tensor:
        """One batch of crops."""
        parts = self.loss(self.look_at(batch), batch["ab"], batch.get("scene"))
        if not torch.isfinite(parts["loss"]):
            raise LossError(
                f"the loss became {parts['loss'].item()} at step {self.global_step}: "
                "lower [optimizer] rate; the last checkpoint stays"
            )
        self.log_dict({f"train/{k}": v for k, v in parts.items()}, prog_bar=True, sync_dist=True)
        loss: Tensor = parts["loss"]
        return loss

    def validation_step(self, batch: dict[str, Tensor], _: int) -> None:
        """MSE over plain grey's, of the regression and of the expected colour."""
        prediction = self._predict(batch)
        truth = batch["ab"]
        grey = truth.square().mean()
        rows = {} if prediction.ab is None else {"regression": prediction.ab.float()}
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
        """AdamW, the encoder slower, under the recipe's schedule."""
        choice = self.recipe.optimizer
        encoder = getattr(self.network, "encoder", None)
        slow = [] if encoder is None else [p for p in encoder.parameters() if p.requires_grad]
        slow_ids = {id(p) for p in slow}
        fast = [p for p in self.parameters() if p.requires_grad and id(p) not in slow_ids]
        groups = [(fast, choice.rate), (slow, choice.rate * choice.encoder)]
        optimizer = AdamW(
            [{"params": parameters, "lr": rate} for parameters, rate in groups if parameters],
            weight_decay=choice.decay,
            fused=True,  # one pass over parameters and moments in place of a dozen
        )
        schedule = make_schedule(
            choice.schedule,
            optimizer,
            self.steps,
            warmup=choice.warmup,
            cooldown=choice.cooldown,
            cycles=choice.cycles,
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def look_at(self, batch: dict[str, Tensor]) -> Prediction:
        """Return what the network answers to a batch of crops, told what users might say."""
        return self._predict({**batch, **self._simulated(batch)})

    def _simulated(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Draw what users might have said of the photographs of a batch.

        It follows from the recipe's seed and the step: a run that goes on draws what it would have.
        """
        facts = (self.recipe.seed, self.global_step, self.global_rank)
        seed = np.random.SeedSequence(facts).generate_state(1, np.uint64)[0]
        generator = torch.Generator().manual_seed(int(seed))
        drawn = {}
        if "hints" in self.network.inputs:
            drawn["hints"] = simulate_hints(batch["lightness"], batch["ab"], generator)
        if "palette" in self.network.inputs:
            histograms = self.loss.histograms(batch["ab"])
            drawn["palette"] = simulate_palettes(histograms, generator)
        return drawn

    def _predict(self, batch: dict[str, Tensor]) -> Prediction:
        prediction: Prediction = self.network(*(batch.get(name) for name in self.network.inputs))
        return prediction

    def _frozen(self) -> list[torch.nn.Module]:
        encoder = getattr(self.network, "encoder", None)
        return [] if encoder is None else encoder.parts(self.recipe.network.frozen)
