"""Eight bits in place of sixteen: a smaller file, and a network that processors run faster.

Static quantisation of weights and activations, symmetric a channel for weights (Jacob et al. 2018,
"Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference";
Krishnamoorthi 2018, section 2.2), by ONNX Runtime. Ranges of activations are those that held-back
photographs gave, each a mean over them: the widest of all would make every step coarser. The first
convolutions and the heads stay as they are, where a step of eight bits would be seen; so do
depthwise convolutions, whose channels differ too much for one range (Sheng et al. 2018, "A
Quantization-Friendly Separable Convolution for MobileNets"), layers of few weights, which save
little and whose errors all others inherit, and those of one vector a picture.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper

from rehue.dataset import Sample
from rehue.files import ANOTHER_OUTPUT, write_whole
from rehue.learning.publish.export import write_card
from rehue.learning.publish.tracing import errors_alone, halve_weights, strip_notes
from rehue.learning.training.loading import held_back
from rehue.learning.training.recipe import recipe_from
from rehue.model import Card, Model, shrunk_lightness
from rehue.model.framing import MULTIPLE

# Photographs of which ranges are taken.
CALIBRATED_ON: Final = 60
# Of the layers that see a whole picture: those of one vector (`Gemm`) cost no time.
_QUANTIZED: Final = ("Conv", "MatMul")
_HEADS: Final = frozenset({"logits", "ab"})
# Chosen on photographs held back from training (docs/log/2026-11-28-averages.md): a layer with a
# smaller share of all weights stays as it is; what each photograph weighs in the ranges.
_SMALL: Final = 0.0025
_EACH_WEIGHS: Final = 0.05


def quantize(model: Model, photos: Path) -> Card:
    """Bring an exported model to eight bits, in place.

    Args:
        model: its weights in half precision; its file and its card are written anew.
        photos: the data set of the run, of which `CALIBRATED_ON` held-back ones are looked at.

    Raises:
        DatasetError: nothing was held back.
    """
    recipe = recipe_from(model.card.recipe, str(model.path))
    card, data = quantized(model, held_back(recipe, photos).evenly(CALIBRATED_ON))
    write_whole(model.path, data, ANOTHER_OUTPUT)
    write_card(model.path, card)
    return card


def quantized(model: Model, photographs: Iterable[Sample]) -> tuple[Card, bytes]:
    """Return a model in eight bits, and its card.

    Args:
        model: as for `quantize`.
        photographs: the first `CALIBRATED_ON` are looked at.
    """
    # It takes a second to load, and only here is it wanted.
    from onnxruntime.quantization import (  # noqa: PLC0415
        CalibrationMethod,
        QuantFormat,
        QuantType,
        quantize_static,
    )

    graph = onnx.load_from_string(model.read())
    _widen_weights(graph)
    # The quantizer gives its advice through the root logger.
    with TemporaryDirectory() as folder, errors_alone():
        wide, narrow = Path(folder) / "wide.onnx", Path(folder) / "narrow.onnx"
        onnx.save(graph, wide)
        quantize_static(
            wide,
            narrow,
            _Shown(_inputs_of(graph, photographs, model.card)),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(_QUANTIZED),
            nodes_to_exclude=sorted(_first_and_last(graph.graph) | _delicate(graph.graph)),
            per_channel=True,
            # Seven bits a weight: processors without VNNI add pairs of products in 16 bits, where
            # eight would overflow.
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            # Products of two activations (attention) stay as they are.
            extra_options={
                "MatMulConstBOnly": True,
                "CalibMovingAverage": True,
                "CalibMovingAverageConstant": _EACH_WEIGHS,
            },
        )
        graph = onnx.load(narrow)
    halve_weights(graph)
    strip_notes(graph)
    onnx.checker.check_model(graph, full_check=True)
    data = graph.SerializeToString()
    said = {
        **model.card.export,
        "weights": "int8 (seven bits used), activations uint8; first, last, depthwise, small and "
        "pooled layers float16",
        "calibrated_on": f"{CALIBRATED_ON} photographs held back from training",
        "quantized_from": model.card.sha256,
        "bytes": len(data),
    }
    return replace(model.card, sha256=hashlib.sha256(data).hexdigest(), export=said), data


class _Shown:
    """What ONNX Runtime asks for inputs, one picture a time."""

    def __init__(self, inputs: Iterator[Mapping[str, NDArray[Any]]]) -> None:
        self._inputs = inputs

    def get_next(self) -> Mapping[str, NDArray[Any]] | None:
        """Return the next picture's inputs; None after the last."""
        return next(self._inputs, None)


