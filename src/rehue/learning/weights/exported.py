"""Reading an exported model back into its network, so that training can go on from it."""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from rehue.errors import RecipeError
from rehue.files import reason
from rehue.learning.networks.encoders.resnet import norm_after

# What the names of learnt tensors begin with.
PREFIX = "network."
_HALF, _FOLDED = ".half", ".weight_bias"


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
    for tensor in graph.initializer:
        if not tensor.name.startswith(PREFIX):
            continue
        name = tensor.name.removeprefix(PREFIX).removesuffix(_HALF)
        value = torch.from_numpy(numpy_helper.to_array(tensor).copy()).float()
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
