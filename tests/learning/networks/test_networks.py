import functools
import inspect

import pytest
import torch

from rehue.color import Bins
from rehue.errors import RecipeError
from rehue.learning.networks import NETWORKS
from rehue.learning.networks.contract import examples
from rehue.learning.networks.encoders import ENCODERS
from rehue.learning.training.module import build_network
from rehue.learning.training.recipe import NetworkChoice

SMALL = {"widths": (8, 16, 16, 16), "decoder": (16, 16, 8)}
# Networks that learn in seconds in these tests; those without options are what they are.
OPTIONS = {
    "unet": SMALL,
    "simple_cnn": {"width": 8},
    "resnet34": {"width": 8},
    "optimized_resnet34": {},
}
BINS, SCENES = 7, 5
every_network = pytest.mark.parametrize("name", list(NETWORKS))


@functools.cache
def network_of(name, **options):
    known = inspect.signature(NETWORKS[name]).parameters
    facts = {key: n for key, n in {"bins": BINS, "scenes": SCENES}.items() if key in known}
    return NETWORKS[name](**facts, **{**OPTIONS.get(name, {}), **options}).eval()


@every_network
@pytest.mark.parametrize(("count", "height", "width"), [(1, 32, 32), (2, 96, 64)])
@torch.no_grad()
def test_a_network_keeps_the_contract(name, count, height, width):
    network = network_of(name)
    prediction = network(*examples(network, torch.full((count, 1, height, width), 50.0), BINS))
    grid = (height // network.stride, width // network.stride)
    answers = {"regression": (prediction.ab, 2), "bins": (prediction.logits, BINS)}
    assert set(network.heads) == {head for head, (found, _) in answers.items() if found is not None}
    for head in network.heads:
        found, channels = answers[head]
        assert found.shape == (count, channels, *grid)
        assert torch.isfinite(found).all()
    assert prediction.grid == grid
    assert network.stride <= 4


@pytest.mark.numeric
@every_network
@torch.no_grad()
def test_pictures_of_a_batch_do_not_see_each_other(name):
    network = network_of(name)
    light = torch.rand(2, 1, 64, 32) * 100
    together, alone = (network(*examples(network, given, BINS)) for given in (light, light[1:]))
    for found, expected in ((together.ab, alone.ab), (together.logits, alone.logits)):
        # A batch may be summed in another order than one picture: 2e-4 was seen, of ab of hundreds.
        assert found is None or torch.allclose(found[1:], expected, atol=5e-3)


@every_network
@pytest.mark.parametrize("shape", [(1, 3, 32, 32), (1, 2, 32, 32), (1, 32, 32)])
def test_colour_never_reaches_the_input(name, shape):
    network = network_of(name)
    with pytest.raises(AssertionError, match="N x 1 x H x W lightness"):
        network(torch.zeros(shape))


@every_network
def test_what_trains_is_reached_by_the_gradient(name):
    """A parameter without one would stop training by several processes."""
    with torch.device("meta"):
        network = build_network(NetworkChoice(name, options=OPTIONS.get(name, {})), bins(), SCENES)
        network.train()
        prediction = network(*examples(network, torch.zeros(2, 1, 64, 64), len(bins())))
    answers = (prediction.ab, prediction.logits, prediction.scenes)
    sum(answer.sum() for answer in answers if answer is not None).backward()
    parameters = dict(network.named_parameters())
    reached = {key for key, parameter in parameters.items() if parameter.grad is not None}
    assert reached == {key for key, parameter in parameters.items() if parameter.requires_grad}
    assert reached


@functools.cache
def bins():
    with torch.device("cpu"):
        return Bins.in_srgb(10)


@pytest.mark.parametrize("encoder", list(ENCODERS))
@torch.no_grad()
def test_a_u_net_takes_any_encoder(encoder):
    widths = (24, 48, 120, 352) if encoder == "efficientnet_lite2" else SMALL["widths"]
    network = network_of("unet", encoder=encoder, widths=widths)
    assert network(torch.zeros(1, 1, 32, 64)).ab.shape == (1, 2, 8, 16)


@pytest.fixture(scope="module")
@torch.no_grad()
def lively():
    """Let there be Color!, whose signals neither fade nor grow: its norms have not learnt yet."""
    torch.manual_seed(1)
    network = NETWORKS["let_there_be_color"](scenes=SCENES).eval()
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return network


@pytest.mark.numeric
@torch.no_grad()
def test_scenes_are_told_from_the_whole_picture_whatever_its_size(lively):
    small, large = (lively(torch.full((1, 1, *size), 70.0)) for size in [(32, 32), (64, 96)])
    assert small.scenes.shape == (1, SCENES)
    # Numbers near one, after some twenty layers in float32: 1e-6; another picture's differ by more
    # than 1e-4.
    assert torch.allclose(small.scenes, large.scenes, atol=1e-4)
    assert not torch.allclose(small.scenes, lively(torch.zeros(1, 1, 32, 32)).scenes, atol=1e-4)


@pytest.mark.numeric
@torch.no_grad()
def test_global_features_reach_every_place(lively):
    """A change at one end is seen at the other, far beyond what convolutions reach."""
    light = torch.full((1, 1, 32, 512), 50.0)
    changed = light.clone()
    changed[..., :128] = 100 * torch.rand(32, 128)
    difference = (lively(changed).ab - lively(light).ab).abs()
    assert difference[..., -4:].max() > 1e-4


def test_no_scenes_no_classifier():
    with torch.device("meta"):
        prediction = NETWORKS["let_there_be_color"](scenes=0).eval()(torch.zeros(1, 1, 32, 32))
    assert prediction.scenes is None


@pytest.mark.numeric
@torch.no_grad()
def test_hints_change_the_colours():
    network = network_of("interactive")
    light = torch.full((1, 1, 32, 32), 50.0)
    none = torch.zeros(1, 3, 32, 32)
    one = none.clone()
    one[0, :, 16, 16] = torch.tensor([80.0, -60.0, 1.0])
    mask = none.clone()
    mask[0, 2, 16, 16] = 1  # "grey here" is a hint, too
    plain = network(light, none).ab
    assert torch.equal(network(light).ab, plain)
    for hints in (one, mask):
        assert not torch.allclose(network(light, hints).ab, plain, atol=1e-4)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("unett", {}, "no network 'unett': nearest: unet"),
        ("colourful", {}, "no network 'colourful': nearest: colorful"),
        ("unet", {"encoder": "resnet43"}, "no encoder 'resnet43': nearest: resnet34"),
        (
            "unet",
            {"encoder": "vgg"},
            "no encoder 'vgg': known: resnet18, resnet34, efficientnet_lite2",
        ),
        (
            "unet",
            {"encoder": "efficientnet_lite2"},
            "efficientnet_lite2 has one shape: give widths = [24, 48, 120, 352], "
            "found [8, 16, 16, 16]",
        ),
        ("unet", {"widths": (8,) * 5}, "resnet18 has 1 to 4 stages, found 5 widths"),
        ("unet", {"widths": ()}, "resnet18 has 1 to 4 stages, found 0 widths"),
        ("unet", {"decoder": (16, 8)}, "4 stages need 3 decoder steps, found 2"),
        ("unet", {"heads": ()}, "heads []: give bins or regression, or both"),
        ("unet", {"width": 8}, "the network unet has no option 'width': nearest: widths"),
        ("simple_cnn", {"order": "x"}, "no order 'x': use upsampling-first or block-first"),
        ("optimized_resnet34", {"head": "x"}, "no head 'x': use regression or bins"),
        ("optimized_resnet34", {"steps": 4}, "4 steps: give 1 to 3"),
    ],
)
def test_a_network_that_cannot_be_built(name, options, message):
    chosen = {**SMALL, **options} if name == "unet" else options
    with torch.device("meta"), pytest.raises(RecipeError) as caught:
        build_network(NetworkChoice(name, options=chosen), bins())
    assert str(caught.value) == message
