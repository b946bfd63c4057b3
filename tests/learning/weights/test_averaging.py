import hashlib
import importlib
from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from rehue.errors import RecipeError
from rehue.learning import export
from rehue.model import Model

# The package's name `export` is the function.
room = importlib.import_module("rehue.learning.publish.export")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def traced_once(exported, monkeypatch):
    """The run's graph is the session's, and compared already."""
    monkeypatch.setattr(room, "to_onnx", lambda *_: onnx.load(exported.path))
    monkeypatch.setattr(room, "largest_difference", lambda *_: 0.0)


@pytest.fixture
def model(exported):
    return Model(exported.card, exported.path)


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


def test_weights_are_the_mean_of_all(finished, model, tmp_path):
    more = another(model, tmp_path / "more", lambda _, value: value + value.dtype.type(0.25))
    less = another(model, tmp_path / "less", lambda _, value: value - value.dtype.type(1))
    averaged = Model(
        *export(finished.run, tmp_path / "mean", working_size=64, average_with=[more, less])
    )
    assert averaged.card.to_json() == Model.at(averaged.path).card.to_json()
    assert averaged.card.export["averaged_with"] == [
        {"name": "another", "sha256": other.card.sha256} for other in (more, less)
    ]
    after = weights(averaged)  # read() checks the card's hash
    for name, value in weights(model).items():
        shift = -0.25 if name.startswith("network.") else 0
        # Half precision keeps 5e-4 of numbers up to one, twice: in the others, and in the mean.
        np.testing.assert_allclose(after[name], value + shift, atol=2e-3)
        assert after[name].dtype == value.dtype


def test_another_network_is_refused_and_nothing_is_written(finished, model, tmp_path):
    def widened(name, value):
        return np.concatenate([value, value]) if name == "network.classes.bias" else value

    wider = another(model, tmp_path / "wider", widened)
    with pytest.raises(RecipeError, match=r"another\.onnx: another network .*: give runs of one"):
        export(finished.run, tmp_path / "mean", working_size=64, average_with=[wider])
    assert not (tmp_path / "mean").exists()
