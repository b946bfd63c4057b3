"""What a trained network is to a user: a card, a file, a runtime, and ways to read its answer.

`registry` finds models by name, `card` says what they are, `runtime` runs them, `framing` puts a
picture of any shape before the network, `decode` turns its answer into ab. Weights are data,
never code: an ONNX file whose hash stands in its card.
"""

from rehue.model.card import Card, Model
from rehue.model.decode import EXPECTED, REGRESSION, Decoding, decode
from rehue.model.framing import Answer, ask
from rehue.model.registry import find_model, list_models
from rehue.model.runtime import RUNTIMES, Runtime, open_runtime

__all__ = [
    "EXPECTED",
    "REGRESSION",
    "RUNTIMES",
    "Answer",
    "Card",
    "Decoding",
    "Model",
    "Runtime",
    "ask",
    "decode",
    "find_model",
    "list_models",
    "open_runtime",
]
