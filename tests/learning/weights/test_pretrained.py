import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from rehue.errors import RecipeError
from rehue.learning.networks import UNet
from rehue.learning.networks.encoders import Published, make_encoder, resnet
from rehue.learning.networks.encoders.resnet import RGB_MEAN, RGB_STD, ResNetEncoder
from rehue.learning.weights.pretrained import calibrate_norms, load_published

WIDTHS = (8, 8, 8)
# How far the zero padding of the picture's edge reaches into each stride's features, in cells:
# conv1 3 px, maxpool 2, then each 3 x 3 convolution one cell of its input.
REACH = {2: 2, 4: 6, 8: 7, 16: 7}


class AsPublished(ResNetEncoder):
    """What a published file was trained as: three channels, ImageNet's normalisation."""

    def __init__(self):
        super().__init__("resnet18", WIDTHS)
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        for norm in self.modules():
            if isinstance(norm, nn.BatchNorm2d):
                nn.init.uniform_(norm.weight, 0.5, 1.5)
                nn.init.normal_(norm.bias, 0, 0.3)
                nn.init.normal_(norm.running_mean, 0, 0.3)
                nn.init.uniform_(norm.running_var, 0.5, 2)

    def forward(self, rgb):
        mean, std = (torch.tensor(v)[None, :, None, None] for v in (RGB_MEAN, RGB_STD))
        x = torch.relu(self.bn1(self.conv1((rgb - mean) / std)))
        features = [x]
        x = self.maxpool(x)
        for stage in (self.layer1, self.layer2, self.layer3):
            x = stage(x)
            features.append(x)
        return features


@pytest.fixture(scope="module")
def published():
    torch.manual_seed(1)
    return AsPublished().eval()


def with_norms(network):
    return {name: value.contiguous() for name, value in network.state_dict().items()}


def folded(network):
    """The same function without norms: each goes into the convolution before it."""
    modules, result = dict(network.named_modules()), {}
    for name, conv in modules.items():
        if not isinstance(conv, nn.Conv2d):
            continue
        is_shortcut = name.endswith("downsample.0")
        follower = name[:-1] + "1" if is_shortcut else name.replace("conv", "bn")
        norm = modules[follower]
        slope = (norm.weight / torch.sqrt(norm.running_var + norm.eps)).detach()
        result[f"{name}.weight"] = (conv.weight * slope[:, None, None, None]).detach().contiguous()
        result[f"{name}.bias"] = (norm.bias - norm.running_mean * slope).detach()
    return result


@pytest.mark.numeric
@pytest.mark.parametrize("layout", [with_norms, folded])
@torch.no_grad()
def test_a_loaded_encoder_sees_in_lightness_what_was_seen_in_grey(tmp_path, published, layout):
    save_file(layout(published), tmp_path / "w.safetensors")
    encoder = ResNetEncoder("resnet18", (*WIDTHS, 12)).eval()
    assert load_published(encoder, tmp_path / "w.safetensors") == ["layer4"]
    grey = torch.rand(2, 1, 288, 288, generator=torch.Generator().manual_seed(2))
    expected = published(grey.expand(-1, 3, -1, -1))
    features = encoder(grey * 100)
    for ours, theirs, (stride, reach) in zip(features, expected, REACH.items(), strict=False):
        assert theirs.shape[-1] == 288 // stride
        inside = (..., slice(reach, -reach), slice(reach, -reach))
        assert theirs[inside].numel()
        assert theirs[inside].std() > 0.01
        scale = theirs.abs().max()
        # Summed over RGB before the layer in place of in it: float32's 1e-7, through twelve layers.
        assert (ours[inside] - theirs[inside]).abs().max() / scale < 1e-4


