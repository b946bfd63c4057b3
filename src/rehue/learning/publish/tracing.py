"""From a network to an ONNX graph, and whether the two answer alike."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from rehue.color import Bins
from rehue.errors import RecipeError
from rehue.learning.networks import Network, Prediction
from rehue.learning.networks.contract import examples
from rehue.model import EXPECTED, REGRESSION, Decoding, Model, decode, open_runtime
from rehue.model.decode import HEADS

# Tensors smaller than this stay in single precision: they weigh nothing, and norms are delicate.
_SMALL = 1024
_OF_STEPS = ("QuantizeLinear", "DequantizeLinear")
_OPSET = 18
# Height and width of the pictures on which a file is compared with its network: none was traced.
COMPARED_SIZES = ((256, 256), (256, 384), (160, 224), (512, 352))
_OUTPUTS = {"bins": "logits", "regression": "ab"}


class _Contract(nn.Module):
    """The network as its users know it: lightness in; logits, ab and features out."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        prediction: Prediction = self.network(*inputs)
        answers = (prediction.logits, prediction.ab, prediction.features)
        return tuple(answer for answer in answers if answer is not None)


def to_onnx(network: Network, bins: int) -> onnx.ModelProto:
    """Trace a network into ONNX with dynamic batch, height and width, weights in half precision."""
    inputs = examples(network, torch.full((2, 1, 64, 96), 50.0), bins, given=True)
    picture = {0: "batch", 2: "height", 3: "width"}
    dynamic = {"lightness": picture, "hints": picture, "palette": {0: "batch"}}
    with _quiet_exporter():
        program = torch.onnx.export(
            _Contract(network).eval(),
            inputs,
            input_names=list(network.inputs),
            output_names=_answers_of(network),
            dynamic_shapes={"inputs": tuple(dynamic[name] for name in network.inputs)},
            opset_version=_OPSET,
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RecipeError("the exporter of torch gave nothing")
    graph: onnx.ModelProto = program.model_proto
    _add_untrained_inputs(graph, network.inputs, bins)
    _name_parameters(graph, network)
    halve_weights(graph)
    strip_notes(graph)
    onnx.checker.check_model(graph, full_check=True)
    return graph


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Keep what torch says of its own workings (a missing torchvision, say) from users."""
    with errors_alone("torch.onnx"), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", UserWarning)
        yield


@contextmanager
def errors_alone(name: str | None = None) -> Iterator[None]:
    """Keep a library's advice from users: its logger (None: the root) tells errors alone."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _answers_of(network: Network) -> list[str]:
    """Name what a network answers, in the order of its contract."""
    heads = [_OUTPUTS[head] for head in HEADS if head in network.heads]
    return heads if getattr(network, "recognition", None) is None else [*heads, "features"]


def largest_difference(network: Network, model: Model) -> float:
    """Return the largest difference of ab between torch and the exported file.

    Measured on four fixed pictures of smooth and rough lightness, at sizes that were not traced.
    """
    runtime = open_runtime(model)
    worst = 0.0
    for light in _fixed_pictures():
        answers = runtime.run(light, len(model.card.bin_centers))
        with torch.no_grad():
            prediction: Prediction = network(torch.from_numpy(light))
        for head, how in (("bins", EXPECTED), ("regression", REGRESSION)):
            if head in network.heads:
                found = _first_ab(how, answers.logits, answers.ab, model.card.bins)
                expected = _first_ab(how, prediction.logits, prediction.ab, model.card.bins)
                worst = max(worst, float(np.abs(found - expected).max()))
    return worst


def _first_ab(
    how: Decoding,
    logits: Tensor | NDArray[np.float32] | None,
    ab: Tensor | NDArray[np.float32] | None,
    bins: Bins,
) -> NDArray[np.float32]:
    """Decode the first picture of a batch."""
    return decode(
        how,
        None if logits is None else np.asarray(logits[0]),
        None if ab is None else np.asarray(ab[0]),
        bins,
    )


def _fixed_pictures() -> list[NDArray[np.float32]]:
    pictures = []
    for seed, (height, width) in enumerate(COMPARED_SIZES):
        rng = np.random.default_rng(seed)
        y, x = np.mgrid[0:height, 0:width] / 64
        light = 50 + 30 * np.sin(x + seed) * np.cos(y) + rng.normal(0, 4 * seed, (height, width))
        pictures.append(np.clip(light, 0, 100).astype(np.float32)[None, None])
    return pictures


def _add_untrained_inputs(graph: onnx.ModelProto, trained: Sequence[str], bins: int) -> None:
    """Declare the contract's inputs that this network does not use; the card says so."""
    batch, _, height, width = graph.graph.input[0].type.tensor_type.shape.dim
    shapes: dict[str, list[str | int | None]] = {
        "hints": [batch.dim_param, 3, height.dim_param, width.dim_param],
        "palette": [batch.dim_param, bins],
    }
    for name, shape in shapes.items():
        if name not in trained:
            value = helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            graph.graph.input.append(value)


def _name_parameters(graph: onnx.ModelProto, network: Network) -> None:
    """Name what the exporter reshaped, group norms: training may go on from the file."""
    missing = {
        f"network.{name}.{kind}": parameter.detach().numpy()
        for name, norm in network.named_modules()
        if isinstance(norm, nn.GroupNorm)
        for kind, parameter in norm.named_parameters()
    }
    renamed = {}
    for tensor in graph.graph.initializer:
        value = numpy_helper.to_array(tensor)
        if tensor.name.startswith("network.") or value.ndim < 2:
            continue
        for name, parameter in missing.items():
            if np.array_equal(value.ravel(), parameter):
                renamed[tensor.name] = name
                tensor.name = name
                del missing[name]
                break
    for node in graph.graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = renamed.get(name, name)


def halve_weights(graph: onnx.ModelProto) -> None:
    """Store large weights as float16 with a Cast to float32 behind each.

    The steps of eight bits stay as they are: some are smaller than half precision holds well.
    """
    casts, kept = [], []
    steps = {name for node in graph.graph.node if node.op_type in _OF_STEPS for name in node.input}
    for tensor in graph.graph.initializer:
        value = numpy_helper.to_array(tensor)
        if value.dtype != np.float32 or value.size < _SMALL or tensor.name in steps:
            kept.append(tensor)
            continue
        half = f"{tensor.name}.half"
        kept.append(numpy_helper.from_array(value.astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [tensor.name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.graph.node)
    del graph.graph.initializer[:], graph.graph.node[:]
    graph.graph.initializer.extend(kept)
    graph.graph.node.extend(nodes)


def strip_notes(graph: onnx.ModelProto) -> None:
    """Remove traces of the exporter (source lines, paths): the file holds the network alone."""
    for node in graph.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    del graph.graph.value_info[:], graph.metadata_props[:], graph.graph.metadata_props[:]
    graph.doc_string = graph.graph.doc_string = ""
