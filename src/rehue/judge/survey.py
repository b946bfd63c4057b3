"""People's eyes: blinded pairs of a photograph and its colouring, and what people answered.

Each pair shows both pictures, A and B, in an order that the viewer is not told, and asks two
things: which one is the photograph, and whose colours are better. Pairs, their order and their
sides follow from the seed and the keys alone. Taken for the photograph, a colouring has fooled
(Zhang, Isola and Efros 2016, section 3.1, show each for a second; here people look as long as they
like). A colouring whose colours are better than the photograph's is a success, as good a medium
one, worse a failure: the groups of `judge.groups`, by eye and blinded.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from math import sqrt
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from rehue.errors import DatasetError, RehueError
from rehue.files import write_whole
from rehue.judge.bootstrap import Estimate
from rehue.judge.groups import Outcome
from rehue.judge.sheet import contact_sheet

Side: TypeAlias = Literal["a", "b"]
EQUAL = "="
# Of the 95 % interval.
_Z = 1.959963984540054


@dataclass(frozen=True)
class Answer:
    """What was answered to one pair: a line of the CSV.

    Attributes:
        key: of the photograph.
        model: sha256 of the weight file that coloured it.
        seed: of the survey.
        colored: the side that the colouring stood on.
        photograph: the side that was taken for the photograph.
        better: the side whose colours are better, or "=".
    """

    key: str
    model: str
    seed: int
    colored: Side
    photograph: Side
    better: str

    @property
    def fooled(self) -> bool:
        """Whether the colouring was taken for the photograph."""
        return self.photograph == self.colored

    @property
    def outcome(self) -> Outcome:
        """The group that the colouring was put into."""
        if self.better == EQUAL:
            return Outcome.MEDIUM
        return Outcome.SUCCESS if self.better == self.colored else Outcome.FAILURE


_COLUMNS = [field.name for field in fields(Answer)]


@dataclass(frozen=True)
class Summary:
    """What the answers say together.

    Attributes:
        count: answers.
        fooled: the fooling rate, with its Wilson interval as those below.
        outcomes: the share of each group.
    """

    count: int
    fooled: Estimate
    outcomes: dict[Outcome, Estimate]


def survey_order(keys: Iterable[str], seed: int) -> list[str]:
    """Return the keys in the order in which they are shown; it does not depend on theirs."""
    return sorted(keys, key=lambda key: _hash(seed, "order", key))


def colored_side(key: str, seed: int) -> Side:
    """Return the side on which the colouring is shown."""
    return "a" if _hash(seed, "side", key)[0] % 2 else "b"


def pair_picture(
    photograph: NDArray[np.uint8], colored: NDArray[np.uint8], side: Side, height: int = 480
) -> Image.Image:
    """Draw a pair side by side, A at the left.

    Args:
        photograph: height x width x 3.
        colored: the same shape.
        side: of the colouring.
        height: of both, px; a wide picture is less high.
    """
    pair = [colored, photograph] if side == "a" else [photograph, colored]
    return contact_sheet([pair], ["A at the left, B at the right"], height=height)


def read_answers(path: Path, model: str, seed: int) -> list[Answer]:
    """Read the answers that were given so far; a missing file has none.

    Args:
        path: CSV file.
        model: sha256 of the model that goes on.
        seed: of the survey that goes on.

    Raises:
        DatasetError: it is no file of answers, or one to other pairs.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path}: cannot be read ({error}): give another --answers") from error
    lines = csv.DictReader(io.StringIO(text), strict=True)
    try:
        if lines.fieldnames != _COLUMNS:
            raise ValueError(f"its columns are {lines.fieldnames}")
        answers = [_answer(line) for line in lines]
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise DatasetError(
            f"{path}: not a file of survey answers ({error}): give another --answers"
        ) from error
    for answer in answers:
        if (answer.model, answer.seed) != (model, seed):
            raise DatasetError(
                f"{path}: answers to model {answer.model[:12]}, seed {answer.seed}; this is model "
                f"{model[:12]}, seed {seed}: give another --answers"
            )
    return answers


def write_answers(path: Path, answers: Sequence[Answer]) -> None:
    """Write all answers; the file is replaced as a whole.

    Raises:
        RehueError: it cannot be written.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(answer) for answer in answers)
    write_whole(path, text.getvalue().encode(), "choose another --answers", RehueError)


def summarize_answers(answers: Sequence[Answer]) -> Summary:
    """Return shares with their intervals.

    Raises:
        DatasetError: there are no answers.
    """
    if not answers:
        raise DatasetError("a survey's summary needs answers, found none: answer at least one pair")
    count = len(answers)
    return Summary(
        count=count,
        fooled=wilson(sum(answer.fooled for answer in answers), count),
        outcomes={
            outcome: wilson(sum(answer.outcome is outcome for answer in answers), count)
            for outcome in Outcome
        },
    )


def wilson(hits: int, count: int) -> Estimate:
    """Return a share with its 95 % score interval (Wilson 1927).

    >>> estimate = wilson(0, 10)
    >>> estimate.value, round(estimate.low, 4), round(estimate.high, 4)
    (0.0, 0.0, 0.2775)
    """
    share = hits / count
    squared = _Z**2 / count
    center = (share + squared / 2) / (1 + squared)
    half = _Z * sqrt(share * (1 - share) / count + squared / (4 * count)) / (1 + squared)
    return Estimate(share, max(0.0, center - half), min(1.0, center + half))


def _answer(line: dict[str, str]) -> Answer:
    answer = Answer(
        key=line["key"],
        model=line["model"],
        seed=int(line["seed"]),
        colored=_side(line["colored"]),
        photograph=_side(line["photograph"]),
        better=line["better"] if line["better"] == EQUAL else _side(line["better"]),
    )
    if answer.colored != colored_side(answer.key, answer.seed):
        raise ValueError(f"{answer.key}: the sides are not those of its seed")
    return answer


def _side(text: str) -> Side:
    if text == "a":
        return "a"
    if text == "b":
        return "b"
    raise ValueError(f"a side is a or b, found {text!r}")


def _hash(seed: int, what: str, key: str) -> bytes:
    return hashlib.sha256(f"rehue survey {seed} {what} {key}".encode()).digest()
