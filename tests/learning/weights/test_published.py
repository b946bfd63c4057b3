"""Two networks against the published code that their weights come from.

`published.json` holds the name and shape of each weight that the published code has, and what it
answers (ab of six pixels) with the weights and inputs of this file. It was made by running that
code (https://github.com/richzhang/colorization, `colorizers/eccv16.py`; and, the same weights,
https://github.com/junyanz/interactive-deep-colorization, `models/pytorch/model.py`) with
`seeded_weight` and the inputs below, outside this repository.
"""

import json
import math
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from rehue.color import Bins
from rehue.learning.networks import NETWORKS

PUBLISHED = json.loads(Path(__file__).with_name("published.json").read_text("utf-8"))
OPTIONS = {"colorful": {"bins": 313}, "interactive": {}}
HEIGHT, WIDTH = 64, 48
PIXELS = [(3, 5), (9, 21), (31, 6), (40, 40), (63, 0), (20, 33)]


# Makes colorful's logits differ enough for a softmax to say something.
LOUD = {"model8.6.weight": 12}


def seeded_weight(name, shape):
    """Random numbers that follow from the name alone, whatever the version of torch."""
    numbers = np.random.default_rng(zlib.crc32(name.encode())).random(shape)
    kind = name.rpartition(".")[2]
    if kind == "num_batches_tracked":
        return np.zeros(shape, np.int64)
    if kind == "running_var" or (kind == "weight" and len(shape) == 1):
        return (numbers + 0.5).astype(np.float32)
    reach = math.sqrt(6 / math.prod(shape[1:])) * LOUD.get(name, 1) if len(shape) == 4 else 0.1
    return ((2 * numbers - 1) * reach).astype(np.float32)


def seeded_weights(name):
    shapes = PUBLISHED[name]["weights"]
    return {key: torch.from_numpy(seeded_weight(key, shape)) for key, shape in shapes.items()}


@pytest.fixture(scope="module", params=list(PUBLISHED))
def loaded(request):
    """A network's name, and the network with the seeded weights."""
    with torch.device("meta"):
        network = NETWORKS[request.param](**OPTIONS[request.param])
    network.load_state_dict(seeded_weights(request.param), assign=True)
    return request.param, network.eval()


def inputs(network):
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    lightness = torch.from_numpy((50 + 45 * np.sin(x / 5) * np.cos(y / 7)).astype(np.float32))
    hints = torch.zeros(1, 3, HEIGHT, WIDTH)
    hints[0, :, 8:11, 20:23] = torch.tensor([60.0, -40.0, 1.0])[:, None, None]
    hints[0, :, 30, 5] = torch.tensor([-50.0, 55.0, 1.0])
    given = {"lightness": lightness[None, None], "hints": hints}
    return [given[name] for name in network.inputs]


@pytest.mark.parametrize(("name", "count"), [("colorful", 82), ("interactive", 107)])
def test_weights_carry_the_published_names_and_shapes(name, count):
    with torch.device("meta"):
        state = NETWORKS[name](**OPTIONS[name]).state_dict()
    assert {key: list(value.shape) for key, value in state.items()} == PUBLISHED[name]["weights"]
    assert len(state) == count


@pytest.mark.numeric
@torch.no_grad()
def test_the_same_weights_give_the_same_colours(loaded):
    name, network = loaded
    prediction = network(*inputs(network))
    ab = prediction.ab
    if name == "colorful":
        # The published code decodes in the network, and brings ab to full size.
        bins = Bins(network.centers().numpy())
        decoded = bins.decode(prediction.logits[0].numpy(), temperature=1.0)
        ab = functional.interpolate(
            torch.from_numpy(decoded)[None], scale_factor=4, mode="bilinear"
        )
    found = [ab[0, :, row, column].tolist() for row, column in PIXELS]
    # Twenty layers in float32, summed as AVX2 or as AVX-512 does: 7e-5 and 5e-6 were seen.
    assert np.abs(np.array(found) - PUBLISHED[name]["ab"]).max() < 1e-3
    assert np.abs(np.array(found)).max() > 0.5  # else agreement would say little


def test_files_from_before_torch_0_4_1_load_too(loaded):
    name, network = loaded
    old = {k: v for k, v in network.state_dict().items() if not k.endswith("num_batches_tracked")}
    assert len(old) < len(network.state_dict())
    with torch.device("meta"):
        again = NETWORKS[name](**OPTIONS[name])
    again.load_state_dict(old, assign=True)
    assert not any(value.is_meta for value in again.state_dict().values())


@torch.no_grad()
def test_centres_of_the_bins_come_from_the_weights_in_their_order():
    centers = Bins.in_srgb(20).centers[::-1].copy()
    with torch.device("meta"):
        network = NETWORKS["colorful"](bins=len(centers))
    network.model_out.to_empty(device="cpu")
    network.model_out.weight.copy_(torch.from_numpy(centers.T / 110)[:, :, None, None])
    # Divided by 110 and multiplied again, in float32.
    assert np.abs(network.centers().numpy() - centers).max() < 1e-4
