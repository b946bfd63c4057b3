"""A U-Net (Ronneberger et al. 2015) over an encoder of the table, with classes and a regression.

The default network. Deviations from the paper: one convolution a decoder step in place of two,
batch norm, and the decoder ends at stride 4: chroma varies slowly, the eye and the upsampling to
full size do the rest, and the finer steps would cost more than the whole encoder.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from rehue.errors import RecipeError, nearest
from rehue.learning.networks.conditions import HintPyramid, PaletteVector, SelfAttention
from rehue.learning.networks.contract import (
    AB_UNIT,
    Head,
    Network,
    Prediction,
    check_lightness,
)
from rehue.learning.networks.encoders import ENCODERS, make_encoder
from rehue.learning.networks.recognition import Recognition


class GlobalContext(nn.Module):
    """Adds what the whole picture says to every place.

    Iizuka et al. (2016, section 3.1) fuse a global feature vector into the local ones; here it is
    the mean over the coarsest stage, through two fully connected layers.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(
            nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        """N x channels x H x W, same shape out."""
        added: Tensor = self.mix(x.mean(dim=(2, 3)))
        return x + added[:, :, None, None]


class DecoderStep(nn.Module):
    """Doubles the grid, joins the encoder's features of that stride, convolves."""

    def __init__(self, inputs: int, skip: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs + skip, outputs, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """N x inputs x H x W and N x skip x 2H x 2W to N x outputs x 2H x 2W."""
        x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
        return torch.relu(self.bn(self.conv(torch.cat([x, skip], dim=1))))


class UNet(Network):
    """Encoder to stride 32, global context, three decoder steps to stride 4, two heads.

    Args:
        bins: number of colour classes.
        encoder: one of `rehue.learning.networks.encoders.ENCODERS`.
        widths: channels of the encoder's four stages.
        decoder: channels after each of the three decoder steps.
        heads: what is predicted: classes, a regression, or both.
        conditions: what else the network is told: `hints`, `palette`, both or neither.
        attention: layers of self-attention at stride 16.
        recognizer: another encoder that looks on, frozen; empty for none.

    Raises:
        RecipeError: there is not one decoder step for each stage but the coarsest, no head, or no
            recogniser of that name.
    """

    stride = 4

    def __init__(
        self,
        bins: int,
        encoder: str = "resnet18",
        widths: Sequence[int] = (64, 128, 256, 384),
        decoder: Sequence[int] = (256, 192, 128),
        heads: Sequence[Head] = ("bins", "regression"),
        conditions: Sequence[str] = (),
        attention: int = 0,
        recognizer: str = "",
    ) -> None:
        super().__init__()
        if recognizer and recognizer not in ENCODERS:
            raise RecipeError(
                f"no recogniser {recognizer!r}: {nearest(recognizer, list(ENCODERS))}"
            )
        self.recognition = Recognition(recognizer, widths) if recognizer else None
        self.encoder = make_encoder(encoder, widths)
        if len(decoder) != len(widths) - 1:
            raise RecipeError(
                f"{len(widths)} stages need {len(widths) - 1} decoder steps, found {len(decoder)}"
            )
        self.context = GlobalContext(widths[-1])
        inputs = widths[-1]
        steps = []
        for skip, outputs in zip(reversed(widths[:-1]), decoder, strict=True):
            steps.append(DecoderStep(inputs, skip, outputs))
            inputs = outputs
        self.decoder = nn.ModuleList(steps)
        self.attention = nn.Sequential(*(SelfAttention(decoder[0]) for _ in range(attention)))
        known = ("hints", "palette")
        if not set(conditions) <= set(known):
            raise RecipeError(f"conditions {list(conditions)}: give {' or '.join(known)}, or both")
        self.inputs = ("lightness", *(name for name in known if name in conditions))
        self.hints = HintPyramid(widths) if "hints" in conditions else None
        self.palette = PaletteVector(bins, widths[-1]) if "palette" in conditions else None
        if not heads or not set(heads) <= {"bins", "regression"}:
            raise RecipeError(f"heads {list(heads)}: give bins or regression, or both")
        self.heads = tuple(heads)
        self.classes = nn.Conv2d(inputs, bins, 1) if "bins" in heads else None
        self.regression = nn.Conv2d(inputs, 2, 1) if "regression" in heads else None

    def forward(
        self, lightness: Tensor, hints: Tensor | None = None, palette: Tensor | None = None
    ) -> Prediction:
        """Predict on a grid of stride 4; see `Network.forward`."""
        check_lightness(lightness)
        told = None if hints is None or self.hints is None else self.hints(hints)
        known = None if self.recognition is None else self.recognition(lightness)
        _, *skips, x = self.encoder(lightness, _sums(told, known and known.stages))
        if known is not None:
            x = x + known.whole[:, :, None, None]
        x = self.context(x)
        if palette is not None and self.palette is not None:
            x = x + self.palette(palette)[:, :, None, None]
        for number, (step, skip) in enumerate(zip(self.decoder, reversed(skips), strict=True)):
            x = step(x, skip)
            if number == 0:
                x = self.attention(x)
        return Prediction(
            ab=None if self.regression is None else self.regression(x) * AB_UNIT,
            logits=None if self.classes is None else self.classes(x),
            features=None if known is None else known.features,
        )


def _sums(
    first: Sequence[Tensor | None] | None, second: Sequence[Tensor | None] | None
) -> Sequence[Tensor | None] | None:
    """Add what two parts give each stage; None is nothing."""
    if first is None or second is None:
        return second if first is None else first
    return [
        a if b is None else b if a is None else a + b for a, b in zip(first, second, strict=True)
    ]
