"""What every encoder promises, whichever it is."""

import functools

import pytest
import torch

from rehue.errors import RecipeError
from rehue.learning.networks.encoders import ENCODERS, make_encoder
from rehue.learning.networks.encoders.resnet import ResNetEncoder

every_encoder = pytest.mark.parametrize("name", list(ENCODERS))
LIGHT = torch.rand(2, 1, 64, 96, generator=torch.Generator().manual_seed(1)) * 100


@functools.cache
def encoder_of(name):
    torch.manual_seed(2)
    return make_encoder(name).eval()


@every_encoder
@torch.no_grad()
def test_features_come_finest_first_by_stride(name):
    encoder = encoder_of(name)
    assert encoder.name == name
    features = encoder(LIGHT)
    assert [tuple(feature.shape) for feature in features] == [
        (2, channels, 64 // stride, 96 // stride)
        for channels, stride in zip(encoder.channels, (2, 4, 8, 16, 32), strict=True)
    ]
    assert encoder.whole(features[-1]).shape == (2, encoder.pooled)


@pytest.mark.numeric
@every_encoder
@torch.no_grad()
def test_what_is_added_to_a_stage_is_seen_by_those_after_it(name):
    encoder = encoder_of(name)
    plain = encoder(LIGHT)
    added = [None, torch.ones_like(plain[2]), None, None]
    told = encoder(LIGHT, added)
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(told[:2], plain[:2], strict=True))
    assert torch.equal(told[2], plain[2] + 1)
    assert not torch.equal(told[3], plain[3])


@every_encoder
def test_parts_are_the_stem_and_then_the_stages(name):
    """Frozen one after the other they freeze everything that features come from."""
    encoder = encoder_of(name)
    whole = encoder.stages()
    assert len(whole) == len(encoder.channels)
    for count in range(len(whole) + 1):
        assert encoder.parts(count) == [module for stage in whole[:count] for module in stage]
    frozen = {id(p) for module in encoder.parts(len(whole)) for p in module.parameters()}
    left = [key for key, p in encoder.named_parameters() if id(p) not in frozen]
    assert all(key.startswith("head.") for key in left)
    with pytest.raises(RecipeError, match="of 4 stages has 5 parts to freeze, found frozen = 6"):
        encoder.parts(6)


@every_encoder
def test_the_gradient_of_a_stage_reaches_the_parts_before_it(name):
    with torch.device("meta"):
        encoder = make_encoder(name)
        encoder(torch.zeros(2, 1, 64, 64))[2].sum().backward()
    reached, beyond = encoder.parts(3), encoder.stages()[3]

    def is_reached(module):
        return [p.grad is not None for p in module.parameters()]

    assert all(all(is_reached(module)) for module in reached)
    assert not any(any(is_reached(module)) for module in beyond)


@every_encoder
def test_weights_are_published_with_their_hash(name):
    where = encoder_of(name).published.where
    digits = where.rpartition("-")[2].removesuffix(".pth")
    assert len(bytes.fromhex(digits)) == 4


@every_encoder
def test_weights_of_something_else(name):
    with pytest.raises(RecipeError, match="give"):
        encoder_of(name).translated({"other.weight": torch.zeros(3)})


def test_an_encoder_that_there_is_not():
    with pytest.raises(RecipeError, match="no encoder 'resnet43': nearest: resnet34"):
        make_encoder("resnet43")


def test_an_encoder_of_fewer_stages_ends_earlier():
    encoder = ResNetEncoder("resnet18", (8, 16))
    assert encoder.channels == (64, 8, 16)
    assert encoder.parts(3)[2:] == [encoder.layer1, encoder.layer2]


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