def _inputs_of(
    graph: onnx.ModelProto, photographs: Iterable[Sample], card: Card
) -> Iterator[dict[str, NDArray[np.float32]]]:
    """Yield what the network is shown of each photograph; every second one has hints."""
    wanted = {port.name for port in graph.graph.input}
    for number, sample in zip(range(CALIBRATED_ON), photographs, strict=False):
        light = shrunk_lightness(sample.image, card.working_size)
        height, width = (side - side % MULTIPLE for side in light.shape)
        light = light[:height, :width]
        hints = np.zeros((1, 3, height, width), np.float32)
        if number % 2:
            rng = np.random.default_rng(number)
            for row, column in rng.integers(0, (height - 8, width - 8), (5, 2)):
                told = (*rng.uniform(-60, 60, 2), 1)
                hints[0, :, row : row + 8, column : column + 8] = np.reshape(told, (3, 1, 1))
        palette = np.zeros((1, len(card.bin_centers)), np.float32)
        given = {"lightness": light[None, None], "hints": hints, "palette": palette}
        yield {name: given[name] for name in wanted}


def _widen_weights(graph: onnx.ModelProto) -> None:
    """Undo `halve_weights`: constants in single precision, without the casts behind them."""
    halves = {tensor.name: tensor for tensor in graph.graph.initializer}
    kept = []
    for node in graph.graph.node:
        half = halves.get(node.input[0]) if node.op_type == "Cast" and node.input else None
        if half is None or half.data_type != TensorProto.FLOAT16:
            kept.append(node)
            continue
        value = numpy_helper.to_array(half).astype(np.float32)
        half.CopyFrom(numpy_helper.from_array(value, node.output[0]))
    del graph.graph.node[:]
    graph.graph.node.extend(kept)


def _first_and_last(graph: onnx.GraphProto) -> set[str]:
    """Return the names of the nodes that stay as they are: no other lies before or after them."""
    makers = {name: node for node in graph.node for name in node.output}
    candidates = [node for node in graph.node if node.op_type in _QUANTIZED]
    excluded = {node.name for node in candidates if not _layers_before(node.input, makers)}
    for name in _HEADS & set(makers):
        excluded |= _layers_before([name], makers)
    return excluded


def _delicate(graph: onnx.GraphProto) -> set[str]:
    """Return the names of depthwise convolutions, and of layers of few weights."""
    weights = {tensor.name: float(np.prod(tensor.dims)) for tensor in graph.initializer}
    small = _SMALL * sum(weights.values())
    return {
        node.name
        for node in graph.node
        if node.op_type in _QUANTIZED
        and (
            any(attribute.name == "group" and attribute.i > 1 for attribute in node.attribute)
            or weights.get(node.input[1], small) < small
        )
    }


def _layers_before(names: Iterable[str], makers: Mapping[str, onnx.NodeProto]) -> set[str]:
    """Return the names of the layers that tensors come from, with no other between."""
    waiting, seen, found = list(names), set[str](), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in makers:
            continue
        seen.add(name)
        maker = makers[name]
        if maker.op_type in _QUANTIZED:
            found.add(maker.name)
        else:
            waiting.extend(maker.input)
    return found
