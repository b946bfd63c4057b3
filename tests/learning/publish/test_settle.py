"""Norms of averaged weights."""

import pytest
import torch
from torch import nn

from rehue.color import Bins
from rehue.errors import DatasetError
from rehue.learning.publish.export import load_network
from rehue.learning.publish.settle import settle
from rehue.learning.training.start import CHECKPOINT

pytestmark = pytest.mark.filterwarnings("ignore")
BINS = Bins.in_srgb(10)
# The recipe freezes the stem.
FROZEN = {"encoder.bn1"}


def statistics(network):
    return {
        name: torch.stack([part.running_mean, part.running_var])
        for name, part in network.named_modules()
        if isinstance(part, nn.BatchNorm2d)
    }


def test_statistics_are_those_of_what_is_seen_whatever_they_were(finished, recipe, photos):
    averaged, network = (load_network(finished.run / CHECKPOINT, recipe, BINS) for _ in range(2))
    for name, part in network.named_modules():
        if isinstance(part, nn.BatchNorm2d) and name not in FROZEN:
            part.running_mean.add_(5)
            part.running_var.mul_(30)
    counts = [settle(one, recipe, photos) for one in (averaged, network)]
    assert counts[0] == counts[1] > 0
    assert not network.training
    settled = statistics(network)
    for name, one in statistics(averaged).items():
        assert torch.equal(one, settled[name]), name
    light = torch.rand(4, 1, 64, 64) * 100
    with torch.no_grad():
        assert torch.isfinite(network(light).ab).all()


def test_norms_of_frozen_parts_stay(finished, recipe, photos):
    network = load_network(finished.run / CHECKPOINT, recipe, BINS)
    before = statistics(network)
    settle(network, recipe, photos)
    stayed = {name for name, one in statistics(network).items() if torch.equal(one, before[name])}
    assert stayed == FROZEN


def test_without_photographs_it_is_said(finished, recipe, tmp_path):
    network = load_network(finished.run / CHECKPOINT, recipe, BINS)
    with pytest.raises(DatasetError):
        settle(network, recipe, tmp_path)
