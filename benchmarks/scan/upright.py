"""Which way is up, and negatives: how many are found, and how many pictures are turned wrongly.

    python benchmarks/scan/upright.py --photos SHARDS --kodak FOLDER --output upright.json

Each photograph of Kodak and `val-000` lies in the four ways; what a look of the network gives is
computed by the frozen recogniser alone (extra `train`), or with `--model` comes out of a model that
has one, in its own precision.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from features import Recognizer, as_negative, grey_of
from photographs import choosing, held_back

from rehue.scan import recognize


def main() -> None:
    """Judge, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--model", help="whose features are read")
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--choosing", action="store_true", help="on what thresholds are chosen on")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    known = (
        choosing(options.photos) if options.choosing else held_back(options.photos, options.kodak)
    )
    count = min(options.number, len(known))
    known = [known[i * len(known) // count] for i in range(count)]
    recognizer = Recognizer(options.model)
    found, wrong, further, alarms, negatives = [], [], [], [], []
    for number, (_, picture) in enumerate(known):
        grey = grey_of(picture)
        shown = recognizer.see(grey)
        seen = [recognizer.features(shown.light, turn) for turn in range(4)]
        for lies in range(4):
            asked: list[int] = []

            def look(turn: int, lies: int = lies, asked: list[int] = asked) -> object:
                asked.append(turn)
                return seen[(turn - lies) % 4]  # noqa: B023 (called at once)

            told = recognize(seen[-lies % 4], look, shown.light)
            wrong.append(told.turn not in (0, lies))
            if lies:
                found.append(told.turn == lies)
            else:
                further.append(bool(asked))
                alarms.append(told.is_negative)
        copy = recognizer.see(as_negative(grey, np.random.default_rng([number, 6])))
        of_copy = recognizer.features(copy.light)
        negatives.append(recognize(of_copy, lambda _, f=of_copy: f, copy.light).is_negative)
    results = {
        "photographs": count,
        "turned_found_percent": 100 * float(np.mean(found)),
        "turned_wrongly_percent": 100 * float(np.mean(wrong)),
        "upright_that_took_four_looks_percent": 100 * float(np.mean(further)),
        "negatives_found_percent": 100 * float(np.mean(negatives)),
        "taken_for_negatives_percent": 100 * float(np.mean(alarms)),
    }
    print(json.dumps(results, indent=2))
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
