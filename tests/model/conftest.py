"""Networks that answer with a function of what they are shown, and cards of models."""

import hashlib

import numpy as np
import pytest

from rehue.model import Card, Decoding, Model, Runtime


class Answering(Runtime):
    """Answers with `ab(cells, call)`, and remembers what it was shown.

    `cells` are means of lightness over 4 x 4 pixels, N x 1 x h x w; the logits of two bins are the
    same two planes. Its features, where they are wished for, are means over 32 x 32 pixels.
    """

    description = "answering"
    inputs = frozenset({"lightness", "hints", "palette"})
    stride = 4
    answers_features = False

    def __init__(self, ab):
        self.ab = ab
        self.shown = []

    def _run(self, inputs):
        light = inputs["lightness"]
        count, _, height, width = light.shape
        assert light.dtype == np.float32
        assert height % 32 == width % 32 == 0
        size = (count, 1, height // 4, 4, width // 4, 4)
        ab = self.ab(light.reshape(size).mean(axis=(3, 5)), len(self.shown))
        self.shown.append(inputs)
        answers = {"logits": ab.copy(), "ab": ab}
        if self.answers_features:
            coarse = (count, 1, height // 32, 32, width // 32, 32)
            answers["features"] = light.reshape(coarse).mean(axis=(3, 5))
        return answers

    @property
    def shapes(self):
        return [inputs["lightness"].shape[2:] for inputs in self.shown]


@pytest.fixture(scope="session")
def answering():
    return Answering


@pytest.fixture
def card():
    return make_card(sha256="ab" * 32)


@pytest.fixture
def make_model(tmp_path):
    """Writes any bytes as a weight file with a card that is right about them."""

    def make(data, name="made"):
        path = tmp_path / f"{name}.onnx"
        path.write_bytes(data)
        card = make_card(sha256=hashlib.sha256(data).hexdigest(), name=name)
        path.with_suffix(".json").write_text(card.to_json(), "utf-8")
        return Model.at(path)

    return make


def make_card(sha256, name="made"):
    return Card(
        name=name,
        description="for tests, ü",
        sha256=sha256,
        licence="MIT",
        trained_inputs=("lightness",),
        bin_centers=((-20.0, -10.0), (0.0, 0.5), (20.0, 30.0)),
        working_size=64,
        default_decoding=Decoding("bins", 0.5, 1.2),
        recipe={"name": "default", "phases": [{"size": 128, "scale": [0.5, 1.0]}]},
        commit="abc",
        data={"photographs": 12},
        training={"steps": 3},
        export={"bytes": 100},
        figures={"set": {"mse": 0.5}},
    )
