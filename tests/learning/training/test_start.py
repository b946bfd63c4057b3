"""Going on from a model that was exported: a fine-tuned run starts where it ends."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from rehue.color import Bins
from rehue.errors import RecipeError
from rehue.learning.networks.encoders import Published, resnet
from rehue.learning.publish.tracing import largest_difference
from rehue.learning.training.module import build_network
from rehue.learning.training.recipe import recipe_from
from rehue.learning.training.run import prepare, train
from rehue.learning.training.start import RUN_FILE, calibration_crops
from rehue.learning.weights.exported import read_exported
from rehue.model import Model, find_model, open_runtime

pytestmark = pytest.mark.filterwarnings("ignore")
BINS = Bins.in_srgb(10)
# Units of ab, of which these networks give about a hundred: norms are reckoned anew in single
# precision, which costs two in ten thousand.
LARGEST = 0.05


@pytest.mark.numeric
def test_the_network_computes_what_the_file_does(told, photos, decoded, tmp_path):
    recipe, path = told.recipe, told.path
    prepared = prepare(recipe, photos, cache_root=decoded, start_from=path, workers=0)
    assert prepared.start.startswith("tiny.onnx (sha256 ")
    assert prepared.start.endswith("new: none)")
    network = prepared.module.network.eval()
    assert largest_difference(network, Model.at(path)) < LARGEST
    generator = torch.Generator().manual_seed(2)
    light, hints = torch.rand(1, 1, 64, 64, generator=generator) * 100, torch.zeros(1, 3, 64, 64)
    hints[:, :, 8:16, 8:16] = torch.tensor([40.0, -20.0, 1.0])[:, None, None]
    palette = torch.rand(1, len(BINS), generator=generator)
    palette /= palette.sum()
    runtime = open_runtime(Model.at(path))
    ab = runtime.run(light.numpy(), len(BINS), hints.numpy(), palette.numpy()).ab
    with torch.no_grad():
        assert np.abs(ab - network(light, hints, palette).ab.numpy()).max() < LARGEST


@pytest.mark.numeric
def test_its_norms_know_what_they_see(told, photos, decoded, tmp_path):
    recipe, path = told.recipe, told.path
    prepared = prepare(recipe, photos, cache_root=decoded, start_from=path, workers=0)
    network = prepared.module.network
    light = calibration_crops(prepared.loading)
    network.eval()
    with torch.no_grad():
        settled = network(light).ab
        learning = network.train()(light).ab  # by the statistics of this batch alone
    # The batch is what was kept: only the order of the sums differs, 2e-5 after all layers.
    assert (learning - settled).abs().max() < 1e-3 * settled.abs().max()


def test_what_the_card_tells_comes_before(told, photos, decoded, tmp_path):
    recipe, path = told.recipe, told.path
    train(
        recipe,
        photos,
        tmp_path / "run",
        cache_root=decoded,
        start_from=path,
        device="cpu",
        workers=0,
        max_steps=2,
    )
    before = json.loads((tmp_path / "run" / RUN_FILE).read_text("utf-8"))["before"]
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert before["recipe"] == card["recipe"]
    assert before["photographs"] == card["data"]["photographs"]
    assert before["steps"] == card["training"]["steps"]


def test_every_parameter_comes_back_under_its_name(told):
    recipe, path = told.recipe, told.path
    own = build_network(recipe.network, BINS).state_dict()
    missing = own.keys() - read_exported(path).keys()
    assert all(name.endswith("num_batches_tracked") for name in missing)


def test_training_can_go_on_from_the_shipped_model():
    shipped = find_model("default")
    recipe = recipe_from(shipped.card.recipe, "card")
    own, kept = build_network(recipe.network, BINS).state_dict(), read_exported(shipped.path)
    for name, value in own.items():
        assert name.endswith("num_batches_tracked") or kept[name].shape == value.shape, name


@pytest.mark.parametrize("content", [b"<html>", b"", None])
def test_a_file_that_is_no_model(recipe, photos, decoded, tmp_path, content):
    path = tmp_path / "x.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RecipeError, match=r"x\.onnx: (not a readable model|no network)") as caught:
        prepare(recipe, photos, cache_root=decoded, start_from=path, workers=0)
    assert "\n" not in str(caught.value)


def test_a_model_that_is_not_ours(recipe, photos, decoded, tmp_path, tiny_model):
    path = tmp_path / "x.onnx"
    path.write_bytes(Path(tiny_model).read_bytes())
    with pytest.raises(RecipeError, match=r"x\.onnx: no network that Rehue exported"):
        prepare(recipe, photos, cache_root=decoded, start_from=path, workers=0)


def test_weights_that_cannot_be_had(recipe, photos, decoded, tmp_path, monkeypatch):
    nowhere = Published("http://127.0.0.1:9/resnet18-0123abcd.pth")
    monkeypatch.setitem(resnet.PUBLISHED, "resnet18", nowhere)
    wanted = replace(recipe, network=replace(recipe.network, weights="imagenet"))
    with pytest.warns(UserWarning, match="starts from random weights, and its card says so"):
        checkpoint = train(
            wanted,
            photos,
            tmp_path / "run",
            cache_root=decoded,
            device="cpu",
            workers=0,
            max_steps=1,
        )
    facts = json.loads((checkpoint.parent / RUN_FILE).read_text("utf-8"))
    assert facts["encoder"] == "random weights (imagenet could not be had)"
