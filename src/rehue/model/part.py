"""Taking the part out of an ONNX file that one of its outputs needs.

A network that is asked for its features alone would otherwise run whole: ONNX Runtime computes all
outputs that a file has. Of ONNX's messages only the fields are described here that say what leads
to what; protobuf keeps what it does not know as it is.
"""

from functools import cache
from typing import Any, Final

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

# Name, number, whether there are several, and message ("" for a string) of their fields, from
# https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
_MESSAGES: Final = {
    "ModelProto": (("graph", 7, False, "GraphProto"),),
    "GraphProto": (
        ("node", 1, True, "NodeProto"),
        ("initializer", 5, True, "TensorProto"),
        ("input", 11, True, "ValueInfoProto"),
        ("output", 12, True, "ValueInfoProto"),
    ),
    "NodeProto": (("input", 1, True, ""), ("output", 2, True, "")),
    "TensorProto": (("name", 8, False, ""),),
    "ValueInfoProto": (("name", 1, False, ""),),
}


def part_for(model: bytes, output: str) -> bytes | None:
    """Return the ONNX file that gives one output alone.

    Nodes with graphs of their own (`If`, `Loop`) are not looked into: no network here has any.

    Args:
        model: an ONNX file, its weights within.
        output: name of one of its outputs.

    Returns:
        A whole ONNX file, with the inputs that the output depends on; None where there is no such
        output.
    """
    whole = _model_message()()
    try:
        whole.ParseFromString(model)
    except DecodeError:
        return None
    graph = whole.graph
    if output not in {one.name for one in graph.output}:
        return None
    needed = {output}
    # Nodes stand in the order in which they can run, so what needs something stands behind it.
    for number in reversed(range(len(graph.node))):
        node = graph.node[number]
        if needed.intersection(node.output):
            needed.update(node.input)
        else:
            del graph.node[number]
    for field, names in (
        (graph.initializer, needed),
        (graph.input, needed),
        (graph.output, {output}),
    ):
        for number in reversed(range(len(field))):
            if field[number].name not in names:
                del field[number]
    part: bytes = whole.SerializeToString()
    return part


@cache
def _model_message() -> Any:  # noqa: ANN401, it is made of what is described above
    """Return the class of ONNX's ModelProto."""
    file = FileDescriptorProto(name="rehue/onnx.proto", package="rehue.onnx", syntax="proto2")
    for message, fields in _MESSAGES.items():
        described = file.message_type.add(name=message)
        for name, number, is_repeated, kind in fields:
            field = described.field.add(name=name, number=number)
            field.label = field.LABEL_REPEATED if is_repeated else field.LABEL_OPTIONAL
            field.type = field.TYPE_MESSAGE if kind else field.TYPE_STRING
            if kind:
                field.type_name = f".rehue.onnx.{kind}"
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("rehue.onnx.ModelProto"))
