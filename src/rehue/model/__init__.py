"""What a trained network is to a user: a card, a file, a runtime, and ways to read its answer.

`registry` finds models by name, `card` says what they are, `runtime` runs them, `framing` puts a
picture of any shape before the network, `decode` turns its answer into ab, `boldness` says how far
it dares. `hints` and `palette` are what a user says of a picture, `reach` is how far a hint counts,
`confidence` how sure the network is, `alternatives` what else it would take. `catalog` says what
others published, `download` fetches it. Weights are data, never code: an ONNX file whose hash
stands in its card.
"""

from rehue.model.alternatives import OTHERS, alternative_ab
from rehue.model.boldness import bold
from rehue.model.card import Card, Model, bins_of
from rehue.model.confidence import Suggestion, confidence, hex_color, suggest
from rehue.model.decode import EXPECTED, REGRESSION, Decoding, decode
from rehue.model.framing import Answer, ask, shrunk_lightness
from rehue.model.hints import Hint, Placed, hints_of, place_hints, read_hints
from rehue.model.palette import palette_of_colors, palette_of_picture
from rehue.model.reach import confine
from rehue.model.registry import find_model, list_models
from rehue.model.runtime import RUNTIMES, Outputs, Runtime, open_runtime

__all__ = [
    "EXPECTED",
    "OTHERS",
    "REGRESSION",
    "RUNTIMES",
    "Answer",
    "Card",
    "Decoding",
    "Hint",
    "Model",
    "Outputs",
    "Placed",
    "Runtime",
    "Suggestion",
    "alternative_ab",
    "ask",
    "bins_of",
    "bold",
    "confidence",
    "confine",
    "decode",
    "find_model",
    "hex_color",
    "hints_of",
    "list_models",
    "open_runtime",
    "palette_of_colors",
    "palette_of_picture",
    "place_hints",
    "read_hints",
    "shrunk_lightness",
    "suggest",
]
