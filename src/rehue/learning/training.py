"""Running a recipe: photographs, network, Lightning's trainer, and what stays behind."""

import json
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import lightning
import torch
from lightning.pytorch.callbacks import EMAWeightAveraging, LearningRateMonitor, ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from lightning.pytorch.utilities import rank_zero_info
from torch.utils.data import DataLoader

from rehue.color import Bins
from rehue.dataset import CropRequest, Entry, LabCrops, Part, PixelCache, part_of
from rehue.dataset.sampling import sample_per_label
from rehue.dataset.source import find_entries
from rehue.errors import RecipeError
from rehue.learning.module import ColorTraining, build_network
from rehue.learning.networks import Network
from rehue.learning.pretrained import calibrate_norms, load_imagenet
from rehue.learning.recipe import Recipe
from rehue.learning.sampling import EpochBatches, WholeBatches

RUN_FILE, CHECKPOINT = "run.json", "last.ckpt"
# Validation looks at whole short sides at this size (px), a middle way between speed and truth.
VALIDATION_SIZE = 192
VALIDATION_BATCH = 32


class CropLoading(lightning.LightningDataModule):
    """Crops of cached photographs, split by hash.

    Args:
        recipe: sizes, batches and degradations.
        cache: decoded photographs.
        workers: processes that make crops; 0 makes them in the training process.
    """

    def __init__(self, recipe: Recipe, cache: PixelCache, workers: int) -> None:
        super().__init__()
        self.recipe = recipe
        self.cache = cache
        self.workers = workers
        share = recipe.data.choose_share
        parts = [part_of(photo.key, share) for photo in cache.photos]
        self.train_numbers = [i for i, part in enumerate(parts) if part is Part.TRAIN]
        self.choose_numbers = [i for i, part in enumerate(parts) if part is Part.CHOOSE]
        if not self.train_numbers:
            raise RecipeError("every photograph fell into the held-back part: give more of them")

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole run."""
        return sum(len(self._batches(epoch)) for epoch in range(self.recipe.epochs))

    def train_dataloader(self) -> DataLoader[object]:
        """The crops of the epoch that the trainer is in."""
        epoch = self.trainer.current_epoch if self.trainer else 0
        phase = self.recipe.phase_of(epoch)
        crops = LabCrops(self.cache, phase.scale, self.recipe.old_print)
        return DataLoader(
            crops,  # type: ignore[arg-type]
            batch_sampler=self._batches(epoch),
            num_workers=self.workers,
            prefetch_factor=4 if self.workers else None,
        )

    def val_dataloader(self) -> DataLoader[object]:
        """Centre crops of the held-back photographs."""
        batches = WholeBatches(self.choose_numbers, VALIDATION_SIZE, VALIDATION_BATCH)
        return DataLoader(
            LabCrops(self.cache),  # type: ignore[arg-type]
            batch_sampler=batches,
            num_workers=self.workers,
        )

    def _batches(self, epoch: int) -> EpochBatches:
        phase = self.recipe.phase_of(epoch)
        return EpochBatches(self.train_numbers, phase, self.recipe.seed, epoch)


def train(
    recipe: Recipe,
    photos: Path,
    run: Path,
    *,
    cache_root: Path,
    encoder_weights: Path | None = None,
    device: str = "auto",
    workers: int = 1,
    max_steps: int = -1,
) -> Path:
    """Train a recipe's network, or go on with a run that was interrupted.

    Args:
        recipe: what to do.
        photos: a data set, see `rehue.dataset.open_photographs`.
        run: folder of the run: checkpoint, logs and `run.json`.
        cache_root: where decoded photographs are kept.
        encoder_weights: ImageNet-trained encoder (safetensors); None downloads torchvision's.
        device: `cpu`, `cuda`, `mps` or `auto`.
        workers: processes that make crops.
        max_steps: stop early, for a trial; -1 runs all.

    Returns:
        The checkpoint's path.

    Raises:
        RecipeError: the recipe, its weights, the device or the folder of another recipe's run
            cannot be used.
        DatasetError: the photographs cannot be used.
    """
    _check_device(device)
    _claim(run, recipe)
    lightning.seed_everything(recipe.seed, workers=True, verbose=False)
    entries = recipe_entries(recipe, photos)
    cache = PixelCache.build(entries, cache_root, recipe.data.short_side)
    _report_left_out(cache.left_out)
    loading = CropLoading(recipe, cache, workers)
    bins = Bins.in_srgb(recipe.loss.grid)
    network = build_network(recipe.network, bins)
    start = _start(network, recipe, encoder_weights, loading)
    prior = cache.color_histogram(loading.train_numbers, bins)
    module = ColorTraining(recipe, network, bins, prior, loading.steps)
    trainer = lightning.Trainer(
        accelerator=device,
        precision=recipe.precision,  # type: ignore[arg-type]
        max_epochs=recipe.epochs,
        max_steps=max_steps,
        callbacks=[
            EMAWeightAveraging(decay=recipe.average),
            ModelCheckpoint(dirpath=run, filename="{epoch}", save_last=True, save_top_k=1),
            LearningRateMonitor("step"),
        ],
        logger=[CSVLogger(run, name="csv"), TensorBoardLogger(run, name="tensorboard")],
        reload_dataloaders_every_n_epochs=1,
        num_sanity_val_steps=0,
        log_every_n_steps=20,
        enable_model_summary=False,
    )
    resumed = run / CHECKPOINT
    began = time.monotonic()
    trainer.fit(
        module,
        datamodule=loading,
        ckpt_path=resumed if resumed.is_file() else None,
        weights_only=True,
    )
    if not trainer.callback_metrics and (run / RUN_FILE).is_file():
        return resumed  # it was finished before: its facts stay
    facts = {
        "recipe": asdict(recipe),
        "commit": _commit(),
        "encoder": start,
        "photographs": len(loading.train_numbers),
        "held_back": len(loading.choose_numbers),
        "left_out": cache.left_out,
        "sources": sorted({photo.source for photo in cache.photos if photo.source}),
        "steps": trainer.global_step,
        "seconds_of_last_call": round(time.monotonic() - began),
        "hardware": f"{platform.machine()}, {torch.get_num_threads()} threads, {device}",
        "torch": torch.__version__,
        "validation": {k: float(v) for k, v in trainer.callback_metrics.items()},
    }
    (run / RUN_FILE).write_text(json.dumps(facts, indent=1), "utf-8")
    return resumed


def recipe_entries(recipe: Recipe, photos: Path) -> list[Entry]:
    """List the photographs that a recipe draws from a data set.

    Raises:
        DatasetError: there are none.
    """
    entries = find_entries(photos, recipe.data.shards)
    if recipe.data.per_label:
        entries = sample_per_label(entries, recipe.data.per_label, recipe.seed)
    return entries


def _report_left_out(left_out: Mapping[str, Sequence[str]]) -> None:
    for reason, keys in left_out.items():
        named = ", ".join(keys[:3]) + (", ..." if len(keys) > 3 else "")
        rank_zero_info(f"left out, {reason}: {len(keys)} ({named})")


def _check_device(device: str) -> None:
    here = {
        "auto": True,
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if not here.get(device):
        usable = ", ".join(name for name, is_here in here.items() if is_here)
        raise RecipeError(f"no device {device!r} to train on here: use one of {usable}")


def _claim(run: Path, recipe: Recipe) -> None:
    """Make the run's folder, or see that what was learnt there is this recipe's."""
    claim = run / "recipe.json"
    text = json.dumps(asdict(recipe), indent=1)
    try:
        run.mkdir(parents=True, exist_ok=True)
        has_learnt = claim.is_file() and (run / CHECKPOINT).is_file()
        if has_learnt and claim.read_text("utf-8") != text:
            raise RecipeError(f"{run}: holds a run of another recipe: give another --run folder")
        claim.write_text(text, "utf-8")
    except OSError as error:
        raise RecipeError(
            f"{run}: no folder for the run ({error.strerror}): give another --run"
        ) from error


def _start(network: Network, recipe: Recipe, weights: Path | None, loading: CropLoading) -> str:
    """Load the encoder's weights; say what the network started from."""
    if recipe.network.weights == "random":
        return "random weights"
    encoder = network.encoder
    fresh = load_imagenet(encoder, weights)  # type: ignore[arg-type]
    crops = LabCrops(loading.cache)
    chosen = loading.train_numbers[:: max(1, len(loading.train_numbers) // 64)][:64]
    batch = [torch.from_numpy(crops[CropRequest(n, 128, None)]["lightness"]) for n in chosen]
    calibrate_norms(network, encoder, torch.stack(batch))  # type: ignore[arg-type]
    source = weights.name if weights else "torchvision"
    return f"ImageNet ({source}; random: {', '.join(fresh) or 'none'})"


def _commit() -> str:
    """Return the commit of this code, or "unknown" where it is not run from its own checkout."""
    root = Path(__file__).parents[3]
    if not (root / ".git").exists():
        return "unknown"
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
