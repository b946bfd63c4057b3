"""The mean of the weights of several runs of one network, as one model.

Wortsman et al. 2022, "Model soups", section 2: fine-tuned networks that started from the same
weights lie in one basin, and their mean errs less than each of them. Here the runs follow one
another, and the mean is uniform.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from rehue.errors import RecipeError
from rehue.learning.exported import PREFIX
from rehue.learning.files import ANOTHER_OUTPUT, write_whole
from rehue.model import Card, Model


def average_weights(model: Model, others: Sequence[Model]) -> Card:
    """Bring a model's weights to the mean of its own and the others'.

    Args:
        model: exported; its file and its card are written anew.
        others: exported from the same network, earlier runs of it say.

    Returns:
        The card, which names the others.

    Raises:
        RecipeError: another is of another network.
    """
    graph = onnx.load_model_from_string(model.read())
    own = _parameters(graph)
    sums = {name: value.astype(np.float32) for name, value in own.items()}
    for other in others:
        theirs = _parameters(onnx.load_model_from_string(other.read()))
        if {n: v.shape for n, v in theirs.items()} != {n: v.shape for n, v in own.items()}:
            raise RecipeError(
                f"{other.path}: another network than that of {model.path}: give runs of one network"
            )
        for name, value in theirs.items():
            sums[name] += value
    for tensor in graph.graph.initializer:
        if tensor.name in own:
            mean = sums[tensor.name] / (1 + len(others))
            kept = mean.astype(own[tensor.name].dtype)
            tensor.CopyFrom(numpy_helper.from_array(kept, tensor.name))
    data = graph.SerializeToString()
    averaged = [{"name": o.card.name, "sha256": o.card.sha256} for o in others]
    card = replace(
        model.card,
        sha256=hashlib.sha256(data).hexdigest(),
        export={**model.card.export, "bytes": len(data), "averaged_with": averaged},
    )
    write_whole(model.path, data, ANOTHER_OUTPUT)
    write_whole(model.path.with_suffix(".json"), card.to_json().encode(), ANOTHER_OUTPUT)
    return card


def _parameters(graph: onnx.ModelProto) -> dict[str, NDArray[np.floating]]:
    """What was learnt, by name; sizes and other constants of the graph are none of it."""
    return {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in graph.graph.initializer
        if tensor.name.startswith(PREFIX)
    }
