import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rehue.errors import ModelError, install_line
from rehue.model import RUNTIMES, Model, open_runtime


@pytest.fixture(scope="module")
def model(tiny_model):
    return Model.at(tiny_model)


def light(height, width, count=1):
    rng = np.random.default_rng(height)
    return rng.uniform(0, 100, (count, 1, height, width)).astype(np.float32)


@pytest.mark.parametrize(("height", "width", "count"), [(32, 32, 1), (64, 160, 1), (96, 32, 3)])
def test_answers_at_any_size(model, height, width, count):
    shown = light(height, width, count)
    logits, ab = open_runtime(model, threads=1).run(shown, 3)
    assert logits.shape == (count, 3, height // 4, width // 4)
    assert ab.shape == (count, 2, height // 4, width // 4)
    assert logits.dtype == ab.dtype == np.float32
    cells = shown.reshape(count, 1, height // 4, 4, width // 4, 4).mean(axis=(3, 5))
    assert ab[:, 0] == pytest.approx(0.3 * cells[:, 0] - 15, abs=1e-4)


def test_says_what_runs(model):
    said = open_runtime(model, threads=2).description
    assert said.startswith("onnxruntime 1.")
    assert said.endswith(" cpu, 2 threads")


def test_is_safe_to_share_between_threads(model):
    runtime = open_runtime(model, threads=1)
    pictures = [light(32 * n, 64) for n in (1, 2, 3, 4)] * 4
    alone = [runtime.run(picture, 3)[1] for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda picture: runtime.run(picture, 3)[1], pictures))
    assert all(map(np.array_equal, alone, together))


def test_openvino_agrees(model):
    pytest.importorskip("openvino")
    runtimes = [open_runtime(model, name, threads=1) for name in RUNTIMES]
    assert runtimes[1].description.startswith("openvino ")
    # Half precision, where the processor has it, keeps three digits; L begins with up to 100.
    tolerance = 1e-3 if runtimes[1].description.endswith(", f32") else 0.3
    (logits, ab), (their_logits, their_ab) = (runtime.run(light(64, 96), 3) for runtime in runtimes)
    assert their_logits == pytest.approx(logits, abs=tolerance)
    assert their_ab == pytest.approx(ab, abs=tolerance)


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