@pytest.mark.numeric
@pytest.mark.parametrize("layout", [with_norms, folded])
@torch.no_grad()
def test_a_grown_encoder_computes_what_the_smaller_one_does(tmp_path, published, layout):
    save_file(layout(published), tmp_path / "w.safetensors")
    small, grown = (ResNetEncoder(name, WIDTHS) for name in ("resnet18", "resnet34"))
    load_published(small, tmp_path / "w.safetensors")
    assert load_published(grown, tmp_path / "w.safetensors", grown=True) == []
    shown = torch.rand(2, 1, 96, 64, generator=torch.Generator().manual_seed(2)) * 100
    for calibrated in (False, True):
        if calibrated:  # as a run starts: the function stays
            calibrate_norms(grown, shown)
        for ours, theirs in zip(grown.eval()(shown), small.eval()(shown), strict=True):
            assert theirs.std() > 0.01
            # Settled norms are reckoned anew in float32: 1e-6 a layer, of 33.
            assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-4 * theirs.abs().max())
    # The further blocks can be learnt.
    assert grown.layer1[2].conv1.weight.abs().sum() > 0


def test_half_precision_files_load(tmp_path, published):
    halves = {name: value.half() for name, value in folded(published).items()}
    save_file(halves, tmp_path / "w.safetensors")
    encoder = ResNetEncoder("resnet18", WIDTHS)
    assert load_published(encoder, tmp_path / "w.safetensors") == []
    assert encoder.conv1.weight.dtype == torch.float32


@pytest.mark.numeric
@torch.no_grad()
def test_calibrating_leaves_the_function_and_settles_the_norms():
    torch.manual_seed(3)
    network = UNet(bins=7, widths=(8, 16, 16, 16), decoder=(16, 16, 8)).train()
    for norm in network.encoder.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.uniform_(norm.weight, 0.5, 1.5)
            nn.init.normal_(norm.bias, 0, 0.3)
    shown = torch.rand(3, 1, 64, 64) * 100
    other = torch.rand(2, 1, 96, 64) * 60
    before = [network.eval()(light) for light in (shown, other)]
    network.train()
    calibrate_norms(network.encoder, shown)
    assert network.training
    after = [network.eval()(light) for light in (shown, other)]
    for old, new in zip(before, after, strict=True):
        # Norms reckoned anew in float32, through twenty layers; ab is fifty times the last layer's.
        assert torch.allclose(old.logits, new.logits, atol=1e-4)
        assert torch.allclose(old.ab, new.ab, atol=1e-3)
    # Each norm now holds the statistics of what it sees.
    seen = {}
    for name, norm in network.encoder.named_modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.register_forward_pre_hook(lambda _, x, name=name: seen.update({name: x[0]}))
    network.encoder(shown)
    for name, x in seen.items():
        norm = network.encoder.get_submodule(name)
        # Each norm saw what the norms before it, not yet settled, made of the crops: 1e-6 a layer.
        assert torch.allclose(norm.running_mean, x.mean(dim=(0, 2, 3)), atol=1e-3)
        variance = x.var(dim=(0, 2, 3), unbiased=False)
        assert torch.allclose(norm.running_var, variance, rtol=1e-3, atol=1e-4)


def test_files_of_another_encoder_are_refused(tmp_path, published):
    whole = with_norms(published)
    deeper = {**whole, "layer1.2.conv1.weight": torch.zeros(8, 8, 3, 3)}
    shallow = {k: v for k, v in whole.items() if not k.startswith("layer2.1.")}
    wider = {**whole, "layer2.0.conv1.weight": torch.zeros(16, 8, 3, 3)}
    grey = {**whole, "conv1.weight": torch.zeros(64, 1, 7, 7)}
    other = {"Conv1": torch.zeros(3, 3, 3, 32), "Conv1.bias": torch.zeros(32)}
    for content, words in (
        (deeper, "layer1.2.conv1.weight does not fit this encoder: give weights of resnet18"),
        (shallow, "layer2.1.bn1.bias does not fit this encoder"),
        (wider, "layer2.0.conv1.weight does not fit this encoder"),
        (grey, "no conv1.weight for RGB in it: give a ResNet's weights"),
        (other, "no conv1.weight for RGB in it: give a ResNet's weights"),
    ):
        save_file(content, tmp_path / "w.safetensors")
        assert f"w.safetensors: {words}" in line(tmp_path / "w.safetensors")


def test_a_classifier_in_the_file_is_of_no_concern(tmp_path, published):
    content = {**with_norms(published), "fc.weight": torch.zeros(9, 8), "fc.bias": torch.zeros(9)}
    save_file(content, tmp_path / "w.safetensors")
    assert load_published(ResNetEncoder("resnet18", WIDTHS), tmp_path / "w.safetensors") == []


