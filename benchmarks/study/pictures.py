"""What the networks of the study make of photographs that come with scikit-image and scikit-learn.

    python benchmarks/study/pictures.py --runs runs

colours with the models that `benchmarks/study/row.py` exported below the folder of runs and writes
docs/study/pictures-*.jpg, one for each question; runs that are not there are left out.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from skimage import data
from sklearn.datasets import load_sample_image

from rehue import Colorizer, model
from rehue.model import Decoding

FOLDER = Path(__file__).parents[2] / "docs" / "study"
SIDE, GAP, CAPTION = 150, 4, 18
ANNEALED = Decoding("bins", temperature=0.38)
# By question: caption, run, decoding.
PICTURES: Mapping[str, Sequence[tuple[str, str, Decoding]]] = {
    "networks": (
        ("simple_cnn, 2 epochs", "simple_cnn", model.REGRESSION),
        ("resnet34, 2 epochs", "resnet34-short", model.REGRESSION),
        ("resnet34", "resnet34", model.REGRESSION),
        ("optimized_resnet34", "optimized_resnet34", model.REGRESSION),
        ("the same, random start", "optimized_resnet34-random", model.REGRESSION),
    ),
    "heads": (
        ("regression", "regression", model.REGRESSION),
        ("expected colour", "classification", model.EXPECTED),
        ("annealed mean", "classification", ANNEALED),
        ("rebalanced, annealed", "classification-rebalanced", ANNEALED),
    ),
    "remedies": (
        ("optimized_resnet34", "optimized_resnet34", model.REGRESSION),
        ("rare-photographs", "rare-photographs", model.REGRESSION),
        ("rare-pixels", "rare-pixels", model.REGRESSION),
    ),
    "papers": (
        ("optimized, 1 epoch", "optimized_resnet34-epoch", model.REGRESSION),
        ("resnet18_regression", "resnet18_regression", model.REGRESSION),
        ("colorful", "colorful", ANNEALED),
        ("interactive", "interactive", model.REGRESSION),
        ("let_there_be_color", "let_there_be_color", model.REGRESSION),
    ),
}


def main() -> None:
    """Colour, lay out, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=Path, required=True)
    arguments = parser.parse_args()
    originals = photographs()
    for name, wanted in PICTURES.items():
        there = [(c, path_of(arguments.runs, run), how) for c, run, how in wanted]
        columns = {
            caption: [Colorizer(path).look(one).colorize(decoding=how) for one in originals]
            for caption, path, how in there
            if path.is_file()
        }
        greys = [np.asarray(Image.fromarray(one).convert("L").convert("RGB")) for one in originals]
        sheet = laid_out({"grey": greys, **columns, "original": originals})
        path = FOLDER / f"pictures-{name}.jpg"
        sheet.save(path, quality=85, optimize=True)
        print(f"wrote {path}: {', '.join(columns)}")


def path_of(runs: Path, run: str) -> Path:
    """Where a run's model was exported to."""
    return runs / run / "model" / f"{run}.onnx"


def photographs() -> list[NDArray[np.uint8]]:
    """Squares of photographs whose licences allow to show them."""
    found = [
        data.astronaut(),
        data.coffee()[:, 60:460],
        data.chelsea()[:, 60:360],
        data.rocket()[:, 100:527],
        load_sample_image("china.jpg")[:, 100:527],
        load_sample_image("flower.jpg")[:, 100:527],
    ]
    size = (2 * SIDE, 2 * SIDE)
    return [np.asarray(Image.fromarray(one).resize(size)) for one in found]


def laid_out(columns: Mapping[str, Sequence[NDArray[np.uint8]]]) -> Image.Image:
    """A column a way, a row a photograph, captions above."""
    rows = len(next(iter(columns.values())))
    step = SIDE + GAP
    sheet = Image.new("RGB", (len(columns) * step - GAP, CAPTION + rows * step - GAP), "white")
    draw = ImageDraw.Draw(sheet)
    for column, (caption, pictures) in enumerate(columns.items()):
        draw.text((column * step, 2), caption, fill="black", font=ImageFont.load_default(12))
        for row, picture in enumerate(pictures):
            small = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
            sheet.paste(small, (column * step, CAPTION + row * step))
    return sheet


if __name__ == "__main__":
    main()
