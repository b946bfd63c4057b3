"""Figures and pictures that say how good a model is; NumPy alone.

`evaluate` judges a model beside plain grey and a constant colour, over all photographs, by subject,
by hue family (`hues`) and in groups of success, medium and failure (`groups`); `paired` says which
of two models is better; `report` shows, writes and reads the result, `sheet` and `plots` draw it;
`calibration` how sure a model may be of its colours, `unrest` whether one thing has one colour;
`frechet` compares sets of pictures; `survey` asks people.
"""

from rehue.judge.bootstrap import Estimate
from rehue.judge.calibration import TEMPERATURES, Calibration, measure_calibration
from rehue.judge.evaluation import default_decodings, evaluate
from rehue.judge.groups import Outcome, Rule
from rehue.judge.hues import HueRow
from rehue.judge.paired import PairedDifference, Verdict, paired_difference
from rehue.judge.results import Evaluation, Row
from rehue.judge.sheet import (
    choose_by_outcome,
    choose_for_sheet,
    contact_sheet,
    model_sheet,
)

__all__ = [
    "TEMPERATURES",
    "Calibration",
    "Estimate",
    "Evaluation",
    "HueRow",
    "Outcome",
    "PairedDifference",
    "Row",
    "Rule",
    "Verdict",
    "choose_by_outcome",
    "choose_for_sheet",
    "contact_sheet",
    "default_decodings",
    "evaluate",
    "measure_calibration",
    "model_sheet",
    "paired_difference",
]
