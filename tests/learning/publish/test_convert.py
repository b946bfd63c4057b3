import hashlib
import importlib
import json

import numpy as np
import onnxruntime
import pytest
import torch

from rehue.color import Bins
from rehue.errors import ModelError, RecipeError
from rehue.learning.networks import NETWORKS, Network, Prediction
from rehue.learning.networks.colorful import Colorful
from rehue.model import Decoding, Model
from rehue.model.catalog import PUBLISHED

pytestmark = pytest.mark.filterwarnings("ignore")
room = importlib.import_module("rehue.learning.publish.convert")
OPTIONS = {"colorful": {"bins": 313}, "interactive": {}}


class Tiny(Network):
    """Stands for the published network where only the plumbing is under test."""

    stride = 1
    heads = ("regression",)
    inputs = ("lightness", "hints")

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Conv2d(4, 2, 3, padding=1)

    def forward(self, lightness, hints=None):
        hints = (
            lightness.new_zeros(len(lightness), 3, *lightness.shape[2:]) if hints is None else hints
        )
        return Prediction(ab=self.layer(torch.cat([lightness, hints], dim=1)))


@pytest.fixture(scope="module")
def traced():
    """The small network, and what is made of it."""
    network = Tiny().eval()
    return network, room.to_onnx(network, len(Bins.in_srgb(10)))


@pytest.fixture
def tiny(traced, monkeypatch, tmp_path):
    """A file of weights, and a network that takes its place."""
    network, graph = traced
    monkeypatch.setattr(room, "load_published", lambda *_: network)
    monkeypatch.setattr(room, "to_onnx", lambda *_: graph)
    path = tmp_path / "weights.pth"
    path.write_bytes(b"weights")
    return path


