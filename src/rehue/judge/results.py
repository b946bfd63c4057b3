"""What is known when a model has been judged: rows of figures, and the photographs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from rehue.judge.bootstrap import Estimate
from rehue.judge.groups import Outcome
from rehue.judge.hues import HueRow

ALL: Final = "all"
ORIGINAL: Final = "original"
GREY: Final = "plain grey"
CONSTANT: Final = "constant mean colour"
EXPECTED: Final = "expected colour"
REGRESSION: Final = "regression"
DEFAULT: Final = "default output"


@dataclass(frozen=True)
class Row:
    """The figures of one predictor over one group of photographs.

    Attributes:
        predictor: "plain grey", "constant mean colour", a decoding's name, or "original", whose
            figures are its colourfulness and its unrest.
        group: "all" or a kind.
        count: photographs in the group.
        figures: by the names that `report.FIGURES` explains.
    """

    predictor: str
    group: str
    count: int
    figures: Mapping[str, Estimate]


@dataclass(frozen=True)
class Judged:
    """One photograph that was judged.

    Attributes:
        key: its name in the set.
        kind: what it shows, where the set says so.
        height: px.
        width: px.
        colorfulness: by predictor, "original" among them.
        mse_ab: by predictor, as the two below.
        ciede2000: mean over its pixels.
        outcome: success, medium or failure.
    """

    key: str
    kind: str | None
    height: int
    width: int
    colorfulness: Mapping[str, float]
    mse_ab: Mapping[str, float]
    ciede2000: Mapping[str, float]
    outcome: Mapping[str, Outcome]

    def colorfulness_gap(self, predictor: str) -> float:
        """Return the predictor's colourfulness less the original's."""
        return self.colorfulness[predictor] - self.colorfulness[ORIGINAL]


@dataclass(frozen=True)
class Evaluation:
    """What was judged, on what, and the figures.

    Attributes:
        model: name on the card.
        sha256: of the weight file.
        commit: of the code, where it was given.
        size: short side at which the network worked, px; None if each photograph kept its own.
        runtime: what ran the network.
        photographs: name of the set.
        count: photographs judged.
        left_out: keys that the set left out, by reason.
        rows: one a predictor and group.
        hues: one a predictor and hue family.
        judged: the photographs; not compared, and only part of the report where asked for.
    """

    model: str
    sha256: str
    commit: str | None
    size: int | None
    runtime: str
    photographs: str
    count: int
    left_out: Mapping[str, tuple[str, ...]]
    rows: tuple[Row, ...]
    hues: tuple[HueRow, ...]
    judged: tuple[Judged, ...] = field(default=(), compare=False, repr=False)

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups: "all", then the kinds, the largest first."""
        return tuple(dict.fromkeys(row.group for row in self.rows))

    @property
    def predictors(self) -> tuple[str, ...]:
        """Names of the predictors in the order of the rows."""
        return tuple(dict.fromkeys(row.predictor for row in self.rows))

    def row(self, predictor: str, group: str = ALL) -> Row:
        """Look a row up.

        Raises:
            KeyError: there is none such.
        """
        for row in self.rows:
            if (row.predictor, row.group) == (predictor, group):
                return row
        raise KeyError((predictor, group))

    def hue_row(self, predictor: str, family: str) -> HueRow:
        """Look a hue family's row up.

        Raises:
            KeyError: there is none such.
        """
        for row in self.hues:
            if (row.predictor, row.family) == (predictor, family):
                return row
        raise KeyError((predictor, family))
