"""A model in eight bits: the same colours, nearly, from a smaller file."""

import importlib
import shutil

import numpy as np
import onnx
import pytest

from rehue.errors import RecipeError
from rehue.learning.publish.quantization import quantize
from rehue.learning.weights.averaging import average_weights
from rehue.learning.weights.exported import read_exported
from rehue.model import Model, open_runtime

pytestmark = pytest.mark.filterwarnings("ignore")
room = importlib.import_module("rehue.learning.publish.quantization")


@pytest.fixture(scope="module")
def pair(exported, photos, tmp_path_factory):
    """The exported model, and the same in eight bits."""
    folder = tmp_path_factory.mktemp("eight")
    for suffix in (".onnx", ".json"):
        shutil.copy(exported.path.with_suffix(suffix), folder)
    model = Model.at(folder / exported.path.name)
    quantize(model, photos)
    return Model.at(exported.path), Model.at(model.path)


def answers(model):
    rng = np.random.default_rng(2)
    light = (50 + 20 * np.sin(np.arange(96) / 9) + rng.normal(0, 2, (1, 1, 64, 96))).astype("f4")
    return open_runtime(model, threads=1).run(light, len(model.card.bin_centers))


@pytest.mark.numeric
def test_it_answers_alike(pair):
    exact, narrow = map(answers, pair)
    # Steps of seven bits in every layer, of a network that has hardly learnt: not a rounding.
    assert np.abs(narrow.ab - exact.ab).mean() < 0.05 * np.abs(exact.ab).mean() + 0.5
    assert narrow.logits.shape == exact.logits.shape


def test_most_weights_are_eight_bits_and_the_heads_are_not(pair):
    _, narrow = pair
    graph = onnx.load(narrow.path).graph
    kinds = {tensor.name: tensor.data_type for tensor in graph.initializer}
    eight = [name for name, kind in kinds.items() if kind == onnx.TensorProto.INT8]
    assert len(eight) > 10
    assert not [name for name in eight if "classes" in name or "regression" in name]
    assert not [name for name in eight if "encoder.conv1" in name]
    assert narrow.path.stat().st_size < 0.75 * pair[0].path.stat().st_size


def test_the_card_says_so(pair):
    exact, narrow = pair
    assert narrow.card.export["weights"].startswith("int8")
    assert narrow.card.export["quantized_from"] == exact.card.sha256
    assert narrow.read()  # the card's hash is the file's


def test_training_may_go_on_from_it(pair):
    exact, narrow = (read_exported(model.path) for model in pair)
    assert exact.keys() == narrow.keys()
    for name, value in exact.items():
        assert narrow[name].shape == value.shape
        # Half a step of seven bits, of what is the largest of its channel.
        assert np.abs(narrow[name] - value).max() <= np.abs(value).max() / 63 / 2 + 1e-3, name


def test_eight_bits_are_no_part_of_a_mean(pair):
    exact, narrow = pair
    with pytest.raises(RecipeError, match="one in eight bits"):
        average_weights(onnx.load(exact.path), [narrow])
