"""Which photographs a recipe learns from, and their crops for Lightning."""

from pathlib import Path

import lightning
import numpy as np
from lightning.pytorch.utilities import rank_zero_warn
from numpy.typing import NDArray
from torch.utils.data import DataLoader

from rehue.color import Bins
from rehue.dataset import Entry, LabCrops, Part, Photographs, PixelCache, part_of
from rehue.dataset.sampling import evenly, sample_per_label, sample_total
from rehue.dataset.source import find_entries
from rehue.errors import DatasetError, RecipeError
from rehue.learning.training.losses import rebalancing_weights
from rehue.learning.training.recipe import Data, Recipe
from rehue.learning.training.sampling import EpochBatches, WholeBatches

# Validation looks at whole short sides at this size (px), a middle way between speed and truth.
VALIDATION_SIZE = 192
VALIDATION_BATCH = 32
# At most so many of the held-back photographs, evenly: enough for a curve, and for a sweep.
VALIDATION_PHOTOGRAPHS = 1024


def recipe_entries(recipe: Recipe, photos: Path) -> list[Entry]:
    """List the photographs that a recipe draws from a data set.

    Raises:
        DatasetError: there are none, or none of the recipe's sources.
    """
    entries = find_entries(photos, recipe.data.shards)
    if wanted := set(recipe.data.sources):
        found = {entry.source for entry in entries if entry.source}
        if unknown := sorted(wanted - found):
            named = ", ".join(unknown)
            rank_zero_warn(f"{photos}: no photograph of {named}, which the recipe names")
        entries = [entry for entry in entries if entry.source in wanted]
    if not entries:
        raise DatasetError(
            f"{photos}: no photograph is of the recipe's sources: give shards that name theirs, or "
            "another recipe"
        )
    if recipe.data.per_label:
        entries = sample_per_label(entries, recipe.data.per_label, recipe.data.draw)
    return entries


def held_back(recipe: Recipe, photos: Path) -> Photographs:
    """Return what training by a recipe holds back of a data set, to choose on.

    Raises:
        DatasetError: as for `recipe_entries`.
    """
    return Photographs(entries_of_part(recipe, photos, Part.CHOOSE))


def entries_of_part(recipe: Recipe, photos: Path, part: Part) -> list[Entry]:
    """List the photographs of a data set that a recipe learns from, or holds back.

    Raises:
        DatasetError: as for `recipe_entries`.
    """
    share = recipe.data.choose_share
    return [e for e in recipe_entries(recipe, photos) if part_of(e.key, share) is part]


class CropLoading(lightning.LightningDataModule):
    """Crops of cached photographs, split by hash.

    Args:
        recipe: sizes, batches and degradations.
        cache: decoded photographs.
        workers: processes that make crops; 0 makes them in the training process.

    Attributes:
        train_numbers: photographs that are learnt from.
        choose_numbers: photographs that are held back.
        weights: what a pixel of each bin counts.

    Raises:
        RecipeError: nothing is left to learn from.
    """

    def __init__(self, recipe: Recipe, cache: PixelCache, workers: int) -> None:
        super().__init__()
        self.recipe = recipe
        self.cache = cache
        self.workers = workers
        self.train_numbers, self.choose_numbers = _numbers(recipe.data, cache)
        if not self.train_numbers:
            raise RecipeError("every photograph fell into the held-back part: give more of them")
        loss = recipe.loss
        histograms = cache.color_histograms(Bins.in_srgb(loss.grid))[self.train_numbers]
        self.weights = rebalancing_weights(histograms.mean(axis=0), loss.mix, loss.rebalancing)
        self.chances = _chances(recipe.data, cache, self.train_numbers, histograms @ self.weights)

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
        looked_at = evenly(self.choose_numbers, VALIDATION_PHOTOGRAPHS)
        batches = WholeBatches(looked_at, VALIDATION_SIZE, VALIDATION_BATCH)
        return DataLoader(
            LabCrops(self.cache),  # type: ignore[arg-type]
            batch_sampler=batches,
            num_workers=self.workers,
        )

    def _batches(self, epoch: int) -> EpochBatches:
        trainer = self.trainer
        return EpochBatches(
            self.train_numbers,
            self.recipe.phase_of(epoch),
            self.recipe.seed,
            epoch,
            self.chances,
            rank=trainer.global_rank if trainer else 0,
            processes=trainer.world_size if trainer else 1,
        )


def _chances(
    data: Data, cache: PixelCache, numbers: list[int], rarity: NDArray[np.float32]
) -> NDArray[np.float64] | None:
    """Return how likely each photograph is to be drawn; None where each is seen once.

    Raises:
        RecipeError: none is.
    """
    if not data.rare and not data.kinds:
        return None
    if unknown := sorted(data.kinds.keys() - {photo.kind for photo in cache.photos}):
        rank_zero_warn(f"no photograph is of the kind {', '.join(unknown)}, which the recipe names")
    favour = [data.kinds.get(cache.photos[number].kind or "", 1.0) for number in numbers]
    chances: NDArray[np.float64] = rarity.astype(np.float64) ** data.rare * np.asarray(favour)
    if not chances.any():
        raise RecipeError(
            f"[data] kinds leaves no photograph to draw, all are of {', '.join(data.kinds)}: give "
            "one of them more than 0"
        )
    chances /= chances.sum()
    return chances


def _numbers(data: Data, cache: PixelCache) -> tuple[list[int], list[int]]:
    """Return the photographs that are learnt from and those that are held back."""
    parts: dict[Part, list[int]] = {part: [] for part in Part}
    for number, photo in enumerate(cache.photos):
        parts[part_of(photo.key, data.choose_share)].append(number)
    learnt = parts[Part.TRAIN]
    if data.total:
        taken = sample_total((cache.photos[number] for number in learnt), data.total, data.draw)
        keys = {photo.key for photo in taken}
        learnt = [number for number in learnt if cache.photos[number].key in keys]
    return learnt, parts[Part.CHOOSE]
