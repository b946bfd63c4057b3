"""Finding the largest learning rate of a cycle: a range test, and a sweep over several."""

import csv
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lightning
import numpy as np

from rehue.errors import RecipeError
from rehue.learning.training.module import LossError
from rehue.learning.training.recipe import Recipe
from rehue.learning.training.run import precision_on, prepare, train
from rehue.learning.training.start import RUN_FILE

_SMOOTHING = 0.8
_DIVERGED = 4


@dataclass(frozen=True)
class RangeTest:
    """What a learning-rate range test found (Smith 2017, section 3.3).

    Attributes:
        rates: of the steps, rising.
        losses: smoothed.
        suggestion: a tenth of the rate at which the loss was lowest (Howard and Gugger 2020,
            "Deep Learning for Coders", chapter 5); None where it was lowest at the beginning.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float | None


def find_rate(
    recipe: Recipe,
    photos: Path,
    *,
    cache_root: Path,
    encoder_weights: Path | None = None,
    device: str = "auto",
    workers: int = 1,
    lowest: float = 1e-6,
    highest: float = 1.0,
    steps: int = 100,
) -> RangeTest:
    """Let the rate rise exponentially over a few steps and watch the loss.

    Args:
        recipe: its network, loss and photographs; its schedule is left aside.
        photos: as for `train`.
        cache_root: as for `train`.
        encoder_weights: as for `train`.
        device: as for `train`.
        workers: as for `train`.
        lowest: rate of the first step.
        highest: rate of the last; the test ends before it where the loss has risen fourfold.
        steps: of the test.

    Raises:
        RecipeError: the range is empty, or too short to tell anything.
    """
    if not 0 < lowest < highest or steps < 20:
        raise RecipeError(
            f"rates from {lowest:g} to {highest:g} in {steps} steps: give rising rates above 0 "
            "and 20 steps or more"
        )
    # Its first size, for as many epochs as the steps may need.
    recipe = replace(recipe, phases=(replace(recipe.phases[0], epochs=steps),))
    prepared = prepare(
        recipe, photos, cache_root=cache_root, encoder_weights=encoder_weights, workers=workers
    )
    rising = _RisingRate(np.geomspace(lowest, highest, steps).tolist())
    with TemporaryDirectory() as folder, suppress(LossError):  # what diverges has been told
        lightning.Trainer(
            accelerator=device,
            devices=1,
            precision=precision_on(device, recipe.precision),  # type: ignore[arg-type]
            max_epochs=recipe.epochs,
            max_steps=steps,
            callbacks=[rising],
            default_root_dir=folder,
            logger=False,
            enable_checkpointing=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            limit_val_batches=0,
            reload_dataloaders_every_n_epochs=1,
        ).fit(prepared.module, datamodule=prepared.loading)
    losses = rising.smoothed
    if not losses:
        raise RecipeError(f"the loss was no number from the first step, at a rate of {lowest:g}")
    best = int(np.argmin(losses))
    rates = tuple(rising.rates[: len(losses)])
    return RangeTest(rates, tuple(losses), rates[best] / 10 if best else None)


class _RisingRate(lightning.Callback):
    """Sets the rate of each step, and keeps the loss, smoothed.

    Lightning's own (`Tuner.lr_find`) smooths over fifty steps, half of the test, so that its
    suggestion comes decades too early.
    """

    def __init__(self, rates: Sequence[float]) -> None:
        self.rates = rates
        self.smoothed: list[float] = []
        self._mean = 0.0

    def on_train_batch_start(self, trainer: lightning.Trainer, *_: object) -> None:
        groups = trainer.optimizers[0].param_groups
        largest = max(group["initial_lr"] for group in groups)
        for group in groups:
            group["lr"] = self.rates[trainer.global_step] * group["initial_lr"] / largest

    def on_train_batch_end(
        self,
        trainer: lightning.Trainer,
        pl_module: lightning.LightningModule,  # noqa: ARG002
        outputs: Any,  # noqa: ANN401
        *_: object,
    ) -> None:
        self._mean += (1 - _SMOOTHING) * (float(outputs["loss"]) - self._mean)
        # As Adam's means (Kingma and Ba 2015, section 3), which begin at zero.
        self.smoothed.append(self._mean / (1 - _SMOOTHING ** (len(self.smoothed) + 1)))
        trainer.should_stop = self.smoothed[-1] > _DIVERGED * min(self.smoothed)


@dataclass(frozen=True)
class Swept:
    """One run of a sweep.

    Attributes:
        rate: the cycle's largest.
        error: on the held-back photographs, MSE over plain grey's, the better head's; NaN where
            the loss became no number.
    """

    rate: float
    error: float


def sweep(
    recipe: Recipe,
    rates: Sequence[float],
    photos: Path,
    folder: Path,
    *,
    cache_root: Path,
    encoder_weights: Path | None = None,
    device: str = "auto",
    workers: int = 1,
) -> list[Swept]:
    """Train a recipe once with each largest rate; finished runs are not done again.

    Args:
        recipe: what to do.
        rates: to try.
        photos: as for `train`.
        folder: of the runs, `rate-0.01` and so on, and of `sweep.csv`.
        cache_root: as for `train`.
        encoder_weights: as for `train`.
        device: as for `train`.
        workers: as for `train`.

    Returns:
        One row a rate, as given. What they are compared by are photographs held back from
        training, never those that a model is judged by.

    Raises:
        RecipeError: there is no rate, or one that is not above 0; nothing is held back.
    """
    if not recipe.data.choose_share:
        raise RecipeError("a sweep compares on photographs held back: give a choose_share above 0")
    if not rates or min(rates) <= 0:
        raise RecipeError(f"rates {list(rates)}: give one or more above 0")
    rows = []
    for rate in rates:
        run = folder / f"rate-{rate:g}"
        try:
            train(
                replace(recipe, optimizer=replace(recipe.optimizer, rate=rate)),
                photos,
                run,
                cache_root=cache_root,
                encoder_weights=encoder_weights,
                device=device,
                workers=workers,
            )
        except LossError:
            rows.append(Swept(rate, float("nan")))
        else:
            rows.append(Swept(rate, _held_back_error(run)))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sweep.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["rate", "mse_over_grey"])
        writer.writerows((row.rate, row.error) for row in rows)
    return rows


def _held_back_error(run: Path) -> float:
    figures = json.loads((run / RUN_FILE).read_text("utf-8"))["validation"]
    return float(np.nanmin([v for k, v in figures.items() if k.endswith("_over_grey")]))
