"""The first losses of a fixed small training, so that no change of the learning goes unseen.

Losses are float32, on one thread, without Lightning's trainer, at a small learning rate: at a
large one a difference of 1e-7 grows to a hundredth in some steps. Crops are of 64 pixels, 2 x 2 at
stride 32: of one place each, a norm over a batch of two gives -1 and 1 whatever it sees, and its
gradients are noise, which Adam makes as large as any other. After a change that is meant to move
them:

    REHUE_REMAKE_GOLDEN=1 pytest tests/learning/training/test_golden.py

and say in the commit why they moved.
"""

import dataclasses
import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from rehue.color import Bins
from rehue.dataset import LabCrops, PixelCache
from rehue.dataset.source import find_entries
from rehue.learning.training.losses import rebalancing_weights
from rehue.learning.training.module import ColorTraining, build_network
from rehue.learning.training.sampling import EpochBatches

GOLDEN = Path(__file__).parent / "golden_losses.json"
STEPS = 8
# Relative. oneDNN held to SSE4.1, AVX2 or AVX-512, and PyTorch and NumPy without AVX, differ
# by 3e-7, other machines by 3e-6; without grain, or with a factor of the loss a hundredth larger,
# they move by 3e-3, with ten times the weight decay by 4e-5.
TOLERANCE = 2e-5


def first_losses(recipe, photos, decoded):
    gentle = dataclasses.replace(recipe.optimizer, rate=3e-4)
    recipe = dataclasses.replace(recipe, optimizer=gentle)
    torch.manual_seed(recipe.seed)
    cache = PixelCache.build(find_entries(photos), decoded, recipe.data.short_side)
    bins = Bins.in_srgb(recipe.loss.grid)
    numbers = list(range(len(cache)))
    phase = recipe.phases[-1]
    batches = [
        batch for epoch in (0, 1) for batch in EpochBatches(numbers, phase, recipe.seed, epoch)
    ]
    prior = cache.color_histograms(bins).mean(axis=0)
    weights = rebalancing_weights(prior, recipe.loss.mix, recipe.loss.rebalancing)
    network = build_network(recipe.network, bins)
    training = ColorTraining(recipe, network, bins, weights, steps=len(batches)).train()
    made = training.configure_optimizers()
    optimizer, cycle = made["optimizer"], made["lr_scheduler"]["scheduler"]
    crops = LabCrops(cache, phase.scale, recipe.old_print)
    losses = []
    for number, requests in enumerate(batches[:STEPS]):
        samples = [crops[request] for request in requests]
        batch = {
            name: torch.from_numpy(np.stack([sample[name] for sample in samples]))
            for name in ("lightness", "ab")
        }
        training.on_train_batch_start(batch, number)
        loss = training.training_step(batch, number)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        cycle.step()
        losses.append(loss.item())
    return losses


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.numeric
@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("one_thread")
def test_the_first_losses_are_those_of_the_file(recipe, photos, decoded):
    losses = first_losses(recipe, photos, decoded)
    if os.environ.get("REHUE_REMAKE_GOLDEN"):
        GOLDEN.write_text(json.dumps([round(loss, 6) for loss in losses], indent=1) + "\n", "utf-8")
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert len(golden) == STEPS
    assert losses == pytest.approx(golden, rel=TOLERANCE)
