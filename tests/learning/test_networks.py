import dataclasses

import pytest
import torch

from rehue.color import Bins
from rehue.errors import RecipeError
from rehue.learning.module import build_network
from rehue.learning.networks import NETWORKS
from rehue.learning.networks.resnet import BLOCKS, ResNetEncoder
from rehue.learning.recipe import NetworkChoice

SMALL = {"widths": (8, 16, 16, 16), "decoder": (16, 16, 8)}


@pytest.mark.parametrize("name", list(NETWORKS))
@pytest.mark.parametrize("encoder", list(BLOCKS))
@pytest.mark.parametrize(("count", "height", "width"), [(1, 32, 32), (2, 64, 96), (3, 160, 32)])
@torch.no_grad()
def test_a_network_keeps_the_contract(name, encoder, count, height, width):
    network = NETWORKS[name](bins=7, encoder=encoder, **SMALL).eval()
    prediction = network(torch.full((count, 1, height, width), 50.0))
    grid = (height // network.stride, width // network.stride)
    assert prediction.ab.shape == (count, 2, *grid)
    assert prediction.logits.shape == (count, 7, *grid)
    assert torch.isfinite(prediction.ab).all()
    assert network.stride <= 4


@pytest.mark.parametrize("name", list(NETWORKS))
@torch.no_grad()
def test_pictures_of_a_batch_do_not_see_each_other(name):
    network = NETWORKS[name](bins=7, **SMALL).eval()
    light = torch.rand(3, 1, 64, 64) * 100
    together = network(light)
    alone = network(light[1:2])
    assert torch.allclose(together.ab[1:2], alone.ab, atol=1e-3)
    assert torch.allclose(together.logits[1:2], alone.logits, atol=1e-4)


@pytest.mark.parametrize("name", list(NETWORKS))
@pytest.mark.parametrize("shape", [(1, 3, 32, 32), (1, 2, 32, 32), (1, 32, 32)])
def test_colour_never_reaches_the_input(name, shape):
    network = NETWORKS[name](bins=7, **SMALL)
    with pytest.raises(AssertionError, match="N x 1 x H x W lightness"):
        network(torch.zeros(shape))


def torchvision_names(blocks):
    """The names of torchvision's ResNet of basic blocks, without its classifier."""

    def norm(name):
        tensors = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
        return [f"{name}.{tensor}" for tensor in tensors]

    names = ["conv1.weight", *norm("bn1")]
    for stage, count in enumerate(blocks, start=1):
        for block in range(count):
            place = f"layer{stage}.{block}"
            for number in (1, 2):
                names += [f"{place}.conv{number}.weight", *norm(f"{place}.bn{number}")]
            if stage > 1 and block == 0:
                names += [f"{place}.downsample.0.weight", *norm(f"{place}.downsample.1")]
    return names


@pytest.mark.parametrize(
    ("name", "blocks", "parameters"),
    # torchvision's counts without the classifier (513,000) and two thirds of the stem's 9,408.
    [
        ("resnet18", (2, 2, 2, 2), 11_689_512 - 513_000 - 6_272),
        ("resnet34", (3, 4, 6, 3), 21_797_672 - 513_000 - 6_272),
    ],
)
def test_encoders_carry_torchvisions_names_and_sizes(name, blocks, parameters):
    with torch.device("meta"):
        encoder = ResNetEncoder(name)
    assert sorted(encoder.state_dict()) == sorted(torchvision_names(blocks))
    assert sum(parameter.numel() for parameter in encoder.parameters()) == parameters


@torch.no_grad()
def test_features_come_finest_first():
    encoder = ResNetEncoder("resnet18", (8, 16, 24, 32)).eval()
    features = encoder(torch.zeros(2, 1, 64, 96))
    assert [tuple(feature.shape) for feature in features] == [
        (2, channels, 64 // stride, 96 // stride)
        for channels, stride in zip(encoder.channels, (2, 4, 8, 16, 32), strict=True)
    ]


def test_parts_are_the_stem_and_then_the_stages():
    encoder = ResNetEncoder("resnet18", (8, 16))
    assert encoder.parts(0) == []
    assert encoder.parts(1) == [encoder.conv1, encoder.bn1]
    assert encoder.parts(3)[2:] == [encoder.layer1, encoder.layer2]
    with pytest.raises(RecipeError, match="an encoder of 2 stages has 3 parts to freeze"):
        encoder.parts(4)


@pytest.fixture(scope="module")
def bins():
    return Bins.in_srgb(10)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "unett"}, "no network 'unett': nearest: unet"),
        ({"encoder": "resnet43"}, "no encoder 'resnet43': nearest: resnet34"),
        ({"encoder": "vgg"}, "no encoder 'vgg': known: resnet18, resnet34"),
        ({"widths": (8,) * 5}, "resnet18 has 1 to 4 stages, found 5 widths"),
        ({"widths": ()}, "resnet18 has 1 to 4 stages, found 0 widths"),
        ({"decoder": (16, 8)}, "4 stages need 3 decoder steps, found 2"),
    ],
)
def test_a_network_that_cannot_be_built(bins, changes, message):
    choice = dataclasses.replace(NetworkChoice(**SMALL), **changes)
    with pytest.raises(RecipeError) as caught:
        build_network(choice, bins)
    assert str(caught.value) == message
