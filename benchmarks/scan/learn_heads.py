"""Learn the heads of `rehue.scan.recognition`: which way is up, and is it a negative.

    python benchmarks/scan/learn_heads.py --features features/ --head ways \
        --output src/rehue/scan/heads.npz

What `features.py` wrote is learnt from by two small networks, or by one of them: the other stays as
it is in the file. Half of the batches are mirrored.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

Arrays = dict[str, NDArray[np.float16]]

SEED = 0
BATCH, EPOCHS, RATE, DECAY = 512, 12, 2e-3, 1e-2
DROPOUT = 0.35  # of channels, alike at all places, and of what comes of them
SPARSE = 7  # one look of so many is enough to measure the features' spread


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
        is_kept = functional.dropout(torch.ones_like(places[:, :1, :1]), drop)
        cells = torch.relu(self.place(places * is_kept))
        cells = cells.unflatten(2, (3, 2)).unflatten(1, (3, 2)).mean(dim=(2, 4)).flatten(1)
        together = torch.cat([functional.dropout(cells, drop), beside], dim=1)
        hidden = torch.relu(self.whole(together))
        answers: Tensor = self.last(functional.dropout(hidden, drop))
        return answers


def looks(folder: Path) -> dict[str, Tensor]:
    """What was seen of each place, the tones, the turn that is missing, and is it a negative."""
    pieces = [dict(np.load(path)) for path in sorted(folder.glob("*.npz"))]
    names = ("places", "tones", "turn", "negative")
    return {n: torch.from_numpy(np.concatenate([piece[n] for piece in pieces])) for n in names}


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


def joined(one: Arrays, other: Arrays) -> Arrays:
    """Return two heads as one: their layers side by side, and the mean of their answers."""
    first, second = one["place.bias"].size, other["place.bias"].size
    cells = len(one["whole.weight"]) // first
    wide = one["whole.bias"].size
    whole = np.zeros((cells, first + second, wide + other["whole.bias"].size), np.float16)
    whole[:, :first, :wide] = one["whole.weight"].reshape(cells, first, -1)
    whole[:, first:, wide:] = other["whole.weight"].reshape(cells, second, -1)
    return {
        "place.weight": np.concatenate([one["place.weight"], other["place.weight"]], axis=1),
        "place.bias": np.concatenate([one["place.bias"], other["place.bias"]]),
        "whole.weight": whole.reshape(-1, whole.shape[-1]),
        "whole.bias": np.concatenate([one["whole.bias"], other["whole.bias"]]),
        "last.weight": np.concatenate([one["last.weight"], other["last.weight"]]) / 2,
        "last.bias": (one["last.bias"] + other["last.bias"]) / 2,
    }


def main() -> None:
    """Learn, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--features", type=Path, required=True, help="folder of features.py")
    parser.add_argument("--head", choices=("ways", "negative"), help="one of them; else both")
    parser.add_argument("--join", action="store_true", help="to the ways that the file holds")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    seen = looks(options.features)
    places, turns, is_negative = seen["places"], seen["turn"].long(), seen["negative"]
    spread = places[::SPARSE].float().std(dim=(0, 1, 2)) + 1e-3
    arrays = dict(np.load(options.output)) if options.head or options.join else {}
    before = {n.removeprefix("ways."): a for n, a in arrays.items() if n.startswith("ways.")}
    learnt: dict[str, Head] = {}
    if options.head != "negative":
        learnt["ways"] = Head(places.shape[-1], 64, 96, 4)
        upright = ~is_negative
        nothing = torch.zeros(int(upright.sum()), 0)
        fit(learnt["ways"], places[upright], nothing, turns[upright], spread)
    if options.head != "ways":
        tones = seen["tones"].float()
        learnt["negative"] = Head(places.shape[-1], 16, 16, 2, tones.shape[1])
        fit(learnt["negative"], places, tones, is_negative.long(), spread)
    for name, head in learnt.items():
        halves = {p: v.t().numpy().astype(np.float16) for p, v in head.state_dict().items()}
        if options.join and name == "ways":
            halves = joined(before, halves)
        arrays |= {f"{name}.{p}": np.ascontiguousarray(value) for p, value in halves.items()}
    np.savez_compressed(options.output, **arrays)
    print(f"{options.output}: {options.output.stat().st_size / 1e3:.0f} kB of {len(turns)} looks")


if __name__ == "__main__":
    main()
