"""Features of a frozen recogniser, as the network that colours gives them beside its colours.

    python benchmarks/scan/features.py --photos SHARDS --looks 22000 --output features/

Each look is at another photograph of the shards' training part, in a fixed random order, as an old
print might be, half of them cropped, turned in one of the four ways; some are negatives. They are
written in pieces: what is there already is not looked at again.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openvino
import torch
from numpy.typing import NDArray
from photographs import of_part
from PIL import Image
from torch import Tensor, nn

from rehue.dataset.split import Part
from rehue.learning.networks.encoders import Encoder, make_encoder
from rehue.learning.weights.pretrained import load_published
from rehue.model import find_model, open_runtime
from rehue.model.framing import shrunk_lightness
from rehue.scan import Features
from rehue.scan.recognition import tones_of
from rehue.scan.tones import find_tones

SIZE = 256  # short side at which the shipped models work (px)
MULTIPLE = 32
PIECE = 2048
SEED = 7
SMALLEST_CROP, LONGEST_CROP = 0.65, 2.0  # share of a side, and longer over shorter side
NEGATIVES = 0.1  # of the looks

Grey = NDArray[np.uint8]
# N x 1 x H x W of L to N x channels x H/32 x W/32.
Answer = Callable[[NDArray[np.float32]], NDArray[np.float32]]


class Shown(NamedTuple):
    """A picture as the network sees it.

    Attributes:
        features: the recogniser's.
        light: L 0..100, height x width.
    """

    features: Features
    light: NDArray[np.float32]


class Recognizer:
    """EfficientNet-Lite2, as a shipped model's features give it, or by itself.

    By itself it has its published weights, and OpenVINO runs it (extras `train`, `openvino`).

    Args:
        model: whose features are taken; None for the recogniser by itself.
        precision: of that, `f32`, or `bf16`, which takes half the time and is near enough to learn
            from.
    """

    def __init__(self, model: str | None = None, precision: str = "f32") -> None:
        self._answer = alone(precision) if model is None else features_of(model)

    def see(self, grey: Grey) -> Shown:
        """Show it a grey picture as `rehue.scan` has it seen."""
        light = shrunk_lightness(grey, SIZE)
        tones = find_tones(light)
        # Most pictures that are as dark as a dark print are seen as they are.
        light = light if tones.gamma != 1 else tones.stretched(light)
        return Shown(self.features(light), light)

    def features(self, light: NDArray[np.float32], turn: int = 0) -> Features:
        """Show it L (0..100, height x width), turned clockwise by so many quarters."""
        height, width = light.shape
        edges = ((0, -height % MULTIPLE), (0, -width % MULTIPLE))
        padded = np.rot90(np.pad(light, edges, "reflect"), -turn)
        answered = self._answer(np.ascontiguousarray(padded[None, None]))[0]
        return Features.of(np.rot90(answered, turn, (1, 2)), (height, width), turn)


def features_of(model: str) -> Answer:
    """Return what answers with the features of a model."""
    found = find_model(model)
    runtime = open_runtime(found, threads=1).recognizer

    def answer(light: NDArray[np.float32]) -> NDArray[np.float32]:
        features = runtime.run(light, len(found.card.bin_centers)).features
        if features is None:
            raise SystemExit(f"{model} has no features: leave --model out")
        return features

    return answer


def alone(precision: str) -> Answer:
    """Return what answers with the features of the published recogniser."""
    encoder = make_encoder("efficientnet_lite2").eval()
    load_published(encoder)
    example = torch.zeros(1, 1, SIZE, SIZE)
    graph = openvino.convert_model(Last(encoder), example_input=example, input=[-1, 1, -1, -1])
    how = {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": precision}
    network = openvino.Core().compile_model(graph, "CPU", how)
    return lambda light: network(light)[0]


class Last(nn.Module):
    """The last features of an encoder alone."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, light: Tensor) -> Tensor:
        """Return N x 352 x H/32 x W/32."""
        last: Tensor = self.encoder(light)[-1]
        return last


def grey_of(picture: NDArray[np.uint8]) -> Grey:
    """Luma of a picture."""
    return np.rint(picture @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)


def degraded(grey: Grey, rng: np.random.Generator) -> Grey:
    """Blur, fade and roughen a picture now and then, as old prints are."""
    if rng.random() < 0.5:
        image, share = Image.fromarray(grey), rng.uniform(0.5, 0.95)
        size = max(8, int(image.width * share)), max(8, int(image.height * share))
        small = image.resize(size, Image.Resampling.BICUBIC)
        grey = np.asarray(small.resize(image.size, Image.Resampling.BICUBIC))
    values = grey.astype(np.float32) / 255
    if rng.random() < 0.4:
        values = values ** np.exp(rng.uniform(-0.5, 0.5))
    if rng.random() < 0.25:
        black, white = rng.uniform(0, 0.3), rng.uniform(0.6, 1)
        values = black + (white - black) * values
    if rng.random() < 0.3:
        values = values + rng.normal(0, rng.uniform(0, 0.04), values.shape)
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def as_negative(grey: Grey, rng: np.random.Generator) -> Grey:
    """Turn a picture into a scanned negative: another contrast, a base that is not clear, grain."""
    values = (1 - grey.astype(np.float32) / 255) ** np.exp(rng.uniform(-0.5, 0.5))
    black, white = rng.uniform(0, 0.25), rng.uniform(0.65, 1)
    values = black + (white - black) * values
    if rng.random() < 0.5:
        values = values + rng.normal(0, rng.uniform(0, 0.03), values.shape)
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


def cropped(grey: Grey, rng: np.random.Generator) -> Grey:
    """Cut half of the pictures to a part, as prints are cut."""
    if rng.random() < 0.5:
        return grey
    sides = (np.array(grey.shape) * rng.uniform(SMALLEST_CROP, 1, 2)).astype(int)
    if sides.max() > LONGEST_CROP * sides.min():
        return grey
    top, left = rng.integers(0, np.array(grey.shape) - sides + 1)
    return grey[top : top + sides[0], left : left + sides[1]]


def main() -> None:
    """Look, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True, help="folder of tar shards")
    parser.add_argument("--looks", type=int, default=22528)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    packed = of_part(options.photos, Part.TRAIN)
    order = np.random.default_rng(SEED).permutation(len(packed))
    recognizer = Recognizer(precision="bf16")
    for first in range(0, options.looks, PIECE):
        path = options.output / f"{first:06d}.npz"
        if path.exists():
            continue
        looks = []
        for number in range(first, min(first + PIECE, options.looks)):
            rng = np.random.default_rng([SEED, number])
            _, picture = packed[order[number % len(packed)]].read()
            grey = cropped(grey_of(picture), rng)
            is_negative = rng.random() < NEGATIVES
            grey = as_negative(grey, rng) if is_negative else degraded(grey, rng)
            turn = int(rng.integers(4))
            shown = recognizer.see(np.ascontiguousarray(np.rot90(grey, turn)))
            places = shown.features.places.astype(np.float16)
            looks.append((places, tones_of(shown.light), turn, is_negative))
        columns = [np.array(column) for column in zip(*looks, strict=True)]
        written = path.with_suffix(".part.npz")
        np.savez(
            written, **dict(zip(("places", "tones", "turn", "negative"), columns, strict=True))
        )
        written.replace(path)
        print(f"{path}: {len(looks)} looks", flush=True)


if __name__ == "__main__":
    main()
