import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from skimage import data

from rehue.color import lightness
from rehue.errors import ModelError, install_line
from rehue.model import RUNTIMES, Model, decode, find_model, open_runtime


@pytest.fixture(scope="module")
def model(tiny_model):
    return Model.at(tiny_model)


def light(height, width, count=1):
    rng = np.random.default_rng(height)
    return rng.uniform(0, 100, (count, 1, height, width)).astype(np.float32)


@pytest.mark.parametrize(("height", "width", "count"), [(32, 32, 1), (64, 160, 1), (96, 32, 3)])
def test_answers_at_any_size(model, height, width, count):
    shown = light(height, width, count)
    logits, ab, _ = open_runtime(model, threads=1).run(shown, 3)
    assert logits.shape == (count, 3, height // 4, width // 4)
    assert ab.shape == (count, 2, height // 4, width // 4)
    assert logits.dtype == ab.dtype == np.float32
    cells = shown.reshape(count, 1, height // 4, 4, width // 4, 4).mean(axis=(3, 5))
    # A mean of sixteen L of up to 100 in float32, whose steps are 8e-6 there.
    assert ab[:, 0] == pytest.approx(0.3 * cells[:, 0] - 15, abs=1e-4)


def test_says_what_runs(model):
    said = open_runtime(model, threads=2).description
    assert said.startswith("onnxruntime 1.")
    assert said.endswith(" cpu, 2 threads")


def test_is_safe_to_share_between_threads(model):
    runtime = open_runtime(model, threads=1)
    pictures = [light(32 * n, 64) for n in (1, 2, 3, 4)] * 4
    alone = [runtime.run(picture, 3).ab for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda picture: runtime.run(picture, 3).ab, pictures))
    assert all(map(np.array_equal, alone, together))


@pytest.mark.numeric
def test_openvino_agrees(model):
    runtimes = [open_runtime(model, name, threads=1) for name in RUNTIMES]
    assert runtimes[1].description.startswith("openvino ")
    assert runtimes[1].description.endswith(", f32")
    (logits, ab, _), (their_logits, their_ab, _) = (
        runtime.run(light(64, 96), 3) for runtime in runtimes
    )
    # L of up to 100 through sums of 16 in float32, whose steps are 1e-5 there.
    assert their_logits == pytest.approx(logits, abs=1e-3)
    assert their_ab == pytest.approx(ab, abs=1e-3)


def shown_colors(model):
    """The ab that users see (two photographs), by each runtime."""
    pictures = [
        np.asarray(Image.fromarray(picture).convert("L").resize((192, 128)))
        for picture in (data.astronaut(), data.coffee())
    ]
    seen = np.stack([lightness(picture) for picture in pictures])[:, None].astype(np.float32)
    card = model.card
    for name in RUNTIMES:
        logits, ab, _ = open_runtime(model, name, threads=1).run(seen, len(card.bin_centers))
        yield np.stack(
            [
                decode(card.default_decoding, *answer, card.bins)
                for answer in zip(logits, ab, strict=True)
            ]
        )


@pytest.mark.numeric
@pytest.mark.parametrize("name", ["default", "permissive"])
def test_a_shipped_model_gives_nearly_the_same_colours_by_openvino(name):
    ours, theirs = shown_colors(find_model(name))
    assert np.abs(ours).max() > 10
    # Activations are rounded to eight bits after sums of another order: one step more or less now
    # and then, which later layers carry on. Half a unit of ab is below what an eye tells apart.
    assert np.abs(theirs - ours).mean() < 0.5


@pytest.mark.parametrize(
    "runtime", ["onnxruntime", pytest.param("openvino", marks=pytest.mark.numeric)]
)
def test_a_recogniser_alone_answers_as_beside_the_whole_network(runtime):
    model, shown = find_model("default"), light(64, 96)
    whole = open_runtime(model, runtime, threads=1)
    beside = whole.run(shown, len(model.card.bin_centers)).features
    alone = whole.recognizer.run(shown, len(model.card.bin_centers))
    assert alone.logits is None
    assert alone.ab is None
    # The same sums of the same numbers; a fused layer more or less may round them otherwise.
    assert alone.features == pytest.approx(beside, rel=1e-4, abs=1e-3)
    assert np.abs(beside).max() > 1


def test_a_network_without_a_recogniser_is_its_own(model):
    runtime = open_runtime(model, threads=1)
    assert runtime.recognizer is runtime


def test_openvino_that_is_not_installed(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    message = line(model, "openvino")
    assert message == f"OpenVINO is not installed: {install_line('openvino')}"


def test_an_unknown_runtime(model):
    assert line(model, "tensorrt") == "no runtime 'tensorrt': use onnxruntime or openvino"


@pytest.mark.parametrize("device", ["cuda", "quantum"])
def test_a_device_that_is_not_here(model, device):
    message = line(model, "onnxruntime", device)
    assert f"ONNX Runtime has no device {device!r} here: use --device cpu" in message


def test_a_device_that_openvino_has_not(model):
    pytest.importorskip("openvino")
    message = line(model, "openvino", "quantum")
    assert "OpenVINO has no device 'quantum' here: use --device" in message


@pytest.mark.parametrize("runtime", list(RUNTIMES))
@pytest.mark.parametrize("data", [b"", b"no network", b"<html></html>"])
def test_a_file_that_is_no_network(make_model, runtime, data):
    if runtime == "openvino":
        pytest.importorskip("openvino")
    assert "made.onnx: " in line(make_model(data), runtime)


def test_changed_weights_are_not_run(make_model):
    model = make_model(b"weights")
    model.path.write_bytes(b"other")
    assert "damaged or changed" in line(model)


def line(model, *options):
    with pytest.raises(ModelError) as caught:
        open_runtime(model, *options)
    message = str(caught.value)
    assert message.isprintable()
    return message
