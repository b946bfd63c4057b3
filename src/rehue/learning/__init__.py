"""Training, with PyTorch and Lightning (extra `train`); nothing outside this room imports torch.

A `recipe` says everything; `training` runs it with the `module` that ties one of `networks`, the
`losses` and the optimiser together; `pretrained` starts encoders, `augment` makes inputs look old,
`sampling` says which crop is seen when; `export` makes the ONNX file and its card.
"""

from rehue.learning.export import choose_default, export
from rehue.learning.recipe import Recipe, load_recipe
from rehue.learning.training import train

__all__ = ["Recipe", "choose_default", "export", "load_recipe", "train"]
