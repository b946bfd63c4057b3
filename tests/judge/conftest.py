"""Photographs that come with scikit-image, and models whose figures are known beforehand."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import onnx
import pytest
import skimage.data
from PIL import Image

from rehue.color import srgb_to_lab
from rehue.dataset import Sample
from rehue.judge.baselines import paint
from rehue.model import Card, Decoding


@dataclass
class StandInLook:
    """What `Colorizer.look` gives, from a function of the true colours."""

    lab: np.ndarray
    predict: Callable[[np.ndarray, Decoding], np.ndarray]
    default: Decoding

    @property
    def lightness(self):
        return self.lab[..., 0]

    def ab(self, decoding=None):
        return self.predict(self.lab[..., 1:], decoding or self.default)

    def colorize(self, *, decoding=None):
        return paint(self.lightness, self.ab(decoding))


@dataclass
class StandInColorizer:
    """A model that is told the truth and does with it what `predict(ab, decoding)` says."""

    predict: Callable[[np.ndarray, Decoding], np.ndarray]
    size: int | None = 256
    runtime: str = "stand-in"
    threads: int = 1
    heads: tuple[str, ...] = ("bins", "regression")
    looks: int = 0

    @property
    def card(self):
        return SimpleNamespace(
            name="stand-in",
            sha256="0" * 64,
            default_decoding=Decoding(self.heads[0], 0.5, 1.2),
            heads=self.heads,
        )

    def look(self, photo, *, scan):
        assert scan.as_is
        self.looks += 1
        return StandInLook(srgb_to_lab(photo), self.predict, self.card.default_decoding)


@pytest.fixture(scope="session")
def stand_in():
    return StandInColorizer


@pytest.fixture(scope="session")
def photographs():
    """Six photographs of three kinds, 72 px high or more, a tall and a panoramic one among them."""
    shown = {
        "astronaut": ("people", (0, 0, 512, 512), (80, 80)),
        "astronaut-tall": ("people", (180, 0, 330, 300), (48, 96)),
        "chelsea": ("animals", (0, 0, 451, 300), (108, 72)),
        "coffee": ("food", (0, 0, 600, 400), (108, 72)),
        "coffee-wide": ("food", (0, 100, 600, 300), (144, 48)),
        "rocket": ("scenes", (0, 0, 640, 427), (108, 72)),
    }
    samples = []
    for key, (kind, box, size) in shown.items():
        whole = Image.fromarray(getattr(skimage.data, key.partition("-")[0])())
        image = np.asarray(whole.crop(box).resize(size, Image.Resampling.LANCZOS))
        samples.append(Sample(key=key, image=image, kind=kind))
    return samples


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """An ONNX model that answers one ab everywhere: the bins (10, 20), the regression (0, 30)."""
    names = ("lightness", "hints", "palette")
    shapes = (["n", 1, "y", "x"], ["n", 3, "y", "x"], ["n", 2])
    inputs = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
        for name, shape in zip(names, shapes, strict=True)
    ]
    answers = {"logits": [0.0, 0.0], "ab": [0.0, 30.0]}
    outputs, nodes, constants = [], [], []
    for name, bias in answers.items():
        outputs.append(
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", 2, "h", "w"])
        )
        weight = onnx.numpy_helper.from_array(np.zeros((2, 1, 4, 4), np.float32), f"{name}_w")
        constants += [weight, onnx.numpy_helper.from_array(np.float32(bias), f"{name}_b")]
        nodes.append(
            onnx.helper.make_node(
                "Conv", ["lightness", f"{name}_w", f"{name}_b"], [name], strides=[4, 4]
            )
        )
    graph = onnx.helper.make_graph(nodes, "tiny", inputs, outputs, constants)
    opsets = [onnx.helper.make_opsetid("", 17)]
    model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(model)
    path = tmp_path_factory.mktemp("model") / "tiny.onnx"
    path.write_bytes(model.SerializeToString())
    card = Card(
        name="tiny",
        description="one colour everywhere",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        licence="MIT",
        trained_inputs=("lightness",),
        bin_centers=((20.0, 0.0), (0.0, 40.0)),
        working_size=64,
        default_decoding=Decoding("bins", 1.0, 0.5),
    )
    path.with_suffix(".json").write_text(card.to_json(), "utf-8")
    return path


@pytest.fixture(scope="session")
def folder(photographs, tmp_path_factory):
    """The photographs as files, with a grey one and one that is no photograph."""
    path = tmp_path_factory.mktemp("photographs")
    for sample in photographs:
        Image.fromarray(sample.image).save(path / f"{sample.key}.png")
    Image.fromarray(skimage.data.camera()[::4, ::4]).save(path / "camera.png")
    (path / "broken.jpg").write_bytes(b"<html>")
    return path
