"""What a network starts from: random or ImageNet's weights, an earlier run, an exported model."""

import json
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.utilities import rank_zero_warn

from rehue.dataset import CropRequest, LabCrops
from rehue.errors import RecipeError
from rehue.learning.exported import read_exported
from rehue.learning.loading import CropLoading
from rehue.learning.networks import Network
from rehue.learning.pretrained import (
    WeightsNotFoundError,
    calibrate_norms,
    continue_from,
    load_imagenet,
    read_checkpoint,
)
from rehue.learning.recipe import Recipe
from rehue.model import Card

# What a run leaves: its facts when it ends, its start when it begins, its weights after each epoch.
RUN_FILE, START_FILE, CHECKPOINT = "run.json", "start.json", "last.ckpt"
EXPORTED = ".onnx"


def start_network(
    network: Network,
    recipe: Recipe,
    loading: CropLoading,
    encoder_weights: Path | None,
    start_from: Path | None,
) -> str:
    """Load what a run starts from; say what it was. Arguments as for `rehue.learning.train`.

    Raises:
        RecipeError: it cannot be read, or is not of this network.
    """
    if start_from is None:
        return _start(network, recipe, encoder_weights, loading)
    if start_from.suffix != EXPORTED:
        return continue_from(network, start_from, read_checkpoint(start_from))
    start = continue_from(network, start_from, read_exported(start_from))
    calibrate_norms(network, _some_lightness(loading))
    return start


def noted_start(
    run: Path, recipe: Recipe, start: str, start_from: Path | None
) -> dict[str, object]:
    """Return what a run started from, as was noted when it began.

    Raises:
        RecipeError: the earlier run learnt from photographs that this one holds back.
    """
    note = run / START_FILE
    if note.is_file() and (run / CHECKPOINT).is_file():
        noted: dict[str, object] = json.loads(note.read_text("utf-8"))
        return noted
    facts: dict[str, object] = {"encoder": start}
    if start_from is not None and (before := _facts_of(start_from)):
        share = before["recipe"]["data"]["choose_share"]
        if share < recipe.data.choose_share:
            raise RecipeError(
                f"{start_from}: learnt from photographs that this recipe holds back (choose_share "
                f"{share:g} there, {recipe.data.choose_share:g} here): give a recipe with the same"
            )
        facts["before"] = before
    note.write_text(json.dumps(facts, indent=1), "utf-8")
    return facts


def _facts_of(earlier: Path) -> dict[str, Any] | None:
    """Return what an earlier run, or the card of a model, tells of it; None where neither is."""
    if earlier.suffix != EXPORTED:
        note = earlier.parent / RUN_FILE
        return json.loads(note.read_text("utf-8")) if note.is_file() else None
    path = earlier.with_suffix(".json")
    if not path.is_file():
        return None
    card = Card.from_json(path.read_text("utf-8"), str(path))
    return {"recipe": card.recipe, "commit": card.commit, **card.data, **card.training}


def _start(network: Network, recipe: Recipe, weights: Path | None, loading: CropLoading) -> str:
    """Load the encoder's weights; say what the network started from."""
    encoder = getattr(network, "encoder", None)
    if recipe.network.weights == "random" or encoder is None:
        return "random weights"
    try:
        fresh = load_imagenet(encoder, weights, grown=recipe.network.weights == "grown")
    except WeightsNotFoundError as error:
        rank_zero_warn(f"{error}; the run starts from random weights, and its card says so")
        return f"random weights ({recipe.network.weights} could not be had)"
    calibrate_norms(encoder, _some_lightness(loading))
    source = weights.name if weights else "torchvision"
    kind = "ImageNet" if recipe.network.weights == "imagenet" else "ResNet18 grown"
    return f"{kind} ({source}; random: {', '.join(fresh) or 'none'})"


def _some_lightness(loading: CropLoading) -> torch.Tensor:
    """Return 64 of the photographs that are learnt from, evenly: N x 1 x 128 x 128."""
    crops = LabCrops(loading.cache)
    chosen = loading.train_numbers[:: max(1, len(loading.train_numbers) // 64)][:64]
    return torch.stack(
        [torch.from_numpy(crops[CropRequest(n, 128, None)]["lightness"]) for n in chosen]
    )
