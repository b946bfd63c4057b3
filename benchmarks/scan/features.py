"""Features of a frozen recogniser, as the network that colours gives them beside its colours."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from rehue.learning.networks.encoders import make_encoder
from rehue.learning.weights.pretrained import load_published
from rehue.model.framing import shrunk_lightness
from rehue.scan import Features
from rehue.scan.tones import find_tones

SIZE = 256  # short side at which the shipped models work (px)
MULTIPLE = 32

Grey = NDArray[np.uint8]


class Shown(NamedTuple):
    """A picture as the network sees it.

    Attributes:
        features: the recogniser's.
        light: L 0..100, height x width.
    """

    features: Features
    light: NDArray[np.float32]


class Recognizer:
    """EfficientNet-Lite2 with its published weights (extra `train`)."""

    def __init__(self) -> None:
        torch.set_num_threads(1)
        self._network = make_encoder("efficientnet_lite2").eval()
        load_published(self._network)

    def see(self, grey: Grey) -> Shown:
        """Show it a grey picture at full contrast, as `rehue.scan` has it seen."""
        light = shrunk_lightness(grey, SIZE)
        light = find_tones(light).stretched(light)
        return Shown(self.features(light), light)

    @torch.no_grad()
    def features(self, light: NDArray[np.float32], turn: int = 0) -> Features:
        """Show it L (0..100, height x width), turned clockwise by so many quarters."""
        height, width = light.shape
        edges = ((0, -height % MULTIPLE), (0, -width % MULTIPLE))
        padded = np.rot90(np.pad(light, edges, "reflect"), -turn)
        places = self._network(torch.from_numpy(padded.copy())[None, None])[-1][0].numpy()
        return Features.of(np.rot90(places, turn, (1, 2)), (height, width), turn)


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
