import dataclasses
import hashlib
import importlib
import json
import shutil

import numpy as np
import onnx
import pytest
import torch

from rehue.color import Bins
from rehue.colorizer import Colorizer
from rehue.dataset import Part, part_of
from rehue.errors import ModelError, RecipeError
from rehue.judge import evaluate
from rehue.learning.publish.export import export, load_network
from rehue.learning.publish.figures import measure_default
from rehue.learning.training.start import CHECKPOINT, RUN_FILE
from rehue.model import EXPECTED, REGRESSION, Card, Model, bold, open_runtime

pytestmark = pytest.mark.filterwarnings("ignore")
BINS = Bins.in_srgb(10)
# The package's name `export` is the function.
room = importlib.import_module("rehue.learning.publish.export")


@pytest.fixture(scope="module")
def network(finished, recipe):
    return load_network(finished.run / CHECKPOINT, recipe, BINS)


def described(values):
    """Names and shapes; dimensions that may vary by their name, or as None."""
    return {
        value.name: [d.dim_value or d.dim_param or None for d in value.type.tensor_type.shape.dim]
        for value in values
    }


def test_inputs_and_outputs_are_exactly_the_contracts(exported):
    assert described(exported.graph.graph.input) == {
        "lightness": ["batch", 1, "height", "width"],
        "hints": ["batch", 3, "height", "width"],
        "palette": ["batch", len(BINS)],
    }
    outputs = described(exported.graph.graph.output)
    assert list(outputs) == ["logits", "ab"]
    for (name, shape), channels in zip(outputs.items(), (len(BINS), 2), strict=True):
        assert shape[1] == channels, name
        assert not any(isinstance(shape[axis], int) for axis in (0, 2, 3)), name
    values = [*exported.graph.graph.input, *exported.graph.graph.output]
    assert {v.type.tensor_type.elem_type for v in values} == {onnx.TensorProto.FLOAT}


