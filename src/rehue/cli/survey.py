"""`rehue survey`: can people tell the colours from real ones?"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rehue.cli import choices

if TYPE_CHECKING:
    from rehue.colorizer import Colorizer
    from rehue.dataset import Sample
    from rehue.judge.survey import Answer, Summary

_PHOTOGRAPH = "Which one is the photograph? [a, b; q to stop] "
_BETTER = "Whose colours are better? [a, b, = for as good; q to stop] "


def survey(
    path: Annotated[
        Path,
        typer.Argument(
            help="Colour photographs: a folder of images, a tar shard or a Places365 folder.",
            show_default=False,
        ),
    ],
    *,
    answers: Annotated[
        Path,
        typer.Option(help="CSV file of the answers; where it exists, the survey goes on."),
    ] = Path("survey.csv"),
    count: Annotated[int, typer.Option(help="Pairs to answer, those of before too.", min=1)] = 50,
    seed: Annotated[int, typer.Option(help="Of the choice, the order and the sides.")] = 0,
    model: choices.Model = "default",
    viewer: Annotated[
        bool, typer.Option(help="Open each pair in the system's viewer, or name its file alone.")
    ] = True,
) -> None:
    """Show blinded pairs of a photograph and its colouring, and ask which is which.

    Answers are kept after every pair: stop at any time, and go on with the same command. At the
    end, or when stopped, it says how often the colouring was taken for the photograph, and the
    shares of success, medium and failure, with 95 % intervals.
    """
    from itertools import islice
    from tempfile import TemporaryDirectory

    from rehue.colorizer import Colorizer
    from rehue.dataset import Photographs, open_photographs
    from rehue.judge.survey import read_answers, summarize_answers, survey_order, write_answers

    entries = {entry.key: entry for entry in open_photographs(path).entries}
    colorizer = Colorizer(model)
    given = read_answers(answers, colorizer.card.sha256, seed)
    write_answers(answers, given)  # a place that cannot be written to is known before the work
    answered = {answer.key for answer in given}
    order = [entries[key] for key in survey_order(entries, seed) if key not in answered]
    left = max(0, count - len(given))
    with TemporaryDirectory(prefix="rehue-survey-") as folder:
        for sample in islice(Photographs(order), left):
            number = len(given) + 1
            typer.echo(f"pair {number} of {count}")
            shown = _draw(colorizer, sample, seed, Path(folder) / f"pair-{number:03}.png")
            if not viewer or typer.launch(str(shown)):
                typer.echo(f"look at {shown}")
            answer = _ask(colorizer, sample, seed)
            if answer is None:
                break
            given.append(answer)
            write_answers(answers, given)
    if given:
        _print(summarize_answers(given), answers)


def _draw(colorizer: "Colorizer", sample: "Sample", seed: int, path: Path) -> Path:
    """Write a pair's picture; neither its name nor its contents say which is which."""
    from rehue.judge.survey import colored_side, pair_picture

    colored = colorizer.look(sample.image).colorize()
    pair_picture(sample.image, colored, colored_side(sample.key, seed)).save(path)
    return path


def _ask(colorizer: "Colorizer", sample: "Sample", seed: int) -> "Answer | None":
    """Ask both questions; None where the survey is to stop."""
    from rehue.judge.survey import EQUAL, Answer, colored_side

    photograph = _choice(_PHOTOGRAPH, ("a", "b"))
    better = _choice(_BETTER, ("a", "b", EQUAL)) if photograph else None
    if photograph is None or better is None:
        return None
    return Answer(
        key=sample.key,
        model=colorizer.card.sha256,
        seed=seed,
        colored=colored_side(sample.key, seed),
        photograph="a" if photograph == "a" else "b",
        better=better,
    )


def _choice(question: str, choices: tuple[str, ...]) -> str | None:
    """Ask until the answer is one of these; None for q or the end of the input."""
    while True:
        typer.echo(question, nl=False)
        line = sys.stdin.readline()
        said = line.strip().lower()
        if said in choices:
            return said
        if not line or said == "q":
            typer.echo()
            return None


def _print(summary: "Summary", answers: Path) -> None:
    shares = {"taken for the photograph": summary.fooled}
    shares |= {outcome.value: share for outcome, share in summary.outcomes.items()}
    typer.echo(f"{summary.count} answers in {answers}")
    for name, share in shares.items():
        low, high = 100 * share.low, 100 * share.high
        typer.echo(f"{name}: {100 * share.value:.1f} % (95 % interval {low:.1f} to {high:.1f})")
