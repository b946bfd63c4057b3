import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from rehue.color import Bins
from rehue.errors import RecipeError
from rehue.learning.networks import UNet
from rehue.learning.networks.conditions import HintPyramid, SelfAttention
from rehue.learning.networks.contract import examples
from rehue.learning.publish.export import load_network
from rehue.learning.training.palettes import simulate_palettes

SMALL = {"widths": (16, 16, 32, 32), "decoder": (32, 16, 16)}
BINS = 7


@pytest.fixture
def network():
    torch.manual_seed(4)
    return UNet(BINS, **SMALL, conditions=("palette", "hints"), attention=1).eval()


@pytest.fixture
def learnt(network):
    """What started at zero has moved."""
    torch.manual_seed(5)
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, 0, 0.3)
    return network


@pytest.fixture
def light():
    return torch.rand(2, 1, 64, 96, generator=torch.Generator().manual_seed(6)) * 100


def hinted(light, color=(40.0, -30.0)):
    """One hint of 2 x 2 px in the first picture."""
    hints = light.new_zeros(len(light), 3, *light.shape[2:])
    hints[0, :, 20:22, 30:32] = torch.tensor([*color, 1.0])[:, None, None]
    return hints


@pytest.mark.numeric
@torch.no_grad()
def test_an_untrained_condition_changes_nothing(network, light):
    assert network.inputs == ("lightness", "hints", "palette")
    plain = network(light).ab
    given = network(*examples(network, light, BINS, given=True)).ab
    # To the last bit: what is added is zero.
    assert torch.equal(plain, given)


@pytest.mark.numeric
@torch.no_grad()
def test_none_and_zeros_are_the_same(learnt, light):
    assert torch.equal(learnt(light).ab, learnt(*examples(learnt, light, BINS)).ab)


@pytest.mark.numeric
@torch.no_grad()
def test_a_hint_and_a_palette_reach_their_own_picture_only(learnt, light):
    plain = learnt(light).ab
    palette = torch.zeros(2, BINS)
    palette[0, 3] = 1
    for hints, shares in ((hinted(light), None), (None, palette)):
        told = learnt(light, hints, shares).ab
        assert (told[0] - plain[0]).abs().max() > 0.01
        # Summed beside another picture: the same to the last bit on AVX2 and AVX-512.
        assert torch.allclose(told[1], plain[1], atol=1e-4)


@pytest.mark.numeric
def test_a_hint_keeps_its_colour_at_every_stride():
    pyramid = HintPyramid((4, 4, 4))
    with torch.no_grad():
        for stage in pyramid.stages:
            stage.weight.copy_(torch.eye(4)[:, :, None, None])
        features = pyramid(hinted(torch.zeros(1, 1, 64, 64)))
    for number, feature in enumerate(features):
        stride = 4 << number
        assert feature.shape == (1, 4, 64 // stride, 64 // stride)
        told = feature[0, :, 20 // stride, 30 // stride]
        expected = [0.8, -0.6, 4 / stride**2, 1]  # of 50 units of ab; share; whether
        assert told.tolist() == pytest.approx(expected)
        assert (feature != 0).any(dim=1).sum() == 1


@pytest.mark.numeric
@torch.no_grad()
def test_attention_starts_as_identity_and_then_sees_everywhere():
    torch.manual_seed(7)
    layer = SelfAttention(16)
    x = torch.randn(2, 16, 5, 6)
    # To the last bit: what is added is zero.
    assert torch.equal(layer(x), x)
    torch.nn.init.normal_(layer.out.weight)
    moved = x.clone()
    moved[0, :, 0, 0] += 3
    change = (layer(moved) - layer(x)).abs().amax(dim=1)
    # Numbers near one: what is seen moves by 1e-3, what is not by a few times 6e-8 at the most.
    assert (change[0] > 1e-6).all()
    assert (change[1] < 1e-5).all()


@pytest.mark.numeric
def test_conditions_are_inputs_of_the_exported_network(told, light):
    assert [value.name for value in told.graph.graph.input] == ["lightness", "hints", "palette"]
    session = onnxruntime.InferenceSession(told.path)
    network = load_network(told.checkpoint, told.recipe, Bins.in_srgb(10))
    palette = torch.zeros(2, len(Bins.in_srgb(10)))
    palette[:, 2] = 1
    plain = None
    for hints, shares in ((hinted(light) * 0, palette * 0), (hinted(light), palette)):
        given = {"lightness": light, "hints": hints, "palette": shares}
        given = {name: value.numpy() for name, value in given.items()}
        _, ab = session.run(["logits", "ab"], given)
        with torch.no_grad():
            expected = network(light, hints, shares).ab.numpy()
        # Weights are in half precision, eleven bits each.
        assert np.abs(ab - expected).max() < 5e-3 * np.abs(expected).max()
        assert plain is None or np.abs(ab - plain).max() > 0.1
        plain = ab
    assert onnx.TensorProto.FLOAT16 in {t.data_type for t in told.graph.graph.initializer}


def test_conditions_that_are_none():
    with pytest.raises(RecipeError, match=r"conditions \['hint'\]: give hints or palette, or both"):
        UNet(BINS, **SMALL, conditions=("hint",))


@pytest.fixture
def histograms():
    shares = torch.rand(400, 30, generator=torch.Generator().manual_seed(8)) ** 4
    return shares / shares.sum(dim=1, keepdim=True)


def test_palettes_are_none_the_whole_or_a_few_colours(histograms):
    drawn = simulate_palettes(histograms, torch.Generator().manual_seed(9))
    none = (drawn == 0).all(dim=1)
    whole = (drawn == histograms).all(dim=1)
    few = ~none & ~whole
    assert 0.6 < none.float().mean() < 0.8
    assert 0.1 < whole.float().mean() < 0.2
    counts = (drawn[few] > 0).sum(dim=1)
    assert set(counts.tolist()) == {2, 3, 4, 5, 6}
    assert torch.allclose(drawn[~none].sum(dim=1), torch.tensor(1.0))
    again = simulate_palettes(histograms, torch.Generator().manual_seed(9))
    assert torch.equal(drawn, again)
