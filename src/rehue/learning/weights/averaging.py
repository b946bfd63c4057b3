"""The mean of the weights of several runs of one network, as one model.

Wortsman et al. 2022, "Model soups", section 2: fine-tuned networks that started from the same
weights lie in one basin, and their mean errs less than each of them. Here the runs follow one
another, and the mean is uniform.
"""

from collections.abc import Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from rehue.errors import RecipeError
from rehue.learning.weights.exported import PREFIX
from rehue.model import Model


def average_weights(graph: onnx.ModelProto, others: Sequence[Model]) -> None:
    """Bring a graph's weights to the mean of its own and the others', in place.

    Args:
        graph: of a network that is being exported.
        others: exported from the same network, earlier runs of it say.

    Raises:
        RecipeError: another is of another network; the graph stays as it is.
    """
    own = _parameters(graph)
    sums = {name: value.astype(np.float32) for name, value in own.items()}
    for other in others:
        theirs = _parameters(onnx.load_model_from_string(other.read()))
        if {n: v.shape for n, v in theirs.items()} != {n: v.shape for n, v in own.items()}:
            raise RecipeError(
                f"{other.path}: another network than that of the run, or one in eight bits: give "
                "runs of one network, exported in half precision"
            )
        for name, value in theirs.items():
            sums[name] += value
    for tensor in graph.graph.initializer:
        if tensor.name in own:
            mean = sums[tensor.name] / (1 + len(others))
            kept = mean.astype(own[tensor.name].dtype)
            tensor.CopyFrom(numpy_helper.from_array(kept, tensor.name))


def _parameters(graph: onnx.ModelProto) -> dict[str, NDArray[np.floating]]:
    """What was learnt, by name; sizes and other constants of the graph are none of it."""
    return {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in graph.graph.initializer
        if tensor.name.startswith(PREFIX)
    }