@pytest.mark.numeric
@pytest.mark.parametrize(("count", "height", "width"), [(1, 32, 32), (1, 224, 96), (5, 64, 160)])
def test_any_batch_height_and_width_agrees_with_torch(exported, network, count, height, width):
    rng = np.random.default_rng(height)
    light = rng.uniform(0, 100, (count, 1, height, width)).astype(np.float32)
    logits, ab, _ = open_runtime(Model.at(exported.path), threads=1).run(light, len(BINS))
    with torch.no_grad():
        expected = network(torch.from_numpy(light))
    assert logits.shape == (count, len(BINS), height // 4, width // 4)
    # Half-precision weights cost a few thousandths of what is answered.
    for ours, theirs in ((ab, expected.ab.numpy()), (logits, expected.logits.numpy())):
        assert np.abs(ours - theirs).max() < 2e-3 * np.abs(theirs).max()


def test_large_weights_are_stored_in_half_precision(exported):
    stored = dict.fromkeys((onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16), 0)
    for tensor in exported.graph.graph.initializer:
        size = int(np.prod(tensor.dims))
        if tensor.data_type in stored:
            stored[tensor.data_type] += size
        if tensor.data_type == onnx.TensorProto.FLOAT:
            assert size < 1024
    assert stored[onnx.TensorProto.FLOAT16] > 5 * stored[onnx.TensorProto.FLOAT]


def test_the_file_holds_no_trace_of_where_it_was_made(exported):
    data = exported.path.read_bytes()
    for word in (b"rehue/learning", b"site-packages"):
        assert word not in data


def test_the_card_says_where_the_model_comes_from(exported, finished, recipe):
    facts = json.loads(exported.path.with_suffix(".json").read_text("utf-8"))
    assert set(facts) == {field.name for field in dataclasses.fields(Card)}
    assert json.loads(exported.card.to_json()) == facts
    card = exported.card
    assert card.name == exported.path.stem == "tiny"
    assert card.description == recipe.description
    assert card.sha256 == hashlib.sha256(exported.path.read_bytes()).hexdigest()
    assert card.licence == "NOASSERTION"
    assert card.trained_inputs == ("lightness",)
    assert np.array_equal(card.bins.centers, BINS.centers)
    assert card.working_size == 64
    assert facts["recipe"] == json.loads(json.dumps(dataclasses.asdict(recipe)))
    run = json.loads((finished.run / RUN_FILE).read_text("utf-8"))
    assert card.commit == run["commit"]
    assert card.data == {
        **{name: run[name] for name in ("photographs", "held_back", "sources")},
        "left_out": {reason: len(keys) for reason, keys in run["left_out"].items()},
    }
    assert card.training["steps"] == len(finished.losses)
    assert card.training["validation"] == run["validation"]
    assert card.export["bytes"] == exported.path.stat().st_size
    assert 0 <= card.export["largest_ab_difference_to_torch"] < 1
    assert card.export["parameters"] > 10_000


@pytest.mark.parametrize(
    ("name", "outputs", "decoding"),
    [
        pytest.param("simple_cnn", ["ab"], REGRESSION, marks=pytest.mark.long),
        pytest.param("resnet34", ["ab"], REGRESSION, marks=pytest.mark.long),
        pytest.param("optimized_resnet34", ["ab"], REGRESSION, marks=pytest.mark.long),
        ("classification", ["logits"], bold()),
    ],
)
def test_the_studys_networks_learn_and_have_one_head(studied, name, outputs, decoding):
    model = studied(name)
    assert [output.name for output in model.graph.graph.output] == outputs
    card = model.card
    assert card.trained_inputs == ("lightness",)
    assert card.training["steps"] == 2
    assert card.heads == (decoding.head,)
    assert card.default_decoding == decoding
    # Half-precision weights cost less than a unit of ab, which no eye sees.
    assert card.export["largest_ab_difference_to_torch"] < 1
    colorizer = Colorizer(model.path, threads=1)
    grey = np.tile(np.arange(0, 240, 2, dtype=np.uint8), (90, 1))
    assert colorizer(grey).shape == (90, 120, 3)
    lacking = EXPECTED if decoding == REGRESSION else REGRESSION
    with pytest.raises(ModelError, match=f"has no head '{lacking.head}': decode its"):
        colorizer.look(grey).ab(lacking)


def test_an_exported_model_colours(exported):
    colorizer = Colorizer(exported.path, threads=1)
    grey = np.tile(np.arange(0, 240, 2, dtype=np.uint8), (90, 1))
    assert colorizer(grey).shape == (90, 120, 3)


def test_the_averaged_weights_are_exported(finished, network):
    saved = torch.load(finished.run / CHECKPOINT, weights_only=False)
    name = "network.classes.weight"
    assert torch.equal(network.state_dict()["classes.weight"], saved["state_dict"][name])
    assert not torch.equal(saved["state_dict"][name], saved["current_model_state"][name])


def test_a_name_and_a_licence_of_its_own(finished, exported, tmp_path, monkeypatch):
    monkeypatch.setattr(room, "to_onnx", lambda *_: exported.graph)
    monkeypatch.setattr(room, "largest_difference", lambda *_: 0.0)
    card, path = export(finished.run, tmp_path, name="study-v1.2", licence="CC0-1.0")
    assert path == tmp_path / "study-v1.2.onnx"
    assert card.licence == "CC0-1.0"
    assert card.name == "study-v1.2"
    assert Model.at(path).card.to_json() == card.to_json()


@pytest.fixture
def run(finished, tmp_path):
    """A copy of the finished run, to be spoiled."""
    folder = tmp_path / "run"
    folder.mkdir()
    for name in (RUN_FILE, CHECKPOINT):
        shutil.copy(finished.run / name, folder / name)
    return folder


def test_the_card_names_the_sources_of_the_runs_before(run, exported, monkeypatch):
    monkeypatch.setattr(room, "to_onnx", lambda *_: exported.graph)
    monkeypatch.setattr(room, "largest_difference", lambda *_: 0.0)
    facts = json.loads((run / RUN_FILE).read_text("utf-8"))
    first = {**facts, "sources": ["museum"]}
    second = {**facts, "sources": ["web"], "before": first}
    told = {**facts, "sources": ["archive", "web"], "before": second}
    (run / RUN_FILE).write_text(json.dumps(told), "utf-8")
    card, _ = export(run, run / "exported")
    assert card.data["sources"] == ["archive", "museum", "web"]
    assert card.training["before"] == second


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html>", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_checkpoint(run, content):
    (run / CHECKPOINT).write_bytes(content)
    assert "last.ckpt: not a checkpoint" in line(run)


@pytest.mark.parametrize("content", [{}, [], {"state_dict": {}}, {"state_dict": {"network.x": 1}}])
def test_a_checkpoint_of_something_else(run, content):
    torch.save(content, run / CHECKPOINT)
    assert "last.ckpt: not a checkpoint" in line(run)


def test_a_checkpoint_of_another_network(run):
    facts = json.loads((run / RUN_FILE).read_text("utf-8"))
    facts["recipe"]["network"]["options"]["widths"] = [8, 16, 16, 24]
    (run / RUN_FILE).write_text(json.dumps(facts), "utf-8")
    assert "last.ckpt: not a checkpoint" in line(run)


def test_a_missing_checkpoint(run):
    (run / CHECKPOINT).unlink()
    assert "last.ckpt: not a checkpoint" in line(run)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", "<html>"])
def test_a_folder_without_a_finished_run(run, content):
    (run / RUN_FILE).unlink()
    if content is not None:
        (run / RUN_FILE).write_text(content)
    assert "no finished run here (run.json is missing or broken): run rehue train" in line(run)


def line(run):
    with pytest.raises(RecipeError) as caught:
        export(run, run / "exported")
    message = str(caught.value)
    assert message.isprintable()
    assert not (run / "exported").exists()
    return message


def test_the_default_is_measured_on_what_was_held_back(
    exported, photos, recipe, tmp_path, monkeypatch
):
    for suffix in (".onnx", ".json"):
        shutil.copy(exported.path.with_suffix(suffix), tmp_path)
    looked_at = []
    figures = importlib.import_module("rehue.learning.publish.figures")

    def judge(colorizer, photographs, decodings, draws):
        photographs = list(photographs)
        looked_at.extend(sample.key for sample in photographs)
        return evaluate(colorizer, photographs, decodings, draws=draws)

    monkeypatch.setattr(figures, "evaluate", judge)
    model = Model.at(tmp_path / exported.path.name)
    card = measure_default(model, photos)
    assert looked_at
    share = recipe.data.choose_share
    assert {part_of(key, share) for key in looked_at} == {Part.CHOOSE}
    again = Model.at(model.path)
    assert again.card == card
    assert card.default_decoding == bold(path=card.boldness)
    measured = card.figures["held back"]
    assert measured["set"].startswith(f"{len(looked_at)} photographs")
    assert 0 < measured["mse_ab_over_grey"] < 3
    assert again.read()  # the weights are still those of the card
