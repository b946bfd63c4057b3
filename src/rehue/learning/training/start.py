"""What a network starts from: random or ImageNet's weights, an earlier run, an exported model."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch.utilities import rank_zero_warn

import rehue
from rehue.dataset import CropRequest, LabCrops
from rehue.dataset.sampling import evenly
from rehue.errors import RecipeError
from rehue.files import write_whole
from rehue.learning.networks import Network
from rehue.learning.training.loading import CropLoading
from rehue.learning.training.recipe import Recipe
from rehue.learning.weights.exported import read_exported
from rehue.learning.weights.pretrained import (
    WeightsNotFoundError,
    calibrate_norms,
    continue_from,
    load_published,
    read_checkpoint,
)
from rehue.model import Card

# What a run leaves: its facts when it ends, its start when it begins, its weights after each epoch.
RUN_FILE, START_FILE, CHECKPOINT = "run.json", "start.json", "last.ckpt"
EXPORTED = ".onnx"


def note(path: Path, facts: Mapping[str, Any]) -> None:
    """Write facts of a run as JSON, whole or not at all.

    Raises:
        RecipeError: they cannot be written.
    """
    advice = "make room and give the same command again, it goes on from the last checkpoint"
    write_whole(path, json.dumps(facts, indent=1).encode(), advice)


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
    recognition = getattr(network, "recognition", None)
    if recognition is not None:
        load_published(recognition.recognizer)
    if start_from is None:
        return _start_encoder(network, recipe, encoder_weights, loading)
    if start_from.suffix != EXPORTED:
        return continue_from(network, start_from, read_checkpoint(start_from))
    start = continue_from(network, start_from, read_exported(start_from))
    calibrate_norms(network, calibration_crops(loading))
    return start


def noted_start(
    run: Path, recipe: Recipe, start: str, start_from: Path | None
) -> dict[str, object]:
    """Return what a run started from, as was noted when it began.

    Raises:
        RecipeError: the earlier run learnt from photographs that this one holds back.
    """
    path = run / START_FILE
    if path.is_file() and (run / CHECKPOINT).is_file():
        noted: dict[str, object] = json.loads(path.read_text("utf-8"))
        return noted
    facts: dict[str, object] = {"encoder": start, "commit": _commit()}
    if start_from is not None and (before := _facts_of(start_from)):
        share = before["recipe"].get("data", {}).get("choose_share", 0.0)
        if share < recipe.data.choose_share and before["recipe"]:
            raise RecipeError(
                f"{start_from}: may have learnt from photographs that this recipe holds back "
                f"(choose_share {share:g} there, {recipe.data.choose_share:g} here): write "
                f"{share:g} in the recipe"
            )
        facts["before"] = before
    note(path, facts)
    return facts


def _facts_of(earlier: Path) -> dict[str, Any] | None:
    """Return what an earlier run, or the card of a model, tells of it; None where neither is."""
    if earlier.suffix != EXPORTED:
        told = earlier.parent / RUN_FILE
        try:
            return json.loads(told.read_text("utf-8")) if told.is_file() else None
        except ValueError as error:
            raise RecipeError(f"{told}: broken ({error}): remove it, or start elsewhere") from error
    path = earlier.with_suffix(".json")
    if not path.is_file():
        return None
    card = Card.from_json(path.read_text("utf-8"), str(path))
    return {"recipe": card.recipe, "commit": card.commit, **card.data, **card.training}


def _start_encoder(
    network: Network, recipe: Recipe, weights: Path | None, loading: CropLoading
) -> str:
    """Load the encoder's weights; say what the network started from."""
    encoder = getattr(network, "encoder", None)
    if recipe.network.weights == "random" or encoder is None:
        return "random weights"
    try:
        fresh = load_published(encoder, weights, grown=recipe.network.weights == "grown")
    except WeightsNotFoundError as error:
        rank_zero_warn(f"{error}; the run starts from random weights, and its card says so")
        return f"random weights ({recipe.network.weights} could not be had)"
    calibrate_norms(encoder, calibration_crops(loading))
    source = weights.name if weights else "as published"
    kind = "ImageNet" if recipe.network.weights == "imagenet" else "ImageNet, grown"
    return f"{kind} ({source}; random: {', '.join(fresh) or 'none'})"


def calibration_crops(loading: CropLoading) -> torch.Tensor:
    """Return what norms are settled on, 64 of the photographs that are learnt from, evenly.

    N x 1 x 128 x 128, lightness alone: enough places at stride 32 for a mean and a variance.
    """
    crops = LabCrops(loading.cache)
    chosen = evenly(loading.train_numbers, 64)
    return torch.stack(
        [torch.from_numpy(crops[CropRequest(n, 128, None)]["lightness"]) for n in chosen]
    )


def _commit() -> str:
    """Return the commit of this code, or "unknown" where it is not run from its own checkout."""
    root = Path(rehue.__file__).parents[2]
    if not (root / ".git").exists():
        return "unknown"
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
