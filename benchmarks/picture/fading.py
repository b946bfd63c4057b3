"""Learn what `rehue.color.fading` knows of faded photographs, and write `fading.npz`.

    python benchmarks/picture/fading.py --photos PHOTOS --output src/rehue/color/fading.npz

Photographs of the training shards are faded by the three families below; a network of one hidden
layer learns to undo them, judged by a smooth stand-in for CIEDE2000 at places of the picture. The
figures printed are of photographs held back (`rehue.dataset.split`), faded by the same families;
`_DOUBT` and the network's width were chosen by them. `benchmarks/picture/refresh.py` judges on
other fades and other photographs. Needs the extra `train`.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from rehue.color import ciede2000, lab_to_srgb, quantize, srgb_to_lab
from rehue.color.fading import statistics
from rehue.color.lab import WHITE, XYZ_FROM_RGB
from rehue.dataset import Entry, Part, part_of
from rehue.dataset.source import decode, find_entries

HIDDEN, BATCH, RATE, DECAY = 64, 256, 6e-3, 0.1
# What a good photograph counts for, in faded ones: its own copies are one in six.
GOOD_COUNTS = 1.5
# Places of a picture: rows and columns that are looked at, and how many of them are judged.
SIDE, JUDGED, JUDGED_A_STEP = 44, 144, 40
# Differences of L up to this size are not told apart further.
FLOOR = 0.1

Picture = NDArray[np.floating]
Random = np.random.Generator


# Fading and a wrong balance take contrast and colour away and never add any; else these are free.
def channel_curves(encoded: Picture, rng: Random) -> Picture:
    """Black raised, white lowered and a power, for each channel of the code values."""
    much = rng.uniform(0.3, 1.5)
    black = much * happens(rng) * (rng.uniform(0, 0.14) + np.abs(rng.normal(0, 0.05, 3)))
    white = 1 - much * happens(rng) * (rng.uniform(0, 0.12) + np.abs(rng.normal(0, 0.1, 3)))
    power = np.exp(much * happens(rng) * (-rng.uniform(0, 0.3) + rng.normal(0, 0.15, 3)))
    black, white = np.clip(black, 0, 0.4), np.clip(white, 0.5, 1)
    return black + (white - black) * encoded**power


def lab_shift(encoded: Picture, rng: Random) -> Picture:
    """Less contrast of L and less chroma, and a cast that runs with L as a parabola."""
    much = rng.uniform(0.3, 1.5)
    lab = srgb_to_lab(encoded)
    veil = much * happens(rng)
    black, white = veil * rng.uniform(0, 18), 100 - veil * rng.uniform(0, 14)
    power = np.exp(-much * happens(rng, 0.4) * rng.uniform(0, 0.3))
    tone = np.clip(lab[..., :1] / 100, 0, 1)
    common = rng.normal(0, 9, 2)
    dark, middle, light = (much * (common + rng.normal(0, 4, 2)) for _ in range(3))
    cast = (1 - tone) ** 2 * dark + 2 * tone * (1 - tone) * middle + tone**2 * light
    ab = lab[..., 1:] * np.exp(-much * happens(rng) * rng.uniform(0, 0.7)) + cast
    faded = np.concatenate([black + (white - black) * tone**power, ab], axis=-1)
    return np.clip(lab_to_srgb(faded), 0, 1)


def mixed_channels(encoded: Picture, rng: Random) -> Picture:
    """A part of each channel replaced by a mean of all three, then `channel_curves`."""
    part = rng.uniform(0, 0.3, 3) * rng.uniform()
    mixing = np.diag(1 - part) + part[:, None] * rng.dirichlet([2, 2, 2], 3)
    return channel_curves(np.clip(encoded @ mixing.T, 0, 1), rng)


def happens(rng: Random, probability: float = 0.6) -> bool:
    """Whether a part of a fade takes place."""
    return bool(rng.random() < probability)


FAMILIES = {"channels": channel_curves, "Lab": lab_shift, "mixed": mixed_channels}


@dataclass(frozen=True)
class Lessons:
    """Faded photographs, what is known of each, and the colours that it had.

    Attributes:
        known: N x statistics.
        faded: N x places x 3, sRGB-encoded.
        lab: N x places x 3, of the originals.
        family: N, -1 for those left as they were.
    """

    known: NDArray[np.float32]
    faded: NDArray[np.float32]
    lab: NDArray[np.float32]
    family: NDArray[np.intp]


def lessons(entries: list[Entry], seed: int) -> Lessons:
    """Fade each photograph by each family, two of them twice, and leave one copy as it is."""
    rows: list[tuple[NDArray[np.floating], ...]] = []
    family: list[int] = []
    for entry in entries:
        pixels = decode(entry.read())
        rng = np.random.default_rng([*entry.key.encode(), seed])
        y, x = (((np.arange(SIDE) + 0.5) * side / SIDE).astype(int) for side in pixels.shape[:2])
        places = pixels[np.ix_(y, x)].reshape(-1, 3) / 255
        judged = rng.permutation(len(places))[:JUDGED]
        lab = srgb_to_lab(places[judged])
        for number, faded in copies(places, rng):
            rows.append((statistics(faded), faded[judged], lab))
            family.append(number)
    known, faded, lab = (np.stack(each).astype(np.float32) for each in zip(*rows, strict=True))
    return Lessons(known, faded, lab, np.array(family))


def copies(places: Picture, rng: Random) -> Iterator[tuple[int, Picture]]:
    """The picture as it is, and faded, rounded to 8 bits; each with its family."""
    yield -1, places
    families = list(FAMILIES.values())
    for number in (0, 1, 2, *rng.permutation(3)[:2]):
        yield int(number), quantize(families[number](places, rng), np.uint8) / 255


def undone(faded: Tensor, figures: Tensor) -> Tensor:
    """`rehue.color.fading.undo_fade` of each picture, with gradients; L*a*b*."""
    black, white, power = (figures[:, None, i : i + 3] for i in (0, 3, 6))
    black, white = 0.1 * black, 1 - 0.1 * white
    stretched = (faded - black) / (white - black).clamp(min=0.2)
    encoded = stretched.clamp(1e-3, 1) ** torch.exp(0.2 * power)
    curve = ((encoded.clamp(min=0.04045) + 0.055) / 1.055) ** 2.4
    linear = torch.where(encoded <= 0.04045, encoded / 12.92, curve)
    relative = linear @ torch.tensor((XYZ_FROM_RGB / WHITE[:, None]).T, dtype=faded.dtype)
    line = relative / (3 * (6 / 29) ** 2) + 4 / 29
    root = torch.where(relative > (6 / 29) ** 3, relative.clamp(min=1e-4) ** (1 / 3), line)
    fx, fy, fz = root.unbind(-1)
    chroma = torch.exp(0.2 * figures[:, None, 9])
    return torch.stack([116 * fy - 16, 500 * (fx - fy) * chroma, 200 * (fy - fz) * chroma], -1)


def difference(lab: Tensor, original: Tensor) -> Tensor:
    """Differences of ab count less the larger the original's chroma is, roughly as CIE 94's."""
    light, a, b = ((lab - original) ** 2).unbind(-1)
    chroma = original[..., 1:].norm(dim=-1)
    return torch.sqrt(light + (a + b) / (1 + 0.03 * chroma) ** 2 + FLOOR**2)


def teach(course: Lessons, steps: int, seed: int) -> dict[str, NDArray[np.float32]]:
    """Learn to undo; returns the arrays of `fading.npz`."""
    torch.manual_seed(seed)
    mean, spread = course.known.mean(axis=0), course.known.std(axis=0) + 0.01
    known = torch.tensor((course.known - mean) / spread)
    faded, lab = torch.tensor(course.faded), torch.tensor(course.lab)
    counts = torch.tensor(np.where(course.family < 0, GOOD_COUNTS, 1.0), dtype=torch.float32)
    first, last = nn.Linear(known.shape[1], HIDDEN), nn.Linear(HIDDEN, 10)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    network = nn.Sequential(first, nn.ReLU(), last)
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(steps):
        batch = torch.randint(len(known), (BATCH,))[:, None]
        places = torch.randperm(JUDGED)[:JUDGED_A_STEP]
        answer = undone(faded[batch, places], network(known[batch[:, 0]]))
        loss = (counts[batch] * difference(answer, lab[batch, places])).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    layers = {
        "weights_in": first.weight.T,
        "bias_in": first.bias,
        "weights_out": last.weight.T,
        "bias_out": last.bias,
    }
    arrays = {name: layer.detach().numpy() for name, layer in layers.items()}
    return {"mean": mean, "spread": spread, **arrays}


def report(arrays: dict[str, NDArray[np.float32]], exam: Lessons) -> None:
    """Print mean CIEDE2000 to the original before and after, for ways to keep out of doubt."""
    standing = (exam.known - arrays["mean"]) / arrays["spread"]
    hidden = np.maximum(standing @ arrays["weights_in"] + arrays["bias_in"], 0)
    figures = torch.tensor(hidden @ arrays["weights_out"] + arrays["bias_out"])
    faded, faded_lab = torch.tensor(exam.faded), srgb_to_lab(exam.faded)
    before = ciede2000(faded_lab, exam.lab).mean(axis=1)
    change = ciede2000(undone(faded, figures).numpy(), faded_lab).mean(axis=1)
    print(f"{'doubt':>12}{'good':>7}{'> 1':>7}" + "".join(f"{name:>12}" for name in FAMILIES))
    for low, high in ((-1, 0), (2, 4), (2, 5), (3, 5), (3, 6), (4, 7)):
        trust = torch.tensor(np.clip((change - low) / (high - low), 0, 1)[:, None])
        answer = undone(faded, (trust * figures).float()).numpy()
        after = ciede2000(answer, exam.lab).mean(axis=1)
        good = after[exam.family < 0]
        line = f"{f'{low} to {high}':>12}{good.mean():7.2f}{(good > 1).mean():7.1%}"
        for number in range(len(FAMILIES)):
            of = exam.family == number
            line += f"{before[of].mean():6.2f}{after[of].mean() / before[of].mean() - 1:6.0%}"
        print(line)


def main() -> None:
    """Fade, learn, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True, help="folder of tar shards")
    parser.add_argument("--limit", type=int, help="a quick look: only the first so many")
    parser.add_argument("--steps", type=int, default=16000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, required=True, help="fading.npz to write")
    options = parser.parse_args()
    torch.set_num_threads(1)
    entries = find_entries(options.photos, "train-*.tar")
    parts = {part: [one for one in entries if part_of(one.key) is part] for part in Part}
    course = lessons(parts[Part.TRAIN][: options.limit], options.seed)
    exam = lessons(parts[Part.CHOOSE][: options.limit], options.seed)
    arrays = teach(course, options.steps, options.seed)
    report(arrays, exam)
    stored = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(options.output, **stored)


if __name__ == "__main__":
    main()
