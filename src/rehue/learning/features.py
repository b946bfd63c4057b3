"""Features of pictures from networks that were trained to name things, for Fréchet distances.

The encoders are ImageNet-trained ones with their batch norms folded into weights and biases. For
true FID figures torchmetrics has Inception's weights, which it downloads.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from rehue.errors import RecipeError
from rehue.learning.networks.encoders.resnet import BLOCKS, RGB_MEAN, RGB_STD

# Sides to which whole pictures are brought.
SIDE = 224
_BATCH = 32
# Of MobileNetV2's inverted residuals after the first: stride (Sandler et al. 2018, table 2).
_STRIDES = (2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1)

Weights = Mapping[str, Tensor]


class Extractor(Protocol):
    """Gives features of pictures."""

    def __call__(self, pictures: Tensor) -> Tensor:
        """N x 3 x H x W, 0..255, to N x D."""
        ...


def mobilenet_features(path: Path) -> Extractor:
    """Return MobileNetV2's pooled `Conv_1` after ReLU6: 1280 features (Keras's names).

    Raises:
        RecipeError: the file has not its weights.
    """
    weights = _read(path, "Conv_1.weight")

    def layer(x: Tensor, name: str, stride: int = 1, *, is_depthwise: bool = False) -> Tensor:
        kernel = weights[f"{name}.weight"]
        if kernel.shape[-1] == 3:
            x = _same(x, stride)
        groups = len(kernel) if is_depthwise else 1
        return functional.conv2d(x, kernel, weights[f"{name}.bias"], stride, groups=groups)

    def features(pictures: Tensor) -> Tensor:
        x = functional.relu6(layer(pictures / 128 - 1, "Conv1", 2))
        x = functional.relu6(layer(x, "expanded_conv_depthwise", is_depthwise=True))
        x = layer(x, "expanded_conv_project")
        for number, stride in enumerate(_STRIDES, start=1):
            name = f"block_{number}"
            inside = functional.relu6(layer(x, f"{name}_expand"))
            inside = functional.relu6(layer(inside, f"{name}_depthwise", stride, is_depthwise=True))
            inside = layer(inside, f"{name}_project")
            x = x + inside if inside.shape == x.shape else inside
        return functional.relu6(layer(x, "Conv_1")).mean(dim=(2, 3))

    return features


def resnet18_features(path: Path) -> Extractor:
    """Return ResNet18's pooled `layer3`: 256 features (torchvision's names).

    Raises:
        RecipeError: the file has not its weights.
    """
    weights = _read(path, "layer3.1.conv2.weight")
    mean, std = (torch.tensor(values)[:, None, None] for values in (RGB_MEAN, RGB_STD))

    def layer(x: Tensor, name: str, stride: int = 1) -> Tensor:
        kernel = weights[f"{name}.weight"]
        padding = kernel.shape[-1] // 2
        return functional.conv2d(x, kernel, weights[f"{name}.bias"], stride, padding)

    def features(pictures: Tensor) -> Tensor:
        x = torch.relu(layer((pictures / 255 - mean) / std, "conv1", 2))
        x = functional.max_pool2d(x, 3, 2, 1)
        for stage, blocks in enumerate(BLOCKS["resnet18"][:3], start=1):
            for block in range(blocks):
                name = f"layer{stage}.{block}"
                stride = 2 if stage > 1 and block == 0 else 1
                inside = torch.relu(layer(x, f"{name}.conv1", stride))
                inside = layer(inside, f"{name}.conv2")
                has_step = f"{name}.downsample.0.weight" in weights
                shortcut = layer(x, f"{name}.downsample.0", stride) if has_step else x
                x = torch.relu(inside + shortcut)
        return x.mean(dim=(2, 3))

    return features


@torch.inference_mode()
def extract(extractor: Extractor, pictures: Iterable[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Return features of pictures, N x D; each is brought to 224 x 224, whatever its shape.

    Args:
        extractor: one of the above.
        pictures: height x width x 3 each, uint8, sRGB.
    """
    found: list[Tensor] = []
    batch: list[Tensor] = []

    def flush() -> None:
        if batch:
            found.append(extractor(torch.stack(batch)))
            batch.clear()

    for picture in pictures:
        image = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        batch.append(torch.from_numpy(np.array(image)).permute(2, 0, 1).float())
        if len(batch) == _BATCH:
            flush()
    flush()
    features: NDArray[np.float64] = torch.cat(found).numpy().astype(np.float64)
    return features


def inception_distance(
    originals: Iterable[NDArray[np.uint8]],
    pictures: Iterable[NDArray[np.uint8]],
    feature: int | nn.Module = 2048,
) -> float:
    """Return the FID of torchmetrics: Inception's features at 299 x 299 (extra `torch-fidelity`).

    Args:
        originals: height x width x 3 each, uint8.
        pictures: likewise.
        feature: which of Inception's layers, or another extractor: a module from N x 3 x 299 x 299
            (uint8) to N x D that says its D in `num_features`.
    """
    from torchmetrics.image.fid import FrechetInceptionDistance  # noqa: PLC0415 (slow to load)

    distance = FrechetInceptionDistance(feature=feature)
    for is_real, these in ((True, originals), (False, pictures)):
        for picture in these:
            image = Image.fromarray(picture).resize((299, 299), Image.Resampling.BICUBIC)
            planes = torch.from_numpy(np.array(image)).permute(2, 0, 1)
            distance.update(planes[None], real=is_real)
    return float(distance.compute())


def _same(x: Tensor, stride: int) -> Tensor:
    """Pad for a 3 x 3 kernel as TensorFlow's SAME does: the odd pixel at the right and bottom."""
    height, width = x.shape[-2:]
    down, across = (max(0, (-(-n // stride) - 1) * stride + 3 - n) for n in (height, width))
    return functional.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))


def _read(path: Path, needed: str) -> Weights:
    try:
        weights = load_file(path)
    except Exception as error:  # safetensors raises its own, Rust's and the system's
        raise RecipeError(f"{path}: no weights can be read ({error}): give .safetensors") from error
    if needed not in weights:
        raise RecipeError(f"{path}: has no {needed!r}: give the weights of the network asked for")
    return {name: tensor.float() for name, tensor in weights.items()}
