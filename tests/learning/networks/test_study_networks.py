"""What the study says of its three networks, and what we read into it."""

import pytest
import torch

from rehue.color import Bins
from rehue.errors import RecipeError
from rehue.learning.networks import NETWORKS
from rehue.learning.training import plots
from rehue.learning.training.module import build_network
from rehue.learning.training.recipe import NetworkChoice, load_recipe, shipped_recipes

BINS = Bins.in_srgb(10)


def built(name, **options):
    return build_network(NetworkChoice(name, weights="random", options=options), BINS)


def shapes(network, size=256):
    return [(step.channels, step.height, step.width) for step in plots.steps_of(network, size)]


def test_the_simple_cnn_has_six_blocks_and_the_shape_that_the_study_gives():
    network = built("simple_cnn")
    seen = shapes(network)
    assert len(seen) == 7  # six blocks of one convolution, and the last layer
    assert seen[4] == (512, 32, 32)  # after the fifth
    assert seen[5:] == [(64, 256, 256), (2, 256, 256)]  # the sixth at full size
    kinds = [type(layer).__name__ for layer in network.blocks[0]]
    assert kinds == ["Conv2d", "ReLU", "BatchNorm2d"]


def test_resnet34_ends_after_layer2_and_goes_on_as_the_simple_cnn():
    seen = shapes(built("resnet34"))
    assert seen[-3:] == [(128, 32, 32), (64, 256, 256), (2, 256, 256)]


def test_the_third_network_has_three_blocks_more_with_an_upsampling_between():
    simple, third = shapes(built("resnet34")), shapes(built("optimized_resnet34"))
    assert len(third) == len(simple) + 3
    assert third[-5:] == [
        (128, 32, 32),
        (64, 64, 64),
        (32, 128, 128),
        (32, 256, 256),
        (2, 256, 256),
    ]


def multiplications(network, size=256):
    """Of the convolutions, for one picture."""
    total = 0

    def count(module, _, output):
        nonlocal total
        per_value = module.weight[0].numel()
        total += per_value * output[0].numel()

    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.register_forward_hook(count)
    with torch.no_grad():
        network.eval()(torch.zeros(1, 1, size, size))
    return total


def test_the_sixth_block_at_full_size_is_what_costs():
    costs = {
        name: multiplications(built(network, **options))
        for name, network, options in (
            ("first", "resnet34", {}),
            ("other order", "resnet34", {"order": "block-first"}),
            ("third", "optimized_resnet34", {}),
        )
    }
    assert costs["first"] > 1.5 * costs["third"]
    assert costs["other order"] < costs["third"]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("resnet34", {"order": "sideways"}, "no order 'sideways': use upsampling-first or block"),
        ("optimized_resnet34", {"head": "both"}, "no head 'both': use regression or bins"),
        ("optimized_resnet34", {"steps": 4}, "4 steps: give 1 to 3"),
        (
            "simple_cnn",
            {"heads": ["bins"]},
            "simple_cnn has no option 'heads': known: width, order",
        ),
        ("resnet34", {"with": 64}, "resnet34 has no option 'with': nearest: width"),
    ],
)
def test_options_that_are_none(name, options, message):
    with pytest.raises(RecipeError) as caught:
        built(name, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", list(NETWORKS))
def test_every_network_can_be_drawn(name, tmp_path):
    options = {"bins": 7} if name in ("unet", "optimized_resnet34", "colorful") else {}
    figure = plots.drawing(name, NETWORKS[name](**options), size=64)
    figure.savefig(tmp_path / "drawing.png")
    assert (tmp_path / "drawing.png").stat().st_size > 2000


def test_every_recipe_names_a_network_that_can_be_built():
    for name in shipped_recipes():
        choice = load_recipe(name).network
        with torch.device("meta"):
            assert build_network(choice, BINS, scenes=365).heads


def test_the_studys_own_runs_are_as_it_tells_them():
    for name, batch in (("simple_cnn", 32), ("resnet34", 32), ("optimized_resnet34", 128)):
        recipe = load_recipe(f"study/places365-{name}")
        (phase,) = recipe.phases
        assert (phase.size, phase.epochs, phase.batch) == (256, 10, batch)
        assert recipe.data.per_label * 365 == 36_500
        assert recipe.optimizer.rate == 0.01
        assert recipe.loss.penalty == "mse"
