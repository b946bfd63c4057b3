import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from rehue.model.part import part_for


@pytest.fixture(scope="module")
def whole():
    """Two inputs, two outputs: `sum` needs one input and one weight, `product` everything."""
    shape = ["batch", 2]
    ports = {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name in ("light", "hints", "sum", "product")
    }
    nodes = [
        helper.make_node("Add", ["light", "one"], ["sum"]),
        helper.make_node("Mul", ["hints", "two"], ["twice"]),
        helper.make_node("Mul", ["sum", "twice"], ["product"]),
    ]
    weights = [
        numpy_helper.from_array(np.full(2, value, np.float32), name)
        for name, value in (("one", 1), ("two", 2))
    ]
    inputs, outputs = [ports["light"], ports["hints"]], [ports["sum"], ports["product"]]
    graph = helper.make_graph(nodes, "made", inputs, outputs, weights)
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10, producer_name="ü"
    )
    return model.SerializeToString()


def test_holds_what_the_output_needs_and_no_more(whole):
    part = onnx.load_from_string(part_for(whole, "sum"))
    onnx.checker.check_model(part, full_check=True)
    assert [node.op_type for node in part.graph.node] == ["Add"]
    assert [port.name for port in part.graph.input] == ["light"]
    assert [port.name for port in part.graph.output] == ["sum"]
    assert [one.name for one in part.graph.initializer] == ["one"]
    assert part.producer_name == "ü"


def test_computes_the_same(whole):
    light = np.array([[1, 2], [3, 4]], np.float32)
    session = onnxruntime.InferenceSession(part_for(whole, "sum"))
    assert session.run(None, {"light": light})[0].tolist() == [[2, 3], [4, 5]]


def test_of_an_output_that_needs_everything_nothing_is_missing(whole):
    part = onnx.load_from_string(part_for(whole, "product"))
    assert [node.op_type for node in part.graph.node] == ["Add", "Mul", "Mul"]
    assert len(part.graph.input) == len(part.graph.initializer) == 2


def test_there_is_none_for_an_output_that_is_not_there(whole):
    assert part_for(whole, "features") is None


@pytest.mark.parametrize("data", [b"", b"no network", b"\xff" * 40])
def test_there_is_none_of_what_is_no_network(data):
    assert part_for(data, "sum") is None
