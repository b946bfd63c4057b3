"""Which crop is seen when: everything follows from the recipe's seed and the epoch."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehue.dataset import CropRequest
from rehue.learning.training.recipe import Phase


@dataclass(frozen=True)
class EpochBatches:
    """Batches of crop requests for one epoch, for a DataLoader's `batch_sampler`.

    Attributes:
        numbers: photographs to draw from.
        phase: size, batch and share.
        seed: the recipe's.
        epoch: counted over the whole run.
        chances: of each photograph to be drawn, again and again; None sees each once.
        rank: of this process among `processes`, which share every batch.
        processes: that train together.
    """

    numbers: Sequence[int]
    phase: Phase
    seed: int
    epoch: int
    chances: NDArray[np.float64] | None = None
    rank: int = 0
    processes: int = 1

    def __len__(self) -> int:
        """Number of batches; the last photographs that fill none wait for another epoch."""
        return max(1, round(len(self.numbers) * self.phase.share) // self.phase.batch)

    def __iter__(self) -> Iterator[list[CropRequest]]:
        """Yield the batches."""
        rng = np.random.default_rng((self.seed, self.epoch))
        numbers = np.asarray(self.numbers)
        if self.chances is None:
            order = rng.permutation(numbers)
        else:
            order = rng.choice(numbers, len(self) * self.phase.batch, p=self.chances)
        crop_seed = int(rng.integers(2**31))
        for start in range(0, len(self) * self.phase.batch, self.phase.batch):
            chosen = order[start : start + self.phase.batch][self.rank :: self.processes]
            yield [CropRequest(int(n), self.phase.size, crop_seed) for n in chosen]


@dataclass(frozen=True)
class WholeBatches:
    """Batches of plain centre crops, for validation.

    Attributes:
        numbers: photographs.
        size: side of the crops (px).
        batch: crops a step.
    """

    numbers: Sequence[int]
    size: int
    batch: int

    def __len__(self) -> int:
        """Number of batches."""
        return math.ceil(len(self.numbers) / self.batch)

    def __iter__(self) -> Iterator[list[CropRequest]]:
        """Yield the batches, always the same."""
        for start in range(0, len(self.numbers), self.batch):
            chosen = self.numbers[start : start + self.batch]
            yield [CropRequest(n, self.size, None) for n in chosen]
