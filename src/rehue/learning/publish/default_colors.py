"""Which colours an exported model gives by default, and how sure it may be of them."""

from dataclasses import replace
from pathlib import Path

from rehue.colorizer import Colorizer
from rehue.files import ANOTHER_OUTPUT, write_whole
from rehue.judge import TEMPERATURES, choose_decoding, measure_calibration
from rehue.learning.training.loading import held_back
from rehue.learning.training.recipe import recipe_from
from rehue.model import Card, Model


def choose_default(model: Model, photos: Path, limit: int | None = None) -> Card:
    """Choose how users' colours are decoded, and how sure the model may be of them.

    Both on the photographs that training held back.

    Args:
        model: exported; its card is written anew.
        photos: the data set of the run.
        limit: look at so many of them, evenly; None looks at all.

    Raises:
        DatasetError: nothing was held back.
    """
    recipe = recipe_from(model.card.recipe, str(model.path))
    photographs = held_back(recipe, photos).evenly(limit)
    choice = choose_decoding(Colorizer(model.path), photographs)
    figures = {
        "set": f"{choice.count} photographs held back from training",
        "ciede2000_median_over_grey": round(choice.best.median_over_grey, 3),
        "colorfulness_gap": round(choice.best.gap, 1),
        "colorfulness_absolute_gap": round(choice.best.absolute_gap, 1),
    }
    card = replace(
        model.card,
        default_decoding=choice.best.decoding,
        figures={**model.card.figures, "choice": figures},
    )
    _write(model, card)
    if "bins" not in card.heads:
        return card
    # Confidence is in the colours that users get, so it comes after them.
    fits = measure_calibration(Colorizer(model.path), photographs, TEMPERATURES)
    best = min(fits, key=lambda fit: fit.error)
    figures["confidence_error"] = round(best.error, 3)
    card = replace(card, confidence_temperature=best.temperature)
    _write(model, card)
    return card


def _write(model: Model, card: Card) -> None:
    write_whole(model.path.with_suffix(".json"), card.to_json().encode(), ANOTHER_OUTPUT)
