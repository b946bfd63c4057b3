"""What an exported model's default colours are like, and how sure it may be of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rehue.colorizer import Colorizer
from rehue.judge import TEMPERATURES, evaluate, measure_calibration
from rehue.judge.results import DEFAULT
from rehue.learning.publish.export import write_card
from rehue.learning.publish.path import find_path
from rehue.learning.training.loading import held_back
from rehue.learning.training.recipe import recipe_from
from rehue.model import Card, Model, bold

# Photographs on which the path of boldness is found: its chroma is sure to a hundredth or two.
_FOR_PATH: Final = 200
# Figures of `rehue.judge` that go into the card.
_FIGURES: Final = (
    "mse_ab_over_grey",
    "mse_ab_over_grey_median",
    "ciede2000_over_grey",
    "colorfulness_gap",
    "colorfulness_absolute_gap",
    "unrest",
    "patches",
)


def measure_default(model: Model, photos: Path, limit: int | None = None) -> Card:
    """Find how users' colours are chosen, measure them, and fit how sure the model may be of them.

    All on the photographs that training held back.

    Args:
        model: exported; its card is written anew.
        photos: the data set of the run.
        limit: look at so many of them, evenly; None looks at all.

    Raises:
        DatasetError: nothing was held back.
    """
    recipe = recipe_from(model.card.recipe, str(model.path))
    photographs = held_back(recipe, photos).evenly(limit)
    card = model.card
    if "bins" in card.heads:
        path = find_path(Colorizer(model.path), photographs.evenly(_FOR_PATH))
        card = replace(card, boldness=path, default_decoding=bold(path=path))
        write_card(model.path, card)
    colorizer = Colorizer(model.path)
    judged = evaluate(colorizer, photographs, {DEFAULT: card.default_decoding}, draws=0)
    measured = judged.row(DEFAULT).figures
    figures: dict[str, Any] = {
        "set": f"{judged.count} photographs held back from training",
        **{name: round(measured[name].value, 4) for name in _FIGURES if name in measured},
    }
    if "bins" in card.heads:
        fits = measure_calibration(colorizer, photographs, TEMPERATURES)
        best = min(fits, key=lambda fit: fit.error)
        figures["confidence_error"] = round(best.error, 3)
        card = replace(card, confidence_temperature=best.temperature)
    card = replace(card, figures={**card.figures, "held back": figures})
    write_card(model.path, card)
    return card
