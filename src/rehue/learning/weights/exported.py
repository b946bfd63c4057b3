"""Reading an exported model back into its network, so that training can go on from it."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import Tensor

from rehue.errors import RecipeError
from rehue.files import reason
from rehue.learning.networks.encoders.resnet import norm_after

# What the names of learnt tensors begin with.
PREFIX = "network."
_HALF, _FOLDED, _QUANTIZED = ".half", ".weight_bias", "_quantized"


def read_exported(path: Path) -> dict[str, Tensor]:
    """Return the parameters of an exported network by its own names.

    The exporter folds each batch norm into the convolution before it (of networks whose norms are
    named after their convolutions). Here the norm gets the shift that was left of it, weight 1,
    mean 0 and variance 1: the network computes the same, and
    `rehue.learning.weights.pretrained.calibrate_norms` then makes the norms useful for training.

    Args:
        path: an ONNX file of `rehue.learning.publish.export`.

    Raises:
        RecipeError: it cannot be read, no network of Rehue is in it, or one whose norms have no
            names.
    """
    try:
        graph = onnx.load(path).graph
    except Exception as error:  # protobuf's own, which onnx does not name
        raise RecipeError(
            f"{path}: not a readable model ({reason(error)}): give another"
        ) from error
    state: dict[str, Tensor] = {}
    for name, stored in _parameters(graph).items():
        value = torch.from_numpy(stored.astype(np.float32))
        if name.endswith(_FOLDED):
            convolution = name.removesuffix(_FOLDED)
            norm = norm_after(convolution)
            if norm == convolution:
                raise RecipeError(
                    f"{path}: the norm after {convolution} cannot be told: give a checkpoint of "
                    "the run"
                )
            state[f"{norm}.weight"] = torch.ones_like(value)
            state[f"{norm}.bias"] = value
            state[f"{norm}.running_mean"] = torch.zeros_like(value)
            state[f"{norm}.running_var"] = torch.ones_like(value)
        elif value.shape[1:] == (1, 1):  # a group norm's
            state[name] = value.flatten()
        else:
            state[name] = value
    if not state:
        raise RecipeError(
            f"{path}: no network that Rehue exported is in it: give a checkpoint, or another model"
        )
    return state


def _parameters(graph: onnx.GraphProto) -> dict[str, NDArray[Any]]:
    """Return what was learnt by the network's own names, out of halves and eight bits."""
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    learnt = {name: value for name, value in constants.items() if name.startswith(PREFIX)}
    for node in graph.node:
        if node.op_type != "DequantizeLinear" or node.input[0] not in learnt:
            continue
        steps, scale, zero = (constants[name] for name in node.input)
        for name in node.input:
            learnt.pop(name, None)
        (axis,) = (a.i for a in node.attribute if a.name == "axis") if scale.ndim else (0,)
        shape = [-1 if place == axis else 1 for place in range(steps.ndim)]
        if scale.ndim:
            scale, zero = scale.reshape(shape), zero.reshape(shape)
        own = node.input[0].removesuffix(_QUANTIZED)
        learnt[own] = (steps.astype(np.float32) - zero) * scale
    return {name.removeprefix(PREFIX).removesuffix(_HALF): value for name, value in learnt.items()}
