"""Feature extractors, on random weights of the published shapes."""

import itertools

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from skimage import data
from torch import nn

from rehue.errors import RecipeError
from rehue.learning.features import (
    extract,
    inception_distance,
    mobilenet_features,
    resnet18_features,
)

WIDTHS = (16, 24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320)
PICTURES = [data.astronaut()[:200], data.coffee(), data.chelsea()[:, :60]]


def convolution(weights, name, inputs, outputs, size, groups=1):
    shape = (outputs, inputs // groups, size, size)
    weights[f"{name}.weight"] = torch.randn(shape) * (2 / (shape[1] * size**2)) ** 0.5
    weights[f"{name}.bias"] = torch.randn(outputs) * 0.1


@pytest.fixture
def mobilenet(tmp_path):
    torch.manual_seed(1)
    weights = {}
    convolution(weights, "Conv1", 3, 32, 3)
    convolution(weights, "expanded_conv_depthwise", 32, 32, 3, groups=32)
    convolution(weights, "expanded_conv_project", 32, 16, 1)
    for number, (inputs, outputs) in enumerate(itertools.pairwise(WIDTHS), start=1):
        convolution(weights, f"block_{number}_expand", inputs, 6 * inputs, 1)
        convolution(
            weights, f"block_{number}_depthwise", 6 * inputs, 6 * inputs, 3, groups=6 * inputs
        )
        convolution(weights, f"block_{number}_project", 6 * inputs, outputs, 1)
    convolution(weights, "Conv_1", 320, 1280, 1)
    save_file(weights, tmp_path / "mobilenet.safetensors")
    return tmp_path / "mobilenet.safetensors"


@pytest.fixture
def resnet(tmp_path):
    torch.manual_seed(1)
    weights = {}
    convolution(weights, "conv1", 3, 64, 7)
    inputs = 64
    for stage, width in enumerate((64, 128, 256), start=1):
        for block in range(2):
            convolution(weights, f"layer{stage}.{block}.conv1", inputs, width, 3)
            convolution(weights, f"layer{stage}.{block}.conv2", width, width, 3)
            if inputs != width:
                convolution(weights, f"layer{stage}.{block}.downsample.0", inputs, width, 1)
            inputs = width
    save_file(weights, tmp_path / "resnet.safetensors")
    return tmp_path / "resnet.safetensors"


def test_mobilenet_gives_1280_features(mobilenet):
    features = extract(mobilenet_features(mobilenet), PICTURES)
    assert features.shape == (3, 1280)
    assert 0 <= features.min() < features.max() <= 6


def test_resnet_gives_256_features(resnet):
    features = extract(resnet18_features(resnet), PICTURES)
    assert features.shape == (3, 256)
    assert (features >= 0).all()


@pytest.mark.numeric
def test_features_are_each_pictures_own(resnet):
    extractor = resnet18_features(resnet)
    together = extract(extractor, PICTURES)
    alone = np.concatenate([extract(extractor, [picture]) for picture in PICTURES])
    # Features of up to 10, after seven layers in float32; other pictures differ by 0.01 and more.
    np.testing.assert_allclose(together, alone, atol=1e-4)
    assert np.abs(together[0] - together[1]).max() > 0.01


def test_other_weights_are_refused(resnet, mobilenet, tmp_path):
    with pytest.raises(RecipeError, match=r"has no 'Conv_1\.weight'"):
        mobilenet_features(resnet)
    with pytest.raises(RecipeError, match="no weights can be read"):
        resnet18_features(tmp_path / "none.safetensors")


class MeanColor(nn.Module):
    """Stands in for Inception: the mean of each channel, and of its square."""

    num_features = 6

    def forward(self, pictures):
        x = pictures.double() / 255
        return torch.cat([x.mean(dim=(2, 3)), (x**2).mean(dim=(2, 3))], dim=1)


@pytest.mark.numeric
def test_inception_distance_with_a_stand_in():
    pytest.importorskip("torchmetrics")
    parts = [data.astronaut()[y : y + 128, x : x + 128] for y in (0, 128, 256) for x in (0, 200)]
    grey = [np.repeat(part.mean(axis=-1, keepdims=True), 3, axis=-1).astype("u1") for part in parts]
    # The root of a singular covariance is good to half the digits of float64 only.
    assert inception_distance(parts, parts, MeanColor()) == pytest.approx(0, abs=1e-3)
    assert inception_distance(parts, grey, MeanColor()) > 0.005
