"""What norms see, measured anew for averaged weights.

The mean of many steps' weights is the weights of no step: the statistics that came with them, means
themselves, are not those of what its norms see (Izmailov et al. 2018, "Averaging Weights Leads to
Wider Optima and Better Generalization", section 3.2).
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import torch
from torch import nn

from rehue.color import Bins
from rehue.dataset import Part, PixelCache
from rehue.dataset.sampling import evenly
from rehue.learning.networks import Network
from rehue.learning.training.loading import CropLoading, entries_of_part
from rehue.learning.training.module import ColorTraining
from rehue.learning.training.recipe import Recipe

# Photographs that are looked at: 40 batches of 64.
SEEN: Final = 2560


def settle(network: Network, recipe: Recipe, photos: Path) -> int:
    """Measure the statistics of a network's norms anew, on crops as its run saw them.

    Args:
        network: its norms are changed in place, but for those of frozen parts.
        recipe: of its run; the crops are those of its first phase.
        photos: data set of the run, of which `SEEN` photographs that it learnt from are looked at.

    Returns:
        How many photographs were seen.

    Raises:
        DatasetError: there are none.
    """
    learnt = entries_of_part(recipe, photos, Part.TRAIN)
    once = replace(recipe, phases=(replace(recipe.phases[0], epochs=1, share=1.0),))
    with TemporaryDirectory() as folder:
        cache = PixelCache.build(evenly(learnt, SEEN), Path(folder), recipe.data.short_side)
        loading = CropLoading(once, cache, workers=0)
        module = ColorTraining(once, network, Bins.in_srgb(recipe.loss.grid), loading.weights, 1)
        module.train()
        module.on_train_batch_start()
        for norm in network.modules():
            if isinstance(norm, nn.BatchNorm2d) and norm.training:
                norm.reset_running_stats()
                norm.momentum = None  # the mean over all batches
        with torch.no_grad():
            for batch in loading.train_dataloader():
                module.look_at(batch)
        seen = len(loading.train_numbers)
    network.eval()
    return seen
