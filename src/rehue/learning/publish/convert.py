"""Weights that others published, made into models of ours: a .pth file in, ONNX and card out."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from pickle import UnpicklingError
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from rehue.color import Bins
from rehue.errors import RecipeError
from rehue.files import reason
from rehue.learning.networks import Network
from rehue.learning.networks.colorful import Colorful
from rehue.learning.networks.interactive import Interactive
from rehue.learning.publish.tracing import largest_difference, to_onnx
from rehue.model import REGRESSION, Card, Decoding, Model
from rehue.model.catalog import find_published

# Of the published network with classes.
BINS = 313
# Zhang et al. 2016, section 2.3.
TEMPERATURE = 0.38
# What the licence asks to keep.
COPYRIGHT = "Copyright (c) 2016, Richard Zhang, Phillip Isola, Alexei A. Efros"
WORKING_SIZE = 256
# Frobenius norm of the last convolution in the original Caffe file, behind which the temperature
# has a layer of its own.
_NORM_WITHOUT_TEMPERATURE = 14.38


def convert(name: str, weights: Path, target: Path) -> tuple[Card, Path]:
    """Write `<name>.onnx` and `<name>.json` from a published file.

    Args:
        name: `colorful` or `interactive`, as in `rehue.model.catalog`.
        weights: the file; read with `weights_only`, so that nothing in it is run.
        target: folder of the two files, made if there is none.

    Returns:
        The card and the path of the ONNX file. The card's `data` says whether the file is, to the
        last bit, the one that was published.

    Raises:
        ModelError: nothing is published under that name.
        RecipeError: the file is not what is, or `target` cannot be written.
    """
    published = find_published(name)
    network = load_published(name, weights)
    centers = _bin_centers(network)
    graph = to_onnx(network, len(centers)).SerializeToString()
    found = hashlib.sha256(weights.read_bytes()).hexdigest()
    card = Card(
        name=name,
        description=published.description,
        sha256=hashlib.sha256(graph).hexdigest(),
        licence=published.licence,
        trained_inputs=network.inputs,
        bin_centers=centers,
        working_size=WORKING_SIZE,
        default_decoding=REGRESSION,
        heads=network.heads,
        data={
            "source": published.url,
            "page": published.page,
            "sha256": found,
            "authenticated": found == published.sha256,
            "copyright": COPYRIGHT,
        },
    )
    if isinstance(network, Colorful):
        temperature = temperature_of(network)
        card = replace(
            card,
            default_decoding=Decoding("bins", temperature),
            training={"temperature_in_last_layer": temperature == 1.0},
        )
    return _write(card, graph, network, target)


def load_published(name: str, weights: Path) -> Network:
    """Read a published file into its network.

    Args:
        name: `colorful` or `interactive`.
        weights: the file.

    Raises:
        RecipeError: it is cut off, no file of weights, or another network's.
    """
    with torch.device("meta"):  # no random weights, to be thrown away
        network: Network = Colorful(BINS) if name == "colorful" else Interactive()
    state = _read(weights)
    difference = _first_difference(network.state_dict(), state)
    if difference:
        raise RecipeError(
            f"{weights}: not the published weights of {name} ({difference}): get the file again"
        )
    network.load_state_dict(state, assign=True)
    return network.float().eval()


def _read(weights: Path) -> dict[str, Tensor]:
    try:
        content = torch.load(weights, map_location="cpu", weights_only=True)
    except OSError as error:
        raise RecipeError(f"{weights}: cannot be read ({reason(error)}): check the path") from error
    except (EOFError, KeyError, ValueError, RuntimeError, UnpicklingError) as error:
        # torch's own words tell how to read what it refuses, which is no advice here.
        raise RecipeError(
            f"{weights}: cut off, or no file of weights: get the file again"
        ) from error
    if not isinstance(content, dict):
        content = {"": content}
    return {str(n): v if isinstance(v, Tensor) else torch.empty(0) for n, v in content.items()}


def _first_difference(expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> str:
    """Say where names and shapes differ; old files do not count a norm's batches."""
    ours, theirs = (
        {name: tuple(v.shape) for name, v in state.items() if not name.endswith("batches_tracked")}
        for state in (expected, found)
    )
    names = sorted(name for name in ours | theirs if ours.get(name) != theirs.get(name))
    if not names:
        return ""
    first = names[0]
    return f"{first[:80]!r}: expected {_said(ours.get(first))}, found {_said(theirs.get(first))}"


def _said(shape: tuple[int, ...] | None) -> str:
    return "none" if shape is None else " x ".join(map(str, shape)) or "a number"


def temperature_of(network: Colorful) -> float:
    """Return the temperature that makes the paper's annealed mean from a file's logits.

    1 where it was multiplied into the last layer, the paper's 0.38 where it was not; told by the
    layer's norm, which is 2.6 times as large where it was.
    """
    norm = float(network.state_dict()["model8.6.weight"].norm())
    is_folded = norm > _NORM_WITHOUT_TEMPERATURE * TEMPERATURE**-0.5  # midway, as factors go
    return 1.0 if is_folded else TEMPERATURE


def _bin_centers(network: Network) -> tuple[tuple[float, float], ...]:
    """The published bins, or ours where there are no classes, for palettes."""
    if isinstance(network, Colorful):
        return tuple((round(a, 3), round(b, 3)) for a, b in network.centers().tolist())
    return tuple((float(a), float(b)) for a, b in Bins.in_srgb().centers)


def _write(card: Card, graph: bytes, network: Network, target: Path) -> tuple[Card, Path]:
    """Write both files aside, compare with torch, then bring them into place."""
    path = target / f"{card.name}.onnx"
    try:
        target.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{card.name}-", dir=target) as folder:
            aside = Model(card, Path(folder) / path.name)
            aside.path.write_bytes(graph)
            compared = {
                "weights": "float16, computed in float32",
                "bytes": len(graph),
                "parameters": sum(p.numel() for p in network.parameters()),
                "largest_ab_difference_to_torch": round(largest_difference(network, aside), 4),
            }
            card = replace(card, export=compared)
            aside.path.with_suffix(".json").write_text(card.to_json(), "utf-8")
            for suffix in (".onnx", ".json"):
                aside.path.with_suffix(suffix).replace(path.with_suffix(suffix))
    except OSError as error:
        raise RecipeError(
            f"{path}: cannot be written ({reason(error)}): give another folder"
        ) from error
    return card, path
