"""Charts of learning rates, and drawings of networks; matplotlib comes with the extra `train`."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor, nn

from rehue.learning.networks import Network
from rehue.learning.training.rates import RangeTest, Swept


def range_test(test: RangeTest) -> Figure:
    """Draw the loss over the rate, and the suggestion."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.semilogx(test.rates, test.losses)
    if test.suggestion is not None:
        axes.axvline(test.suggestion, color="firebrick", label=f"suggestion: {test.suggestion:.2g}")
        axes.legend()
    axes.set_ylim(0, 1.5 * test.losses[0])
    axes.set_xlabel("learning rate")
    axes.set_ylabel("loss, smoothed")
    return figure


def sweep(rows: Sequence[Swept]) -> Figure:
    """Draw the error over the largest rate; rates whose loss became no number are left out."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    rows = sorted((row for row in rows if row.error == row.error), key=lambda row: row.rate)
    axes.semilogx([row.rate for row in rows], [row.error for row in rows], marker="o")
    axes.set_xlabel("largest learning rate")
    axes.set_ylabel("MSE over plain grey's, held-back photographs")
    return figure


@dataclass(frozen=True)
class Step:
    """One tensor on a network's way: the convolution that made it, its channels and its grid."""

    made_by: str
    channels: int
    height: int
    width: int


def steps_of(network: Network, size: int = 256) -> list[Step]:
    """Follow one picture of size x size through a network's convolutions, in their order."""
    steps: list[Step] = []

    def note(module: nn.Module, _: object, output: Tensor) -> None:
        kind = module.kernel_size[0] if isinstance(module, nn.Conv2d) else 0
        steps.append(Step(f"{kind}x{kind}", *output.shape[1:]))

    kinds = (nn.Conv2d, nn.ConvTranspose2d)
    hooks = [m.register_forward_hook(note) for m in network.modules() if isinstance(m, kinds)]
    try:
        with torch.no_grad():
            network.eval()(torch.zeros(1, 1, size, size))
    finally:
        for hook in hooks:
            hook.remove()
    return steps


def drawing(name: str, network: Network, size: int = 256) -> Figure:
    """Draw a network from its code: a bar a convolution, as high as its grid, as wide as deep.

    Runs of equal tensors are drawn once, with their number.
    """
    groups: list[tuple[Step, int]] = [(Step("L", 1, size, size), 1)]
    for step in steps_of(network, size):
        last, count = groups[-1]
        same = (last.channels, last.height) == (step.channels, step.height)
        groups = [*groups[:-1], (last, count + 1)] if same else [*groups, (step, 1)]
    figure = Figure(figsize=(max(6.0, 0.75 * len(groups)), 3.2), layout="constrained")
    axes = figure.subplots()
    x = 0.0
    for step, count in groups:
        width = 0.15 + step.channels / 256
        axes.add_patch(
            Rectangle((x, -step.height / 2), width, step.height, facecolor="0.85", edgecolor="0.2")
        )
        times = f" x {count}" if count > 1 else ""
        axes.text(x + width / 2, size * 0.54, f"{step.channels}{times}", ha="center", fontsize=7)
        axes.text(
            x + width / 2,
            -size * 0.6,
            f"{step.height}²",
            ha="center",
            fontsize=7,
            color="0.4",
        )
        x += width + 0.35
    axes.set_xlim(-0.2, x)
    axes.set_ylim(-size * 0.7, size * 0.7)
    axes.set_axis_off()
    parameters = sum(p.numel() for p in network.parameters()) / 1e6
    axes.set_title(
        f"{name}: channels above, side of the grid below; {parameters:.1f} million parameters",
        fontsize=9,
    )
    return figure