@pytest.mark.parametrize(
    "content", [None, b"", b"<!DOCTYPE html><html></html>", b"\x08" + bytes(99)]
)
def test_files_that_are_no_safetensors(tmp_path, content):
    path = tmp_path / "w.safetensors"
    if content is not None:
        path.write_bytes(content)
    assert "w.safetensors: not readable encoder weights (" in line(path)


def test_torchvisions_own_file_is_read_from_disk(tmp_path, published, monkeypatch):
    monkeypatch.setattr(resnet, "WIDTHS", WIDTHS)
    torch.save(published.state_dict(), tmp_path / "resnet18-0123abcd.pth")
    wider = ResNetEncoder("resnet18", (*WIDTHS[:2], 16))
    assert load_published(wider, tmp_path / "resnet18-0123abcd.pth") == ["layer3"]
    encoder = ResNetEncoder("resnet18", WIDTHS)
    assert load_published(encoder, tmp_path / "resnet18-0123abcd.pth") == []
    expected = published.state_dict()["layer2.0.conv1.weight"]
    assert torch.equal(encoder.state_dict()["layer2.0.conv1.weight"], expected)


@pytest.mark.parametrize("content", [b"", b"<!DOCTYPE html><html></html>"])
def test_a_pth_that_is_none(tmp_path, content):
    (tmp_path / "w.pth").write_bytes(content)
    assert "w.pth: not readable encoder weights (" in line(tmp_path / "w.pth")


def line(path):
    with pytest.raises(RecipeError) as caught:
        load_published(ResNetEncoder("resnet18", WIDTHS), path)
    message = str(caught.value)
    assert message.isprintable()
    return message


@pytest.fixture
def served(tmp_path, monkeypatch, published):
    """Serves a file as torchvision does, its hash in its name; returns a way to spoil it."""
    folder, hub = tmp_path / "served", tmp_path / "hub"
    folder.mkdir()
    torch.save(published.state_dict(), folder / "whole.pth")
    data = (folder / "whole.pth").read_bytes()
    path = folder / f"resnet18-{hashlib.sha256(data).hexdigest()[:8]}.pth"
    path.write_bytes(data)
    handler = partial(QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/{path.name}"
    monkeypatch.setitem(resnet.PUBLISHED, "resnet18", Published(url))
    monkeypatch.setattr(resnet, "WIDTHS", WIDTHS)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(hub))
    yield path
    server.shutdown()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_published_weights_are_downloaded(served, published):
    encoder = ResNetEncoder("resnet18", (*WIDTHS[:2], 16))
    assert load_published(encoder) == ["layer3"]  # of another width than the published one
    expected = published.state_dict()["layer2.0.conv1.weight"]
    assert torch.equal(encoder.state_dict()["layer2.0.conv1.weight"], expected)


@pytest.mark.parametrize("spoilt", [b"<html>not found</html>", b""])
def test_a_download_with_a_wrong_hash(served, spoilt):
    served.write_bytes(spoilt)
    with pytest.raises(RecipeError, match=r"cannot be had .*hash.*--encoder-weights") as caught:
        load_published(ResNetEncoder("resnet18", WIDTHS))
    assert "\n" not in str(caught.value)


def test_a_grown_encoder_downloads_the_smaller_ones_file(served, published):
    encoder = ResNetEncoder("resnet34", WIDTHS)
    assert load_published(encoder, grown=True) == []
    expected = published.state_dict()["layer2.1.conv2.weight"]
    assert torch.equal(encoder.state_dict()["layer2.1.conv2.weight"], expected)


def test_offline(served, monkeypatch):
    nowhere = Published("http://127.0.0.1:9/resnet18-0123abcd.pth")
    monkeypatch.setitem(resnet.PUBLISHED, "resnet18", nowhere)
    with pytest.raises(RecipeError, match=r"cannot be had .*--encoder-weights FILE"):
        load_published(ResNetEncoder("resnet18", WIDTHS))


def test_an_encoder_without_a_smaller_one_grows_from_nothing():
    with pytest.raises(RecipeError, match=r"efficientnet_lite2 grows from nothing: set .*imagenet"):
        load_published(make_encoder("efficientnet_lite2"), grown=True)
