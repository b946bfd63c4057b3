"""Training, with PyTorch and Lightning (extra `train`); nothing outside this room imports torch.

Four rooms, in the order in which weights come to be:

- `networks`: what colours, an encoder of its own (`networks/encoders`) in most of them;
- `training`: a `recipe` says everything, `run` does it, with the `module` that ties network,
  `losses` and optimiser together; `augment`, `hints` and `palettes` make what users might show and
  say, `loading` and `sampling` say which crop is seen when, `rates` finds learning rates;
- `weights`: what a run may `start` from (`pretrained` encoders, `exported` models, earlier runs),
  the `averaging` of several runs, and how to `convert` what others published;
- `publish`: `export` makes the ONNX file and its card, `tracing` the graph,
  `quantization` eight bits, `figures` what users' colours are like.

Beside them `features`, by which sets of pictures are compared.
"""

from rehue.learning.publish.convert import convert
from rehue.learning.publish.export import export
from rehue.learning.publish.figures import measure_default
from rehue.learning.publish.quantization import quantize
from rehue.learning.training.rates import find_rate, sweep
from rehue.learning.training.recipe import Recipe, load_recipe
from rehue.learning.training.run import train

__all__ = [
    "Recipe",
    "convert",
    "export",
    "find_rate",
    "load_recipe",
    "measure_default",
    "quantize",
    "sweep",
    "train",
]
