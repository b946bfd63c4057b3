"""Do right hints colour their things whole, and leave the rest of the picture as it is?

    python benchmarks/picture/reach.py --kodak KODAK --output reach.json

On 12 Kodak photographs whose things were outlined by hand (`things.json`). Each thing gets one
click with its true colour. Of the thing: the share of its pixels within 10 units of ab of the
hint's hue line (at 0.3 of its chroma and more), and of how many things that is 90 % or more.
Of what lies more than 8 px beyond all outlines: CIEDE2000 between the colours with and without
hints, its mean and 95th percentile, averaged over photographs; once with a click a thing, once with
five clicks a thing, at places drawn by chance (fixed seed) in its outline. And of the colours
suggested at a click, when the photograph's other things have had theirs: is one of the first five
within 15 units of ab of the true one, is the first?
"""

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt

from rehue import Colorizer, Hint, Look
from rehue.color import ciede2000, srgb_to_lab
from rehue.model.hints import color_ab

THINGS = Path(__file__).with_name("things.json")
NEAR, LEAST_CHROMA, WHOLE = 10.0, 0.3, 0.9
BEYOND = 8  # px
CLICKS = (1, 5)
SUGGESTED, RIGHT = 5, 15.0


def inside(size: tuple[int, int], outline: list[list[float]]) -> NDArray[np.bool_]:
    """Pixels (height x width) within an outline."""
    drawn = Image.new("1", (size[1], size[0]))
    ImageDraw.Draw(drawn).polygon([(x, y) for x, y in outline], fill=1)
    return np.asarray(drawn)


def hints_of(thing: dict, mask: NDArray[np.bool_], clicks: int) -> list[Hint]:
    """The thing's own click, then others within its outline, well inside."""
    depth = distance_transform_edt(mask)
    rows, columns = np.nonzero(depth >= min(5, depth.max()))
    drawn = np.random.default_rng(0).integers(0, len(rows), clicks - 1)
    places = [thing["click"], *zip(columns[drawn], rows[drawn], strict=True)]
    return [Hint(x, y, thing["color"]) for x, y in places]


def share_coloured(lab: NDArray[np.floating], color: str) -> float:
    """Share of a thing's pixels (N x 3) that have taken a hint's colour."""
    wanted = color_ab(color)
    chroma = float(np.hypot(*wanted))
    along = np.maximum(lab[:, 1:] @ wanted / chroma, 0)
    off = np.linalg.norm(lab[:, 1:] - along[:, None] * wanted / chroma, axis=1)
    return float(((off <= NEAR) & (along >= LEAST_CHROMA * chroma)).mean())


def rank_of(look: Look, thing: dict, others: list[Hint]) -> int | None:
    """Which of the colours suggested at a thing's click is the true one; None for none of them."""
    x, y = thing["click"]
    wanted = color_ab(thing["color"])
    for rank, offered in enumerate(look.suggest(x, y, SUGGESTED, hints=others)):
        if np.hypot(offered.a - wanted[0], offered.b - wanted[1]) <= RIGHT:
            return rank
    return None


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kodak", type=Path, required=True)
    parser.add_argument("--model", default="default")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    colorizer = Colorizer(arguments.model)
    of_things, beyond, ranks = [], {clicks: [] for clicks in CLICKS}, []
    for row in json.loads(THINGS.read_text("utf-8")):
        (path,) = arguments.kodak.glob(f"{row['photograph']}.*")
        look = colorizer.look(np.asarray(Image.open(path).convert("RGB")))
        size = look.pixels.shape[:2]
        masks = [inside(size, thing["outline"]) for thing in row["things"]]
        far = distance_transform_edt(~np.any(masks, axis=0)) > BEYOND
        before = srgb_to_lab(look.colorize())
        for clicks in CLICKS:
            told = zip(row["things"], masks, strict=True)
            hints = [hint for thing, mask in told for hint in hints_of(thing, mask, clicks)]
            after = srgb_to_lab(look.colorize(hints=hints))
            change = ciede2000(after[far], before[far])
            beyond[clicks].append((float(change.mean()), float(np.percentile(change, 95))))
        told = [hints_of(thing, mask, 1) for thing, mask in zip(row["things"], masks, strict=True)]
        for number, thing in enumerate(row["things"]):
            others = [hint for i, hints in enumerate(told) for hint in hints if i != number]
            ranks.append(rank_of(look, thing, others))
        for thing, mask in zip(row["things"], masks, strict=True):
            alone = srgb_to_lab(look.colorize(hints=hints_of(thing, mask, 1)))
            share = share_coloured(alone[mask], thing["color"])
            of_things.append({"thing": f"{row['photograph']}: {thing['name']}", "share": share})
            print(f"{of_things[-1]['thing']:40} {share:.2f}", flush=True)
    shares = np.array([thing["share"] for thing in of_things])
    figures: dict[str, object] = {
        "things": len(shares),
        "share of a thing that takes its colour, mean": float(shares.mean()),
        "things that take it whole": int((shares >= WHOLE).sum()),
        "things whose colour is suggested": sum(rank is not None for rank in ranks),
        "things whose colour is suggested first": ranks.count(0),
    }
    for clicks, changes in beyond.items():
        mean, worst = np.mean(changes, axis=0)
        figures[f"beyond, {clicks} a thing: mean, 95 %"] = [round(mean, 2), round(worst, 2)]
    for name, value in figures.items():
        print(f"{name:50} {value}")
    report = {**figures, "by thing": of_things}
    arguments.output.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