def test_the_card_says_whose_weights_they_are(tiny, tmp_path):
    card, path = room.convert("interactive", tiny, tmp_path / "models")
    assert path == tmp_path / "models" / "interactive.onnx"
    assert sorted(p.name for p in path.parent.iterdir()) == ["interactive.json", "interactive.onnx"]
    published = PUBLISHED["interactive"]
    assert card.name == "interactive"
    assert card.licence == published.licence == "BSD-2-Clause"
    assert card.trained_inputs == ("lightness", "hints")
    assert card.heads == ("regression",)
    assert card.default_decoding.head == "regression"
    assert card.data["source"] == published.url
    assert card.data["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert card.data["authenticated"] is False
    assert "Richard Zhang" in card.data["copyright"]
    assert card.export["largest_ab_difference_to_torch"] < 0.2
    model = Model.at(path)
    assert model.card.to_json() == card.to_json() == path.with_suffix(".json").read_text("utf-8")
    assert model.read()  # its hash is the card's


def test_the_published_file_itself_is_authenticated(tiny, tmp_path, monkeypatch):
    known = hashlib.sha256(b"weights").hexdigest()
    monkeypatch.setattr(
        room,
        "find_published",
        lambda _: PUBLISHED["interactive"].__class__(
            **{**vars(PUBLISHED["interactive"]), "sha256": known}
        ),
    )
    card, _ = room.convert("interactive", tiny, tmp_path / "models")
    assert card.data["authenticated"] is True


def test_a_folder_that_cannot_be_written(tiny, tmp_path):
    (tmp_path / "models").write_bytes(b"a file")
    with pytest.raises(RecipeError, match=r"interactive\.onnx: cannot be written \(.+\): give"):
        room.convert("interactive", tiny, tmp_path / "models")


def test_a_conversion_that_fails_leaves_nothing(tiny, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room, "largest_difference", fail)
    with pytest.raises(RecipeError, match="No space left on device"):
        room.convert("interactive", tiny, tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_an_unknown_name(tmp_path):
    with pytest.raises(ModelError, match="no published model 'colourful': nearest: colorful"):
        room.convert("colourful", tmp_path / "x.pth", tmp_path)


@pytest.fixture
def small_file(tmp_path):
    path = tmp_path / "small.pth"
    torch.save({"model1.0.weight": torch.zeros(64, 1, 3, 3)}, path)
    return path.read_bytes()


@pytest.mark.parametrize(
    "content",
    [b"", b"<!DOCTYPE html>\n<html>", b"PK\x03\x04 cut off", slice(0, 300), slice(0, -30)],
)
@pytest.mark.parametrize("name", list(PUBLISHED))
def test_a_file_that_is_cut_off_or_no_weights(name, content, small_file, tmp_path):
    path = tmp_path / "x.pth"
    path.write_bytes(small_file[content] if isinstance(content, slice) else content)
    assert line(name, path).endswith("x.pth: cut off, or no file of weights: get the file again")


@pytest.mark.parametrize(
    "content",
    [
        {},
        [1, 2],
        torch.zeros(3),
        {"model1.0.weight": "text"},
        {1: torch.zeros(3)},
        {"model1.0.weight": torch.zeros(64, 1, 3, 3)},
        {"state_dict": {"model1.0.weight": torch.zeros(64, 1, 3, 3)}},
    ],
    ids=str,
)
def test_a_file_of_something_else(content, tmp_path):
    path = tmp_path / "x.pth"
    torch.save(content, path)
    assert "x.pth: not the published weights of colorful (" in line("colorful", path)


class Trap:
    """What a pickle could do if it were trusted."""

    def __reduce__(self):
        return (print, ("trapped",))


def test_nothing_in_a_file_is_run(tmp_path, capsys):
    path = tmp_path / "x.pth"
    torch.save({"model1.0.weight": Trap()}, path)
    assert "no file of weights" in line("colorful", path)
    assert "trapped" not in capsys.readouterr().out


def test_the_other_networks_weights(tmp_path):
    path = tmp_path / "x.pth"
    with torch.device("meta"):
        shapes = {k: v.shape for k, v in NETWORKS["interactive"]().state_dict().items()}
    torch.save({k: torch.zeros(()).expand(shape) for k, shape in shapes.items()}, path)
    message = (
        "('model1.0.weight': expected 64 x 1 x 3 x 3, found 64 x 4 x 3 x 3): get the file again"
    )
    assert message in line("colorful", path)


def test_a_missing_file(tmp_path):
    assert "none.pth: cannot be read (No such file" in line("colorful", tmp_path / "none.pth")


def line(name, path):
    with pytest.raises(RecipeError) as caught:
        room.convert(name, path, path.parent / "models")
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 400
    assert not (path.parent / "models").exists()
    return message


@pytest.mark.parametrize(("factor", "temperature"), [(1.0, 0.38), (2.606, 1.0)])
def test_the_temperature_is_told_from_the_last_layer(factor, temperature):
    with torch.device("meta"):
        network = Colorful(313)
    network.model8.to_empty(device="cpu")
    with torch.no_grad():
        # The Caffe file's last layer, without and with the temperature multiplied in.
        network.model8[-1].weight.fill_(factor * 14.376 / (313 * 256) ** 0.5)
    assert room.temperature_of(network) == temperature


@pytest.mark.numeric
@pytest.mark.long
@pytest.mark.parametrize("name", list(PUBLISHED))
@torch.no_grad()
def test_the_converted_network_agrees_with_torch(name, tmp_path, monkeypatch):
    monkeypatch.setattr(room, "largest_difference", lambda *_: 0.0)  # it looks at large pictures
    torch.manual_seed(1)
    network = NETWORKS[name](**OPTIONS[name]).eval()
    if name == "colorful":
        network.model_out.weight.uniform_(-1, 1)
    # Numbers that half precision holds, so that rounding is not what is compared.
    network.load_state_dict(
        {
            k: v.half().float() if v.is_floating_point() else v
            for k, v in network.state_dict().items()
        }
    )
    torch.save(network.state_dict(), tmp_path / "weights.pth")
    card, path = room.convert(name, tmp_path / "weights.pth", tmp_path / "models")
    light = torch.rand(2, 1, 96, 64) * 100
    hints = torch.zeros(2, 3, 96, 64)
    hints[0, :, 20:25, 30:35] = torch.tensor([70.0, 40.0, 1.0])[:, None, None]
    given = {"lightness": light, "hints": hints}
    expected = network(*(given[key] for key in network.inputs))
    session = onnxruntime.InferenceSession(path)
    fed = {key: value.numpy() for key, value in given.items()}
    fed["palette"] = np.zeros((2, len(card.bin_centers)), np.float32)
    (answer,) = session.run(None, fed)
    if name == "interactive":
        # Two runtimes in float32 on weights that half precision holds: 1e-5 of ab up to ten.
        assert np.abs(answer - expected.ab.numpy()).max() < 1e-3
        fed["hints"] = np.zeros_like(fed["hints"])
        (without,) = session.run(None, fed)
        assert np.abs(answer[0] - without[0]).max() > 0.01
        # The same runtime on the same picture, beside another: the order of sums alone.
        assert np.abs(answer[1] - without[1]).max() < 1e-5
        return
    assert card.default_decoding == Decoding("bins", room.temperature_of(network))
    # Rounded to three digits in the card.
    assert np.abs(card.bins.centers - network.centers().numpy()).max() < 1e-3
    for found, logits in zip(answer, expected.logits.numpy(), strict=True):
        difference = card.bins.decode(found) - card.bins.decode(logits)
        assert np.abs(difference).max() < 1e-3
    assert json.loads(path.with_suffix(".json").read_text("utf-8"))["training"]
