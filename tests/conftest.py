"""What tests of several rooms share: a network of a few hundred bytes, and the command line."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rehue.model import Card, Decoding


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """The path of an ONNX file that keeps the contract, its card beside it.

    Its ab follow from lightness alone: dark is greenish blue, light is orange.
    """
    path = tmp_path_factory.mktemp("model") / "tiny.onnx"
    path.write_bytes(tiny_network())
    card = Card(
        name="tiny",
        description="colours by lightness, for tests",
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        licence="MIT",
        trained_inputs=("lightness",),
        bin_centers=((-20.0, -20.0), (0.0, 0.0), (20.0, 20.0)),
        working_size=64,
        default_decoding=Decoding("regression"),
    )
    path.with_suffix(".json").write_text(card.to_json(), "utf-8")
    return path


def tiny_network():
    """Make the network: means of 4 x 4 pixels, and a line from them to each output."""
    from onnx import TensorProto, helper, numpy_helper

    def tensor(name, *shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    def constant(name, values):
        return numpy_helper.from_array(np.asarray(values, np.float32), name)

    slopes, offsets = [0.3, 0.5], [-15.0, -25.0]
    nodes = [
        helper.make_node(
            "AveragePool", ["lightness"], ["pooled"], kernel_shape=[4, 4], strides=[4, 4]
        ),
        helper.make_node("Conv", ["pooled", "ab_slopes", "ab_offsets"], ["ab"]),
        helper.make_node("Conv", ["pooled", "slopes", "offsets"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            tensor("lightness", "N", 1, "H", "W"),
            tensor("hints", "N", 3, "H", "W"),
            tensor("palette", "N", "B"),
        ],
        [tensor("logits", "N", 3, "h", "w"), tensor("ab", "N", 2, "h", "w")],
        [
            constant("ab_slopes", np.reshape(slopes, (2, 1, 1, 1))),
            constant("ab_offsets", offsets),
            constant("slopes", np.reshape([-0.1, 0.0, 0.1], (3, 1, 1, 1))),
            constant("offsets", [5.0, 0.0, -5.0]),
        ],
    )
    opset = helper.make_opsetid("", 17)
    return helper.make_model(graph, opset_imports=[opset], ir_version=8).SerializeToString()


@pytest.fixture(autouse=True)
def no_added_models(tmp_path_factory, monkeypatch):
    """Models that the person at this machine has added are of no concern."""
    folder = tmp_path_factory.getbasetemp() / "no models"
    monkeypatch.setenv("REHUE_MODELS", str(folder))


@pytest.fixture(scope="session")
def cli():
    """Runs the real command line in a process of its own, as a user does."""
    return run_cli


# `rehue` of this very interpreter, wherever its script lies.
_MAIN = "import sys; sys.argv[0] = 'rehue'; from rehue.cli import main; main()"


def run_cli(*arguments, folder=None, code=0, main=_MAIN, **options):
    """Run `rehue` and expect its exit code; text in and out, unless `input` is bytes.

    Returns:
        The finished process. A traceback is never right.
    """
    is_binary = isinstance(options.get("input"), bytes)
    done = subprocess.run(
        [sys.executable, "-c", main, *map(str, arguments)],
        cwd=folder or Path.cwd(),
        env={**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding=None if is_binary else "utf-8",
        timeout=300,
        check=False,
        **options,
    )
    said = done.stderr.decode() if is_binary else done.stderr
    assert "Traceback" not in said, said
    assert done.returncode == code, said
    return done
