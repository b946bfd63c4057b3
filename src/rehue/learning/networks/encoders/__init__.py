"""Encoders, one file each, and the contract that they keep.

The same table serves a network's own encoder, which learns on, and a recogniser that looks on
beside it, frozen.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from rehue.errors import RecipeError, nearest
from rehue.learning.networks.encoders.contract import Encoder, Published
from rehue.learning.networks.encoders.efficientnet_lite import EfficientNetLite2
from rehue.learning.networks.encoders.resnet import ResNetEncoder

# Each takes the channels of its stages, stride 4 first; None makes it as it was published.
ENCODERS: Mapping[str, Callable[[Sequence[int] | None], Encoder]] = {
    "resnet18": partial(ResNetEncoder, "resnet18"),
    "resnet34": partial(ResNetEncoder, "resnet34"),
    "efficientnet_lite2": EfficientNetLite2,
}


def make_encoder(name: str, widths: Sequence[int] | None = None) -> Encoder:
    """Make an encoder with random weights.

    Args:
        name: as in the table.
        widths: channels of its stages, stride 4 first; None are the published ones.

    Raises:
        RecipeError: there is no such encoder, or none of these widths.
    """
    if name not in ENCODERS:
        raise RecipeError(f"no encoder {name!r}: {nearest(name, list(ENCODERS))}")
    return ENCODERS[name](widths)


__all__ = ["ENCODERS", "Encoder", "Published", "make_encoder"]
