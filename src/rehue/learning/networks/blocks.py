"""The study's block, and how its first two networks end."""

from typing import Literal, TypeAlias, get_args

from torch import nn

from rehue.errors import RecipeError

Order: TypeAlias = Literal["upsampling-first", "block-first"]


def block(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """One 3 x 3 convolution, ReLU, batch norm: in this order, as the study says."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(outputs),
    )


class FullSizeEnd(nn.Sequential):
    """From features of stride 8 (N x inputs x H / 8 x W / 8) to ab (N x 2 x H x W).

    An upsampling by 8, the sixth block and a last layer. The study says that the features are
    brought to full size before the last layer, not whether the sixth block comes before or after.
    Our reading: after, so that the block runs on every pixel; then this network costs more than
    one with three blocks more and an upsampling by 2 between blocks, as the study measured.
    `docs/study.md` times both orders.

    Args:
        inputs: channels at stride 8.
        width: channels of the sixth block, which the study does not tell.
        order: of the upsampling and the block.

    Raises:
        RecipeError: there is no such order.
    """

    def __init__(self, inputs: int, width: int, order: str) -> None:
        if order not in get_args(Order):
            raise RecipeError(f"no order {order!r}: use {' or '.join(get_args(Order))}")
        steps: list[nn.Module] = [
            nn.Upsample(scale_factor=8, mode="bilinear"),
            block(inputs, width),
        ]
        ordered = steps if order == "upsampling-first" else steps[::-1]
        super().__init__(*ordered, nn.Conv2d(width, 2, 1))
