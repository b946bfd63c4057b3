"""How much like photographs the colours look: Fréchet distances to the originals, over grey's.

    python benchmarks/picture/realism.py --photos PHOTOS/val-000.tar --weights WEIGHTS \
        --output realism.json

Whole photographs at 224 x 224: MobileNetV2's pooled `Conv_1` in the 256 leading components of the
originals, ResNet18's pooled `layer3`. Beside the default output stand the other decodings and the
originals at half their chroma. Intervals are bootstraps over photographs.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from rehue import Colorizer
from rehue.color import srgb_to_lab
from rehue.dataset import open_photographs
from rehue.judge.baselines import paint
from rehue.judge.evaluation import default_decodings
from rehue.judge.frechet import distance_over, leading_components
from rehue.judge.results import DEFAULT
from rehue.learning.features import extract, mobilenet_features, resnet18_features

ORIGINAL, GREY, HALF = "original", "plain grey", "originals, half their chroma"
COMPONENTS = 256


def main() -> None:
    """Colour, extract, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True, help="folder of the extractors")
    parser.add_argument("--model", default="default")
    parser.add_argument("--limit", type=int, help="a quick look: so many, evenly")
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    extractors = {
        "MobileNetV2 Conv_1": mobilenet_features(arguments.weights / "mobilenet_v2.safetensors"),
        "ResNet18 layer3": resnet18_features(
            arguments.weights / "resnet18_conv1_layer3.safetensors"
        ),
    }
    colorizer = Colorizer(arguments.model)
    features: dict[str, dict[str, list[np.ndarray]]] = defaultdict(lambda: defaultdict(list))
    for sample in open_photographs(arguments.photos).evenly(arguments.limit):
        lab, look = srgb_to_lab(sample.image), colorizer.look(sample.image)
        pictures = {
            ORIGINAL: sample.image,
            GREY: paint(lab[..., 0], np.zeros_like(lab[..., 1:])),
            HALF: paint(lab[..., 0], lab[..., 1:] / 2),
            **{k: look.colorize(decoding=v) for k, v in default_decodings(colorizer).items()},
        }
        for name, extractor in extractors.items():
            rows = extract(extractor, pictures.values())
            for predictor, row in zip(pictures, rows, strict=True):
                features[name][predictor].append(row)
    report: dict[str, dict[str, dict[str, float]]] = {}
    for name, by_predictor in features.items():
        sets = {predictor: np.stack(rows) for predictor, rows in by_predictor.items()}
        if sets[ORIGINAL].shape[1] > COMPONENTS:
            mean, axes = leading_components(sets[ORIGINAL], COMPONENTS)
            sets = {predictor: (rows - mean) @ axes for predictor, rows in sets.items()}
        for predictor in sets:
            if predictor in (ORIGINAL, GREY):
                continue
            draws = arguments.draws if predictor == DEFAULT else 0
            found = distance_over(sets[predictor], sets[GREY], sets[ORIGINAL], draws=draws)
            report.setdefault(name, {})[predictor] = vars(found)
            print(
                f"{name:20} {predictor:30} {found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
            )
    arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
