"""Figures and pictures that say how good a model is; NumPy alone.

`evaluate` judges a model beside plain grey and a constant colour; `report` shows, writes and reads
the result, `sheet` and `plots` draw it; `choose` finds a model's default decoding.
"""

from rehue.judge.bootstrap import Estimate
from rehue.judge.choose import Choice, choose_decoding, decoding_grid
from rehue.judge.evaluation import Evaluation, Row, default_decodings, evaluate
from rehue.judge.sheet import before_after, choose_for_sheet, contact_sheet, model_sheet

__all__ = [
    "Choice",
    "Estimate",
    "Evaluation",
    "Row",
    "before_after",
    "choose_decoding",
    "choose_for_sheet",
    "contact_sheet",
    "decoding_grid",
    "default_decodings",
    "evaluate",
    "model_sheet",
]
