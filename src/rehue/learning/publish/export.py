"""From a checkpoint to an ONNX file and its card."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rehue.color import Bins
from rehue.errors import RecipeError
from rehue.files import ANOTHER_OUTPUT, reason, write_whole
from rehue.learning.networks import Network
from rehue.learning.publish.settle import settle
from rehue.learning.publish.tracing import largest_difference, to_onnx
from rehue.learning.training.module import build_network
from rehue.learning.training.recipe import Recipe, recipe_from
from rehue.learning.training.start import CHECKPOINT, RUN_FILE
from rehue.learning.weights.averaging import average_weights
from rehue.learning.weights.pretrained import read_checkpoint
from rehue.model import REGRESSION, Card, Model, bold

# SPDX's word for what nobody has stated.
UNSTATED = "NOASSERTION"
_DATA_FACTS = ("photographs", "held_back", "left_out", "sources")
# What of a run's facts has a place of its own in the card.
_SAID_ELSEWHERE = {"recipe", "commit", "scenes", *_DATA_FACTS}


def export(
    run: Path,
    target: Path,
    *,
    name: str | None = None,
    licence: str = UNSTATED,
    working_size: int = 256,
    average_with: Sequence[Model] = (),
    photos: Path | None = None,
) -> tuple[Card, Path]:
    """Write `<name>.onnx` and `<name>.json` from a run's averaged weights.

    Weights are stored in half precision and widened when the file is loaded, so the network still
    computes in single precision.

    Args:
        run: a folder of `rehue train`.
        target: folder of the two files.
        name: the model's; None is the recipe's.
        licence: of the weights, an SPDX expression.
        working_size: what users' photographs are brought to (px).
        average_with: exported from earlier runs of the network; the mean of all weights is taken.
        photos: data set of the run, on which the norms of averaged weights are settled
            (`rehue.learning.publish.settle`); None leaves them as they were averaged.

    Returns:
        The card and the path of the ONNX file.

    Raises:
        RecipeError: the run has no checkpoint that fits its recipe, or a model to average with is
            of another network.
    """
    recipe, facts = _run_facts(run)
    bins = Bins.in_srgb(recipe.loss.grid)
    network = load_network(run / CHECKPOINT, recipe, bins, facts.get("scenes", 0))
    settled = settle(network, recipe, photos) if photos and recipe.average else 0
    graph = to_onnx(network, len(bins))
    data = graph.SerializeToString()
    card = Card(
        name=name or recipe.name,
        description=recipe.description,
        sha256=hashlib.sha256(data).hexdigest(),
        licence=licence,
        trained_inputs=network.inputs,
        bin_centers=tuple((float(a), float(b)) for a, b in bins.centers),
        working_size=working_size,
        default_decoding=bold() if "bins" in network.heads else REGRESSION,
        heads=network.heads,
        recipe=asdict(recipe),
        commit=str(facts.get("commit", "unknown")),
        data=_data_facts(facts),
        training={name: fact for name, fact in facts.items() if name not in _SAID_ELSEWHERE},
    )
    with TemporaryDirectory() as folder:
        trial = Model(card, Path(folder) / "trial.onnx")
        trial.path.write_bytes(data)
        difference = largest_difference(network, trial)
    compared: dict[str, Any] = {
        "weights": "float16, computed in float32",
        "parameters": sum(p.numel() for p in network.parameters()),
        "largest_ab_difference_to_torch": round(difference, 4),
    }
    if settled:
        compared["norms_settled_on"] = f"{settled} photographs"
    if average_with:
        average_weights(graph, average_with)
        data = graph.SerializeToString()
        compared["averaged_with"] = [
            {"name": other.card.name, "sha256": other.card.sha256} for other in average_with
        ]
        card = replace(card, sha256=hashlib.sha256(data).hexdigest())
    card = replace(card, export={**compared, "bytes": len(data)})
    path = target / f"{card.name}.onnx"
    write_whole(path, data, ANOTHER_OUTPUT)
    write_card(path, card)
    return card, path


def write_card(path: Path, card: Card) -> None:
    """Write the card of the model at `path` beside it; one that is there is replaced."""
    write_whole(path.with_suffix(".json"), card.to_json().encode(), ANOTHER_OUTPUT)


def _data_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a run's facts say of its photographs, with counts in place of keys.

    Sources are those of the runs before it, too.
    """
    sources: set[str] = set()
    run: Mapping[str, Any] | None = facts
    while run:
        sources |= set(run.get("sources", ()))
        run = run.get("before")
    left_out = {reason: len(keys) for reason, keys in facts.get("left_out", {}).items()}
    said = {name: facts[name] for name in _DATA_FACTS if name in facts}
    return {**said, "left_out": left_out, "sources": sorted(sources)}


def load_network(checkpoint: Path, recipe: Recipe, bins: Bins, scenes: int = 0) -> Network:
    """Read a checkpoint's averaged weights into the recipe's network.

    Raises:
        RecipeError: the checkpoint is missing, unreadable, or another network's.
    """
    network = build_network(recipe.network, bins, scenes)
    try:
        network.load_state_dict(read_checkpoint(checkpoint))
    except RuntimeError as error:
        raise RecipeError(
            f"{checkpoint}: not a checkpoint of {recipe.name} ({reason(error)})"
        ) from error
    return network.eval()


def _run_facts(run: Path) -> tuple[Recipe, Mapping[str, Any]]:
    path = run / RUN_FILE
    try:
        facts: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        described: Mapping[str, Any] = facts["recipe"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(
            f"{run}: no finished run here ({RUN_FILE} is missing or broken): run rehue train"
        ) from error
    return recipe_from(described, str(path)), facts
