"""Training, with PyTorch and Lightning (extra `train`); nothing outside this room imports torch.

A `recipe` says everything; `training` runs it with the `module` that ties one of `networks`, the
`losses` and the optimiser together; `pretrained` starts encoders, `augment` makes inputs look old,
`loading` and `sampling` say which crop is seen when; `rates` finds learning rates; `export` makes
the ONNX file and its card, `tracing` the graph, `averaging` brings several runs' weights to their
mean, `default_colors` chooses which of its colours users get, `convert` makes file and card of
weights that others published.
"""

from rehue.learning.publish.default_colors import choose_default
from rehue.learning.publish.export import export
from rehue.learning.training.rates import find_rate, sweep
from rehue.learning.training.recipe import Recipe, load_recipe
from rehue.learning.training.run import train
from rehue.learning.weights.convert import convert

__all__ = [
    "Recipe",
    "choose_default",
    "convert",
    "export",
    "find_rate",
    "load_recipe",
    "sweep",
    "train",
]
