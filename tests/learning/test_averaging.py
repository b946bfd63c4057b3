import hashlib
import shutil
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from rehue.errors import RecipeError
from rehue.learning import average_weights, export
from rehue.model import Model

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def exported(finished, tmp_path_factory):
    return Model(*export(finished.run, tmp_path_factory.mktemp("exported"), working_size=64))


@pytest.fixture
def model(exported, tmp_path):
    for suffix in (".onnx", ".json"):
        shutil.copy(exported.path.with_suffix(suffix), tmp_path)
    return Model.at(tmp_path / exported.path.name)


def another(model, folder, change):
    """A model whose parameters are changed ones of the given."""
    graph = onnx.load(model.path)
    for tensor in graph.graph.initializer:
        if tensor.name.startswith("network."):
            value = change(tensor.name, numpy_helper.to_array(tensor))
            tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
    folder.mkdir()
    path = folder / "another.onnx"
    data = graph.SerializeToString()
    path.write_bytes(data)
    card = replace(model.card, name="another", sha256=hashlib.sha256(data).hexdigest())
    return Model(card, path)


def weights(model):
    graph = onnx.load_model_from_string(model.read()).graph
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}


def test_weights_are_the_mean_of_all(model, tmp_path):
    more = another(model, tmp_path / "more", lambda _, value: value + value.dtype.type(0.25))
    less = another(model, tmp_path / "less", lambda _, value: value - value.dtype.type(1))
    before = weights(model)
    card = average_weights(model, [more, less])
    again = Model.at(model.path)
    assert again.card == card
    assert card.export["averaged_with"] == [
        {"name": "another", "sha256": other.card.sha256} for other in (more, less)
    ]
    after = weights(again)  # read() checks the card's hash
    for name, value in before.items():
        shift = -0.25 if name.startswith("network.") else 0
        np.testing.assert_allclose(after[name], value + shift, atol=2e-3)
        assert after[name].dtype == value.dtype


def test_another_network_is_refused_and_nothing_is_written(model, tmp_path):
    def widened(name, value):
        return np.concatenate([value, value]) if name == "network.classes.bias" else value

    wider = another(model, tmp_path / "wider", widened)
    before = model.path.read_bytes()
    with pytest.raises(RecipeError, match=r"another\.onnx: another network .*: give runs of one"):
        average_weights(model, [wider])
    assert model.path.read_bytes() == before
