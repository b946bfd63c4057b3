"""Learn the heads of `rehue.scan.recognition`: which way is up, and is it a negative.

    python benchmarks/scan/learn_heads.py --photos SHARDS --output src/rehue/scan/heads.npz

Photographs of the shards' training part are shown to the frozen recogniser, each as an old print
might be and turned in two of the four ways, a third of them as a negative, too. What it saw is
learnt from by two small networks; half of the batches are mirrored.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from features import Recognizer, as_negative, degraded, grey_of
from numpy.typing import NDArray
from photographs import others
from torch import Tensor, nn
from torch.nn import functional

from rehue.scan.recognition import tones_of

SEED = 0
BATCH, EPOCHS, RATE, DECAY = 512, 12, 2e-3, 1e-2
DROPOUT = 0.35
NEGATIVES = 0.35  # of the photographs


class Head(nn.Module):
    """A layer of each place, one of 2 x 2 neighbours together, and the last."""

    def __init__(
        self, channels: int, places: int, hidden: int, answers: int, beside: int = 0
    ) -> None:
        super().__init__()
        self.place = nn.Linear(channels, places)
        self.whole = nn.Linear(9 * places + beside, hidden)
        self.last = nn.Linear(hidden, answers)

    def forward(self, places: Tensor, beside: Tensor) -> Tensor:
        """N x 6 x 6 x channels, and N x what lies beside, to N x answers."""
        drop = DROPOUT if self.training else 0.0
        cells = torch.relu(self.place(functional.dropout(places, drop)))
        cells = cells.unflatten(2, (3, 2)).unflatten(1, (3, 2)).mean(dim=(2, 4)).flatten(1)
        together = torch.cat([functional.dropout(cells, drop), beside], dim=1)
        hidden = torch.relu(self.whole(together))
        answers: Tensor = self.last(functional.dropout(hidden, drop))
        return answers


def looks(photos: Path, count: int) -> Iterator[tuple[NDArray[np.float16], NDArray, int, bool]]:
    """What was seen of each place, the tones, the turn that is missing, and is it a negative."""
    recognizer = Recognizer()
    for number, (_, picture) in enumerate(others(photos, count)):
        rng = np.random.default_rng([SEED, number])
        grey = grey_of(picture)
        shown = [(degraded(grey, rng), turn, False) for turn in rng.permutation(4)[:2]]
        if rng.random() < NEGATIVES:
            shown.append((as_negative(grey, rng), rng.integers(4), True))
        for copy, turn, is_negative in shown:
            seen = recognizer.see(np.ascontiguousarray(np.rot90(copy, turn)))
            places = seen.features.places.astype(np.float16)
            yield places, tones_of(seen.light), int(turn), is_negative


def fit(head: Head, places: Tensor, beside: Tensor, wanted: Tensor, spread: Tensor) -> None:
    """Learn; places come divided by `spread`, and the head takes that in at the end."""
    torch.manual_seed(SEED)
    optimizer = torch.optim.AdamW(head.parameters(), RATE, weight_decay=DECAY)
    batches = len(wanted) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=EPOCHS * batches, pct_start=0.1
    )
    for _ in range(EPOCHS):
        order = torch.randperm(len(wanted))
        for number in range(batches):
            chosen = order[number * BATCH : (number + 1) * BATCH]
            shown, answers = places[chosen].float() / spread, wanted[chosen]
            if number % 2:  # mirrored, a picture is upright after turns the other way
                shown = shown.flip(2)
                answers = -answers % 4 if head.last.out_features == 4 else answers
            loss = functional.cross_entropy(head(shown, beside[chosen]), answers)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    head.eval()
    with torch.no_grad():
        head.place.weight /= spread


def main() -> None:
    """Look, learn, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True, help="folder of tar shards")
    parser.add_argument("--number", type=int, default=10000, help="photographs")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    seen, tones, turns, negative = zip(*looks(options.photos, options.number), strict=True)
    places = torch.from_numpy(np.stack(seen))
    beside = torch.from_numpy(np.stack(tones))
    is_negative = torch.tensor(negative)
    spread = places.float().std(dim=(0, 1, 2)) + 1e-3
    ways = Head(places.shape[-1], 64, 64, 4)
    upright = ~is_negative
    nothing = torch.zeros(int(upright.sum()), 0)
    fit(ways, places[upright], nothing, torch.tensor(turns)[upright], spread)
    other = Head(places.shape[-1], 16, 16, 2, beside.shape[1])
    fit(other, places, beside, is_negative.long(), spread)
    arrays = {
        f"{name}.{part}": np.ascontiguousarray(value.T.numpy().astype(np.float16))
        for name, head in (("ways", ways), ("negative", other))
        for part, value in head.state_dict().items()
    }
    np.savez_compressed(options.output, **arrays)
    print(f"{options.output}: {options.output.stat().st_size / 1e3:.0f} kB of {len(turns)} looks")


if __name__ == "__main__":
    main()
